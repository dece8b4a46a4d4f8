// Windows over a bordered input: unfolded into panels for the products, or, where each channel has a kernel of its own,
// multiplied at once.

#include "windows.h"
#include "activation.h"
#include "copy.h"
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
    const float *line, size_t depth, const size_t *distances, size_t places, const float *weights, float start,
    const quantd_activation *activation, quantd_sums *sums) {
    quantd_half_sums first = (quantd_half_sums){0} + start, second = first;
    if (places > QUANTD_HALF) {
        for (size_t step = 0; step < depth; step++) {
            const float *from = line + distances[step];
            first += weights[step] * *(const quantd_half_sums *)from;
            second += weights[step] * *(const quantd_half_sums *)(from + QUANTD_HALF);
        }
    } else {
        for (size_t step = 0; step < depth; step++) {
            first += weights[step] * *(const quantd_half_sums *)(line + distances[step]);
        }
    }
    quantd_sums all = __builtin_shufflevector(first, second, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    activate(&all, activation);
    *sums = all;
}

INLINE void slide_rows(
    const float *input, const quantd_plane *plane, size_t depth, const size_t *distances, const float *weights,
    float start, const quantd_activation *activation, float *out) {
    const float *const end = out + plane->rows * plane->columns;
    for (size_t row = 0; row < plane->rows; row++) {
        const float *line = input + row * plane->row_stride;
        size_t column = 0;
        for (; column + QUANTD_LANES <= plane->columns; column += QUANTD_LANES) {
            slide_over(
                line + column, depth, distances, QUANTD_LANES, weights, start, activation, (quantd_sums *)(out + column));
        }
        if (column < plane->columns) {
            const size_t rest = plane->columns - column;
            quantd_sums last;
            slide_over(line + column, depth, distances, rest, weights, start, activation, &last);
            // What is too much the next row writes over.
            if (end - (out + column) >= QUANTD_LANES) {
                *(quantd_sums *)(out + column) = last;
            } else {
                copy_bytes(out + column, &last, rest * sizeof *out);
            }
        }
        out += plane->columns;
    }
}

// A window of three by three elements that are neighbours, in steps of one.
enum { SMALL = 3 };

INLINE int is_small(const quantd_plane *plane) {
    int is = plane->depth == SMALL * SMALL;
    for (size_t i = 0; is && i < SMALL * SMALL; i++) is = plane->distances[i] == i / SMALL * plane->row_stride + i % SMALL;
    return is;
}

// Sixteen places of a row, and those below them: what both windows have is read once.
INLINE void slide_over_two(
    const float *line, size_t line_size, const float *weights, float start, const quantd_activation *activation, float *out,
    size_t columns) {
    quantd_half_sums sums[2][2];
    for (size_t i = 0; i < 2; i++) sums[i][0] = sums[i][1] = (quantd_half_sums){0} + start;
#pragma clang loop unroll(full)
    for (size_t y = 0; y <= SMALL; y++) {
#pragma clang loop unroll(full)
        for (size_t x = 0; x < SMALL; x++) {
            const float *from = line + y * line_size + x;
            const quantd_half_sums first = *(const quantd_half_sums *)from;
            const quantd_half_sums second = *(const quantd_half_sums *)(from + QUANTD_HALF);
#pragma clang loop unroll(full)
            for (size_t i = 0; i < 2; i++) {
                if (y < i || y - i >= SMALL) continue;
                sums[i][0] += weights[(y - i) * SMALL + x] * first;
                sums[i][1] += weights[(y - i) * SMALL + x] * second;
            }
        }
    }
#pragma clang loop unroll(full)
    for (size_t i = 0; i < 2; i++) {
        quantd_sums all = __builtin_shufflevector(
            sums[i][0], sums[i][1], 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
        activate(&all, activation);
        *(quantd_sums *)(out + i * columns) = all;
    }
}

// As many rows as make pairs; returns how many these are.
INLINE size_t slide_pairs(
    const float *input, const quantd_plane *plane, const float *weights, float start,
    const quantd_activation *activation, float *out) {
    const size_t columns = plane->columns, rows = columns < QUANTD_LANES ? 0 : plane->rows / 2 * 2;
    for (size_t row = 0; row < rows; row += 2) {
        for (size_t column = 0; column < columns; column += QUANTD_LANES) {
            // The last sixteen may begin among those before.
            column = least(column, columns - QUANTD_LANES);
            slide_over_two(
                input + row * plane->row_stride + column, plane->row_stride, weights, start, activation,
                out + row * columns + column, columns);
        }
    }
    return rows;
}

INLINE void slide_float_body(
    const float *input, quantd_plane plane, const float *weights, float start, quantd_activation activation,
    float *out) {
    enum { NINE = 9 };
    if (plane.depth == NINE) {
        // By far the most common; as many as are known stay in registers.
        size_t distances[NINE];
        float taps[NINE];
        memcpy(distances, plane.distances, sizeof distances);
        memcpy(taps, weights, sizeof taps);
        if (is_small(&plane)) {
            const size_t rows = slide_pairs(input, &plane, taps, start, &activation, out);
            input += rows * plane.row_stride;
            out += rows * plane.columns;
            plane.rows -= rows;
        }
        slide_rows(input, &plane, NINE, distances, taps, start, &activation, out);
    } else {
        slide_rows(input, &plane, plane.depth, plane.distances, weights, start, &activation, out);
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
    const int32_t *const end = out + plane.rows * plane.columns;
    for (size_t row = 0; row < plane.rows; row++) {
        const int8_t *line = input + row * plane.row_stride;
        size_t column = 0;
        for (; column + QUANTD_PANEL_COLUMNS <= plane.columns; column += QUANTD_PANEL_COLUMNS) {
            slide_over_bytes(format, line + column, &plane, weights, (quantd_words *)(out + column));
        }
        if (column < plane.columns) {
            quantd_words last;
            slide_over_bytes(format, line + column, &plane, weights, &last);
            if (end - (out + column) >= QUANTD_PANEL_COLUMNS) {
                *(quantd_words *)(out + column) = last;
            } else {
                copy_bytes(out + column, &last, (plane.columns - column) * sizeof *out);
            }
        }
        out += plane.columns;
    }
}

typedef float eight_floats __attribute__((vector_size(4 * QUANTD_HALF), aligned(4), may_alias));
typedef int32_t eight_masks __attribute__((vector_size(4 * QUANTD_HALF), aligned(4), may_alias));
typedef int8_t eight_bytes __attribute__((vector_size(QUANTD_HALF), aligned(1), may_alias));

// Of fifteen numbers those with an even index, of which none behind the last is read.
#define QUANTD_EVERY_SECOND(eight, x) \
    __builtin_shufflevector(*(const eight *)(x), *(const eight *)((x) + 7), 0, 2, 4, 6, 9, 11, 13, 15)

// Of 29 numbers every fourth one, likewise.
#define QUANTD_EVERY_FOURTH(eight, x) \
    __builtin_shufflevector( \
        __builtin_shufflevector(*(const eight *)(x), *(const eight *)((x) + 8), 0, 4, 8, 12), \
        __builtin_shufflevector(*(const eight *)((x) + 16), *(const eight *)((x) + 21), 0, 4, 11, 15), \
        0, 1, 2, 3, 4, 5, 6, 7)

// Elements of a line of one phase that lie within the input.
typedef struct {
    ptrdiff_t begin; ///< where in the input's line the first of them lies
    size_t lower;    ///< where in the layout's line
    size_t count;
} quantd_laid_span;

INLINE quantd_laid_span laid_span(quantd_laid_axis width, size_t phase) {
    const ptrdiff_t step = (ptrdiff_t)width.step, first = width.start + (ptrdiff_t)phase;
    const ptrdiff_t rest = (ptrdiff_t)width.extent - first;
    const size_t lower = least(first < 0 ? (size_t)((step - 1 - first) / step) : 0, width.size);
    const size_t upper = rest > 0 ? least((size_t)((rest - 1) / step) + 1, width.size) : 0;
    return (quantd_laid_span){first + (ptrdiff_t)lower * step, lower, upper > lower ? upper - lower : 0};
}

#define ELEMENT float
#define EIGHT eight_floats
#define TAKE take_floats
#define FILL fill_floats
#define PART part_floats
#define EDGE edge_with_floats
#define LINE line_of_floats
#define BOTH both_of_floats
#define LAY_OUT lay_out_float_body
#include "lay_out.h"

#define ELEMENT int8_t
#define EIGHT eight_bytes
#define TAKE take_bytes
#define FILL fill_bytes
#define PART part_bytes
#define EDGE edge_with_bytes
#define LINE line_of_bytes
#define BOTH both_of_bytes
#define LAY_OUT lay_out_int8_body
#include "lay_out.h"

// So many numbers laid out at a time stay in the nearest cache beside the channel's own and the places.
enum { ROWS_ROOM = 2304 };

INLINE void slide_channel_body(
    const float *channel, quantd_layout layout, float border, quantd_plane plane, const float *weights, float start,
    quantd_activation activation, float *room, float *out) {
    const size_t line = layout.phases * layout.width.size, step = plane.row_stride / line, rows = plane.rows;
    const size_t reach = layout.height.size - (rows - 1) * step;
    // As many parts of nearly the same size as it takes, none of which lays out more of its neighbours than of its own.
    const size_t most = least((rows * step + reach - 1) / reach, rows);
    const size_t parts = least((layout.height.size * line + ROWS_ROOM - 1) / ROWS_ROOM, most);
    for (size_t part = 0; part < parts; part++) {
        const size_t first = part * rows / parts, end = (part + 1) * rows / parts;
        quantd_layout few = layout;
        few.height.start += (ptrdiff_t)(first * step * layout.height.step);
        few.height.size = (end - first - 1) * step + reach;
        plane.rows = end - first;
        lay_out_float_body(channel, few, border, room);
        slide_float_body(room, plane, weights, start, activation, out + first * plane.columns);
    }
}

// Of equal numbers, and where one is none, the first stays.
INLINE float larger(float a, float b) { return a < b ? b : a; }

INLINE void larger_of_eight(eight_floats *all, const float *x) {
    const eight_floats next = *(const eight_floats *)x;
    const eight_masks is_less = *all < next;
    *all = (eight_floats)(((eight_masks)next & is_less) | ((eight_masks)*all & ~is_less));
}

INLINE void largest_body(
    const float *restrict x, size_t step, size_t kernel, size_t count, float *restrict out) {
    size_t i = 0;
    while (step == 2 && i < count && count >= QUANTD_HALF) {
        // The last eight may begin among those before.
        i = least(i, count - QUANTD_HALF);
        eight_floats all = QUANTD_EVERY_SECOND(eight_floats, x + 2 * i);
        for (size_t tap = 1; tap < kernel; tap++) {
            const eight_floats next = QUANTD_EVERY_SECOND(eight_floats, x + 2 * i + tap);
            larger_of_eight(&all, (const float *)&next);
        }
        *(eight_floats *)(out + i) = all;
        i += QUANTD_HALF;
    }
    for (; i < count; i++) {
        out[i] = x[step * i];
        for (size_t tap = 1; tap < kernel; tap++) out[i] = larger(out[i], x[step * i + tap]);
    }
}

INLINE void largest_line_body(
    const float *restrict x, size_t stride, size_t lines, size_t count, float *restrict out) {
    size_t i = 0;
    for (; i + QUANTD_HALF <= count; i += QUANTD_HALF) {
        eight_floats all = *(eight_floats *)(out + i);
        for (size_t line = 0; line < lines; line++) larger_of_eight(&all, x + line * stride + i);
        *(eight_floats *)(out + i) = all;
    }
    for (; i < count; i++) {
        for (size_t line = 0; line < lines; line++) out[i] = larger(out[i], x[line * stride + i]);
    }
}

// The largest of eight columns of a window.
INLINE void largest_of_columns(eight_floats *all, const float *x, const quantd_pool *pool) {
    *all = *(const eight_floats *)x;
    for (size_t line = 1; line < pool->lines; line++) larger_of_eight(all, x + line * pool->line_stride);
}

// Eight windows in steps of two: columns with even places and those with odd ones are parted in registers, for what is just written
// cannot be read again across its vectors before it is in the cache.
INLINE void largest_of_eight(const float *x, const quantd_pool *pool, float *out) {
    eight_floats all, low, high;
    for (size_t tap = 0; tap < pool->kernel; tap += 2) {
        const int is_last = tap + 1 == pool->kernel;
        largest_of_columns(&low, x + tap, pool);
        // Of a last column none is read that no window has.
        largest_of_columns(&high, x + tap + QUANTD_HALF - is_last, pool);
        eight_floats even = __builtin_shufflevector(low, high, 0, 2, 4, 6, 8, 10, 12, 14);
        if (is_last) even = __builtin_shufflevector(low, high, 0, 2, 4, 6, 9, 11, 13, 15);
        if (tap == 0) {
            all = even;
        } else {
            larger_of_eight(&all, (const float *)&even);
        }
        if (!is_last) {
            const eight_floats odd = __builtin_shufflevector(low, high, 1, 3, 5, 7, 9, 11, 13, 15);
            larger_of_eight(&all, (const float *)&odd);
        }
    }
    *(eight_floats *)out = all;
}

INLINE float largest_of_window(const float *x, const quantd_pool *pool) {
    float all = 0;
    for (size_t tap = 0; tap < pool->kernel; tap++) {
        float column = x[tap];
        for (size_t line = 1; line < pool->lines; line++) column = larger(column, x[line * pool->line_stride + tap]);
        all = tap == 0 ? column : larger(all, column);
    }
    return all;
}

INLINE void pool_rows(const float *x, const quantd_pool *pool, float *out, size_t stride) {
    for (size_t row = 0; row < pool->rows; row++, x += pool->row_stride, out += stride) {
        size_t i = 0;
        while (pool->step == 2 && i < pool->columns && pool->columns >= QUANTD_HALF) {
            // The last eight may begin among those before.
            i = least(i, pool->columns - QUANTD_HALF);
            largest_of_eight(x + 2 * i, pool, out + i);
            i += QUANTD_HALF;
        }
        for (; i < pool->columns; i++) out[i] = largest_of_window(x + i * pool->step, pool);
    }
}

INLINE void largest_rows_body(const float *restrict x, quantd_pool pool, float *restrict out, size_t stride) {
    if (pool.lines == 3 && pool.kernel == 3) {
        // By far the most common; what is known is unrolled.
        pool.lines = pool.kernel = 3;
        pool_rows(x, &pool, out, stride);
    } else {
        pool_rows(x, &pool, out, stride);
    }
}

INLINE void sum_line_body(const float *restrict x, size_t stride, size_t lines, size_t count, float *restrict out) {
    for (size_t line = 0; line < lines; line++, x += stride) {
        for (size_t i = 0; i < count; i++) out[i] += x[i];
    }
}

INLINE void unfold_float_body(
    const float *input, const size_t *distances, size_t depth, quantd_places places, float *panel) {
    quantd_unfold_ahead(QUANTD_FAR, input, distances, depth, places, panel);
}

KERNEL(
    void, unfold_float,
    (const float *input, const size_t *distances, size_t depth, quantd_places places, float *panel),
    (input, distances, depth, places, panel));
KERNEL(
    void, slide_float,
    (const float *input, quantd_plane plane, const float *weights, float start, quantd_activation activation,
     float *out),
    (input, plane, weights, start, activation, out));
KERNEL(
    void, lay_out_float, (const float *channel, quantd_layout layout, float border, float *out),
    (channel, layout, border, out));
KERNEL(
    void, lay_out_int8, (const int8_t *channel, quantd_layout layout, int8_t border, int8_t *out),
    (channel, layout, border, out));
KERNEL(
    void, slide_channel,
    (const float *channel, quantd_layout layout, float border, quantd_plane plane, const float *weights, float start,
     quantd_activation activation, float *room, float *out),
    (channel, layout, border, plane, weights, start, activation, room, out));
KERNEL(
    void, largest, (const float *restrict x, size_t step, size_t kernel, size_t count, float *restrict out),
    (x, step, kernel, count, out));
KERNEL(
    void, largest_line, (const float *restrict x, size_t stride, size_t lines, size_t count, float *restrict out),
    (x, stride, lines, count, out));
KERNEL(
    void, largest_rows, (const float *restrict x, quantd_pool pool, float *restrict out, size_t stride),
    (x, pool, out, stride));
KERNEL(
    void, sum_line, (const float *restrict x, size_t stride, size_t lines, size_t count, float *restrict out),
    (x, stride, lines, count, out));

WORD_KERNEL(
    unfold_int8, (const int8_t *input, const size_t *distances, size_t depth, quantd_places places, int32_t *panel),
    input, distances, depth, places, panel);
WORD_KERNEL(
    slide_int8, (const int8_t *input, quantd_plane plane, const int32_t *weights, int32_t *out),
    input, plane, weights, out);

void quantd_unfold_float(
    quantd_instructions set, const float *input, const size_t *distances, size_t depth, quantd_places places,
    float *panel) {
    unfold_float_of[set](input, distances, depth, places, panel);
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

void quantd_lay_out_float(
    quantd_instructions set, const float *channel, quantd_layout layout, float border, float *out) {
    lay_out_float_of[set](channel, layout, border, out);
}

void quantd_lay_out_int8(
    quantd_instructions set, const int8_t *channel, quantd_layout layout, int8_t border, int8_t *out) {
    lay_out_int8_of[set](channel, layout, border, out);
}

void quantd_slide_channel(
    quantd_instructions set, const float *channel, quantd_layout layout, float border, quantd_plane plane,
    const float *weights, float start, quantd_activation activation, float *room, float *out) {
    slide_channel_of[set](channel, layout, border, plane, weights, start, activation, room, out);
}

void quantd_largest(
    quantd_instructions set, const float *restrict x, size_t step, size_t kernel, size_t count, float *restrict out) {
    largest_of[set](x, step, kernel, count, out);
}

void quantd_largest_line(
    quantd_instructions set, const float *restrict x, size_t stride, size_t lines, size_t count, float *restrict out) {
    largest_line_of[set](x, stride, lines, count, out);
}

void quantd_largest_rows(
    quantd_instructions set, const float *restrict x, quantd_pool pool, float *restrict out, size_t stride) {
    largest_rows_of[set](x, pool, out, stride);
}

void quantd_sum_line(
    quantd_instructions set, const float *restrict x, size_t stride, size_t lines, size_t count, float *restrict out) {
    sum_line_of[set](x, stride, lines, count, out);
}
