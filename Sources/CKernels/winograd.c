// The transforms around the products of a convolution by Winograd's algorithm, eight tiles at a time.

#include "winograd.h"
#include "activation.h"
#include "targets.h"
#include "unfold.h"

// Products are fused into the sums where the machine can.
#pragma STDC FP_CONTRACT ON

enum { LANES = 8, COLUMNS = QUANTD_PANEL_COLUMNS, SIDE = 6, TILE = 4 };

typedef float vector __attribute__((vector_size(4 * LANES), aligned(4), may_alias));

// The six numbers of a line, `step` vectors apart, transformed (the matrix B of the source).
INLINE void transform_input(const vector *in, size_t step, vector *out, size_t out_step) {
    const vector x0 = in[0], x1 = in[step], x2 = in[2 * step], x3 = in[3 * step], x4 = in[4 * step], x5 = in[5 * step];
    const vector even = x4 - 4 * x2, odd = x3 - 4 * x1;
    const vector wide_even = x4 - x2, wide_odd = 2 * (x3 - x1);
    out[0] = 4 * x0 - 5 * x2 + x4;
    out[out_step] = even + odd;
    out[2 * out_step] = even - odd;
    out[3 * out_step] = wide_even + wide_odd;
    out[4 * out_step] = wide_even - wide_odd;
    out[5 * out_step] = 4 * x1 - 5 * x3 + x5;
}

// Six sums of a line taken back to four places (the matrix A of the source).
INLINE void transform_output(const vector *in, size_t step, vector *out, size_t out_step) {
    const vector x0 = in[0], x1 = in[step], x2 = in[2 * step], x3 = in[3 * step], x4 = in[4 * step], x5 = in[5 * step];
    const vector near_sum = x1 + x2, near_difference = x1 - x2;
    const vector far_sum = x3 + x4, far_difference = x3 - x4;
    out[0] = x0 + near_sum + far_sum;
    out[out_step] = near_difference + 2 * far_difference;
    out[2 * out_step] = near_sum + 4 * far_sum;
    out[3 * out_step] = near_difference + 8 * far_difference + x5;
}

INLINE void gather_body(
    const float *input, const size_t *distances, quantd_places tiles, float *out, size_t stride) {
    float elements[QUANTD_WINOGRAD_SIZE][COLUMNS];
    // A panel that is not full has its numbers closer together; here each stands in a line of its own.
    const quantd_places spread = {.runs = tiles.runs, .run_count = tiles.run_count, .lanes = COLUMNS};
    quantd_unfold_body(input, distances, QUANTD_WINOGRAD_SIZE, spread, elements[0]);
    for (size_t half = 0; half < tiles.lanes; half += LANES) {
        vector by_column[QUANTD_WINOGRAD_SIZE];
        vector by_line[QUANTD_WINOGRAD_SIZE];
        vector rows[QUANTD_WINOGRAD_SIZE];
        for (size_t i = 0; i < QUANTD_WINOGRAD_SIZE; i++) rows[i] = *(const vector *)(elements[i] + half);
#pragma clang loop unroll(full)
        for (size_t i = 0; i < SIDE; i++) transform_input(rows + i, SIDE, by_column + i, SIDE);
#pragma clang loop unroll(full)
        for (size_t i = 0; i < SIDE; i++) transform_input(by_column + i * SIDE, 1, by_line + i * SIDE, 1);
        for (size_t i = 0; i < QUANTD_WINOGRAD_SIZE; i++) *(vector *)(out + i * stride + half) = by_line[i];
    }
}

INLINE void lines_body(
    const float *sums, size_t stride, float bias, quantd_activation activation, float *out) {
    for (size_t half = 0; half < COLUMNS; half += LANES) {
        vector all[QUANTD_WINOGRAD_SIZE];
        vector by_column[TILE * SIDE];
        for (size_t i = 0; i < QUANTD_WINOGRAD_SIZE; i++) all[i] = *(const vector *)(sums + i * stride + half);
#pragma clang loop unroll(full)
        for (size_t i = 0; i < SIDE; i++) transform_output(all + i, SIDE, by_column + i, SIDE);
#pragma clang loop unroll(full)
        for (size_t line = 0; line < TILE; line++) {
            vector places[TILE];
            transform_output(by_column + line * SIDE, 1, places, 1);
            for (size_t place = 0; place < TILE; place++) places[place] += bias;
            for (size_t place = 0; place < TILE; place += 2) activate((quantd_sums *)&places[place], &activation);
            float *target = out + (line * COLUMNS + half) * TILE;
            for (size_t lane = 0; lane < LANES; lane++) {
                for (size_t place = 0; place < TILE; place++) target[lane * TILE + place] = places[place][lane];
            }
        }
    }
}

KERNEL(
    void, gather, (const float *input, const size_t *distances, quantd_places tiles, float *out, size_t stride),
    (input, distances, tiles, out, stride));
KERNEL(
    void, lines, (const float *sums, size_t stride, float bias, quantd_activation activation, float *out),
    (sums, stride, bias, activation, out));

void quantd_winograd_gather(
    quantd_instructions set, const float *input, const size_t *distances, quantd_places tiles, float *out,
    size_t stride) {
    gather_of[set](input, distances, tiles, out, stride);
}

void quantd_winograd_lines(
    quantd_instructions set, const float *sums, size_t stride, float bias, quantd_activation activation, float *out) {
    lines_of[set](sums, stride, bias, activation, out);
}
