#ifndef QUANTD_WINOGRAD_H
#define QUANTD_WINOGRAD_H

#include "windows.h"

// Convolutions of 3 by 3 in steps of one, by tiles of 4 by 4 places (Winograd's F(4x4, 3x3) in the form of Lavin and Gray,
// 2015): 36 products instead of 144. A tile is a place of a window of 6 by 6 that moves in steps of four; its 36 elements,
// transformed, are lanes of 36 matrices. Sums differ from the plain ones by rounding.

enum { QUANTD_WINOGRAD_SIZE = 36 };

/// Gathers one channel's elements of up to sixteen tiles and writes their transforms: lane by lane one of each to
/// out + i * stride, for 36 i.
void quantd_winograd_gather(
    const float *input, const size_t *distances, quantd_places tiles, float *out, size_t stride);

/// Takes 36 sums of up to sixteen tiles, from sums + i * stride, back to four lines of four places for each tile, one
/// behind the other: out[line * 64 + lane * 4 + place] = activation(bias + …).
void quantd_winograd_lines(const float *sums, size_t stride, float bias, quantd_activation activation, float *out);

// The same for signed bytes by tiles of 2 by 2 places (F(2x2, 3x3)): 16 products instead of 36, in whole numbers. With the
// weights' transform times four every number is whole, and the sums come out exactly.

enum { QUANTD_WINOGRAD_INT8_SIZE = 16 };

/// Gathers the elements of up to sixteen tiles of two channels (the second NULL behind an odd number of them) and writes
/// their transforms as pairs of 16 bits: lane by lane one pair of each to out + i * stride, for 16 i. It writes up to
/// QUANTD_SLACK numbers behind them.
void quantd_winograd_gather_int8(
    const int8_t *first, const int8_t *second, const size_t *distances, quantd_places tiles, int16_t *out,
    size_t stride);

/// Takes 16 sums of up to sixteen tiles, from sums + i * stride, back to two lines of two places for each tile, one behind
/// the other: out[line * 32 + lane * 2 + place].
void quantd_winograd_lines_int8(const int32_t *sums, size_t stride, int32_t *out);

#endif
