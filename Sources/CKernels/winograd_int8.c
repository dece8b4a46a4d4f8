// The transforms around the products of a convolution of bytes by Winograd's algorithm, sixteen tiles at a time. Sums and
// differences of four bytes fit 16 bits. Sums may wrap on the way, their result does not: it is four times a sum that fits.

#include "winograd.h"
#include "targets.h"
#include "unfold.h"

enum { COLUMNS = QUANTD_PANEL_COLUMNS, SIZE = QUANTD_WINOGRAD_INT8_SIZE, SIDE = 4, TILE = 2 };

typedef int16_t numbers __attribute__((vector_size(2 * COLUMNS), aligned(2), may_alias));
typedef int16_t pairs __attribute__((vector_size(4 * COLUMNS), aligned(2), may_alias));
typedef uint32_t sums_of_lanes __attribute__((vector_size(4 * COLUMNS), aligned(4), may_alias));

// The four numbers of a line, `step` vectors apart, transformed (the matrix B of the source).
INLINE void transform_input(const numbers *in, size_t step, numbers *out) {
    out[0] = in[0] - in[2 * step];
    out[step] = in[step] + in[2 * step];
    out[2 * step] = in[2 * step] - in[step];
    out[3 * step] = in[step] - in[3 * step];
}

INLINE void tiles_of(const int8_t *input, const size_t *distances, quantd_places tiles, numbers *out) {
    numbers elements[SIZE];
    numbers by_column[SIZE];
    for (size_t i = 0; i < SIZE; i++) {
        quantd_bytes bytes;
        quantd_unfold_bytes(&bytes, input + distances[i], tiles);
        elements[i] = __builtin_convertvector(bytes, numbers);
    }
#pragma clang loop unroll(full)
    for (size_t i = 0; i < SIDE; i++) transform_input(elements + i, SIDE, by_column + i);
#pragma clang loop unroll(full)
    for (size_t i = 0; i < SIDE; i++) transform_input(by_column + i * SIDE, 1, out + i * SIDE);
}

INLINE void gather_int8_body(
    const int8_t *first, const int8_t *second, const size_t *distances, quantd_places tiles, int16_t *out,
    size_t stride) {
    numbers even[SIZE];
    numbers odd[SIZE] = {0};
    tiles_of(first, distances, tiles, even);
    if (second) tiles_of(second, distances, tiles, odd);
    for (size_t i = 0; i < SIZE; i++) {
        *(pairs *)(out + i * stride) = __builtin_shufflevector(
            even[i], odd[i], 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28,
            13, 29, 14, 30, 15, 31);
    }
}

// Four sums of a line taken back to two places (the matrix A of the source).
INLINE void transform_output(const sums_of_lanes *in, size_t step, sums_of_lanes *out, size_t out_step) {
    out[0] = in[0] + in[step] + in[2 * step];
    out[out_step] = in[step] - in[2 * step] - in[3 * step];
}

INLINE void lines_int8_body(const int32_t *sums, size_t stride, int32_t *out) {
    sums_of_lanes all[SIZE];
    sums_of_lanes by_column[TILE * SIDE];
    for (size_t i = 0; i < SIZE; i++) all[i] = *(const sums_of_lanes *)(sums + i * stride);
#pragma clang loop unroll(full)
    for (size_t i = 0; i < SIDE; i++) transform_output(all + i, SIDE, by_column + i, SIDE);
#pragma clang loop unroll(full)
    for (size_t line = 0; line < TILE; line++) {
        sums_of_lanes places[TILE];
        transform_output(by_column + line * SIDE, 1, places, 1);
        for (size_t lane = 0; lane < COLUMNS; lane++) {
            for (size_t place = 0; place < TILE; place++) {
                out[(line * COLUMNS + lane) * TILE + place] = (int32_t)places[place][lane] >> 2;
            }
        }
    }
}

#if defined(__x86_64__)

AVX2 static void gather_int8_avx2(
    const int8_t *first, const int8_t *second, const size_t *distances, quantd_places tiles, int16_t *out,
    size_t stride) {
    gather_int8_body(first, second, distances, tiles, out, stride);
}

AVX2 static void lines_int8_avx2(const int32_t *sums, size_t stride, int32_t *out) {
    lines_int8_body(sums, stride, out);
}

#define CHOOSE(name, ...) return HAS_AVX2() ? name##_avx2(__VA_ARGS__) : name##_body(__VA_ARGS__)
#else
#define CHOOSE(name, ...) return name##_body(__VA_ARGS__)
#endif

void quantd_winograd_gather_int8(
    const int8_t *first, const int8_t *second, const size_t *distances, quantd_places tiles, int16_t *out,
    size_t stride) {
    CHOOSE(gather_int8, first, second, distances, tiles, out, stride);
}

void quantd_winograd_lines_int8(const int32_t *sums, size_t stride, int32_t *out) {
    CHOOSE(lines_int8, sums, stride, out);
}
