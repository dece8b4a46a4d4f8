#ifndef QUANTD_ROWS_H
#define QUANTD_ROWS_H

#include "instructions.h"

#include <stddef.h>

// Rows of floats. Sums are in double precision, in sixteen lanes, the same to the bit for all sets of instructions.

/// Σ x
double quantd_sum(quantd_instructions set, const float *x, size_t count);

/// Σ (x − mean)²
double quantd_squares(quantd_instructions set, const float *x, size_t count, double mean);

/// x[i] = (x[i] * scale + shift) * factors[i] + addends[i], each step rounded; without factors the first two alone.
void quantd_adjust(
    quantd_instructions set, float *restrict x, size_t count, float scale, float shift, const float *restrict factors,
    const float *restrict addends);

#endif
