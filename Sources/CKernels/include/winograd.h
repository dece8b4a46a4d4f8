#ifndef QUANTD_WINOGRAD_H
#define QUANTD_WINOGRAD_H

#include "windows.h"

// Convolutions of 3 by 3 in steps of one, by tiles of 2 by 2 or 4 by 4 places (Winograd's F(2x2, 3x3) and F(4x4, 3x3) in the form
// of Lavin and Gray, 2015): 16 products instead of 36, or 36 instead of 144. A tile is a place of a window of 4 by 4 or 6 by 6
// that moves in steps of two or four; its elements, transformed, are lanes of as many matrices. Sums differ from the plain ones
// by rounding.

/// Places of a tile along an axis.
typedef enum { QUANTD_TILE_OF_TWO = 2, QUANTD_TILE_OF_FOUR = 4 } quantd_tile;

/// The most elements of a tile.
enum { QUANTD_WINOGRAD_SIZE = 36 };

/// Gathers one channel's elements of up to sixteen tiles and writes their transforms: lane by lane one of each to
/// out + i * stride, for as many i as a tile has elements.
void quantd_winograd_gather(
    quantd_instructions set, quantd_tile tile, const float *input, const size_t *distances, quantd_places tiles,
    float *out, size_t stride);

/// Takes the sums of up to sixteen tiles, from sums + i * stride, back to the lines of their places, one behind the other:
/// out[(line * 16 + lane) * tile + place] = activation(bias + …).
void quantd_winograd_lines(
    quantd_instructions set, quantd_tile tile, const float *sums, size_t stride, float bias,
    quantd_activation activation, float *out);

#endif
