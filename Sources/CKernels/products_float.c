// Products of float matrices. A tile of six rows and sixteen columns stays in registers: six sums of sixteen lanes, as many of the
// right panel, and a number of the left one that stands in all lanes.

#include "products.h"
#include "activation.h"
#include "fetch.h"
#include "targets.h"

#include <string.h>

// Products are fused into the sums where the machine can.
#pragma STDC FP_CONTRACT ON

// A block of steps and rows that stays in the nearest caches: 16 KiB of a right panel, 96 KiB of left ones.
enum { STEP_BLOCK = 256, ROW_BLOCK = 96 };

typedef struct {
    const quantd_activation *activation; ///< NULL before the last block of steps
    const float *of_row;
    const float *of_column;
    size_t first;                        ///< whether the sums begin here
} phase;

INLINE size_t least(size_t a, size_t b) { return a < b ? a : b; }

#include "float_narrow.h"

#define TILE whole_tile
#define VECTOR quantd_sums
#define ACTIVATE activate
#include "float_tile.h"

#define TILE half_tile
#define VECTOR quantd_half_sums
#define ACTIVATE activate_half
#include "float_tile.h"

// Called by name, not by pointer: only what is inlined is compiled for the set of instructions.
INLINE void tile(
    int is_half, size_t rows, const float *left, const float *single, const float *right, size_t lanes, size_t depth,
    phase phase, float *out, size_t stride) {
    if (is_half) {
        half_tile(rows, left, single, right, lanes, depth, phase, out, stride);
    } else {
        whole_tile(rows, left, single, right, lanes, depth, phase, out, stride);
    }
}

// A switch and not a loop: each case is code of its own.
INLINE void tile_of_rows(
    int is_half, size_t rows, const float *left, const float *single, const float *right, size_t lanes, size_t depth,
    phase phase, float *out, size_t stride) {
    switch (rows) {
    case 1: tile(is_half, 1, left, single, right, lanes, depth, phase, out, stride); break;
    case 2: tile(is_half, 2, left, single, right, lanes, depth, phase, out, stride); break;
    case 3: tile(is_half, 3, left, single, right, lanes, depth, phase, out, stride); break;
    case 4: tile(is_half, 4, left, single, right, lanes, depth, phase, out, stride); break;
    case 5: tile(is_half, 5, left, single, right, lanes, depth, phase, out, stride); break;
    case 6: tile(is_half, 6, left, single, right, lanes, depth, phase, out, stride); break;
    default: tile(is_half, 7, left, single, right, lanes, depth, phase, out, stride); break;
    }
}

// A full panel is written where it belongs, a narrower one by way of a tile of its own.
INLINE void panel(
    size_t rows, size_t columns, const float *left, const float *single, const float *right, size_t depth, phase phase,
    float *out, size_t stride) {
    if (columns == QUANTD_PANEL_COLUMNS) {
        tile_of_rows(0, rows, left, single, right, columns, depth, phase, out, stride);
        return;
    }
    float own[QUANTD_PANEL_ROWS + 1][QUANTD_PANEL_COLUMNS];
    float starts[QUANTD_PANEL_COLUMNS];
    if (!phase.first) {
        for (size_t row = 0; row < rows; row++) memcpy(own[row], out + row * stride, columns * sizeof *out);
    } else if (phase.of_column) {
        memcpy(starts, phase.of_column, columns * sizeof *starts);
        phase.of_column = starts;
    }
    tile_of_rows(
        columns <= QUANTD_HALF, rows, left, single, right, columns, depth, phase, own[0], QUANTD_PANEL_COLUMNS);
    for (size_t row = 0; row < rows; row++) memcpy(out + row * stride, own[row], columns * sizeof *out);
}

// A single row meets several panels at a time, so that its sums need not wait for one another.
enum { PANELS_OF_ROW = 4 };

INLINE void row_of_panels(
    const float *left, const float *right, size_t panel_size, size_t depth, phase phase, float *out) {
    quantd_sums sums[PANELS_OF_ROW];
#pragma clang loop unroll(full)
    for (size_t i = 0; i < PANELS_OF_ROW; i++) {
        const float *start = phase.first ? phase.of_column : out;
        sums[i] = start ? *(const quantd_sums *)(start + i * QUANTD_PANEL_COLUMNS)
                        : (quantd_sums){0} + (phase.of_row ? *phase.of_row : 0);
    }
    for (size_t step = 0; step < depth; step++) {
#pragma clang loop unroll(full)
        for (size_t i = 0; i < PANELS_OF_ROW; i++) {
            sums[i] += left[step] * *(const quantd_sums *)(right + i * panel_size + step * QUANTD_PANEL_COLUMNS);
        }
    }
#pragma clang loop unroll(full)
    for (size_t i = 0; i < PANELS_OF_ROW; i++) {
        if (phase.activation) activate(&sums[i], phase.activation);
        *(quantd_sums *)(out + i * QUANTD_PANEL_COLUMNS) = sums[i];
    }
}

INLINE void multiply_body(
    const float *left, const float *right, quantd_extents extents, quantd_start start, quantd_activation activation,
    float *out, size_t stride) {
    const size_t panel_size = QUANTD_PANEL_ROWS * extents.depth;
    const size_t column_panels = panels_of(extents.columns, QUANTD_RIGHT);
    for (size_t step = 0; step < extents.depth; step += STEP_BLOCK) {
        const size_t steps = least(STEP_BLOCK, extents.depth - step);
        phase now = {.first = step == 0, .activation = step + steps == extents.depth ? &activation : NULL};
        size_t first = 0;
        if (extents.rows == 1) {
            const size_t together = PANELS_OF_ROW * QUANTD_PANEL_COLUMNS;
            now.of_row = start.of_row;
            for (; first + together <= extents.columns; first += together) {
                now.of_column = start.of_column ? start.of_column + first : NULL;
                row_of_panels(
                    left + step, right + first * extents.depth + step * QUANTD_PANEL_COLUMNS,
                    extents.depth * QUANTD_PANEL_COLUMNS, steps, now, out + first);
            }
        }
        for (size_t block = 0, end; block < extents.rows; block = end) {
            end = extents.rows <= block + ROW_BLOCK + 1 ? extents.rows : block + ROW_BLOCK;
            for (size_t column = first; column < extents.columns; column += QUANTD_PANEL_COLUMNS) {
                const size_t columns = least(QUANTD_PANEL_COLUMNS, extents.columns - column);
                const float *const right_panel = right + column * extents.depth + step * columns;
                float *const column_out = out + column;
                now.of_column = start.of_column ? start.of_column + column : NULL;
                if (columns <= NARROW_COLUMNS) {
                    now.of_row = start.of_row ? start.of_row + block : NULL;
                    narrow(
                        columns, end - block, left + block * extents.depth, step, panel_size, right_panel, steps, now,
                        column_out + block * stride, stride);
                    continue;
                }
                for (size_t row = block, rows; row < end; row += rows) {
                    // A single row that is left over would wait for its own sums.
                    const size_t rest = extents.rows - row;
                    rows = rest == QUANTD_PANEL_ROWS + 1 ? rest : least(rest, QUANTD_PANEL_ROWS);
                    const size_t panel_rows = least(rows, QUANTD_PANEL_ROWS);
                    now.of_row = start.of_row ? start.of_row + row : NULL;
                    // While a tile is computed its share of what is needed next comes nearer.
                    if (column + columns < extents.columns) {
                        fetch(
                            right_panel + QUANTD_PANEL_COLUMNS * extents.depth, steps * columns,
                            (row - block) / QUANTD_PANEL_ROWS, panels_of(end - block, QUANTD_LEFT));
                    }
                    if (row + ROW_BLOCK < extents.rows) {
                        fetch(
                            left + (row + ROW_BLOCK) * extents.depth + step * panel_rows, steps * panel_rows,
                            column / QUANTD_PANEL_COLUMNS, column_panels);
                    }
                    for (size_t i = 0; i < rows; i++) {
                        __builtin_prefetch(column_out + (row + i) * stride + QUANTD_PANEL_COLUMNS, 1, 3);
                    }
                    panel(
                        rows, columns, left + row * extents.depth + step * panel_rows,
                        left + (row + QUANTD_PANEL_ROWS) * extents.depth + step, right_panel, steps, now,
                        column_out + row * stride, stride);
                }
            }
        }
    }
}

KERNEL(
    void, multiply,
    (const float *left, const float *right, quantd_extents extents, quantd_start start, quantd_activation activation,
     float *out, size_t stride),
    (left, right, extents, start, activation, out, stride));

void quantd_multiply_float(
    quantd_instructions set, const float *left, const float *right, quantd_extents extents, quantd_start start,
    quantd_activation activation, float *out, size_t stride) {
    multiply_of[set](left, right, extents, start, activation, out, stride);
}
