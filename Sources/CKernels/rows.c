// Sums over rows of floats, and what is done to a row with them.

#include "rows.h"
#include "targets.h"

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
    enum { BLOCK = 8 };
    typedef float eight __attribute__((vector_size(4 * BLOCK), aligned(4), may_alias));
    size_t row = 0;
    for (; row + BLOCK <= grid.rows; row += BLOCK) {
        size_t column = 0;
        for (; column + BLOCK <= grid.columns; column += BLOCK) {
            eight a[BLOCK], b[BLOCK];
            for (size_t i = 0; i < BLOCK; i++) {
                a[i] = (*(const eight *)(x + (row + i) * grid.stride + column) + addends[row + i]) * scale;
            }
            // Pairs of rows are mixed three times, by ones, by twos and by fours.
            for (size_t i = 0; i < BLOCK; i += 2) {
                b[i] = __builtin_shufflevector(a[i], a[i + 1], 0, 8, 2, 10, 4, 12, 6, 14);
                b[i + 1] = __builtin_shufflevector(a[i], a[i + 1], 1, 9, 3, 11, 5, 13, 7, 15);
            }
            for (size_t i = 0; i < BLOCK; i += 4) {
                for (size_t j = i; j < i + 2; j++) {
                    a[j] = __builtin_shufflevector(b[j], b[j + 2], 0, 1, 8, 9, 4, 5, 12, 13);
                    a[j + 2] = __builtin_shufflevector(b[j], b[j + 2], 2, 3, 10, 11, 6, 7, 14, 15);
                }
            }
            for (size_t i = 0; i < BLOCK / 2; i++) {
                float *to = out + (column + i) * grid.rows + row;
                *(eight *)to = __builtin_shufflevector(a[i], a[i + 4], 0, 1, 2, 3, 8, 9, 10, 11);
                *(eight *)(to + 4 * grid.rows) = __builtin_shufflevector(a[i], a[i + 4], 4, 5, 6, 7, 12, 13, 14, 15);
            }
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
