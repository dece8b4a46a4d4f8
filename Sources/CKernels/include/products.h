#ifndef QUANTD_PRODUCTS_H
#define QUANTD_PRODUCTS_H

#include "instructions.h"

#include <stddef.h>
#include <stdint.h>

// Products of matrices, left · right, from panels.
//
// A panel is a few lanes side by side: rows of the left matrix or columns of the right one. Step by step along the depth
// it has a number of each lane, so that the product walks through both matrices in one direction. Panels lie one behind
// the other; the last may be narrower. Behind the last panel QUANTD_SLACK numbers may be read, which count for nothing.

/// The factor of a product, as lanes of its panels.
typedef enum { QUANTD_LEFT = 6, QUANTD_RIGHT = 16 } quantd_side;

enum {
    QUANTD_PANEL_ROWS = QUANTD_LEFT,     ///< lanes of a left panel
    QUANTD_PANEL_COLUMNS = QUANTD_RIGHT, ///< lanes of a right panel
    QUANTD_SLACK = 32                    ///< numbers behind the last panel
};

/// What a word of 32 bits, a step in a panel of signed bytes, has of its lane along the depth; 0 behind the end. A left panel
/// begins with a word for each lane, with which all sums of the lane begin.
typedef enum {
    QUANTD_PAIRS = 2, ///< two numbers of 16 bits; sums begin with 0
    /// Four bytes, on the right 128 higher and without a sign, so that sums begin with -128 times the sum of the lane.
    QUANTD_QUADS = 4
} quantd_packing;

/// How bytes are packed for a set of instructions.
quantd_packing quantd_packing_of(quantd_instructions set);

/// Where the numbers of a matrix lie: element (lane, step) is x[lane * lane_stride + step * step_stride].
typedef struct {
    size_t lanes;
    size_t lane_stride;
    size_t depth;
    size_t step_stride;
} quantd_lanes;

/// Writes panels of one side; `panels` has room for lanes * depth floats.
void quantd_pack_float(const float *x, quantd_lanes lanes, quantd_side side, float *panels);

/// The same of bytes, in words; each lane takes depth / packing of them, rounded up, and on the left one more.
void quantd_pack_int8(
    quantd_instructions set, const int8_t *x, quantd_lanes lanes, quantd_side side, int32_t *panels);

/// What becomes of a sum: nothing, or one of the activations that are cheaper than storing it again.
typedef enum {
    QUANTD_AS_IT_IS,
    QUANTD_RELU,  ///< above 0 as it is, else 0
    QUANTD_LEAKY, ///< above 0 as it is, else times `low`
    QUANTD_CLIP   ///< no less than `low`, then no more than `high`
} quantd_activation_kind;

typedef struct {
    quantd_activation_kind kind;
    float low;
    float high;
} quantd_activation;

/// The left panels, the right panels, and what they share.
typedef struct {
    size_t rows;
    size_t columns;
    size_t depth;
} quantd_extents;

/// What each sum begins with: a number of its row, of its column, or 0 where both are NULL.
typedef struct {
    const float *of_row;
    const float *of_column;
} quantd_start;

/// out[row * stride + column] = activation(start + Σ left * right).
///
/// Every sum is one chain in the order of the depth, whatever the extents and wherever a panel ends. A product is not
/// rounded before it is added where the instructions fuse; else it is.
void quantd_multiply_float(
    quantd_instructions set, const float *left, const float *right, quantd_extents extents, quantd_start start,
    quantd_activation activation, float *out, size_t stride);

/// out[row * stride + column] = Σ left * right, exactly, in 32 bits that wrap.
void quantd_multiply_int8(
    quantd_instructions set, const int32_t *left, const int32_t *right, quantd_extents extents, int32_t *out,
    size_t stride);

/// What makes a float of an exact sum.
typedef struct {
    float scale;
    float bias;
    int has_bias;
} quantd_scaling;

/// out[i] = activation(sums[i] * scale + bias), each step rounded; `out` may be `sums`.
void quantd_finish(
    quantd_instructions set, const int32_t *sums, size_t count, quantd_scaling scaling, quantd_activation activation,
    float *out);

/// What makes floats of the exact sums of several rows.
typedef struct {
    const float *scales;  ///< one for each row, or for each column
    int are_of_columns;
    const float *addends; ///< of each column; NULL for none
    float factor;         ///< of sums with addends
} quantd_rows_scaling;

/// out[row * columns + column] = (sums * scale + addend) * factor, each step rounded; without addends sums * scale alone.
/// `out` must not be `sums`.
void quantd_finish_rows(
    quantd_instructions set, const int32_t *restrict sums, size_t rows, size_t columns, quantd_rows_scaling scaling,
    float *restrict out);

/// q[i] = round half away from zero of fl32(x[i] * scale), clamped to -127...127; NaN gives 0.
void quantd_bytes(quantd_instructions set, const float *x, size_t count, float scale, int8_t *q);

#endif
