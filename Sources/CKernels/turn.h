#ifndef QUANTD_TURN_H
#define QUANTD_TURN_H

#include "targets.h"

#include <stddef.h>

enum { QUANTD_BLOCK = 8 };

typedef float quantd_eight __attribute__((vector_size(4 * QUANTD_BLOCK), aligned(4), may_alias));

// Makes columns of eight rows: pairs of them are mixed three times, by ones, by twos and by fours.
INLINE void turn_eight(quantd_eight *a) {
    quantd_eight b[QUANTD_BLOCK];
    for (size_t i = 0; i < QUANTD_BLOCK; i += 2) {
        b[i] = __builtin_shufflevector(a[i], a[i + 1], 0, 8, 2, 10, 4, 12, 6, 14);
        b[i + 1] = __builtin_shufflevector(a[i], a[i + 1], 1, 9, 3, 11, 5, 13, 7, 15);
    }
    for (size_t i = 0; i < QUANTD_BLOCK; i += 4) {
        for (size_t j = i; j < i + 2; j++) {
            a[j] = __builtin_shufflevector(b[j], b[j + 2], 0, 1, 8, 9, 4, 5, 12, 13);
            a[j + 2] = __builtin_shufflevector(b[j], b[j + 2], 2, 3, 10, 11, 6, 7, 14, 15);
        }
    }
    for (size_t i = 0; i < QUANTD_BLOCK / 2; i++) {
        b[i] = __builtin_shufflevector(a[i], a[i + 4], 0, 1, 2, 3, 8, 9, 10, 11);
        b[i + 4] = __builtin_shufflevector(a[i], a[i + 4], 4, 5, 6, 7, 12, 13, 14, 15);
    }
    for (size_t i = 0; i < QUANTD_BLOCK; i++) a[i] = b[i];
}

#endif
