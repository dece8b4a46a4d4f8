// How a channel is laid out with its border; included once for each ELEMENT.

// Every `step`th number. Steps of one and two are by far the most common.
INLINE void TAKE(const ELEMENT *x, size_t step, size_t count, ELEMENT *out) {
    size_t i = 0;
    if (step == 1) {
        copy_bytes(out, x, count * sizeof *out);
        return;
    }
    for (; step == 2 && i + QUANTD_HALF <= count; i += QUANTD_HALF) {
        *(EIGHT *)(out + i) = QUANTD_EVERY_SECOND(EIGHT, x + 2 * i);
    }
    for (; i < count; i++) out[i] = x[step * i];
}

INLINE void FILL(ELEMENT border, size_t count, ELEMENT *out) {
    for (size_t i = 0; i < count; i++) out[i] = border;
}

INLINE void LAY_OUT(const ELEMENT *channel, quantd_layout layout, ELEMENT border, ELEMENT *out) {
    const quantd_laid_axis depth = layout.depth, height = layout.height, width = layout.width;
    for (size_t phase = 0; phase < layout.phases; phase++) {
        ELEMENT *line = out + phase * width.size;
        const ptrdiff_t first = width.start + (ptrdiff_t)phase, step = (ptrdiff_t)width.step;
        const ptrdiff_t rest = (ptrdiff_t)width.extent - first;
        // Those between lie within the input.
        const size_t lower = least(first < 0 ? (size_t)((step - 1 - first) / step) : 0, width.size);
        const size_t upper = rest > 0 ? least((size_t)((rest - 1) / step) + 1, width.size) : 0;
        for (size_t z = 0; z < depth.size; z++) {
            const size_t plane = (size_t)depth.start + z * depth.step;
            for (size_t y = 0; y < height.size; y++) {
                const size_t row = (size_t)height.start + y * height.step;
                // What lies before the first one is, without a sign, far behind the last.
                if (plane < depth.extent && row < height.extent && lower < upper) {
                    const ELEMENT *from = channel + (plane * height.extent + row) * width.extent;
                    FILL(border, lower, line);
                    TAKE(from + (first + (ptrdiff_t)lower * step), width.step, upper - lower, line + lower);
                    FILL(border, width.size - upper, line + upper);
                } else {
                    FILL(border, width.size, line);
                }
                line += layout.phases * width.size;
            }
        }
    }
}

#undef ELEMENT
#undef EIGHT
#undef TAKE
#undef FILL
#undef LAY_OUT
