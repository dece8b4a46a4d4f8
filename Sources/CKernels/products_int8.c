// Products of matrices of signed bytes with exact sums. The tile is that of the float product; its numbers are pairs of
// 16 bits, two products of which cannot leave 32 bits, whatever the bytes are.

#include "products.h"
#include "targets.h"

#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

enum { LANES = 8, VECTORS = QUANTD_PANEL_COLUMNS / LANES };

// A block of pairs and rows that stays in the nearest caches.
enum { PAIR_BLOCK = 256, ROW_BLOCK = 96 };

typedef int32_t vector __attribute__((vector_size(4 * LANES), aligned(4)));

// Two numbers of 16 bits, moved as one.
typedef int32_t pair __attribute__((may_alias));

// Adds to each sum both products of its two pairs.
typedef void addition(vector *sum, const vector *left, const vector *right);

INLINE void add_plain(vector *sum, const vector *left, const vector *right) {
    *sum += (*left << 16 >> 16) * (*right << 16 >> 16) + (*left >> 16) * (*right >> 16);
}

#if defined(__x86_64__)
AVX2 INLINE void add_avx2(vector *sum, const vector *left, const vector *right) {
    *sum += (vector)_mm256_madd_epi16((__m256i)*left, (__m256i)*right);
}
#endif

// `rows` and `vectors` are known where this is inlined, so that the sums are registers.
INLINE void tile(
    addition *add, size_t rows, size_t vectors, const pair *left, const pair *right, size_t lanes, size_t depth,
    int is_first, int32_t *out, size_t stride) {
    vector sums[QUANTD_PANEL_ROWS][VECTORS];
#pragma clang loop unroll(full)
    for (size_t row = 0; row < rows; row++) {
#pragma clang loop unroll(full)
        for (size_t v = 0; v < vectors; v++) {
            sums[row][v] = is_first ? (vector){0} : *(const vector *)(out + row * stride + v * LANES);
        }
    }
    for (size_t step = 0; step < depth; step++) {
        vector r[VECTORS];
#pragma clang loop unroll(full)
        for (size_t v = 0; v < vectors; v++) r[v] = *(const vector *)(right + step * lanes + v * LANES);
#pragma clang loop unroll(full)
        for (size_t row = 0; row < rows; row++) {
            const vector l = (vector){0} + left[step * rows + row];
#pragma clang loop unroll(full)
            for (size_t v = 0; v < vectors; v++) add(&sums[row][v], &l, &r[v]);
        }
    }
#pragma clang loop unroll(full)
    for (size_t row = 0; row < rows; row++) {
#pragma clang loop unroll(full)
        for (size_t v = 0; v < vectors; v++) *(vector *)(out + row * stride + v * LANES) = sums[row][v];
    }
}

// A switch and not a loop: each case is code of its own.
INLINE void tile_of_rows(
    addition *add, size_t rows, size_t vectors, const pair *left, const pair *right, size_t lanes, size_t depth,
    int is_first, int32_t *out, size_t stride) {
    switch (rows) {
    case 1: tile(add, 1, vectors, left, right, lanes, depth, is_first, out, stride); break;
    case 2: tile(add, 2, vectors, left, right, lanes, depth, is_first, out, stride); break;
    case 3: tile(add, 3, vectors, left, right, lanes, depth, is_first, out, stride); break;
    case 4: tile(add, 4, vectors, left, right, lanes, depth, is_first, out, stride); break;
    case 5: tile(add, 5, vectors, left, right, lanes, depth, is_first, out, stride); break;
    default: tile(add, 6, vectors, left, right, lanes, depth, is_first, out, stride); break;
    }
}

// A panel that fills its vectors is written where it belongs, a narrower one by way of a tile of its own.
INLINE void panel(
    addition *add, size_t rows, size_t columns, const pair *left, const pair *right, size_t depth, int is_first,
    int32_t *out, size_t stride) {
    if (columns == QUANTD_PANEL_COLUMNS) {
        tile_of_rows(add, rows, VECTORS, left, right, columns, depth, is_first, out, stride);
        return;
    }
    int32_t own[QUANTD_PANEL_ROWS][QUANTD_PANEL_COLUMNS];
    if (!is_first) {
        for (size_t row = 0; row < rows; row++) memcpy(own[row], out + row * stride, columns * sizeof *out);
    }
    if (columns <= LANES) {
        tile_of_rows(add, rows, 1, left, right, columns, depth, is_first, own[0], QUANTD_PANEL_COLUMNS);
    } else {
        tile_of_rows(add, rows, VECTORS, left, right, columns, depth, is_first, own[0], QUANTD_PANEL_COLUMNS);
    }
    for (size_t row = 0; row < rows; row++) memcpy(out + row * stride, own[row], columns * sizeof *out);
}

INLINE size_t least(size_t a, size_t b) { return a < b ? a : b; }

INLINE void multiply_body(
    addition *add, const pair *left, const pair *right, quantd_extents extents, int32_t *out, size_t stride) {
    const size_t depth = (extents.depth + 1) / 2;
    for (size_t step = 0; step < depth; step += PAIR_BLOCK) {
        const size_t steps = least(PAIR_BLOCK, depth - step);
        for (size_t block = 0; block < extents.rows; block += ROW_BLOCK) {
            const size_t end = least(block + ROW_BLOCK, extents.rows);
            for (size_t column = 0; column < extents.columns; column += QUANTD_PANEL_COLUMNS) {
                const size_t columns = least(QUANTD_PANEL_COLUMNS, extents.columns - column);
                for (size_t row = block; row < end; row += QUANTD_PANEL_ROWS) {
                    const size_t rows = least(QUANTD_PANEL_ROWS, extents.rows - row);
                    panel(
                        add, rows, columns, left + row * depth + step * rows, right + column * depth + step * columns,
                        steps, step == 0, out + row * stride + column, stride);
                }
            }
        }
    }
}

#if defined(__x86_64__)
AVX2 static void multiply_avx2(
    const pair *left, const pair *right, quantd_extents extents, int32_t *out, size_t stride) {
    multiply_body(add_avx2, left, right, extents, out, stride);
}
#endif

void quantd_multiply_int8(
    const int16_t *left, const int16_t *right, quantd_extents extents, int32_t *out, size_t stride) {
    const pair *left_pairs = (const pair *)left;
    const pair *right_pairs = (const pair *)right;
#if defined(__x86_64__)
    if (HAS_AVX2()) {
        multiply_avx2(left_pairs, right_pairs, extents, out, stride);
        return;
    }
#endif
    multiply_body(add_plain, left_pairs, right_pairs, extents, out, stride);
}
