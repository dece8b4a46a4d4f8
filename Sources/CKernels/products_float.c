// Products of float matrices. A tile of six rows and sixteen columns stays in registers: twelve vectors of sums, two of
// the right panel, and a number of the left one that stands in all lanes.

#include "products.h"
#include "activation.h"
#include "targets.h"

#include <string.h>

// Products are fused into the sums where the machine can.
#pragma STDC FP_CONTRACT ON

enum { LANES = 8, VECTORS = QUANTD_PANEL_COLUMNS / LANES };

// A block of steps and rows that stays in the nearest caches: 16 KiB of a right panel, 96 KiB of left ones.
enum { STEP_BLOCK = 256, ROW_BLOCK = 96 };

typedef quantd_sums vector;

typedef struct {
    const quantd_activation *activation; ///< NULL before the last block of steps
    const float *of_row;
    const float *of_column;
    size_t first;                        ///< whether the sums begin here
} phase;

// `rows` and `vectors` are known where this is inlined, so that the sums are registers.
INLINE void tile(
    size_t rows, size_t vectors, const float *left, const float *right, size_t lanes, size_t depth, phase phase,
    float *out, size_t stride) {
    vector sums[QUANTD_PANEL_ROWS][VECTORS];
#pragma clang loop unroll(full)
    for (size_t row = 0; row < rows; row++) {
#pragma clang loop unroll(full)
        for (size_t v = 0; v < vectors; v++) {
            if (!phase.first) {
                sums[row][v] = *(const vector *)(out + row * stride + v * LANES);
            } else if (phase.of_column) {
                sums[row][v] = *(const vector *)(phase.of_column + v * LANES);
            } else {
                sums[row][v] = (vector){0} + (phase.of_row ? phase.of_row[row] : 0);
            }
        }
    }
    for (size_t step = 0; step < depth; step++) {
        vector r[VECTORS];
#pragma clang loop unroll(full)
        for (size_t v = 0; v < vectors; v++) r[v] = *(const vector *)(right + step * lanes + v * LANES);
#pragma clang loop unroll(full)
        for (size_t row = 0; row < rows; row++) {
#pragma clang loop unroll(full)
            for (size_t v = 0; v < vectors; v++) sums[row][v] += left[step * rows + row] * r[v];
        }
    }
#pragma clang loop unroll(full)
    for (size_t row = 0; row < rows; row++) {
#pragma clang loop unroll(full)
        for (size_t v = 0; v < vectors; v++) {
            if (phase.activation) activate(&sums[row][v], phase.activation);
            *(vector *)(out + row * stride + v * LANES) = sums[row][v];
        }
    }
}

// A switch and not a loop: each case is code of its own.
INLINE void tile_of_rows(
    size_t rows, size_t vectors, const float *left, const float *right, size_t lanes, size_t depth, phase phase,
    float *out, size_t stride) {
    switch (rows) {
    case 1: tile(1, vectors, left, right, lanes, depth, phase, out, stride); break;
    case 2: tile(2, vectors, left, right, lanes, depth, phase, out, stride); break;
    case 3: tile(3, vectors, left, right, lanes, depth, phase, out, stride); break;
    case 4: tile(4, vectors, left, right, lanes, depth, phase, out, stride); break;
    case 5: tile(5, vectors, left, right, lanes, depth, phase, out, stride); break;
    default: tile(6, vectors, left, right, lanes, depth, phase, out, stride); break;
    }
}

// A panel that fills its vectors is written where it belongs, a narrower one by way of a tile of its own.
INLINE void panel(
    size_t rows, size_t columns, const float *left, const float *right, size_t depth, phase phase, float *out,
    size_t stride) {
    if (columns == QUANTD_PANEL_COLUMNS) {
        tile_of_rows(rows, VECTORS, left, right, columns, depth, phase, out, stride);
        return;
    }
    float own[QUANTD_PANEL_ROWS][QUANTD_PANEL_COLUMNS];
    float starts[QUANTD_PANEL_COLUMNS];
    if (!phase.first) {
        for (size_t row = 0; row < rows; row++) memcpy(own[row], out + row * stride, columns * sizeof *out);
    } else if (phase.of_column) {
        memcpy(starts, phase.of_column, columns * sizeof *starts);
        phase.of_column = starts;
    }
    if (columns <= LANES) {
        tile_of_rows(rows, 1, left, right, columns, depth, phase, own[0], QUANTD_PANEL_COLUMNS);
    } else {
        tile_of_rows(rows, VECTORS, left, right, columns, depth, phase, own[0], QUANTD_PANEL_COLUMNS);
    }
    for (size_t row = 0; row < rows; row++) memcpy(out + row * stride, own[row], columns * sizeof *out);
}

INLINE size_t least(size_t a, size_t b) { return a < b ? a : b; }

INLINE void multiply_body(
    const float *left, const float *right, quantd_extents extents, quantd_start start, quantd_activation activation,
    float *out, size_t stride) {
    for (size_t step = 0; step < extents.depth; step += STEP_BLOCK) {
        const size_t steps = least(STEP_BLOCK, extents.depth - step);
        const int is_last = step + steps == extents.depth;
        for (size_t block = 0; block < extents.rows; block += ROW_BLOCK) {
            const size_t end = least(block + ROW_BLOCK, extents.rows);
            for (size_t column = 0; column < extents.columns; column += QUANTD_PANEL_COLUMNS) {
                const size_t columns = least(QUANTD_PANEL_COLUMNS, extents.columns - column);
                for (size_t row = block; row < end; row += QUANTD_PANEL_ROWS) {
                    const size_t rows = least(QUANTD_PANEL_ROWS, extents.rows - row);
                    const phase phase = {
                        .activation = is_last ? &activation : NULL,
                        .of_row = start.of_row ? start.of_row + row : NULL,
                        .of_column = start.of_column ? start.of_column + column : NULL,
                        .first = step == 0,
                    };
                    panel(
                        rows, columns, left + row * extents.depth + step * rows,
                        right + column * extents.depth + step * columns, steps, phase, out + row * stride + column,
                        stride);
                }
            }
        }
    }
}

#if defined(__x86_64__)
AVX2 static void multiply_avx2(
    const float *left, const float *right, quantd_extents extents, quantd_start start, quantd_activation activation,
    float *out, size_t stride) {
    multiply_body(left, right, extents, start, activation, out, stride);
}
#endif

void quantd_multiply_float(
    const float *left, const float *right, quantd_extents extents, quantd_start start, quantd_activation activation,
    float *out, size_t stride) {
#if defined(__x86_64__)
    if (HAS_AVX2()) {
        multiply_avx2(left, right, extents, start, activation, out, stride);
        return;
    }
#endif
    multiply_body(left, right, extents, start, activation, out, stride);
}

int quantd_fuses(void) {
#if defined(__x86_64__)
    return HAS_AVX2() != 0;
#elif defined(__ARM_FEATURE_FMA)
    return 1;
#else
    return 0;
#endif
}
