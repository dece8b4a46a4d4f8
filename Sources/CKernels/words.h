#ifndef QUANTD_WORDS_H
#define QUANTD_WORDS_H

#include "products.h"
#include "targets.h"

#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

// Sixteen lanes of words that have several signed bytes each along the depth.

typedef int32_t quantd_words __attribute__((vector_size(4 * QUANTD_PANEL_COLUMNS), aligned(4), may_alias));
typedef int8_t quantd_byte_lanes __attribute__((vector_size(QUANTD_PANEL_COLUMNS), aligned(1), may_alias));

// Adds to each sum the products of its two words.
typedef void quantd_addition(quantd_words *sum, const quantd_words *left, const quantd_words *right);

// Two products of 16 bits cannot leave 32 bits, whatever the bytes are.
INLINE void quantd_add_pairs(quantd_words *sum, const quantd_words *left, const quantd_words *right) {
    *sum += (*left << 16 >> 16) * (*right << 16 >> 16) + (*left >> 16) * (*right >> 16);
}

#if defined(__x86_64__)
AVX2 INLINE void quantd_add_pairs_avx2(quantd_words *sum, const quantd_words *left, const quantd_words *right) {
    const __m256i_u *l = (const __m256i_u *)left, *r = (const __m256i_u *)right;
    __m256i_u *s = (__m256i_u *)sum;
#pragma clang loop unroll(full)
    for (size_t half = 0; half < 2; half++) s[half] = _mm256_add_epi32(s[half], _mm256_madd_epi16(l[half], r[half]));
}

// Unsigned bytes on the right, signed ones on the left.
AVX512 INLINE void quantd_add_quads_avx512(quantd_words *sum, const quantd_words *left, const quantd_words *right) {
    *sum = (quantd_words)_mm512_dpbusd_epi32((__m512i)*sum, (__m512i)*right, (__m512i)*left);
}
#endif

// Puts bytes of sixteen lanes, that many along the depth, into words.
typedef void quantd_joining(quantd_words *words, const quantd_byte_lanes *bytes);

INLINE void quantd_join_pairs(quantd_words *words, const quantd_byte_lanes *bytes) {
    typedef int16_t numbers __attribute__((vector_size(sizeof(quantd_words))));
    *words = (quantd_words)__builtin_convertvector(
        __builtin_shufflevector(
            bytes[0], bytes[1], 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23, 8, 24, 9, 25, 10, 26, 11, 27, 12,
            28, 13, 29, 14, 30, 15, 31),
        numbers);
}

// As they are on the right: 128 higher.
INLINE void quantd_join_quads(quantd_words *words, const quantd_byte_lanes *bytes) {
    typedef int16_t pairs __attribute__((vector_size(2 * QUANTD_PANEL_COLUMNS)));
    const pairs first = (pairs)__builtin_shufflevector(
        bytes[0], bytes[1], 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28,
        13, 29, 14, 30, 15, 31);
    const pairs second = (pairs)__builtin_shufflevector(
        bytes[2], bytes[3], 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28,
        13, 29, 14, 30, 15, 31);
    *words = (quantd_words)__builtin_shufflevector(
        first, second, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13,
        29, 14, 30, 15, 31);
    *words ^= (int32_t)0x80808080;
}

// How a set of instructions deals with words.
typedef struct {
    size_t packed; ///< numbers of a word
    quantd_addition *add;
    quantd_joining *join;
} quantd_format;

// As KERNEL, for a body that is given its format first and returns nothing.
#define FORMAT_KERNEL(set, TARGET, name, parameters, packed, add, join, ...) \
    TARGET static void name##_##set parameters { name##_body((quantd_format){packed, add, join}, __VA_ARGS__); }
#if defined(__x86_64__)
#define WORD_KERNEL(name, parameters, ...) \
    FORMAT_KERNEL(portable, , name, parameters, QUANTD_PAIRS, quantd_add_pairs, quantd_join_pairs, __VA_ARGS__) \
    FORMAT_KERNEL(avx2, AVX2, name, parameters, QUANTD_PAIRS, quantd_add_pairs_avx2, quantd_join_pairs, __VA_ARGS__) \
    FORMAT_KERNEL( \
        avx512, AVX512, name, parameters, QUANTD_QUADS, quantd_add_quads_avx512, quantd_join_quads, __VA_ARGS__) \
    static void (*const name##_of[]) parameters = {name##_portable, name##_avx2, name##_avx512}
#else
#define WORD_KERNEL(name, parameters, ...) \
    FORMAT_KERNEL(portable, , name, parameters, QUANTD_PAIRS, quantd_add_pairs, quantd_join_pairs, __VA_ARGS__) \
    static void (*const name##_of[]) parameters = {name##_portable}
#endif

#endif
