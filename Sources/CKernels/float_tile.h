// The tile of the float product, for VECTOR columns; included once for a whole panel and once for half of one.

// `rows` is known where this is inlined, so that the sums are registers. One more than a panel has is the single row of the next.
INLINE void TILE(
    size_t rows, const float *left, const float *single, const float *right, size_t lanes, size_t depth, phase phase,
    quantd_supply supply, float *out, size_t stride) {
    VECTOR sums[QUANTD_PANEL_ROWS + 1];
    const size_t panel = least(rows, QUANTD_PANEL_ROWS);
#pragma clang loop unroll(full)
    for (size_t row = 0; row < rows; row++) {
        if (!phase.first) {
            sums[row] = *(const VECTOR *)(out + row * stride);
        } else if (phase.of_column) {
            sums[row] = *(const VECTOR *)phase.of_column;
        } else {
            sums[row] = (VECTOR){0} + (phase.of_row ? phase.of_row[row] : 0);
        }
    }
    for (size_t step = 0; step < depth; step++) {
        const VECTOR r = *(const VECTOR *)(right + step * lanes);
        fetch_next(&supply);
#pragma clang loop unroll(full)
        for (size_t row = 0; row < panel; row++) sums[row] += left[step * panel + row] * r;
        if (rows > panel) sums[panel] += single[step] * r;
    }
#pragma clang loop unroll(full)
    for (size_t row = 0; row < rows; row++) {
        if (phase.activation) ACTIVATE(&sums[row], phase.activation);
        *(VECTOR *)(out + row * stride) = sums[row];
    }
}

#undef TILE
#undef VECTOR
#undef ACTIVATE
