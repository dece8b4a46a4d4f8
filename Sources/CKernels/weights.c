// Passes over weights: how large they are, and int8 with what that costs.

#include "CKernels.h"
#include "float_bits.h"

#include <math.h>

// Every step is rounded, so that all sets of instructions give the same.
#pragma STDC FP_CONTRACT OFF

// The magnitude of floats orders like their bits without the sign, and integer maxima need no care for NaN.
INLINE float absmax_body(const float *x, size_t count, size_t *non_finite) {
    int32_t largest = 0;
    size_t wild = 0;
    while (count > 0) {
        // Blocks keep the inner counter within 32 bits, so that it fits the vector lanes.
        const size_t block = count < 65536 ? count : 65536;
        int32_t block_wild = 0;
        for (size_t i = 0; i < block; i++) {
            const int32_t magnitude = bits_of(x[i]) & MAGNITUDE;
            const int32_t is_wild = magnitude >= INFINITE;
            const int32_t kept = is_wild ? 0 : magnitude;
            largest = kept > largest ? kept : largest;
            block_wild += is_wild;
        }
        wild += (size_t)block_wild;
        x += block;
        count -= block;
    }
    *non_finite += wild;
    return float_of(largest);
}

// Adding the largest float below one half to a magnitude and cutting rounds half away from zero for every float; adding one
// half itself would round 0.49999997 up.
static const float NEARLY_HALF = 0.49999997f;

// From here on a magnitude would round beyond 127.
static const float TOO_FAR = 127.5f;

// What lies further out is counted as this, so that no square overflows: the scale may be anything.
static const float REACH = 0x1p50f;

// Sums run in LANES lanes of float, which are added to lanes of double after a BLOCK, before they lose digits.
enum { LANES = 8, BLOCK = 64 * LANES };

typedef float floats __attribute__((vector_size(4 * LANES), aligned(4), may_alias));
typedef int32_t ints __attribute__((vector_size(4 * LANES), aligned(4), may_alias));
typedef int8_t bytes __attribute__((vector_size(LANES), aligned(1), may_alias));
typedef double doubles __attribute__((vector_size(8 * LANES)));

typedef struct {
    floats signal, noise, reconstructed;
    // Bits of the largest error.
    ints max_error;
    ints clipped;
} block_sums;

typedef struct {
    doubles signal, noise, reconstructed;
    ints max_error;
} lane_sums;

// Of bits of magnitudes, which order like these.
#define LARGER(a, b) __builtin_elementwise_max(a, b)
#define AT_MOST(limit, bits) __builtin_elementwise_min((ints){0} + bits_of(limit), bits)

INLINE int32_t largest_lane(const ints *lanes) {
    int32_t largest = 0;
    for (size_t lane = 0; lane < LANES; lane++) largest = (*lanes)[lane] > largest ? (*lanes)[lane] : largest;
    return largest;
}

// The bits of the largest magnitude, which are those of no number where there is one.
INLINE int32_t largest_bits(const float *x, size_t count) {
    ints lanes = {0};
    size_t i = 0;
    for (; i + LANES <= count; i += LANES) lanes = LARGER(lanes, *(const ints *)(x + i) & MAGNITUDE);
    for (size_t lane = 0; i + lane < count; lane++) {
        const int32_t bits = bits_of(x[i + lane]) & MAGNITUDE;
        lanes[lane] = bits > lanes[lane] ? bits : lanes[lane];
    }
    return largest_lane(&lanes);
}

// Eight elements. `all_near` says that each is a number which rounds to one of -127...127, as almost all weights do: nothing
// needs to be cut off then.
INLINE void quantize_eight(const float *x, float scale, const int all_near, int8_t *q, block_sums *sums) {
    floats v = *(const floats *)x * scale;
    floats near = v;
    if (!all_near) {
        const ints sign = (ints)v & SIGN;
        const ints any = (ints)v & MAGNITUDE;
        const ints magnitude = AT_MOST(REACH, any & (any <= INFINITE));
        v = (floats)(sign | magnitude);
        near = (floats)(sign | AT_MOST(127, magnitude));
        sums->clipped -= magnitude >= bits_of(TOO_FAR);
    }
    const floats half = (floats)(((ints)near & SIGN) | bits_of(NEARLY_HALF));
    const ints rounded = __builtin_convertvector(near + half, ints);
    const floats steps = __builtin_convertvector(rounded, floats);
    const floats error = v - steps;
    sums->signal += v * v;
    sums->noise += error * error;
    sums->reconstructed += steps * steps;
    sums->max_error = LARGER(sums->max_error, (ints)error & MAGNITUDE);
    *(bytes *)q = __builtin_convertvector(rounded, bytes);
}

INLINE block_sums quantize_block(const float *x, size_t count, float scale, const int all_near, int8_t *q) {
    block_sums sums = {{0}};
    size_t i = 0;
    for (; i + LANES <= count; i += LANES) quantize_eight(x + i, scale, all_near, q + i, &sums);
    if (i < count) {
        // Zeros add nothing.
        float rest[LANES] = {0};
        int8_t last[LANES];
        memcpy(rest, x + i, (count - i) * sizeof *x);
        quantize_eight(rest, scale, all_near, last, &sums);
        memcpy(q + i, last, count - i);
    }
    return sums;
}

INLINE void quantize_body(const float *x, size_t count, float scale, int8_t *q, quantd_step_sums *sums) {
    lane_sums lanes = {{0}};
    for (size_t i = 0; i < count; i += BLOCK) {
        const size_t size = least(count - i, BLOCK);
        const int32_t largest = largest_bits(x + i, size);
        float absmax = float_of(largest);
        block_sums block;
        // A scale that is no number is not near either.
        if (largest < INFINITE && absmax * fabsf(scale) < TOO_FAR) {
            block = quantize_block(x + i, size, scale, 1, q + i);
        } else {
            block = quantize_block(x + i, size, scale, 0, q + i);
            for (size_t lane = 0; lane < LANES; lane++) sums->clipped += (size_t)block.clipped[lane];
            if (largest >= INFINITE) absmax = absmax_body(x + i, size, &sums->non_finite);
        }
        sums->absmax = absmax > sums->absmax ? absmax : sums->absmax;
        lanes.signal += __builtin_convertvector(block.signal, doubles);
        lanes.noise += __builtin_convertvector(block.noise, doubles);
        lanes.reconstructed += __builtin_convertvector(block.reconstructed, doubles);
        lanes.max_error = LARGER(lanes.max_error, block.max_error);
    }
    for (size_t lane = 0; lane < LANES; lane++) {
        sums->signal += lanes.signal[lane];
        sums->noise += lanes.noise[lane];
        sums->reconstructed += lanes.reconstructed[lane];
    }
    const double max_error = float_of(largest_lane(&lanes.max_error));
    sums->max_error = max_error > sums->max_error ? max_error : sums->max_error;
}

KERNEL(float, absmax, (const float *x, size_t count, size_t *non_finite), (x, count, non_finite));
KERNEL(
    void, quantize, (const float *x, size_t count, float scale, int8_t *q, quantd_step_sums *sums),
    (x, count, scale, q, sums));

float quantd_absmax(quantd_instructions set, const float *x, size_t count, size_t *non_finite) {
    return absmax_of[set](x, count, non_finite);
}

void quantd_quantize(
    quantd_instructions set, const float *x, size_t count, float scale, int8_t *q, quantd_step_sums *sums) {
    quantize_of[set](x, count, scale, q, sums);
}
