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
    phase phase, quantd_supply supply, float *out, size_t stride) {
    if (is_half) {
        half_tile(rows, left, single, right, lanes, depth, phase, supply, out, stride);
    } else {
        whole_tile(rows, left, single, right, lanes, depth, phase, supply, out, stride);
    }
}

// A switch and not a loop: each case is code of its own.
INLINE void tile_of_rows(
    int is_half, size_t rows, const float *left, const float *single, const float *right, size_t lanes, size_t depth,
    phase phase, quantd_supply supply, float *out, size_t stride) {
    switch (rows) {
    case 1: tile(is_half, 1, left, single, right, lanes, depth, phase, supply, out, stride); break;
    case 2: tile(is_half, 2, left, single, right, lanes, depth, phase, supply, out, stride); break;
    case 3: tile(is_half, 3, left, single, right, lanes, depth, phase, supply, out, stride); break;
    case 4: tile(is_half, 4, left, single, right, lanes, depth, phase, supply, out, stride); break;
    case 5: tile(is_half, 5, left, single, right, lanes, depth, phase, supply, out, stride); break;
    case 6: tile(is_half, 6, left, single, right, lanes, depth, phase, supply, out, stride); break;
    default: tile(is_half, 7, left, single, right, lanes, depth, phase, supply, out, stride); break;
    }
}

// A full panel is written where it belongs, a narrower one by way of a tile of its own.
INLINE void panel(
    size_t rows, size_t columns, const float *left, const float *single, const float *right, size_t depth, phase phase,
    quantd_supply supply, float *out, size_t stride) {
    if (columns == QUANTD_PANEL_COLUMNS) {
        tile_of_rows(0, rows, left, single, right, columns, depth, phase, supply, out, stride);
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
        columns <= QUANTD_HALF, rows, left, single, right, columns, depth, phase, supply, own[0],
        QUANTD_PANEL_COLUMNS);
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

// Both matrices and where their product goes.
typedef struct {
    const float *left;
    const float *right;
    quantd_extents extents;
    quantd_start start;
    float *out;
    size_t stride;
} product;

// Some steps, rows or columns.
typedef struct {
    size_t first;
    size_t count;
} span;

// A tile's share of the next right panel comes nearer.
INLINE void fetch_right(const product *all, span steps, span block, span columns, size_t row) {
    const size_t next = columns.first + columns.count, count = least(QUANTD_PANEL_COLUMNS, all->extents.columns - next);
    if (count == 0) return;
    fetch(
        all->right + next * all->extents.depth + steps.first * count, steps.count * count,
        (row - block.first) / QUANTD_PANEL_ROWS, panels_of(block.count, QUANTD_LEFT));
}

// A tile's share of the rows that are needed as far into the next block, which for the last block is the first one with the next
// steps.
INLINE quantd_supply left_supply(const product *all, span steps, span block, span columns, size_t row) {
    const size_t depth = all->extents.depth, tile_steps = steps.count;
    size_t next = row + block.count;
    if (block.first + block.count == all->extents.rows) {
        next = row - block.first;
        steps.first += steps.count;
        steps.count = least(STEP_BLOCK, depth - steps.first);
    }
    // Where nothing is wanted, what is near anyway.
    if (next >= all->extents.rows || steps.count == 0) return (quantd_supply){(const char *)all->left, 0};
    const size_t rows = least(QUANTD_PANEL_ROWS, all->extents.rows - next);
    // Columns that are few have no share.
    const size_t last = all->extents.columns % QUANTD_PANEL_COLUMNS;
    const size_t shares = all->extents.columns / QUANTD_PANEL_COLUMNS + (last > NARROW_COLUMNS);
    return supply(
        all->left + next * depth + steps.first * rows, steps.count * rows, columns.first / QUANTD_PANEL_COLUMNS, shares,
        tile_steps);
}

// A block of rows and steps with a right panel.
INLINE void multiply_panel(const product *all, phase now, span steps, span block, span columns) {
    const size_t depth = all->extents.depth, end = block.first + block.count;
    const float *const right = all->right + columns.first * depth + steps.first * columns.count;
    now.of_column = all->start.of_column ? all->start.of_column + columns.first : NULL;
    if (columns.count <= NARROW_COLUMNS) {
        now.of_row = all->start.of_row ? all->start.of_row + block.first : NULL;
        narrow(
            columns.count, block.count, all->left + block.first * depth, steps.first, QUANTD_PANEL_ROWS * depth, right,
            steps.count, now, all->out + block.first * all->stride + columns.first, all->stride);
        return;
    }
    for (size_t row = block.first, rows; row < end; row += rows) {
        // A single row that is left over would wait for its own sums.
        const size_t rest = all->extents.rows - row;
        rows = rest == QUANTD_PANEL_ROWS + 1 ? rest : least(rest, QUANTD_PANEL_ROWS);
        float *const out = all->out + row * all->stride + columns.first;
        now.of_row = all->start.of_row ? all->start.of_row + row : NULL;
        fetch_right(all, steps, block, columns, row);
        for (size_t i = 0; i < rows; i++) __builtin_prefetch(out + i * all->stride + QUANTD_PANEL_COLUMNS, 1, 3);
        panel(
            rows, columns.count, all->left + row * depth + steps.first * least(rows, QUANTD_PANEL_ROWS),
            all->left + (row + QUANTD_PANEL_ROWS) * depth + steps.first, right, steps.count, now,
            left_supply(all, steps, block, columns, row), out, all->stride);
    }
}

// Panels of a single row, as far as they come in fours; returns how many columns these are.
INLINE size_t multiply_row(const product *all, phase now, span steps) {
    const size_t depth = all->extents.depth, together = PANELS_OF_ROW * QUANTD_PANEL_COLUMNS;
    size_t first = 0;
    now.of_row = all->start.of_row;
    for (; first + together <= all->extents.columns; first += together) {
        now.of_column = all->start.of_column ? all->start.of_column + first : NULL;
        row_of_panels(
            all->left + steps.first, all->right + first * depth + steps.first * QUANTD_PANEL_COLUMNS,
            depth * QUANTD_PANEL_COLUMNS, steps.count, now, all->out + first);
    }
    return first;
}

INLINE void multiply_body(
    const float *left, const float *right, quantd_extents extents, quantd_start start, quantd_activation activation,
    float *out, size_t stride) {
    const product all = {left, right, extents, start, out, stride};
    span steps, block, columns;
    for (steps.first = 0; steps.first < extents.depth; steps.first += steps.count) {
        steps.count = least(STEP_BLOCK, extents.depth - steps.first);
        const phase now = {
            .first = steps.first == 0, .activation = steps.first + steps.count == extents.depth ? &activation : NULL};
        const size_t first = extents.rows == 1 ? multiply_row(&all, now, steps) : 0;
        for (block.first = 0; block.first < extents.rows; block.first += block.count) {
            const size_t rest = extents.rows - block.first;
            block.count = rest <= ROW_BLOCK + 1 ? rest : ROW_BLOCK;
            for (columns.first = first; columns.first < extents.columns; columns.first += columns.count) {
                columns.count = least(QUANTD_PANEL_COLUMNS, extents.columns - columns.first);
                multiply_panel(&all, now, steps, block, columns);
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
