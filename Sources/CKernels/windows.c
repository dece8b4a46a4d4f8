// Windows over a bordered input: unfolded into panels for the products, or, where each channel has a kernel of its own,
// multiplied at once.

#include "windows.h"
#include "activation.h"
#include "targets.h"
#include "unfold.h"

#include <string.h>

// Products are fused into the sums where the machine can.
#pragma STDC FP_CONTRACT ON

enum { LANES = 8, COLUMNS = QUANTD_PANEL_COLUMNS };

typedef int16_t shorts __attribute__((vector_size(2 * COLUMNS), aligned(2)));


INLINE void unfold_int8_body(
    const int8_t *input, const size_t *distances, size_t depth, quantd_places places, int16_t *panel) {
    for (size_t step = 0; step < depth; step += 2) {
        quantd_byte_lanes even;
        quantd_byte_lanes odd = {0};
        quantd_unfold_bytes(&even, input + distances[step], places);
        if (step + 1 < depth) quantd_unfold_bytes(&odd, input + distances[step + 1], places);
        const quantd_byte_lanes low = __builtin_shufflevector(even, odd, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
        const quantd_byte_lanes high =
            __builtin_shufflevector(even, odd, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
        *(shorts *)(panel + step * places.lanes) = __builtin_convertvector(low, shorts);
        *(shorts *)(panel + step * places.lanes + COLUMNS) = __builtin_convertvector(high, shorts);
    }
}

typedef float floats __attribute__((vector_size(4 * LANES), aligned(4)));
typedef int32_t ints __attribute__((vector_size(4 * LANES), aligned(4)));
typedef int8_t octet __attribute__((vector_size(LANES), aligned(1)));

INLINE void slide_float_body(
    const float *input, quantd_plane plane, const float *weights, float start, quantd_activation activation,
    float *out) {
    for (size_t row = 0; row < plane.rows; row++) {
        const float *line = input + row * plane.row_stride;
        for (size_t column = 0; column < plane.columns; column += LANES) {
            floats sum = (floats){0} + start;
            for (size_t step = 0; step < plane.depth; step++) {
                sum += weights[step] * *(const floats *)(line + plane.distances[step] + column);
            }
            activate(&sum, &activation);
            if (column + LANES <= plane.columns) {
                *(floats *)(out + column) = sum;
            } else {
                memcpy(out + column, &sum, (plane.columns - column) * sizeof *out);
            }
        }
        out += plane.columns;
    }
}

INLINE void slide_int8_body(const int8_t *input, quantd_plane plane, const int16_t *weights, int32_t *out) {
    for (size_t row = 0; row < plane.rows; row++) {
        const int8_t *line = input + row * plane.row_stride;
        for (size_t column = 0; column < plane.columns; column += LANES) {
            ints sum = {0};
            for (size_t step = 0; step < plane.depth; step++) {
                const octet x = *(const octet *)(line + plane.distances[step] + column);
                sum += (int32_t)weights[step] * __builtin_convertvector(x, ints);
            }
            if (column + LANES <= plane.columns) {
                *(ints *)(out + column) = sum;
            } else {
                memcpy(out + column, &sum, (plane.columns - column) * sizeof *out);
            }
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

#if defined(__x86_64__)

AVX2 static void unfold_float_avx2(
    const float *input, const size_t *distances, size_t depth, quantd_places places, float *panel) {
    quantd_unfold_body(input, distances, depth, places, panel);
}

AVX2 static void unfold_int8_avx2(
    const int8_t *input, const size_t *distances, size_t depth, quantd_places places, int16_t *panel) {
    unfold_int8_body(input, distances, depth, places, panel);
}

AVX2 static void slide_float_avx2(
    const float *input, quantd_plane plane, const float *weights, float start, quantd_activation activation,
    float *out) {
    slide_float_body(input, plane, weights, start, activation, out);
}

AVX2 static void slide_int8_avx2(const int8_t *input, quantd_plane plane, const int16_t *weights, int32_t *out) {
    slide_int8_body(input, plane, weights, out);
}

AVX2 static void take_float_avx2(const float *x, size_t step, size_t count, float *out) {
    take_float_body(x, step, count, out);
}

AVX2 static void take_int8_avx2(const int8_t *x, size_t step, size_t count, int8_t *out) {
    take_int8_body(x, step, count, out);
}

#define CHOOSE(name, ...) return HAS_AVX2() ? name##_avx2(__VA_ARGS__) : name##_body(__VA_ARGS__)
#else
#define CHOOSE(name, ...) return name##_body(__VA_ARGS__)
#endif

void quantd_unfold_float(
    const float *input, const size_t *distances, size_t depth, quantd_places places, float *panel) {
#if defined(__x86_64__)
    if (HAS_AVX2()) {
        unfold_float_avx2(input, distances, depth, places, panel);
        return;
    }
#endif
    quantd_unfold_body(input, distances, depth, places, panel);
}

void quantd_unfold_int8(
    const int8_t *input, const size_t *distances, size_t depth, quantd_places places, int16_t *panel) {
    CHOOSE(unfold_int8, input, distances, depth, places, panel);
}

void quantd_slide_float(
    const float *input, quantd_plane plane, const float *weights, float start, quantd_activation activation,
    float *out) {
    CHOOSE(slide_float, input, plane, weights, start, activation, out);
}

void quantd_slide_int8(const int8_t *input, quantd_plane plane, const int16_t *weights, int32_t *out) {
    CHOOSE(slide_int8, input, plane, weights, out);
}

void quantd_take_float(const float *x, size_t step, size_t count, float *out) {
    CHOOSE(take_float, x, step, count, out);
}

void quantd_take_int8(const int8_t *x, size_t step, size_t count, int8_t *out) {
    CHOOSE(take_int8, x, step, count, out);
}
