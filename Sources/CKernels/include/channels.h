#ifndef QUANTD_CHANNELS_H
#define QUANTD_CHANNELS_H

#include "windows.h"

// Small channels, each with a kernel of its own: sixteen of them lie side by side, element by element, so that a place is a
// vector and no line is too short for one.

enum {
    QUANTD_CHANNELS = 16,     ///< channels side by side
    QUANTD_CHANNEL_TAPS = 64  ///< the most elements of their kernels
};

/// Up to QUANTD_CHANNELS channels, which lie `elements` numbers apart, and how they are laid out.
typedef struct {
    size_t channels;
    const size_t *positions; ///< for each element of a channel where it lies in the layout
    size_t elements;
    size_t size;             ///< positions of the layout
    float border;            ///< what stands where no element lies
} quantd_channels;

/// out[channel * places + place] = activation(starts[channel] + Σ weights * input), each sum one chain in the order of the
/// distances; the weights of a channel lie one behind the other. `room` has QUANTD_CHANNELS numbers for each position of the
/// layout.
void quantd_slide_channels(
    quantd_instructions set, const float *input, quantd_channels channels, quantd_plane plane, const float *weights,
    const float *starts, quantd_activation activation, float *room, float *out);

#endif
