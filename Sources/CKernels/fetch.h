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

// A share of which a tile fetches a little with each of its steps: much at once would hold up what it reads itself.
typedef struct {
    const char *next;
    size_t stride;
} quantd_supply;

// Each share begins at a place of its own, whatever the steps of others are rounded to; its last steps may be behind its end.
INLINE quantd_supply supply(const void *numbers, size_t count, size_t share, size_t shares, size_t steps) {
    const size_t bytes = count * sizeof(float), first = share * bytes / shares, end = (share + 1) * bytes / shares;
    return (quantd_supply){(const char *)numbers + first, (end - first + steps - 1) / steps};
}

INLINE void fetch_next(quantd_supply *supply) {
    __builtin_prefetch(supply->next, 0, 2);
    supply->next += supply->stride;
}

#endif
