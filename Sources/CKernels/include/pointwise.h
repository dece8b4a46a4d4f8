#ifndef QUANTD_POINTWISE_H
#define QUANTD_POINTWISE_H

#include "instructions.h"

#include <stddef.h>

// Functions of single numbers, in place, within 3e-7 of the exact value relative to it or to 1, whichever is larger; what
// is no number stays none. The exponential is that of Moshier's Cephes library: 2^n times a polynomial.

/// 1 / (1 + e^-x)
void quantd_sigmoid(quantd_instructions set, float *x, size_t count);

/// x / (1 + e^-x)
void quantd_swish(quantd_instructions set, float *x, size_t count);

/// tanh x
void quantd_tanh(quantd_instructions set, float *x, size_t count);

/// x / 2 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 x^3)))
void quantd_fast_gelu(quantd_instructions set, float *x, size_t count);

/// Each number's exponential over the sum of all.
void quantd_softmax(quantd_instructions set, float *x, size_t count);

#endif
