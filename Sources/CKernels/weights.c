// Kernels over weights. Each is one plain loop that the compiler turns into vector code; on x86-64 the same loop is
// compiled a second time for AVX2 and chosen at run time.

#include "CKernels.h"

#include <math.h>
#include <string.h>

#pragma STDC FP_CONTRACT OFF

#define INLINE static inline __attribute__((always_inline))

#if defined(__x86_64__)
#include <immintrin.h>
#define AVX2 __attribute__((target("avx2,f16c")))
#define HAS_AVX2() (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("f16c"))
#endif

INLINE uint32_t bits_of(float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

INLINE float float_of(uint32_t bits) {
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

// The magnitude of floats orders like their bits without the sign, and integer maxima need no care for NaN.
INLINE float absmax_body(const float *x, size_t count, size_t *non_finite) {
    uint32_t largest = 0;
    size_t wild = 0;
    while (count > 0) {
        // Blocks keep the inner counter within 32 bits, so that it fits the vector lanes.
        const size_t block = count < 65536 ? count : 65536;
        uint32_t block_wild = 0;
        for (size_t i = 0; i < block; i++) {
            const uint32_t magnitude = bits_of(x[i]) & 0x7FFFFFFF;
            const uint32_t is_wild = magnitude >= 0x7F800000;
            const uint32_t kept = is_wild ? 0 : magnitude;
            largest = kept > largest ? kept : largest;
            block_wild += is_wild;
        }
        wild += block_wild;
        x += block;
        count -= block;
    }
    *non_finite += wild;
    return float_of(largest);
}

// Adding the largest float below one half and cutting rounds half away from zero for every float; adding one half itself
// would round 0.49999997 up.
INLINE int32_t rounded(float v) {
    v = v == v ? v : 0.0f;
    v = v > 127.0f ? 127.0f : v;
    v = v < -127.0f ? -127.0f : v;
    return (int32_t)(v + copysignf(0.49999997f, v));
}

INLINE void quantize_body(const float *x, size_t count, float scale, int8_t *q) {
    for (size_t i = 0; i < count; i++) {
        q[i] = (int8_t)rounded(x[i] * scale);
    }
}

enum { LANES = 8 };

INLINE void add_errors_body(
    const float *x, const int8_t *q, size_t count, float scale, quantd_error_sums *sums) {
    const double step = 1.0 / (double)scale;
    double signal[LANES] = {0}, noise[LANES] = {0}, product[LANES] = {0}, reconstructed[LANES] = {0}, worst[LANES] = {0};
    uint64_t clipped[LANES] = {0};
    size_t i = 0;
    for (; i + LANES <= count; i += LANES) {
        for (int lane = 0; lane < LANES; lane++) {
            const double w = x[i + lane];
            const double r = q[i + lane] * step;
            const double e = w - r;
            const double magnitude = fabs(e);
            signal[lane] += w * w;
            noise[lane] += e * e;
            product[lane] += w * r;
            reconstructed[lane] += r * r;
            worst[lane] = magnitude > worst[lane] ? magnitude : worst[lane];
            clipped[lane] += fabsf(x[i + lane] * scale) >= 127.5f;
        }
    }
    for (int lane = 0; i < count; i++, lane++) {
        const double w = x[i];
        const double r = q[i] * step;
        const double e = w - r;
        const double magnitude = fabs(e);
        signal[lane] += w * w;
        noise[lane] += e * e;
        product[lane] += w * r;
        reconstructed[lane] += r * r;
        worst[lane] = magnitude > worst[lane] ? magnitude : worst[lane];
        clipped[lane] += fabsf(x[i] * scale) >= 127.5f;
    }
    for (int lane = 0; lane < LANES; lane++) {
        sums->signal += signal[lane];
        sums->noise += noise[lane];
        sums->product += product[lane];
        sums->reconstructed += reconstructed[lane];
        sums->max_error = worst[lane] > sums->max_error ? worst[lane] : sums->max_error;
        sums->clipped += clipped[lane];
    }
}

INLINE uint16_t half_of(float value) {
    const uint32_t bits = bits_of(value);
    const uint32_t sign = bits >> 16 & 0x8000;
    const uint32_t magnitude = bits & 0x7FFFFFFF;
    // Normal: move the exponent's bias from 127 to 15 and round the 13 bits that go, ties to even.
    const uint32_t normal = (magnitude + 0xC8000FFF + (magnitude >> 13 & 1)) >> 13;
    // Subnormal: adding one half lets the float unit round to multiples of 2^-24.
    const uint32_t subnormal = bits_of(float_of(magnitude) + 0.5f) - 0x3F000000;
    // From 65536 on infinite; a NaN stays one, quiet, with the upper bits of its payload.
    const uint32_t huge = magnitude > 0x7F800000 ? 0x7E00 | (magnitude >> 13 & 0x3FF) : 0x7C00;
    const uint32_t half = magnitude >= 0x47800000 ? huge : magnitude < 0x38800000 ? subnormal : normal;
    return (uint16_t)(sign | half);
}

INLINE float float_of_half(uint16_t half) {
    const uint32_t sign = (uint32_t)(half & 0x8000) << 16;
    const uint32_t magnitude = half & 0x7FFF;
    const uint32_t normal = (magnitude << 13) + 0x38000000;
    const uint32_t subnormal = bits_of((float)magnitude * 0x1p-24f);
    const uint32_t huge = 0x7F800000 | (magnitude & 0x3FF) << 13 | (magnitude > 0x7C00 ? 0x400000 : 0);
    const uint32_t bits = magnitude >= 0x7C00 ? huge : magnitude < 0x400 ? subnormal : normal;
    return float_of(sign | bits);
}

INLINE void half_from_float_body(const float *x, size_t count, uint16_t *half) {
    for (size_t i = 0; i < count; i++) {
        half[i] = half_of(x[i]);
    }
}

INLINE void float_from_half_body(const uint16_t *half, size_t count, float *x) {
    for (size_t i = 0; i < count; i++) {
        x[i] = float_of_half(half[i]);
    }
}

#if defined(__x86_64__)

AVX2 static float absmax_avx2(const float *x, size_t count, size_t *non_finite) {
    return absmax_body(x, count, non_finite);
}

AVX2 static void quantize_avx2(const float *x, size_t count, float scale, int8_t *q) {
    quantize_body(x, count, scale, q);
}

AVX2 static void add_errors_avx2(
    const float *x, const int8_t *q, size_t count, float scale, quantd_error_sums *sums) {
    add_errors_body(x, q, count, scale, sums);
}

// The conversions have instructions of their own (F16C).
AVX2 static void half_from_float_avx2(const float *x, size_t count, uint16_t *half) {
    size_t i = 0;
    for (; i + 8 <= count; i += 8) {
        const __m128i converted = _mm256_cvtps_ph(_mm256_loadu_ps(x + i), _MM_FROUND_TO_NEAREST_INT);
        _mm_storeu_si128((__m128i *)(half + i), converted);
    }
    half_from_float_body(x + i, count - i, half + i);
}

AVX2 static void float_from_half_avx2(const uint16_t *half, size_t count, float *x) {
    size_t i = 0;
    for (; i + 8 <= count; i += 8) {
        _mm256_storeu_ps(x + i, _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)(half + i))));
    }
    float_from_half_body(half + i, count - i, x + i);
}

#define CHOOSE(name, ...) return HAS_AVX2() ? name##_avx2(__VA_ARGS__) : name##_body(__VA_ARGS__)
#else
#define CHOOSE(name, ...) return name##_body(__VA_ARGS__)
#endif

float quantd_absmax(const float *x, size_t count, size_t *non_finite) {
    CHOOSE(absmax, x, count, non_finite);
}

void quantd_quantize(const float *x, size_t count, float scale, int8_t *q) {
    CHOOSE(quantize, x, count, scale, q);
}

void quantd_add_errors(const float *x, const int8_t *q, size_t count, float scale, quantd_error_sums *sums) {
    CHOOSE(add_errors, x, q, count, scale, sums);
}

void quantd_half_from_float(const float *x, size_t count, uint16_t *half) {
    CHOOSE(half_from_float, x, count, half);
}

void quantd_float_from_half(const uint16_t *half, size_t count, float *x) {
    CHOOSE(float_from_half, half, count, x);
}
