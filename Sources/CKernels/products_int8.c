// Products of matrices of signed bytes with exact sums. The tile is that of the float product; a lane's numbers come in words of
// several along the depth.

#include "products.h"
#include "targets.h"
#include "words.h"

#include <string.h>

// A block of words and rows that stays in the nearest caches.
enum { WORD_BLOCK = 256, ROW_BLOCK = 96 };

typedef quantd_words vector;

// `rows` is known where this is inlined, so that the sums are registers.
INLINE void tile(
    quantd_addition *add, size_t rows, const int32_t *starts, const int32_t *left, const int32_t *right, size_t lanes,
    size_t depth, int32_t *out, size_t stride) {
    vector sums[QUANTD_PANEL_ROWS];
#pragma clang loop unroll(full)
    for (size_t row = 0; row < rows; row++) {
        sums[row] = starts ? (vector){0} + starts[row] : *(const vector *)(out + row * stride);
    }
    for (size_t word = 0; word < depth; word++) {
        const vector r = *(const vector *)(right + word * lanes);
#pragma clang loop unroll(full)
        for (size_t row = 0; row < rows; row++) {
            const vector l = (vector){0} + left[word * rows + row];
            add(&sums[row], &l, &r);
        }
    }
#pragma clang loop unroll(full)
    for (size_t row = 0; row < rows; row++) *(vector *)(out + row * stride) = sums[row];
}

// A switch and not a loop: each case is code of its own.
INLINE void tile_of_rows(
    quantd_addition *add, size_t rows, const int32_t *starts, const int32_t *left, const int32_t *right, size_t lanes,
    size_t depth, int32_t *out, size_t stride) {
    switch (rows) {
    case 1: tile(add, 1, starts, left, right, lanes, depth, out, stride); break;
    case 2: tile(add, 2, starts, left, right, lanes, depth, out, stride); break;
    case 3: tile(add, 3, starts, left, right, lanes, depth, out, stride); break;
    case 4: tile(add, 4, starts, left, right, lanes, depth, out, stride); break;
    case 5: tile(add, 5, starts, left, right, lanes, depth, out, stride); break;
    default: tile(add, 6, starts, left, right, lanes, depth, out, stride); break;
    }
}

// A full panel is written where it belongs, a narrower one by way of a tile of its own.
INLINE void panel(
    quantd_addition *add, size_t rows, size_t columns, const int32_t *starts, const int32_t *left, const int32_t *right,
    size_t depth, int32_t *out, size_t stride) {
    if (columns == QUANTD_PANEL_COLUMNS) {
        tile_of_rows(add, rows, starts, left, right, columns, depth, out, stride);
        return;
    }
    int32_t own[QUANTD_PANEL_ROWS][QUANTD_PANEL_COLUMNS];
    if (!starts) {
        for (size_t row = 0; row < rows; row++) memcpy(own[row], out + row * stride, columns * sizeof *out);
    }
    tile_of_rows(add, rows, starts, left, right, columns, depth, own[0], QUANTD_PANEL_COLUMNS);
    for (size_t row = 0; row < rows; row++) memcpy(out + row * stride, own[row], columns * sizeof *out);
}

// A single row meets several panels at a time, so that its sums need not wait for one another.
enum { PANELS_OF_ROW = 4 };

INLINE void row_of_panels(
    quantd_addition *add, const int32_t *start, const int32_t *left, const int32_t *right, size_t panel_size,
    size_t depth, int32_t *out) {
    vector sums[PANELS_OF_ROW];
#pragma clang loop unroll(full)
    for (size_t i = 0; i < PANELS_OF_ROW; i++) {
        sums[i] = start ? (vector){0} + *start : *(const vector *)(out + i * QUANTD_PANEL_COLUMNS);
    }
    for (size_t word = 0; word < depth; word++) {
        const vector l = (vector){0} + left[word];
#pragma clang loop unroll(full)
        for (size_t i = 0; i < PANELS_OF_ROW; i++) {
            const vector r = *(const vector *)(right + i * panel_size + word * QUANTD_PANEL_COLUMNS);
            add(&sums[i], &l, &r);
        }
    }
#pragma clang loop unroll(full)
    for (size_t i = 0; i < PANELS_OF_ROW; i++) *(vector *)(out + i * QUANTD_PANEL_COLUMNS) = sums[i];
}

INLINE size_t least(size_t a, size_t b) { return a < b ? a : b; }

INLINE void multiply_body(
    quantd_format format, const int32_t *left, const int32_t *right, quantd_extents extents, int32_t *out,
    size_t stride) {
    const size_t depth = (extents.depth + format.packed - 1) / format.packed;
    for (size_t word = 0; word < depth; word += WORD_BLOCK) {
        const size_t words = least(WORD_BLOCK, depth - word);
        size_t first = 0;
        if (extents.rows == 1) {
            const size_t together = PANELS_OF_ROW * QUANTD_PANEL_COLUMNS;
            for (; first + together <= extents.columns; first += together) {
                row_of_panels(
                    format.add, word == 0 ? left : NULL, left + 1 + word,
                    right + first * depth + word * QUANTD_PANEL_COLUMNS, depth * QUANTD_PANEL_COLUMNS, words, out + first);
            }
        }
        for (size_t block = 0; block < extents.rows; block += ROW_BLOCK) {
            const size_t end = least(block + ROW_BLOCK, extents.rows);
            for (size_t column = first; column < extents.columns; column += QUANTD_PANEL_COLUMNS) {
                const size_t columns = least(QUANTD_PANEL_COLUMNS, extents.columns - column);
                for (size_t row = block; row < end; row += QUANTD_PANEL_ROWS) {
                    const size_t rows = least(QUANTD_PANEL_ROWS, extents.rows - row);
                    // Behind the word of its own that a left panel has for each row.
                    const int32_t *starts = left + row * (depth + 1);
                    panel(
                        format.add, rows, columns, word == 0 ? starts : NULL, starts + (1 + word) * rows,
                        right + column * depth + word * columns, words, out + row * stride + column, stride);
                }
            }
        }
    }
}

WORD_KERNEL(
    multiply, (const int32_t *left, const int32_t *right, quantd_extents extents, int32_t *out, size_t stride), left,
    right, extents, out, stride);

void quantd_multiply_int8(
    quantd_instructions set, const int32_t *left, const int32_t *right, quantd_extents extents, int32_t *out,
    size_t stride) {
    multiply_of[set](left, right, extents, out, stride);
}
