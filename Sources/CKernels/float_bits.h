#ifndef QUANTD_FLOAT_BITS_H
#define QUANTD_FLOAT_BITS_H

#include <stdint.h>
#include <string.h>

#include "targets.h"

// The bits of a float's sign, of its magnitude, and of infinity: those of NaNs lie above, those of all other magnitudes below.
enum { SIGN = INT32_MIN, MAGNITUDE = INT32_MAX, INFINITE = 0x7F800000 };

INLINE int32_t bits_of(float value) {
    int32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

INLINE float float_of(int32_t bits) {
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

#endif
