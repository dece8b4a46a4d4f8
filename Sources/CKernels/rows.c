// Sums over rows of floats, and what is done to a row with them.

#include "rows.h"
#include "targets.h"
#include "turn.h"

#include <string.h>

// Every step is rounded, so that all sets of instructions give the same.
#pragma STDC FP_CONTRACT OFF

enum { LANES = 16 };

typedef float floats __attribute__((vector_size(4 * LANES), aligned(4), may_alias));
typedef double doubles __attribute__((vector_size(8 * LANES)));

// Of sixteen sums in the order of their lanes.
INLINE double in_order(const doubles *sums) {
    double sum = 0;
    for (size_t lane = 0; lane < LANES; lane++) sum += (*sums)[lane];
    return sum;
}

INLINE double sum_body(const float *x, size_t count) {
    doubles sums = {0};
    size_t i = 0;
    for (; i + LANES <= count; i += LANES) sums += __builtin_convertvector(*(const floats *)(x + i), doubles);
    double sum = in_order(&sums);
    for (; i < count; i++) sum += x[i];
    return sum;
}

INLINE double squares_body(const float *x, size_t count, double mean) {
    doubles sums = {0};
    size_t i = 0;
    for (; i + LANES <= count; i += LANES) {
        const doubles difference = __builtin_convertvector(*(const floats *)(x + i), doubles) - mean;
        sums += difference * difference;
    }
    double sum = in_order(&sums);
    for (; i < count; i++) sum += (x[i] - mean) * (x[i] - mean);
    return sum;
}

INLINE void adjust_body(
    float *restrict x, size_t count, float scale, float shift, const float *restrict factors,
    const float *restrict addends) {
    if (factors) {
        for (size_t i = 0; i < count; i++) x[i] = (x[i] * scale + shift) * factors[i] + addends[i];
    } else {
        for (size_t i = 0; i < count; i++) x[i] = x[i] * scale + shift;
    }
}

// Rows that become columns, in blocks of as many as stay near.
INLINE void turn_body(
    const float *restrict x, quantd_grid grid, const float *restrict addends, float scale, float *restrict out) {
    enum { BLOCK = QUANTD_BLOCK };
    size_t row = 0;
    for (; row + BLOCK <= grid.rows; row += BLOCK) {
        size_t column = 0;
        for (; column + BLOCK <= grid.columns; column += BLOCK) {
            quantd_eight block[BLOCK];
            for (size_t i = 0; i < BLOCK; i++) {
                block[i] = (*(const quantd_eight *)(x + (row + i) * grid.stride + column) + addends[row + i]) * scale;
            }
            turn_eight(block);
            for (size_t i = 0; i < BLOCK; i++) *(quantd_eight *)(out + (column + i) * grid.rows + row) = block[i];
        }
        for (; column < grid.columns; column++) {
            for (size_t i = row; i < row + BLOCK; i++) {
                out[column * grid.rows + i] = (x[i * grid.stride + column] + addends[i]) * scale;
            }
        }
    }
    for (; row < grid.rows; row++) {
        for (size_t column = 0; column < grid.columns; column++) {
            out[column * grid.rows + row] = (x[row * grid.stride + column] + addends[row]) * scale;
        }
    }
}

KERNEL(double, sum, (const float *x, size_t count), (x, count));
KERNEL(double, squares, (const float *x, size_t count, double mean), (x, count, mean));
KERNEL(
    void, adjust,
    (float *restrict x, size_t count, float scale, float shift, const float *restrict factors,
     const float *restrict addends),
    (x, count, scale, shift, factors, addends));

KERNEL(
    void, turn,
    (const float *restrict x, quantd_grid grid, const float *restrict addends, float scale, float *restrict out),
    (x, grid, addends, scale, out));

double quantd_sum(quantd_instructions set, const float *x, size_t count) { return sum_of[set](x, count); }

double quantd_squares(quantd_instructions set, const float *x, size_t count, double mean) {
    return squares_of[set](x, count, mean);
}

void quantd_adjust(
    quantd_instructions set, float *restrict x, size_t count, float scale, float shift, const float *restrict factors,
    const float *restrict addends) {
    adjust_of[set](x, count, scale, shift, factors, addends);
}

void quantd_turn(
    quantd_instructions set, const float *restrict x, quantd_grid grid, const float *restrict addends, float scale,
    float *restrict out) {
    turn_of[set](x, grid, addends, scale, out);
}
