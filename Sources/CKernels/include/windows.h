#ifndef QUANTD_WINDOWS_H
#define QUANTD_WINDOWS_H

#include <stddef.h>
#include <stdint.h>

#include "products.h"

// Windows that move over a bordered input, in which neighbouring places of a run have neighbouring elements: what stands
// beside a place for each element of the kernel lies at a fixed distance, the same for all places. QUANTD_SLACK elements
// before and behind the input may be read where a panel has several runs or columns are slid over; they count for nothing.

/// Lanes of a panel, from `lane` to the next run, whose places are neighbours.
typedef struct {
    size_t lane;
    size_t offset; ///< where in the input the first of them lies
} quantd_run;

/// Up to QUANTD_PANEL_COLUMNS places.
typedef struct {
    const quantd_run *runs;
    size_t run_count;
    size_t lanes;
} quantd_places;

/// Writes a right panel: for each of `depth` distances what stands at that distance from each place. It writes up to
/// QUANTD_SLACK numbers behind the panel.
void quantd_unfold_float(
    quantd_instructions set, const float *input, const size_t *distances, size_t depth, quantd_places places,
    float *panel);

/// The same of bytes, in the set's words.
void quantd_unfold_int8(
    quantd_instructions set, const int8_t *input, const size_t *distances, size_t depth, quantd_places places,
    int32_t *panel);

/// One channel of an input, with a kernel of its own.
typedef struct {
    const size_t *distances;
    size_t depth;
    size_t rows;
    size_t row_stride; ///< from a row of places to the next, in the input
    size_t columns;
} quantd_plane;

/// out[row * columns + column] = activation(start + Σ weights * input), each sum one chain in the order of the distances.
void quantd_slide_float(
    quantd_instructions set, const float *input, quantd_plane plane, const float *weights, float start,
    quantd_activation activation, float *out);

/// out[row * columns + column] = Σ weights * input, exactly, in 32 bits that wrap; the weights are a left panel of one lane.
void quantd_slide_int8(
    quantd_instructions set, const int8_t *input, quantd_plane plane, const int32_t *weights, int32_t *out);

/// An axis of a layout: which elements of an input stand there, those outside of it being border.
typedef struct {
    size_t size;     ///< elements of the layout
    ptrdiff_t start; ///< where in the input the first lies
    size_t step;     ///< from one to the next, in the input
    size_t extent;   ///< elements of the input
} quantd_laid_axis;

/// A channel with its border. A line has `phases` parts of `width.size` elements; each begins an element of the input behind the
/// one before.
typedef struct {
    quantd_laid_axis depth;
    quantd_laid_axis height;
    quantd_laid_axis width;
    size_t phases;
} quantd_layout;

/// Writes a channel line by line as it is laid out.
void quantd_lay_out_float(
    quantd_instructions set, const float *channel, quantd_layout layout, float border, float *out);

/// The same of bytes.
void quantd_lay_out_int8(
    quantd_instructions set, const int8_t *channel, quantd_layout layout, int8_t border, int8_t *out);

/// As quantd_slide_float, for a channel that is not laid out yet: a few rows of places at a time are, in `room`, which is as large as the
/// layout, of one plane.
void quantd_slide_channel(
    quantd_instructions set, const float *channel, quantd_layout layout, float border, quantd_plane plane,
    const float *weights, float start, quantd_activation activation, float *room, float *out);

/// out[i] = the largest of `kernel` numbers from x[i * step] on; the first one stays where a later one is none or no larger.
void quantd_largest(
    quantd_instructions set, const float *restrict x, size_t step, size_t kernel, size_t count, float *restrict out);

/// out[i] = the largest of itself and the numbers at i of so many lines; the first stays, as above.
void quantd_largest_line(
    quantd_instructions set, const float *restrict x, size_t stride, size_t lines, size_t count, float *restrict out);

/// Windows of `lines` by `kernel` numbers, in rows and columns, at least one of each.
typedef struct {
    size_t rows;
    size_t row_stride;  ///< from a row of windows to the next
    size_t lines;
    size_t line_stride; ///< from a line of a window to the next
    size_t columns;
    size_t step;        ///< from a window of a row to the next
    size_t kernel;
} quantd_pool;

/// out[row * stride + column] = the largest of a window, first of each of its columns and then of these; the first stays, as above.
void quantd_largest_rows(
    quantd_instructions set, const float *restrict x, quantd_pool pool, float *restrict out, size_t stride);

/// out[i] += the numbers at i of so many lines, one line after the other.
void quantd_sum_line(
    quantd_instructions set, const float *restrict x, size_t stride, size_t lines, size_t count, float *restrict out);

#endif
