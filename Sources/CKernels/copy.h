#ifndef QUANTD_COPY_H
#define QUANTD_COPY_H

#include "targets.h"

#include <string.h>

// Copies a few bytes, of a line mostly, for which a call would take longer than copying. Two pieces of one size may overlap.
INLINE void copy_bytes(void *out, const void *x, size_t count) {
    char *to = out;
    const char *from = x;
#define QUANTD_PIECES(size) \
    if (count >= size) { \
        for (size_t i = 0; i + size < count; i += size) memcpy(to + i, from + i, size); \
        memcpy(to + count - size, from + count - size, size); \
        return; \
    }
    QUANTD_PIECES(32)
    QUANTD_PIECES(16)
    QUANTD_PIECES(8)
    QUANTD_PIECES(4)
    QUANTD_PIECES(2)
#undef QUANTD_PIECES
    if (count > 0) *to = *from;
}

#endif
