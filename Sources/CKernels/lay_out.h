// How a channel is laid out with its border; included once for each ELEMENT.

// Every `step`th number. Steps of one, two and four, that of tiles, are by far the most common.
INLINE void TAKE(const ELEMENT *x, size_t step, size_t count, ELEMENT *out) {
    size_t i = 0;
    if (step == 1) {
        copy_bytes(out, x, count * sizeof *out);
        return;
    }
    while ((step == 2 || step == 4) && i < count && count >= QUANTD_HALF) {
        // The last eight may begin among those before.
        i = least(i, count - QUANTD_HALF);
        *(EIGHT *)(out + i) =
            step == 2 ? QUANTD_EVERY_SECOND(EIGHT, x + 2 * i) : QUANTD_EVERY_FOURTH(EIGHT, x + 4 * i);
        i += QUANTD_HALF;
    }
    for (; i < count; i++) out[i] = x[step * i];
}

INLINE void FILL(ELEMENT border, size_t count, ELEMENT *out) {
    for (size_t i = 0; i < count; i++) out[i] = border;
}

// The numbers with even indexes and those with odd ones, of so many pairs.
INLINE void PART(const ELEMENT *x, size_t pairs, ELEMENT *even, ELEMENT *odd) {
    size_t i = 0;
    while (i < pairs && pairs >= QUANTD_HALF) {
        // The last eight may begin among those before.
        i = least(i, pairs - QUANTD_HALF);
        const EIGHT first = *(const EIGHT *)(x + 2 * i), second = *(const EIGHT *)(x + 2 * i + QUANTD_HALF);
        *(EIGHT *)(even + i) = __builtin_shufflevector(first, second, 0, 2, 4, 6, 8, 10, 12, 14);
        *(EIGHT *)(odd + i) = __builtin_shufflevector(first, second, 1, 3, 5, 7, 9, 11, 13, 15);
        i += QUANTD_HALF;
    }
    for (; i < pairs; i++) {
        even[i] = x[2 * i];
        odd[i] = x[2 * i + 1];
    }
}

// The same of mostly one number, or none.
INLINE void EDGE(ELEMENT border, size_t count, ELEMENT *out) {
#pragma clang loop vectorize(disable) unroll(disable)
    for (size_t i = 0; i < count; i++) out[i] = border;
}

// One phase of a line.
INLINE void LINE(const ELEMENT *from, quantd_laid_span span, quantd_laid_axis width, ELEMENT border, ELEMENT *out) {
    EDGE(border, span.lower, out);
    TAKE(from + span.begin, width.step, span.count, out + span.lower);
    EDGE(border, width.size - span.lower - span.count, out + span.lower + span.count);
}

// Both where they are two.
INLINE void BOTH(const ELEMENT *from, const quantd_laid_span *spans, quantd_laid_axis width, ELEMENT border, ELEMENT *out) {
    // Whichever has the first element of the input has every second one from there on.
    const size_t first = spans[0].begin < spans[1].begin ? 0 : 1, pairs = least(spans[0].count, spans[1].count);
    ELEMENT *const lines[2] = {out + spans[0].lower, out + width.size + spans[1].lower};
    PART(from + spans[first].begin, pairs, lines[first], lines[1 - first]);
    for (size_t i = 0; i < 2; i++, out += width.size) {
        const quantd_laid_span span = spans[i];
        EDGE(border, span.lower, out);
        if (pairs < span.count) lines[i][pairs] = from[span.begin + 2 * (ptrdiff_t)pairs];
        EDGE(border, width.size - span.lower - span.count, out + span.lower + span.count);
    }
}

INLINE void LAY_OUT(const ELEMENT *channel, quantd_layout layout, ELEMENT border, ELEMENT *out) {
    const quantd_laid_axis depth = layout.depth, height = layout.height, width = layout.width;
    // Two phases at a time where these are all; else lines are taken once for each.
    const size_t together = layout.phases == 2 && width.step == 2 ? 2 : 1;
    for (size_t phase = 0; phase < layout.phases; phase += together) {
        ELEMENT *line = out + phase * width.size;
        const quantd_laid_span spans[2] = {laid_span(width, phase), laid_span(width, phase + together - 1)};
        for (size_t z = 0; z < depth.size; z++) {
            const size_t plane = (size_t)depth.start + z * depth.step;
            for (size_t y = 0; y < height.size; y++) {
                const size_t row = (size_t)height.start + y * height.step;
                // What lies before the first one is, without a sign, far behind the last.
                if (plane >= depth.extent || row >= height.extent) {
                    FILL(border, together * width.size, line);
                } else {
                    const ELEMENT *from = channel + (plane * height.extent + row) * width.extent;
                    if (together == 2) {
                        BOTH(from, spans, width, border, line);
                    } else {
                        LINE(from, spans[0], width, border, line);
                    }
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
#undef PART
#undef EDGE
#undef LINE
#undef BOTH
#undef LAY_OUT
