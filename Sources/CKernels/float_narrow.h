#ifndef QUANTD_FLOAT_NARROW_H
#define QUANTD_FLOAT_NARROW_H

// The float product where the last right panel has but a few columns: rows stand in the lanes instead, eight of which are read
// where a left panel has six. So many panels are taken at a time that sums need not wait for one another; the most, and so half and a
// quarter of them, must divide the sixteen of a block, or its last ones would come singly and wait.

enum { NARROW_COLUMNS = 4, NARROW_SUMS = 12, NARROW_PANELS = 8 };

_Static_assert(ROW_BLOCK % (NARROW_PANELS * QUANTD_PANEL_ROWS) == 0, "a block is not of whole runs of panels");

// The numbers of columns and of panels are known where this is inlined; more than one panel have all their rows.
INLINE void narrow_tile(
    size_t columns, size_t panels, size_t rows, const float *left, size_t panel_size, const float *right, size_t depth,
    phase phase, float *out, size_t stride) {
    quantd_half_sums sums[NARROW_SUMS];
    float lanes[QUANTD_HALF] = {0};
#pragma clang loop unroll(full)
    for (size_t i = 0; i < panels * columns; i++) {
        const size_t first = i / columns * QUANTD_PANEL_ROWS, column = i % columns;
        for (size_t row = 0; row < rows; row++) {
            lanes[row] = !phase.first        ? out[(first + row) * stride + column]
                         : phase.of_column ? phase.of_column[column]
                         : phase.of_row    ? phase.of_row[first + row]
                                           : 0;
        }
        sums[i] = *(const quantd_half_sums *)lanes;
    }
    for (size_t step = 0; step < depth; step++) {
#pragma clang loop unroll(full)
        for (size_t i = 0; i < panels * columns; i++) {
            const float *l = left + i / columns * panel_size + step * rows;
            sums[i] += right[step * columns + i % columns] * *(const quantd_half_sums *)l;
        }
    }
#pragma clang loop unroll(full)
    for (size_t i = 0; i < panels * columns; i++) {
        const size_t first = i / columns * QUANTD_PANEL_ROWS, column = i % columns;
        if (phase.activation) activate_half(&sums[i], phase.activation);
        *(quantd_half_sums *)lanes = sums[i];
        for (size_t row = 0; row < rows; row++) out[(first + row) * stride + column] = lanes[row];
    }
}

INLINE void narrow_rows(
    size_t columns, size_t panels, size_t rows, const float *left, size_t step, size_t panel_size, const float *right, size_t depth,
    phase phase, float *out, size_t stride) {
    const size_t together = panels * QUANTD_PANEL_ROWS;
    const float *of_row = phase.of_row;
    size_t row = 0;
    for (; row + together <= rows; row += together) {
        phase.of_row = of_row ? of_row + row : NULL;
        narrow_tile(
            columns, panels, QUANTD_PANEL_ROWS, left + step * QUANTD_PANEL_ROWS, panel_size, right, depth, phase,
            out + row * stride, stride);
        left += panels * panel_size;
    }
    for (; row < rows; row += QUANTD_PANEL_ROWS) {
        phase.of_row = of_row ? of_row + row : NULL;
        const size_t rest = least(QUANTD_PANEL_ROWS, rows - row);
        narrow_tile(
            columns, 1, rest, left + step * rest, panel_size, right, depth, phase, out + row * stride, stride);
        left += panel_size;
    }
}

// A switch and not a loop: each case is code of its own.
INLINE void narrow(
    size_t columns, size_t rows, const float *left, size_t step, size_t panel_size, const float *right, size_t depth,
    phase phase, float *out, size_t stride) {
    switch (columns) {
    case 1: narrow_rows(1, NARROW_PANELS, rows, left, step, panel_size, right, depth, phase, out, stride); break;
    case 2: narrow_rows(2, NARROW_PANELS / 2, rows, left, step, panel_size, right, depth, phase, out, stride); break;
    case 3: narrow_rows(3, NARROW_PANELS / 2, rows, left, step, panel_size, right, depth, phase, out, stride); break;
    default: narrow_rows(4, NARROW_PANELS / 4, rows, left, step, panel_size, right, depth, phase, out, stride); break;
    }
}

#endif
