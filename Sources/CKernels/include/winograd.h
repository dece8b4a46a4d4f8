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
    quantd_instructions set, const float *input, const size_t *distances, quantd_places tiles, float *out,
    size_t stride);

/// Takes 36 sums of up to sixteen tiles, from sums + i * stride, back to four lines of four places for each tile, one
/// behind the other: out[line * 64 + lane * 4 + place] = activation(bias + …).
void quantd_winograd_lines(
    quantd_instructions set, const float *sums, size_t stride, float bias, quantd_activation activation, float *out);

#endif
