// Floats of 32 bits made halves of 16, and halves floats.

#include "CKernels.h"
#include "float_bits.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

INLINE uint16_t half_of(float value) {
    const uint32_t bits = (uint32_t)bits_of(value);
    const uint32_t sign = bits >> 16 & 0x8000;
    const uint32_t magnitude = bits & 0x7FFFFFFF;
    // Normal: move the exponent's bias from 127 to 15 and round the 13 bits that go, ties to even.
    const uint32_t normal = (magnitude + 0xC8000FFF + (magnitude >> 13 & 1)) >> 13;
    // Subnormal: adding one half lets the float unit round to multiples of 2^-24.
    const uint32_t subnormal = (uint32_t)bits_of(float_of((int32_t)magnitude) + 0.5f) - 0x3F000000;
    // From 65536 on infinite; a NaN stays one, quiet, with the upper bits of its payload.
    const uint32_t huge = magnitude > 0x7F800000 ? 0x7E00 | (magnitude >> 13 & 0x3FF) : 0x7C00;
    const uint32_t half = magnitude >= 0x47800000 ? huge : magnitude < 0x38800000 ? subnormal : normal;
    return (uint16_t)(sign | half);
}

INLINE float float_of_half(uint16_t half) {
    const uint32_t sign = (uint32_t)(half & 0x8000) << 16;
    const uint32_t magnitude = half & 0x7FFF;
    const uint32_t normal = (magnitude << 13) + 0x38000000;
    const uint32_t subnormal = (uint32_t)bits_of((float)magnitude * 0x1p-24f);
    const uint32_t huge = 0x7F800000 | (magnitude & 0x3FF) << 13 | (magnitude > 0x7C00 ? 0x400000 : 0);
    const uint32_t bits = magnitude >= 0x7C00 ? huge : magnitude < 0x400 ? subnormal : normal;
    return float_of((int32_t)(sign | bits));
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

#define HALVES(name, parameters) static void(*const name##_of[]) parameters = {name##_body, name##_avx2, name##_avx2}
#else
#define HALVES(name, parameters) static void(*const name##_of[]) parameters = {name##_body}
#endif

HALVES(half_from_float, (const float *x, size_t count, uint16_t *half));
HALVES(float_from_half, (const uint16_t *half, size_t count, float *x));

void quantd_half_from_float(quantd_instructions set, const float *x, size_t count, uint16_t *half) {
    half_from_float_of[set](x, count, half);
}

void quantd_float_from_half(quantd_instructions set, const uint16_t *half, size_t count, float *x) {
    float_from_half_of[set](half, count, x);
}
