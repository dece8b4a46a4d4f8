// From exact sums of products back to floats.

#include "products.h"
#include "activation.h"
#include "targets.h"

#include <string.h>

// As in ncnn, the product with the scale is rounded before the bias is added.
#pragma STDC FP_CONTRACT OFF

enum { LANES = 8 };

INLINE void finish_lanes(
    const quantd_mask *sums, const quantd_scaling *scaling, const quantd_activation *activation, quantd_sums *out) {
    quantd_sums value = __builtin_convertvector(*sums, quantd_sums) * scaling->scale;
    // Without a bias nothing is added, not 0: -0 stays what it is.
    if (scaling->has_bias) value += scaling->bias;
    activate(&value, activation);
    *out = value;
}

INLINE void finish_body(
    const int32_t *sums, size_t count, quantd_scaling scaling, quantd_activation activation, float *out) {
    size_t i = 0;
    for (; i + LANES <= count; i += LANES) {
        finish_lanes((const quantd_mask *)(sums + i), &scaling, &activation, (quantd_sums *)(out + i));
    }
    quantd_mask last = {0};
    quantd_sums finished;
    memcpy(&last, sums + i, (count - i) * sizeof *sums);
    finish_lanes(&last, &scaling, &activation, &finished);
    memcpy(out + i, &finished, (count - i) * sizeof *out);
}

#if defined(__x86_64__)
AVX2 static void finish_avx2(
    const int32_t *sums, size_t count, quantd_scaling scaling, quantd_activation activation, float *out) {
    finish_body(sums, count, scaling, activation, out);
}
#endif

void quantd_finish(
    const int32_t *sums, size_t count, quantd_scaling scaling, quantd_activation activation, float *out) {
#if defined(__x86_64__)
    if (HAS_AVX2()) {
        finish_avx2(sums, count, scaling, activation, out);
        return;
    }
#endif
    finish_body(sums, count, scaling, activation, out);
}
