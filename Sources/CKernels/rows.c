// Sums over rows of floats, and what is done to a row with them.

#include "rows.h"
#include "targets.h"

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

KERNEL(double, sum, (const float *x, size_t count), (x, count));
KERNEL(double, squares, (const float *x, size_t count, double mean), (x, count, mean));
KERNEL(
    void, adjust,
    (float *restrict x, size_t count, float scale, float shift, const float *restrict factors,
     const float *restrict addends),
    (x, count, scale, shift, factors, addends));

double quantd_sum(quantd_instructions set, const float *x, size_t count) { return sum_of[set](x, count); }

double quantd_squares(quantd_instructions set, const float *x, size_t count, double mean) {
    return squares_of[set](x, count, mean);
}

void quantd_adjust(
    quantd_instructions set, float *restrict x, size_t count, float scale, float shift, const float *restrict factors,
    const float *restrict addends) {
    adjust_of[set](x, count, scale, shift, factors, addends);
}
