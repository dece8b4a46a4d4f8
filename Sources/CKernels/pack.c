// Panels of matrices that lie in rows or in columns.

#include "products.h"
#include "targets.h"

INLINE size_t least(size_t a, size_t b) { return a < b ? a : b; }

void quantd_pack_float(const float *x, quantd_lanes lanes, size_t width, float *panels) {
    for (size_t first = 0; first < lanes.lanes; first += width) {
        const size_t count = least(width, lanes.lanes - first);
        const float *from = x + first * lanes.lane_stride;
        for (size_t step = 0; step < lanes.depth; step++) {
            for (size_t lane = 0; lane < count; lane++) {
                *panels++ = from[lane * lanes.lane_stride + step * lanes.step_stride];
            }
        }
    }
}

void quantd_pack_int8(const int8_t *x, quantd_lanes lanes, size_t width, int16_t *panels) {
    for (size_t first = 0; first < lanes.lanes; first += width) {
        const size_t count = least(width, lanes.lanes - first);
        const int8_t *from = x + first * lanes.lane_stride;
        for (size_t step = 0; step < lanes.depth; step += 2) {
            for (size_t lane = 0; lane < count; lane++) {
                const int8_t *pair = from + lane * lanes.lane_stride + step * lanes.step_stride;
                *panels++ = pair[0];
                *panels++ = step + 1 < lanes.depth ? pair[lanes.step_stride] : 0;
            }
        }
    }
}
