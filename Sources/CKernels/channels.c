// Windows over small channels that lie side by side.

#include "channels.h"
#include "activation.h"
#include "copy.h"
#include "targets.h"
#include "turn.h"

// Products are fused into the sums where the machine can.
#pragma STDC FP_CONTRACT ON

// Brings so many numbers of each channel to their positions, or one behind the other. For a channel that is missing the last
// one stands.
INLINE void bring_together(
    const float *x, size_t stride, size_t channels, const size_t *positions, size_t count, float *out) {
    const float *from[QUANTD_CHANNELS];
    for (size_t c = 0; c < QUANTD_CHANNELS; c++) from[c] = x + least(c, channels - 1) * stride;
    if (count < QUANTD_BLOCK) {
        for (size_t i = 0; i < count; i++) {
            float *to = out + (positions ? positions[i] : i) * QUANTD_CHANNELS;
            for (size_t c = 0; c < QUANTD_CHANNELS; c++) to[c] = from[c][i];
        }
        return;
    }
    for (size_t i = 0; i < count; i += QUANTD_BLOCK) {
        // The last eight may begin among those before.
        i = least(i, count - QUANTD_BLOCK);
        for (size_t first = 0; first < QUANTD_CHANNELS; first += QUANTD_BLOCK) {
            quantd_eight block[QUANTD_BLOCK];
#pragma clang loop unroll(full)
            for (size_t c = 0; c < QUANTD_BLOCK; c++) block[c] = *(const quantd_eight *)(from[first + c] + i);
            turn_eight(block);
#pragma clang loop unroll(full)
            for (size_t j = 0; j < QUANTD_BLOCK; j++) {
                const size_t position = positions ? positions[i + j] : i + j;
                *(quantd_eight *)(out + position * QUANTD_CHANNELS + first) = block[j];
            }
        }
    }
}

// Writes up to eight places of each channel where they belong.
INLINE void part(const quantd_sums *places, size_t count, size_t channels, float *out, size_t stride) {
    for (size_t first = 0; first < channels; first += QUANTD_BLOCK) {
        const size_t some = least(QUANTD_BLOCK, channels - first);
        float *to = out + first * stride;
        quantd_eight block[QUANTD_BLOCK];
#pragma clang loop unroll(full)
        for (size_t i = 0; i < QUANTD_BLOCK; i++) block[i] = *(const quantd_eight *)((const float *)(places + i) + first);
        turn_eight(block);
        if (count == QUANTD_BLOCK && some == QUANTD_BLOCK) {
#pragma clang loop unroll(full)
            for (size_t c = 0; c < QUANTD_BLOCK; c++) *(quantd_eight *)(to + c * stride) = block[c];
        } else {
            for (size_t c = 0; c < some; c++) copy_bytes(to + c * stride, &block[c], count * sizeof *out);
        }
    }
}

INLINE void slide_channels_body(
    const float *input, quantd_channels channels, quantd_plane plane, const float *weights, const float *starts,
    quantd_activation activation, float *room, float *out) {
    const size_t places = plane.rows * plane.columns, together = least(QUANTD_BLOCK, places);
    _Alignas(64) quantd_sums taps[QUANTD_CHANNEL_TAPS], sums[QUANTD_BLOCK], start;
    for (size_t i = 0; i < channels.size; i++) ((quantd_sums *)room)[i] = (quantd_sums){0} + channels.border;
    bring_together(input, channels.elements, channels.channels, channels.positions, channels.elements, room);
    bring_together(weights, plane.depth, channels.channels, NULL, plane.depth, (float *)taps);
    bring_together(starts, 1, channels.channels, NULL, 1, (float *)&start);
    for (size_t place = 0; place < places; place += QUANTD_BLOCK) {
        // The last eight may begin among those before.
        place = least(place, places - together);
        // Eight at a time, so that sums need not wait for one another; of what is missing the first place is taken again.
        const float *from[QUANTD_BLOCK];
        size_t row = place / plane.columns, column = place % plane.columns;
        for (size_t i = 0; i < QUANTD_BLOCK; i++) {
            from[i] = i < together ? room + (row * plane.row_stride + column) * QUANTD_CHANNELS : room;
            if (++column == plane.columns) {
                column = 0;
                row++;
            }
            sums[i] = start;
        }
        for (size_t step = 0; step < plane.depth; step++) {
            const size_t distance = plane.distances[step] * QUANTD_CHANNELS;
#pragma clang loop unroll(full)
            for (size_t i = 0; i < QUANTD_BLOCK; i++) sums[i] += taps[step] * *(const quantd_sums *)(from[i] + distance);
        }
#pragma clang loop unroll(full)
        for (size_t i = 0; i < QUANTD_BLOCK; i++) activate(&sums[i], &activation);
        part(sums, together, channels.channels, out + place, places);
    }
}

KERNEL(
    void, slide_channels,
    (const float *input, quantd_channels channels, quantd_plane plane, const float *weights, const float *starts,
     quantd_activation activation, float *room, float *out),
    (input, channels, plane, weights, starts, activation, room, out));

void quantd_slide_channels(
    quantd_instructions set, const float *input, quantd_channels channels, quantd_plane plane, const float *weights,
    const float *starts, quantd_activation activation, float *room, float *out) {
    slide_channels_of[set](input, channels, plane, weights, starts, activation, room, out);
}
