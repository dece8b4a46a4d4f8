#ifndef QUANTD_ACTIVATION_H
#define QUANTD_ACTIVATION_H

#include "products.h"
#include "targets.h"

// Activations of sixteen sums that are still in registers.

enum { QUANTD_LANES = 16, QUANTD_HALF = QUANTD_LANES / 2 };

typedef float quantd_sums __attribute__((vector_size(4 * QUANTD_LANES), aligned(4), may_alias));
typedef int32_t quantd_mask __attribute__((vector_size(4 * QUANTD_LANES), aligned(4), may_alias));

// Half as many, where there are no more.
typedef float quantd_half_sums __attribute__((vector_size(4 * QUANTD_HALF), aligned(4), may_alias));

// Lanes of `a` where the mask is set, else of `b`.
INLINE void choose(quantd_sums *out, const quantd_mask *mask, const quantd_sums *a, const quantd_sums *b) {
    *out = (quantd_sums)(((quantd_mask)*a & *mask) | ((quantd_mask)*b & ~*mask));
}

INLINE void activate(quantd_sums *sum, const quantd_activation *activation) {
    const quantd_sums zero = {0};
    const quantd_sums low = zero + activation->low;
    const quantd_sums high = zero + activation->high;
    quantd_mask is_beyond;
    switch (activation->kind) {
    case QUANTD_AS_IT_IS:
        break;
    case QUANTD_RELU:
        is_beyond = *sum > zero;
        choose(sum, &is_beyond, sum, &zero);
        break;
    case QUANTD_LEAKY: {
        const quantd_sums scaled = *sum * low;
        is_beyond = *sum > zero;
        choose(sum, &is_beyond, sum, &scaled);
        break;
    }
    case QUANTD_CLIP:
        is_beyond = *sum < low;
        choose(sum, &is_beyond, &low, sum);
        is_beyond = *sum > high;
        choose(sum, &is_beyond, &high, sum);
        break;
    }
}

INLINE void activate_half(quantd_half_sums *sum, const quantd_activation *activation) {
    quantd_sums all = __builtin_shufflevector(*sum, *sum, 0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7);
    activate(&all, activation);
    *sum = __builtin_shufflevector(all, all, 0, 1, 2, 3, 4, 5, 6, 7);
}

#endif
