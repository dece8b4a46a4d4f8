// Panels of matrices that lie in rows or in columns.

#include "products.h"
#include "targets.h"

#include <string.h>

typedef float four __attribute__((vector_size(16), aligned(4), may_alias));

// Four steps of four lanes, whose numbers lie one behind the other, step by step.
INLINE void turn_four(const float *x, size_t lane_stride, float *out, size_t stride) {
    const four a = *(const four *)x, b = *(const four *)(x + lane_stride);
    const four c = *(const four *)(x + 2 * lane_stride), d = *(const four *)(x + 3 * lane_stride);
    const four ab = __builtin_shufflevector(a, b, 0, 4, 1, 5), cd = __builtin_shufflevector(c, d, 0, 4, 1, 5);
    const four ab_on = __builtin_shufflevector(a, b, 2, 6, 3, 7), cd_on = __builtin_shufflevector(c, d, 2, 6, 3, 7);
    *(four *)out = __builtin_shufflevector(ab, cd, 0, 1, 4, 5);
    *(four *)(out + stride) = __builtin_shufflevector(ab, cd, 2, 3, 6, 7);
    *(four *)(out + 2 * stride) = __builtin_shufflevector(ab_on, cd_on, 0, 1, 4, 5);
    *(four *)(out + 3 * stride) = __builtin_shufflevector(ab_on, cd_on, 2, 3, 6, 7);
}

// One panel; returns where the next begins.
INLINE float *pack_panel(const float *x, quantd_lanes lanes, size_t count, float *panel) {
    size_t lane = 0;
    const size_t turned = lanes.step_stride == 1 ? lanes.depth / 4 * 4 : 0;
    // Most matrices lie in rows; they are turned in blocks.
    for (; turned > 0 && lane + 4 <= count; lane += 4) {
        for (size_t step = 0; step < turned; step += 4) {
            turn_four(x + lane * lanes.lane_stride + step, lanes.lane_stride, panel + step * count + lane, count);
        }
        for (size_t step = turned; step < lanes.depth; step++) {
            for (size_t i = lane; i < lane + 4; i++) panel[step * count + i] = x[i * lanes.lane_stride + step];
        }
    }
    for (size_t step = 0; step < lanes.depth; step++) {
        const float *from = x + step * lanes.step_stride;
        if (lanes.lane_stride == 1 && lane == 0) {
            memcpy(panel + step * count, from, count * sizeof *from);
        } else {
            for (size_t i = lane; i < count; i++) panel[step * count + i] = from[i * lanes.lane_stride];
        }
    }
    return panel + lanes.depth * count;
}

void quantd_pack_float(const float *x, quantd_lanes lanes, quantd_side side, float *panels) {
    for (size_t first = 0; first < lanes.lanes; first += side) {
        panels = pack_panel(x + first * lanes.lane_stride, lanes, least(side, lanes.lanes - first), panels);
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

typedef uint32_t four_words __attribute__((vector_size(16), aligned(1), may_alias));

// Words of a panel whose lanes have theirs one behind the other; most are turned in blocks of four by four.
INLINE void pack_words(
    const int8_t *x, size_t lane_stride, size_t words, size_t count, uint32_t lift, int32_t *panel) {
    const size_t turned = words / 4 * 4;
    size_t lane = 0;
    for (; lane + 4 <= count; lane += 4) {
        for (size_t word = 0; word < turned; word += 4) {
            const int8_t *from = x + lane * lane_stride + word * QUANTD_QUADS;
            int32_t *out = panel + word * count + lane;
            const four_words a = *(const four_words *)from ^ lift;
            const four_words b = *(const four_words *)(from + lane_stride) ^ lift;
            const four_words c = *(const four_words *)(from + 2 * lane_stride) ^ lift;
            const four_words d = *(const four_words *)(from + 3 * lane_stride) ^ lift;
            const four_words ab = __builtin_shufflevector(a, b, 0, 4, 1, 5), cd = __builtin_shufflevector(c, d, 0, 4, 1, 5);
            const four_words ab_on = __builtin_shufflevector(a, b, 2, 6, 3, 7);
            const four_words cd_on = __builtin_shufflevector(c, d, 2, 6, 3, 7);
            *(four_words *)out = __builtin_shufflevector(ab, cd, 0, 1, 4, 5);
            *(four_words *)(out + count) = __builtin_shufflevector(ab, cd, 2, 3, 6, 7);
            *(four_words *)(out + 2 * count) = __builtin_shufflevector(ab_on, cd_on, 0, 1, 4, 5);
            *(four_words *)(out + 3 * count) = __builtin_shufflevector(ab_on, cd_on, 2, 3, 6, 7);
        }
    }
    // Lanes that are left over, and then all of the words that are.
    for (size_t word = 0; word < words; word++) {
        for (size_t i = word < turned ? lane : 0; i < count; i++) {
            uint32_t bytes;
            memcpy(&bytes, x + i * lane_stride + word * QUANTD_QUADS, sizeof bytes);
            panel[word * count + i] = (int32_t)(bytes ^ lift);
        }
    }
}

INLINE void pack_int8_body(
    const int8_t *x, quantd_lanes lanes, quantd_side side, quantd_packing packing, int32_t *panels) {
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
        }
        for (; step < lanes.depth; step += packing) {
            for (size_t lane = 0; lane < count; lane++) {
                *panels++ = (int32_t)((uint32_t)word_at(from + lane * lanes.lane_stride, lanes, step, packing) ^ lift);
            }
        }
    }
}

KERNEL(
    void, pack_int8, (const int8_t *x, quantd_lanes lanes, quantd_side side, quantd_packing packing, int32_t *panels),
    (x, lanes, side, packing, panels));

void quantd_pack_int8(
    quantd_instructions set, const int8_t *x, quantd_lanes lanes, quantd_side side, int32_t *panels) {
    pack_int8_of[set](x, lanes, side, quantd_packing_of(set), panels);
}
