#ifndef QUANTD_FETCH_H
#define QUANTD_FETCH_H

#include "products.h"
#include "targets.h"

// Panels that are needed next come nearer while others are multiplied.

INLINE size_t panels_of(size_t lanes, quantd_side side) { return (lanes + side - 1) / side; }

// Fetches one of several shares of so many numbers of 32 bits.
INLINE void fetch(const void *numbers, size_t count, size_t share, size_t shares) {
    enum { LINE = 16 };
    const float *from = numbers;
    for (size_t i = share * count / shares; i < (share + 1) * count / shares; i += LINE) __builtin_prefetch(from + i, 0, 2);
}

#endif
