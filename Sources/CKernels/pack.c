// Panels of matrices that lie in rows or in columns.

#include "products.h"
#include "targets.h"
#include "words.h"

#include <string.h>

enum { FOUR = 4 };

typedef uint32_t four __attribute__((vector_size(4 * FOUR), aligned(1), may_alias));

// Four words of four lanes, which lie one behind the other in each, word by word.
INLINE void turn_four(const char *x, size_t lane_stride, uint32_t lift, uint32_t *out, size_t stride) {
    const four a = *(const four *)x ^ lift, b = *(const four *)(x + lane_stride) ^ lift;
    const four c = *(const four *)(x + 2 * lane_stride) ^ lift, d = *(const four *)(x + 3 * lane_stride) ^ lift;
    const four ab = __builtin_shufflevector(a, b, 0, 4, 1, 5), cd = __builtin_shufflevector(c, d, 0, 4, 1, 5);
    const four ab_on = __builtin_shufflevector(a, b, 2, 6, 3, 7), cd_on = __builtin_shufflevector(c, d, 2, 6, 3, 7);
    *(four *)out = __builtin_shufflevector(ab, cd, 0, 1, 4, 5);
    *(four *)(out + stride) = __builtin_shufflevector(ab, cd, 2, 3, 6, 7);
    *(four *)(out + 2 * stride) = __builtin_shufflevector(ab_on, cd_on, 0, 1, 4, 5);
    *(four *)(out + 3 * stride) = __builtin_shufflevector(ab_on, cd_on, 2, 3, 6, 7);
}

// Words of a panel whose lanes, so many bytes apart, have theirs one behind the other: floats, or bytes that lie side by side.
// Most are turned in blocks.
INLINE void pack_words(
    const void *x, size_t lane_stride, size_t words, size_t count, uint32_t lift, void *panel) {
    const char *from = x;
    uint32_t *out = panel;
    const size_t turned = count < FOUR ? 0 : words / FOUR * FOUR;
    for (size_t lane = 0; turned > 0 && lane < count; lane += FOUR) {
        // The last four may begin among those before.
        lane = least(lane, count - FOUR);
        for (size_t word = 0; word < turned; word += FOUR) {
            turn_four(
                from + lane * lane_stride + word * sizeof *out, lane_stride, lift, out + word * count + lane, count);
        }
    }
    for (size_t word = turned; word < words; word++) {
        for (size_t lane = 0; lane < count; lane++) {
            uint32_t one;
            memcpy(&one, from + lane * lane_stride + word * sizeof one, sizeof one);
            out[word * count + lane] = one ^ lift;
        }
    }
}

INLINE void pack_panel(const float *x, quantd_lanes lanes, size_t count, float *panel) {
    // Most matrices lie in rows.
    if (lanes.step_stride == 1) {
        pack_words(x, lanes.lane_stride * sizeof *x, lanes.depth, count, 0, panel);
        return;
    }
    for (size_t step = 0; step < lanes.depth; step++) {
        const float *from = x + step * lanes.step_stride;
        if (lanes.lane_stride == 1) {
            memcpy(panel + step * count, from, count * sizeof *from);
        } else {
            for (size_t lane = 0; lane < count; lane++) panel[step * count + lane] = from[lane * lanes.lane_stride];
        }
    }
}

void quantd_pack_float(const float *x, quantd_lanes lanes, quantd_side side, float *panels) {
    for (size_t first = 0; first < lanes.lanes; first += side) {
        pack_panel(x + first * lanes.lane_stride, lanes, least(side, lanes.lanes - first), panels + first * lanes.depth);
    }
}

quantd_packing quantd_packing_of(quantd_instructions set) {
    return set == QUANTD_AVX512 ? QUANTD_QUADS : QUANTD_PAIRS;
}

// A lane's numbers from `step` on, as many as a word has; those behind the end are 0.
INLINE int32_t word_at(const int8_t *lane, quantd_lanes lanes, size_t step, quantd_packing packing) {
    const size_t count = least(packing, lanes.depth - step);
    lane += step * lanes.step_stride;
    if (packing == QUANTD_PAIRS) {
        const int16_t pair[2] = {lane[0], count > 1 ? lane[lanes.step_stride] : 0};
        int32_t word;
        memcpy(&word, pair, sizeof word);
        return word;
    }
    int8_t quad[QUANTD_QUADS] = {0};
    int32_t word;
    for (size_t i = 0; i < count; i++) quad[i] = lane[i * lanes.step_stride];
    memcpy(&word, quad, sizeof word);
    return word;
}

// -128 times the sum of a lane, in 32 bits that wrap.
INLINE int32_t start_of(const int8_t *lane, quantd_lanes lanes) {
    uint32_t sum = 0;
    if (lanes.step_stride == 1) {
        for (size_t step = 0; step < lanes.depth; step++) sum += (uint32_t)(int32_t)lane[step];
    } else {
        for (size_t step = 0; step < lanes.depth; step++) sum += (uint32_t)(int32_t)lane[step * lanes.step_stride];
    }
    return (int32_t)(sum * -128u);
}

// Words of a full right panel whose lanes lie side by side, step by step.
INLINE void join_lanes(quantd_format format, const int8_t *x, quantd_lanes lanes, int32_t *panel) {
    for (size_t step = 0; step < lanes.depth; step += format.packed) {
        quantd_byte_lanes bytes[QUANTD_QUADS] = {{0}};
        const size_t count = least(format.packed, lanes.depth - step);
        for (size_t i = 0; i < count; i++) bytes[i] = *(const quantd_byte_lanes *)(x + (step + i) * lanes.step_stride);
        quantd_words words;
        format.join(&words, bytes);
        *(quantd_words *)panel = words;
        panel += QUANTD_PANEL_COLUMNS;
    }
}

INLINE void pack_int8_body(
    quantd_format format, const int8_t *x, quantd_lanes lanes, quantd_side side, int32_t *panels) {
    const quantd_packing packing = (quantd_packing)format.packed;
    // Bytes on the right are 128 higher in quads; what that adds to a sum is taken away before.
    const int is_lifted = packing == QUANTD_QUADS;
    const uint32_t lift = side == QUANTD_RIGHT && is_lifted ? 0x80808080 : 0;
    for (size_t first = 0; first < lanes.lanes; first += side) {
        const size_t count = least(side, lanes.lanes - first);
        const int8_t *from = x + first * lanes.lane_stride;
        if (side == QUANTD_LEFT) {
            for (size_t lane = 0; lane < count; lane++) {
                *panels++ = is_lifted ? start_of(from + lane * lanes.lane_stride, lanes) : 0;
            }
        }
        size_t step = 0;
        if (is_lifted && lanes.step_stride == 1) {
            // Four bytes that lie beside each other are a word as they are.
            const size_t words = lanes.depth / QUANTD_QUADS;
            pack_words(from, lanes.lane_stride, words, count, lift, panels);
            panels += words * count;
            step = words * QUANTD_QUADS;
        } else if (count == QUANTD_PANEL_COLUMNS && lanes.lane_stride == 1) {
            join_lanes(format, from, lanes, panels);
            panels += (lanes.depth + packing - 1) / packing * count;
            step = lanes.depth;
        }
        for (; step < lanes.depth; step += packing) {
            for (size_t lane = 0; lane < count; lane++) {
                *panels++ = (int32_t)((uint32_t)word_at(from + lane * lanes.lane_stride, lanes, step, packing) ^ lift);
            }
        }
    }
}

WORD_KERNEL(
    pack_int8, (const int8_t *x, quantd_lanes lanes, quantd_side side, int32_t *panels), x, lanes, side, panels);

void quantd_pack_int8(
    quantd_instructions set, const int8_t *x, quantd_lanes lanes, quantd_side side, int32_t *panels) {
    pack_int8_of[set](x, lanes, side, panels);
}
