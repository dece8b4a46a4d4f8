// Kernels over weights. Each is one plain loop that the compiler turns into vector code; on x86-64 the same loop is
// compiled a second time for AVX2 and chosen at run time.

#include "CKernels.h"
#include "targets.h"

#include <math.h>
#include <string.h>

#pragma STDC FP_CONTRACT OFF

#if defined(__x86_64__)
#include <immintrin.h>
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

// The bits of infinity; those of NaNs lie above, those of all other magnitudes below.
enum { INFINITE = 0x7F800000 };

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
            const uint32_t is_wild = magnitude >= INFINITE;
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

// Adding the largest float below one half to a magnitude and cutting rounds half away from zero for every float; adding one
// half itself would round 0.49999997 up.
static const float NEARLY_HALF = 0.49999997f;

// What lies further out is counted as this, so that no square overflows: the scale may be anything.
static const float REACH = 0x1p50f;

// Sums run in LANES lanes of float, which are added up in double after a BLOCK, before they lose digits.
enum { LANES = 8, BLOCK = 64 * LANES };

typedef struct {
    float signal[LANES], noise[LANES], worst[LANES];
    int32_t squares[LANES], clipped[LANES];
    // Largest magnitudes as bits, which are those of no number where there is one.
    int32_t largest[LANES];
} lane_sums;

// Adds what was found in a block of `x`.
INLINE void add_lanes(const lane_sums *lanes, const float *x, size_t count, quantd_step_sums *sums) {
    int32_t largest = 0;
    for (int lane = 0; lane < LANES; lane++) {
        sums->signal += lanes->signal[lane];
        sums->noise += lanes->noise[lane];
        sums->reconstructed += lanes->squares[lane];
        sums->max_error = lanes->worst[lane] > sums->max_error ? lanes->worst[lane] : sums->max_error;
        sums->clipped += (size_t)lanes->clipped[lane];
        largest = lanes->largest[lane] > largest ? lanes->largest[lane] : largest;
    }
    // Looking for what is no number takes time of its own, and there hardly ever is any.
    const float absmax =
        largest < INFINITE ? float_of((uint32_t)largest) : absmax_body(x, count, &sums->non_finite);
    sums->absmax = absmax > sums->absmax ? absmax : sums->absmax;
}

INLINE void quantize_one(float x, float scale, int8_t *q, int lane, lane_sums *sums) {
    const float v = x * scale;
    float magnitude = v == v ? fabsf(v) : 0;
    magnitude = magnitude < REACH ? magnitude : REACH;
    const int rounded = (int)((magnitude < 127 ? magnitude : 127) + NEARLY_HALF);
    const float error = magnitude - (float)rounded;
    *q = (int8_t)(v < 0 ? -rounded : rounded);
    sums->signal[lane] += magnitude * magnitude;
    sums->noise[lane] += error * error;
    sums->squares[lane] += rounded * rounded;
    sums->worst[lane] = fabsf(error) > sums->worst[lane] ? fabsf(error) : sums->worst[lane];
    sums->clipped[lane] += magnitude >= 127.5f;
    const int32_t bits = (int32_t)(bits_of(x) & 0x7FFFFFFF);
    sums->largest[lane] = bits > sums->largest[lane] ? bits : sums->largest[lane];
}

// The elements from `first` on, of at most one block.
INLINE void quantize_some(
    const float *x, size_t first, size_t count, float scale, int8_t *q, lane_sums *sums) {
    for (size_t i = first; i < count; i++) {
        quantize_one(x[i], scale, q + i, i % LANES, sums);
    }
}

INLINE void quantize_body(const float *x, size_t count, float scale, int8_t *q, quantd_step_sums *sums) {
    for (size_t i = 0; i < count; i += BLOCK) {
        const size_t block = count - i < BLOCK ? count - i : BLOCK;
        lane_sums lanes = {0};
        quantize_some(x + i, 0, block, scale, q + i, &lanes);
        add_lanes(&lanes, x + i, block, sums);
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

typedef struct {
    __m256 signal, noise, worst;
    __m256i squares, clipped, largest;
} vector_sums;

// Eight elements as integers; adds all that is found but their squares.
AVX2 INLINE __m256i quantize_eight(const float *x, __m256 scale, vector_sums *sums) {
    const __m256 sign = _mm256_set1_ps(-0.0f);
    const __m256 weights = _mm256_loadu_ps(x);
    const __m256 v = _mm256_mul_ps(weights, scale);
    const __m256 number = _mm256_and_ps(v, _mm256_cmp_ps(v, v, _CMP_ORD_Q));
    const __m256 magnitude = _mm256_min_ps(_mm256_andnot_ps(sign, number), _mm256_set1_ps(REACH));
    const __m256 near = _mm256_min_ps(magnitude, _mm256_set1_ps(127));
    const __m256i rounded = _mm256_cvttps_epi32(_mm256_add_ps(near, _mm256_set1_ps(NEARLY_HALF)));
    const __m256 error = _mm256_sub_ps(magnitude, _mm256_cvtepi32_ps(rounded));
    const __m256 far = _mm256_cmp_ps(magnitude, _mm256_set1_ps(127.5f), _CMP_GE_OQ);
    sums->signal = _mm256_add_ps(sums->signal, _mm256_mul_ps(magnitude, magnitude));
    sums->noise = _mm256_add_ps(sums->noise, _mm256_mul_ps(error, error));
    sums->worst = _mm256_max_ps(sums->worst, _mm256_andnot_ps(sign, error));
    sums->clipped = _mm256_sub_epi32(sums->clipped, _mm256_castps_si256(far));
    sums->largest = _mm256_max_epi32(sums->largest, _mm256_castps_si256(_mm256_andnot_ps(sign, weights)));
    return _mm256_sign_epi32(rounded, _mm256_castps_si256(v));
}

// Up to one block; what does not fill 32 elements is done one by one.
AVX2 static void quantize_block_avx2(const float *x, size_t count, float scale, int8_t *q, lane_sums *lanes) {
    const __m256 scales = _mm256_set1_ps(scale);
    vector_sums sums = {{0}};
    size_t i = 0;
    for (; i + 4 * LANES <= count; i += 4 * LANES) {
        const __m256i low = _mm256_packs_epi32(
            quantize_eight(x + i, scales, &sums), quantize_eight(x + i + LANES, scales, &sums));
        const __m256i high = _mm256_packs_epi32(
            quantize_eight(x + i + 2 * LANES, scales, &sums), quantize_eight(x + i + 3 * LANES, scales, &sums));
        // Integers: whichever lane they are added in, their sum is exact.
        sums.squares = _mm256_add_epi32(sums.squares, _mm256_madd_epi16(low, low));
        sums.squares = _mm256_add_epi32(sums.squares, _mm256_madd_epi16(high, high));
        // Packing goes half by half, and leaves the fours in another order.
        const __m256i order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
        const __m256i packed = _mm256_permutevar8x32_epi32(_mm256_packs_epi16(low, high), order);
        _mm256_storeu_si256((__m256i *)(q + i), packed);
    }
    _mm256_storeu_ps(lanes->signal, sums.signal);
    _mm256_storeu_ps(lanes->noise, sums.noise);
    _mm256_storeu_ps(lanes->worst, sums.worst);
    _mm256_storeu_si256((__m256i *)lanes->squares, sums.squares);
    _mm256_storeu_si256((__m256i *)lanes->clipped, sums.clipped);
    _mm256_storeu_si256((__m256i *)lanes->largest, sums.largest);
    quantize_some(x, i, count, scale, q, lanes);
}

AVX2 static void quantize_avx2(const float *x, size_t count, float scale, int8_t *q, quantd_step_sums *sums) {
    for (size_t i = 0; i < count; i += BLOCK) {
        const size_t block = count - i < BLOCK ? count - i : BLOCK;
        lane_sums lanes;
        quantize_block_avx2(x + i, block, scale, q + i, &lanes);
        add_lanes(&lanes, x + i, block, sums);
    }
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

// Nothing here gains from longer vectors: the passes wait for the memory.
#define WEIGHT_KERNEL(result, name, parameters) \
    static result(*const name##_of[]) parameters = {name##_body, name##_avx2, name##_avx2}
#else
#define WEIGHT_KERNEL(result, name, parameters) static result(*const name##_of[]) parameters = {name##_body}
#endif

WEIGHT_KERNEL(float, absmax, (const float *x, size_t count, size_t *non_finite));
WEIGHT_KERNEL(void, quantize, (const float *x, size_t count, float scale, int8_t *q, quantd_step_sums *sums));
WEIGHT_KERNEL(void, half_from_float, (const float *x, size_t count, uint16_t *half));
WEIGHT_KERNEL(void, float_from_half, (const uint16_t *half, size_t count, float *x));

float quantd_absmax(quantd_instructions set, const float *x, size_t count, size_t *non_finite) {
    return absmax_of[set](x, count, non_finite);
}

void quantd_quantize(
    quantd_instructions set, const float *x, size_t count, float scale, int8_t *q, quantd_step_sums *sums) {
    quantize_of[set](x, count, scale, q, sums);
}

void quantd_half_from_float(quantd_instructions set, const float *x, size_t count, uint16_t *half) {
    half_from_float_of[set](x, count, half);
}

void quantd_float_from_half(quantd_instructions set, const uint16_t *half, size_t count, float *x) {
    float_from_half_of[set](half, count, x);
}
