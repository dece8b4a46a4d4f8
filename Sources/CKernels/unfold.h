#ifndef QUANTD_UNFOLD_H
#define QUANTD_UNFOLD_H

#include "targets.h"
#include "windows.h"
#include "words.h"

// What stands at a distance from each place of a panel, taken run by run: sixteen numbers are read where a run would begin
// at lane 0, and those from its first lane on are kept. Where there is but one run nothing beyond its lanes is read.

static const quantd_words quantd_lane_numbers = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

// Panels from one for which elements are taken to the one for which they are fetched.
typedef enum { QUANTD_NEXT = 1, QUANTD_FAR = 6 } quantd_ahead;

INLINE void quantd_unfold_ahead(
    quantd_ahead ahead, const float *input, const size_t *distances, size_t depth, quantd_places places, float *panel) {
    const quantd_run first = places.runs[0];
    if (places.run_count == 1 && places.lanes < QUANTD_PANEL_COLUMNS) {
        for (size_t step = 0; step < depth; step++) {
            const float *from = input + distances[step] + first.offset;
            for (size_t lane = 0; lane < places.lanes; lane++) *panel++ = from[lane];
        }
        return;
    }
    for (size_t step = 0; step < depth; step++) {
        const float *from = input + distances[step];
        // What another panel mostly begins with: channels lie too far apart for the machine to see where this leads. If that is far,
        // not into the nearest cache, where lines as far apart as those of channels drive one another out.
        const float *next = from + first.offset + ahead * QUANTD_PANEL_COLUMNS;
        if (ahead == QUANTD_FAR) {
            __builtin_prefetch(next, 0, 2);
        } else {
            __builtin_prefetch(next, 0, 3);
        }
        quantd_words all = *(const quantd_words *)(from + first.offset);
        for (size_t run = 1; run < places.run_count; run++) {
            const quantd_run next = places.runs[run];
            const quantd_words others = *(const quantd_words *)(from + next.offset - next.lane);
            const quantd_words is_before = quantd_lane_numbers < (int32_t)next.lane;
            all = (all & is_before) | (others & ~is_before);
        }
        *(quantd_words *)(panel + step * places.lanes) = all;
    }
}

static const quantd_byte_lanes quantd_lane_bytes = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

/// The same of bytes, for one distance.
INLINE void quantd_unfold_bytes(quantd_byte_lanes *out, const int8_t *from, quantd_places places) {
    const int8_t *first = from + places.runs[0].offset;
    if (places.run_count == 1 && places.lanes < QUANTD_PANEL_COLUMNS) {
        const quantd_byte_lanes zero = {0};
        *out = zero;
        for (size_t lane = 0; lane < places.lanes; lane++) (*out)[lane] = first[lane];
        return;
    }
    *out = *(const quantd_byte_lanes *)first;
    for (size_t run = 1; run < places.run_count; run++) {
        const quantd_run next = places.runs[run];
        const quantd_byte_lanes others = *(const quantd_byte_lanes *)(from + next.offset - next.lane);
        const quantd_byte_lanes is_before = quantd_lane_bytes < (int8_t)next.lane;
        *out = (*out & is_before) | (others & ~is_before);
    }
}

#endif
