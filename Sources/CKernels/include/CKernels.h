#ifndef QUANTD_CKERNELS_H
#define QUANTD_CKERNELS_H

#include <stddef.h>
#include <stdint.h>

#include "channels.h"
#include "instructions.h"
#include "memory.h"
#include "pointwise.h"
#include "processor.h"
#include "products.h"
#include "rows.h"
#include "windows.h"
#include "winograd.h"

// The fast twins of the readable kernels in Numerics. The functions below give the same bits on every machine: sums run in
// eight lanes in a fixed order, and no multiplication is contracted into an addition.

/// Largest magnitude among the finite values of `x`; adds the number of NaNs and infinities to `*non_finite`.
float quantd_absmax(quantd_instructions set, const float *x, size_t count, size_t *non_finite);

/// What is found in a row while it is quantized: the parts of its error measures, in steps (1 step is 1 / scale), and its extent.
typedef struct {
    double signal;        ///< sum of v², where v is fl32(x * scale), cut off at ±2^50
    double noise;         ///< sum of (v - q)²
    double reconstructed; ///< sum of q²
    double max_error;     ///< largest |v - q|
    size_t clipped;       ///< values whose rounding lies beyond ±127
    float absmax;         ///< largest magnitude among the finite values of x
    size_t non_finite;    ///< NaNs and infinities in x
} quantd_step_sums;

/// q = round half away from zero of fl32(x * scale), clamped to -127...127; NaN gives 0. Adds what is found to `sums`.
void quantd_quantize(
    quantd_instructions set, const float *x, size_t count, float scale, int8_t *q, quantd_step_sums *sums);

/// IEEE half floats, rounded to nearest even, subnormals kept; a finite value beyond the largest becomes infinite.
void quantd_half_from_float(quantd_instructions set, const float *x, size_t count, uint16_t *half);

/// The floats of IEEE half floats, exactly.
void quantd_float_from_half(quantd_instructions set, const uint16_t *half, size_t count, float *x);

#endif
