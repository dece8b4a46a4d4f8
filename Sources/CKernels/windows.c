// Windows over a bordered input: unfolded into panels for the products, or, where each channel has a kernel of its own,
// multiplied at once.

#include "windows.h"
#include "activation.h"
#include "targets.h"
#include "unfold.h"

#include <string.h>

// Products are fused into the sums where the machine can.
#pragma STDC FP_CONTRACT ON

INLINE void unfold_int8_body(
    quantd_format format, const int8_t *input, const size_t *distances, size_t depth, quantd_places places,
    int32_t *panel) {
    for (size_t step = 0; step < depth; step += format.packed) {
        quantd_byte_lanes bytes[QUANTD_QUADS] = {{0}};
        quantd_words words;
        if (step + format.packed <= depth) {
#pragma clang loop unroll(full)
            for (size_t i = 0; i < format.packed; i++) quantd_unfold_bytes(&bytes[i], input + distances[step + i], places);
        } else {
            for (size_t i = 0; step + i < depth; i++) quantd_unfold_bytes(&bytes[i], input + distances[step + i], places);
        }
        format.join(&words, bytes);
        *(quantd_words *)panel = words;
        panel += places.lanes;
    }
}

// Up to sixteen places of a line, in halves: of these fewer cross a line of the cache.
INLINE void slide_over(
    const float *line, const quantd_plane *plane, size_t places, const float *weights, float start,
    const quantd_activation *activation, quantd_sums *sums) {
    quantd_half_sums first = (quantd_half_sums){0} + start, second = first;
    if (places > QUANTD_HALF) {
        for (size_t step = 0; step < plane->depth; step++) {
            const float *from = line + plane->distances[step];
            first += weights[step] * *(const quantd_half_sums *)from;
            second += weights[step] * *(const quantd_half_sums *)(from + QUANTD_HALF);
        }
    } else {
        for (size_t step = 0; step < plane->depth; step++) {
            first += weights[step] * *(const quantd_half_sums *)(line + plane->distances[step]);
        }
    }
    quantd_sums all = __builtin_shufflevector(first, second, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    activate(&all, activation);
    *sums = all;
}

INLINE void slide_float_body(
    const float *input, quantd_plane plane, const float *weights, float start, quantd_activation activation,
    float *out) {
    for (size_t row = 0; row < plane.rows; row++) {
        const float *line = input + row * plane.row_stride;
        size_t column = 0;
        for (; column + QUANTD_LANES <= plane.columns; column += QUANTD_LANES) {
            slide_over(
                line + column, &plane, QUANTD_LANES, weights, start, &activation, (quantd_sums *)(out + column));
        }
        if (column < plane.columns) {
            const size_t rest = plane.columns - column;
            quantd_sums last;
            slide_over(line + column, &plane, rest, weights, start, &activation, &last);
            memcpy(out + column, &last, rest * sizeof *out);
        }
        out += plane.columns;
    }
}

// Sixteen places of a line; the weights are a left panel of one lane.
INLINE void slide_over_bytes(
    quantd_format format, const int8_t *line, const quantd_plane *plane, const int32_t *weights, quantd_words *sums) {
    quantd_words all = (quantd_words){0} + *weights++;
    for (size_t step = 0; step < plane->depth; step += format.packed) {
        quantd_byte_lanes bytes[QUANTD_QUADS];
        quantd_words words;
        const quantd_words weight = (quantd_words){0} + *weights++;
#pragma clang loop unroll(full)
        for (size_t i = 0; i < format.packed; i++) {
            // Behind the end a weight is 0, and it does not matter what it is multiplied with.
            const size_t at = step + i < plane->depth ? step + i : step;
            bytes[i] = *(const quantd_byte_lanes *)(line + plane->distances[at]);
        }
        format.join(&words, bytes);
        format.add(&all, &weight, &words);
    }
    *sums = all;
}

INLINE void slide_int8_body(
    quantd_format format, const int8_t *input, quantd_plane plane, const int32_t *weights, int32_t *out) {
    for (size_t row = 0; row < plane.rows; row++) {
        const int8_t *line = input + row * plane.row_stride;
        size_t column = 0;
        for (; column + QUANTD_PANEL_COLUMNS <= plane.columns; column += QUANTD_PANEL_COLUMNS) {
            slide_over_bytes(format, line + column, &plane, weights, (quantd_words *)(out + column));
        }
        if (column < plane.columns) {
            quantd_words last;
            slide_over_bytes(format, line + column, &plane, weights, &last);
            memcpy(out + column, &last, (plane.columns - column) * sizeof *out);
        }
        out += plane.columns;
    }
}

// Steps of two are by far the most common, and known ones become shuffles.
INLINE void take_float_body(const float *x, size_t step, size_t count, float *out) {
    if (step == 2) {
        for (size_t i = 0; i < count; i++) out[i] = x[2 * i];
    } else {
        for (size_t i = 0; i < count; i++) out[i] = x[step * i];
    }
}

INLINE void take_int8_body(const int8_t *x, size_t step, size_t count, int8_t *out) {
    if (step == 2) {
        for (size_t i = 0; i < count; i++) out[i] = x[2 * i];
    } else {
        for (size_t i = 0; i < count; i++) out[i] = x[step * i];
    }
}

// Window by window beside each other; of equal numbers, and where one is none, the first stays.
INLINE void largest_in_steps(
    const float *restrict x, size_t step, size_t kernel, size_t count, float *restrict out) {
    for (size_t i = 0; i < count; i++) out[i] = x[step * i];
    for (size_t tap = 1; tap < kernel; tap++) {
        for (size_t i = 0; i < count; i++) out[i] = out[i] < x[step * i + tap] ? x[step * i + tap] : out[i];
    }
}

INLINE void largest_body(
    const float *restrict x, size_t step, size_t kernel, size_t count, float *restrict out) {
    switch (step) {
    case 1: largest_in_steps(x, 1, kernel, count, out); break;
    case 2: largest_in_steps(x, 2, kernel, count, out); break;
    default: largest_in_steps(x, step, kernel, count, out); break;
    }
}

KERNEL(
    void, quantd_unfold,
    (const float *input, const size_t *distances, size_t depth, quantd_places places, float *panel),
    (input, distances, depth, places, panel));
KERNEL(
    void, slide_float,
    (const float *input, quantd_plane plane, const float *weights, float start, quantd_activation activation,
     float *out),
    (input, plane, weights, start, activation, out));
KERNEL(void, take_float, (const float *x, size_t step, size_t count, float *out), (x, step, count, out));
KERNEL(
    void, largest, (const float *restrict x, size_t step, size_t kernel, size_t count, float *restrict out),
    (x, step, kernel, count, out));
KERNEL(void, take_int8, (const int8_t *x, size_t step, size_t count, int8_t *out), (x, step, count, out));

WORD_KERNEL(
    unfold_int8, (const int8_t *input, const size_t *distances, size_t depth, quantd_places places, int32_t *panel),
    input, distances, depth, places, panel);
WORD_KERNEL(
    slide_int8, (const int8_t *input, quantd_plane plane, const int32_t *weights, int32_t *out),
    input, plane, weights, out);

void quantd_unfold_float(
    quantd_instructions set, const float *input, const size_t *distances, size_t depth, quantd_places places,
    float *panel) {
    quantd_unfold_of[set](input, distances, depth, places, panel);
}

void quantd_unfold_int8(
    quantd_instructions set, const int8_t *input, const size_t *distances, size_t depth, quantd_places places,
    int32_t *panel) {
    unfold_int8_of[set](input, distances, depth, places, panel);
}

void quantd_slide_float(
    quantd_instructions set, const float *input, quantd_plane plane, const float *weights, float start,
    quantd_activation activation, float *out) {
    slide_float_of[set](input, plane, weights, start, activation, out);
}

void quantd_slide_int8(
    quantd_instructions set, const int8_t *input, quantd_plane plane, const int32_t *weights, int32_t *out) {
    slide_int8_of[set](input, plane, weights, out);
}

void quantd_take_float(quantd_instructions set, const float *x, size_t step, size_t count, float *out) {
    take_float_of[set](x, step, count, out);
}

void quantd_take_int8(quantd_instructions set, const int8_t *x, size_t step, size_t count, int8_t *out) {
    take_int8_of[set](x, step, count, out);
}

void quantd_largest(
    quantd_instructions set, const float *restrict x, size_t step, size_t kernel, size_t count, float *restrict out) {
    largest_of[set](x, step, kernel, count, out);
}
