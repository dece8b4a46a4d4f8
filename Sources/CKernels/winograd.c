// The transforms around the products of a convolution by Winograd's algorithm, sixteen tiles at a time.

#include "winograd.h"
#include "activation.h"
#include "targets.h"
#include "unfold.h"

// Products are fused into the sums where the machine can.
#pragma STDC FP_CONTRACT ON

// A tile of four places reaches over six elements, one of two over four.
enum { COLUMNS = QUANTD_PANEL_COLUMNS, MOST = QUANTD_TILE_OF_FOUR, SIDE = 6, REST = SIDE - MOST };

typedef quantd_sums vector;

// The numbers of a line, `step` vectors apart, transformed (the matrix B of the source).
INLINE void transform_input(quantd_tile tile, const vector *in, size_t step, vector *out, size_t out_step) {
    const vector x0 = in[0], x1 = in[step], x2 = in[2 * step], x3 = in[3 * step];
    if (tile == QUANTD_TILE_OF_TWO) {
        out[0] = x0 - x2;
        out[out_step] = x1 + x2;
        out[2 * out_step] = x2 - x1;
        out[3 * out_step] = x1 - x3;
        return;
    }
    const vector x4 = in[4 * step], x5 = in[5 * step];
    const vector even = x4 - 4 * x2, odd = x3 - 4 * x1;
    const vector wide_even = x4 - x2, wide_odd = 2 * (x3 - x1);
    out[0] = 4 * x0 - 5 * x2 + x4;
    out[out_step] = even + odd;
    out[2 * out_step] = even - odd;
    out[3 * out_step] = wide_even + wide_odd;
    out[4 * out_step] = wide_even - wide_odd;
    out[5 * out_step] = 4 * x1 - 5 * x3 + x5;
}

// The sums of a line taken back to its places (the matrix A of the source).
INLINE void transform_output(quantd_tile tile, const vector *in, size_t step, vector *out, size_t out_step) {
    const vector x0 = in[0], x1 = in[step], x2 = in[2 * step], x3 = in[3 * step];
    const vector near_sum = x1 + x2, near_difference = x1 - x2;
    if (tile == QUANTD_TILE_OF_TWO) {
        out[0] = x0 + near_sum;
        out[out_step] = near_difference - x3;
        return;
    }
    const vector x4 = in[4 * step], x5 = in[5 * step];
    const vector far_sum = x3 + x4, far_difference = x3 - x4;
    out[0] = x0 + near_sum + far_sum;
    out[out_step] = near_difference + 2 * far_difference;
    out[2 * out_step] = near_sum + 4 * far_sum;
    out[3 * out_step] = near_difference + 8 * far_difference + x5;
}

// The tile is known where this is inlined.
INLINE void gather_tiles(
    quantd_tile tile, const float *input, const size_t *distances, quantd_places tiles, float *out, size_t stride) {
    const size_t side = tile + REST;
    float elements[QUANTD_WINOGRAD_SIZE][COLUMNS];
    // A panel that is not full has its numbers closer together; here each stands in a line of its own.
    const quantd_places spread = {.runs = tiles.runs, .run_count = tiles.run_count, .lanes = COLUMNS};
    quantd_unfold_ahead(QUANTD_NEXT, input, distances, side * side, spread, elements[0]);
    vector by_column[QUANTD_WINOGRAD_SIZE];
    vector *rows = (vector *)elements;
#pragma clang loop unroll(full)
    for (size_t i = 0; i < side; i++) transform_input(tile, rows + i, side, by_column + i, side);
#pragma clang loop unroll(full)
    for (size_t i = 0; i < side; i++) {
        vector by_line[SIDE];
        transform_input(tile, by_column + i * side, 1, by_line, 1);
        for (size_t j = 0; j < side; j++) *(vector *)(out + (i * side + j) * stride) = by_line[j];
    }
}

// The places of sixteen tiles, as they lie side by side in a line.
INLINE void interleave(quantd_tile tile, const vector *places, vector *line) {
#define LOW 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23
#define HIGH 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31
    if (tile == QUANTD_TILE_OF_TWO) {
        line[0] = __builtin_shufflevector(places[0], places[1], LOW);
        line[1] = __builtin_shufflevector(places[0], places[1], HIGH);
        return;
    }
    const vector even = __builtin_shufflevector(places[0], places[2], LOW);
    const vector odd = __builtin_shufflevector(places[1], places[3], LOW);
    const vector even_on = __builtin_shufflevector(places[0], places[2], HIGH);
    const vector odd_on = __builtin_shufflevector(places[1], places[3], HIGH);
    line[0] = __builtin_shufflevector(even, odd, LOW);
    line[1] = __builtin_shufflevector(even, odd, HIGH);
    line[2] = __builtin_shufflevector(even_on, odd_on, LOW);
    line[3] = __builtin_shufflevector(even_on, odd_on, HIGH);
#undef LOW
#undef HIGH
}

INLINE void lines_of_tiles(
    quantd_tile tile, const float *sums, size_t stride, float bias, quantd_activation activation, float *out) {
    const size_t side = tile + REST;
    vector by_column[MOST * SIDE];
#pragma clang loop unroll(full)
    for (size_t i = 0; i < side; i++) {
        vector column[SIDE];
        for (size_t j = 0; j < side; j++) column[j] = *(const vector *)(sums + (j * side + i) * stride);
        transform_output(tile, column, 1, by_column + i, side);
    }
#pragma clang loop unroll(full)
    for (size_t line = 0; line < tile; line++) {
        vector places[MOST];
        transform_output(tile, by_column + line * side, 1, places, 1);
#pragma clang loop unroll(full)
        for (size_t place = 0; place < tile; place++) {
            places[place] += bias;
            activate(&places[place], &activation);
        }
        interleave(tile, places, (vector *)(out + line * COLUMNS * tile));
    }
}

INLINE void gather_body(
    quantd_tile tile, const float *input, const size_t *distances, quantd_places tiles, float *out, size_t stride) {
    if (tile == QUANTD_TILE_OF_TWO) {
        gather_tiles(QUANTD_TILE_OF_TWO, input, distances, tiles, out, stride);
    } else {
        gather_tiles(QUANTD_TILE_OF_FOUR, input, distances, tiles, out, stride);
    }
}

INLINE void lines_body(
    quantd_tile tile, const float *sums, size_t stride, float bias, quantd_activation activation, float *out) {
    if (tile == QUANTD_TILE_OF_TWO) {
        lines_of_tiles(QUANTD_TILE_OF_TWO, sums, stride, bias, activation, out);
    } else {
        lines_of_tiles(QUANTD_TILE_OF_FOUR, sums, stride, bias, activation, out);
    }
}

KERNEL(
    void, gather,
    (quantd_tile tile, const float *input, const size_t *distances, quantd_places tiles, float *out, size_t stride),
    (tile, input, distances, tiles, out, stride));
KERNEL(
    void, lines,
    (quantd_tile tile, const float *sums, size_t stride, float bias, quantd_activation activation, float *out),
    (tile, sums, stride, bias, activation, out));

void quantd_winograd_gather(
    quantd_instructions set, quantd_tile tile, const float *input, const size_t *distances, quantd_places tiles,
    float *out, size_t stride) {
    gather_of[set](tile, input, distances, tiles, out, stride);
}

void quantd_winograd_lines(
    quantd_instructions set, quantd_tile tile, const float *sums, size_t stride, float bias,
    quantd_activation activation, float *out) {
    lines_of[set](tile, sums, stride, bias, activation, out);
}
