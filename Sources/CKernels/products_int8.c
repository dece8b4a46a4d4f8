// Products of matrices of signed bytes with exact sums. The tile is that of the float product; a lane's numbers come in words of
// several along the depth.

#include "products.h"
#include "fetch.h"
#include "targets.h"
#include "words.h"

#include <string.h>

// A block of words and rows that stays in the nearest caches.
enum { WORD_BLOCK = 256, ROW_BLOCK = 96 };

typedef quantd_words vector;

// `rows` is known where this is inlined, so that the sums are registers. One more than a panel has is the single row of the next,
// whose first sum stands before its words.
INLINE void tile(
    quantd_addition *add, size_t rows, const int32_t *starts, const int32_t *left, const int32_t *single,
    const int32_t *right, size_t lanes, size_t depth, int32_t *out, size_t stride) {
    vector sums[QUANTD_PANEL_ROWS + 1];
    const size_t panel = least(rows, QUANTD_PANEL_ROWS);
#pragma clang loop unroll(full)
    for (size_t row = 0; row < rows; row++) {
        sums[row] = starts ? (vector){0} + (row < panel ? starts[row] : single[-1]) : *(const vector *)(out + row * stride);
    }
    for (size_t word = 0; word < depth; word++) {
        const vector r = *(const vector *)(right + word * lanes);
#pragma clang loop unroll(full)
        for (size_t row = 0; row < rows; row++) {
            const vector l = (vector){0} + (row < panel ? left[word * panel + row] : single[word]);
            add(&sums[row], &l, &r);
        }
    }
#pragma clang loop unroll(full)
    for (size_t row = 0; row < rows; row++) *(vector *)(out + row * stride) = sums[row];
}

// A switch and not a loop: each case is code of its own.
INLINE void tile_of_rows(
    quantd_addition *add, size_t rows, const int32_t *starts, const int32_t *left, const int32_t *single,
    const int32_t *right, size_t lanes, size_t depth, int32_t *out, size_t stride) {
    switch (rows) {
    case 1: tile(add, 1, starts, left, single, right, lanes, depth, out, stride); break;
    case 2: tile(add, 2, starts, left, single, right, lanes, depth, out, stride); break;
    case 3: tile(add, 3, starts, left, single, right, lanes, depth, out, stride); break;
    case 4: tile(add, 4, starts, left, single, right, lanes, depth, out, stride); break;
    case 5: tile(add, 5, starts, left, single, right, lanes, depth, out, stride); break;
    case 6: tile(add, 6, starts, left, single, right, lanes, depth, out, stride); break;
    default: tile(add, 7, starts, left, single, right, lanes, depth, out, stride); break;
    }
}

// A full panel is written where it belongs, a narrower one by way of a tile of its own.
INLINE void panel(
    quantd_addition *add, size_t rows, size_t columns, const int32_t *starts, const int32_t *left, const int32_t *single,
    const int32_t *right, size_t depth, int32_t *out, size_t stride) {
    if (columns == QUANTD_PANEL_COLUMNS) {
        tile_of_rows(add, rows, starts, left, single, right, columns, depth, out, stride);
        return;
    }
    int32_t own[QUANTD_PANEL_ROWS + 1][QUANTD_PANEL_COLUMNS];
    if (!starts) {
        for (size_t row = 0; row < rows; row++) memcpy(own[row], out + row * stride, columns * sizeof *out);
    }
    tile_of_rows(add, rows, starts, left, single, right, columns, depth, own[0], QUANTD_PANEL_COLUMNS);
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

// Where the last right panel has but a few columns rows stand in the lanes, sixteen of which are read where a left panel has six.
// So many are taken at a time that sums need not wait for one another; how many must divide the sixteen of a block (see float_narrow.h).
enum { NARROW_COLUMNS = 4, NARROW_SUMS = 12, NARROW_PANELS = 8 };

_Static_assert(ROW_BLOCK % (NARROW_PANELS * QUANTD_PANEL_ROWS) == 0, "a block is not of whole runs of panels");

// The numbers of columns and of panels are known where this is inlined; more than one panel have all their rows.
INLINE void narrow_tile(
    quantd_addition *add, size_t columns, size_t panels, size_t rows, int is_first, const int32_t *left, size_t panel_size,
    const int32_t *right, size_t depth, int32_t *out, size_t stride) {
    vector sums[NARROW_SUMS];
    int32_t lanes[QUANTD_PANEL_COLUMNS] = {0};
#pragma clang loop unroll(full)
    for (size_t i = 0; i < panels * columns; i++) {
        const size_t panel = i / columns, column = i % columns;
        for (size_t row = 0; row < rows; row++) {
            // The words with which sums begin stand before the others.
            lanes[row] = is_first ? left[panel * panel_size + row - rows]
                                  : out[(panel * QUANTD_PANEL_ROWS + row) * stride + column];
        }
        sums[i] = *(const vector *)lanes;
    }
    for (size_t word = 0; word < depth; word++) {
#pragma clang loop unroll(full)
        for (size_t i = 0; i < panels * columns; i++) {
            const vector r = (vector){0} + right[word * columns + i % columns];
            add(&sums[i], (const vector *)(left + i / columns * panel_size + word * rows), &r);
        }
    }
#pragma clang loop unroll(full)
    for (size_t i = 0; i < panels * columns; i++) {
        const size_t panel = i / columns, column = i % columns;
        *(vector *)lanes = sums[i];
        for (size_t row = 0; row < rows; row++) out[(panel * QUANTD_PANEL_ROWS + row) * stride + column] = lanes[row];
    }
}

INLINE void narrow_rows(
    quantd_addition *add, size_t columns, size_t panels, size_t rows, int is_first, const int32_t *left, size_t word,
    size_t panel_size, const int32_t *right, size_t depth, int32_t *out, size_t stride) {
    const size_t together = panels * QUANTD_PANEL_ROWS;
    size_t row = 0;
    for (; row + together <= rows; row += together) {
        narrow_tile(
            add, columns, panels, QUANTD_PANEL_ROWS, is_first, left + (1 + word) * QUANTD_PANEL_ROWS, panel_size, right,
            depth, out + row * stride, stride);
        left += panels * panel_size;
    }
    for (; row < rows; row += QUANTD_PANEL_ROWS) {
        const size_t rest = least(QUANTD_PANEL_ROWS, rows - row);
        narrow_tile(
            add, columns, 1, rest, is_first, left + (1 + word) * rest, panel_size, right, depth, out + row * stride, stride);
        left += panel_size;
    }
}

// A switch and not a loop: each case is code of its own.
INLINE void narrow(
    quantd_addition *add, size_t columns, size_t rows, int is_first, const int32_t *left, size_t word, size_t panel_size,
    const int32_t *right, size_t depth, int32_t *out, size_t stride) {
    switch (columns) {
    case 1: narrow_rows(add, 1, NARROW_PANELS, rows, is_first, left, word, panel_size, right, depth, out, stride); break;
    case 2: narrow_rows(add, 2, NARROW_PANELS / 2, rows, is_first, left, word, panel_size, right, depth, out, stride); break;
    case 3: narrow_rows(add, 3, NARROW_PANELS / 2, rows, is_first, left, word, panel_size, right, depth, out, stride); break;
    default: narrow_rows(add, 4, NARROW_PANELS / 4, rows, is_first, left, word, panel_size, right, depth, out, stride); break;
    }
}

// A tile's share of the rows that are needed as far into the next block, which for the last block is the first one with the next
// words; columns that are few have no share.
INLINE void fetch_left(
    const int32_t *left, quantd_extents extents, size_t depth, size_t word, size_t row, size_t block, size_t column) {
    const size_t last = extents.columns % QUANTD_PANEL_COLUMNS;
    const size_t shares = extents.columns / QUANTD_PANEL_COLUMNS + (last > NARROW_COLUMNS);
    size_t next = row + ROW_BLOCK;
    if (next >= extents.rows) {
        next = row - block;
        word += WORD_BLOCK;
    }
    if (word >= depth) return;
    const size_t rows = least(QUANTD_PANEL_ROWS, extents.rows - next);
    fetch(
        left + next * (depth + 1) + (1 + word) * rows, least(WORD_BLOCK, depth - word) * rows,
        column / QUANTD_PANEL_COLUMNS, shares);
}

INLINE void multiply_body(
    quantd_format format, const int32_t *left, const int32_t *right, quantd_extents extents, int32_t *out,
    size_t stride) {
    const size_t depth = (extents.depth + format.packed - 1) / format.packed;
    // A left panel has a word more for each row.
    const size_t lane_size = depth + 1;
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
        for (size_t block = 0, end; block < extents.rows; block = end) {
            end = extents.rows <= block + ROW_BLOCK + 1 ? extents.rows : block + ROW_BLOCK;
            for (size_t column = first; column < extents.columns; column += QUANTD_PANEL_COLUMNS) {
                const size_t columns = least(QUANTD_PANEL_COLUMNS, extents.columns - column);
                const int32_t *const right_panel = right + column * depth + word * columns;
                int32_t *const column_out = out + column;
                if (columns <= NARROW_COLUMNS) {
                    narrow(
                        format.add, columns, end - block, word == 0, left + block * lane_size, word,
                        lane_size * QUANTD_PANEL_ROWS, right_panel, words, column_out + block * stride, stride);
                    continue;
                }
                for (size_t row = block, rows; row < end; row += rows) {
                    // A single row that is left over would wait for its own sums.
                    const size_t rest = extents.rows - row;
                    rows = rest == QUANTD_PANEL_ROWS + 1 ? rest : least(rest, QUANTD_PANEL_ROWS);
                    const size_t panel_rows = least(rows, QUANTD_PANEL_ROWS);
                    const int32_t *starts = left + row * lane_size;
                    // While a tile is computed its share of what is needed next comes nearer.
                    if (column + columns < extents.columns) {
                        fetch(
                            right_panel + QUANTD_PANEL_COLUMNS * depth, words * columns, (row - block) / QUANTD_PANEL_ROWS,
                            panels_of(end - block, QUANTD_LEFT));
                    }
                    fetch_left(left, extents, depth, word, row, block, column);
                    panel(
                        format.add, rows, columns, word == 0 ? starts : NULL, starts + (1 + word) * panel_rows,
                        starts + QUANTD_PANEL_ROWS * lane_size + 1 + word, right_panel, words,
                        column_out + row * stride, stride);
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
