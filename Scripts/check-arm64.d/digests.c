// Prints what every kernel makes of the same numbers, as digests: two machines agree on a line or they do not.

#include "CKernels.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t state = 1;

// Knuth's generator (MMIX).
static uint32_t any(void) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(state >> 32);
}

static float number(void) { return ((float)(int32_t)any()) * 0x1p-29f; }

static float *floats(size_t count) {
    float *x = calloc(count + 2 * QUANTD_SLACK, sizeof *x);
    for (size_t i = 0; i < count + 2 * QUANTD_SLACK; i++) x[i] = number();
    return x + QUANTD_SLACK;
}

static int8_t *bytes(size_t count) {
    int8_t *x = calloc(count + 2 * QUANTD_SLACK, 1);
    for (size_t i = 0; i < count + 2 * QUANTD_SLACK; i++) x[i] = (int8_t)((int)(any() % 255) - 127);
    return x + QUANTD_SLACK;
}

// FNV-1a
static void say(const char *kernel, size_t size, const void *made, size_t count) {
    uint64_t digest = 14695981039346656037u;
    for (size_t i = 0; i < count; i++) digest = (digest ^ ((const unsigned char *)made)[i]) * 1099511628211u;
    printf("%s %zu %016llx\n", kernel, size, (unsigned long long)digest);
}

static const size_t SIZES[] = {1, 2, 3, 5, 6, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 65, 255, 257, 515, 1031};
enum { SIZE_COUNT = sizeof SIZES / sizeof *SIZES };

static void weights(size_t count) {
    float *x = floats(count);
    if (count > 4) {
        const uint32_t odd[] = {0x7FC00000, 0xFF800000, 0x00000001, 0x80000000};
        memcpy(x + 1, odd, sizeof odd);
    }
    size_t non_finite = 0;
    const float largest = quantd_absmax(x, count, &non_finite);
    say("absmax", count, &largest, sizeof largest);
    say("non-finite", count, &non_finite, sizeof non_finite);

    int8_t *q = calloc(count, 1);
    quantd_step_sums sums = {0};
    quantd_quantize(x, count, 40, q, &sums);
    say("quantize", count, q, count);
    say("step sums", count, &sums, sizeof sums);

    uint16_t *half = calloc(count, sizeof *half);
    quantd_half_from_float(x, count, half);
    say("fp32 to fp16", count, half, count * sizeof *half);
    for (size_t i = 0; i < count; i++) half[i] = (uint16_t)any();
    float *back = calloc(count, sizeof *back);
    quantd_float_from_half(half, count, back);
    say("fp16 to fp32", count, back, count * sizeof *back);
}

static void pointwise(size_t count) {
    const struct {
        const char *name;
        void (*apply)(float *, size_t);
    } functions[] = {
        {"sigmoid", quantd_sigmoid},     {"swish", quantd_swish},     {"tanh", quantd_tanh},
        {"fast gelu", quantd_fast_gelu}, {"softmax", quantd_softmax},
    };
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
        float *x = floats(count);
        functions[i].apply(x, count);
        say(functions[i].name, count, x, count * sizeof *x);
    }
}

static void products(size_t rows, size_t columns, size_t depth) {
    const quantd_extents extents = {rows, columns, depth};
    const quantd_lanes left_lanes = {rows, depth, depth, 1}, right_lanes = {columns, 1, depth, columns};
    const size_t even = depth + depth % 2;

    float *left = floats(rows * depth), *right = floats(columns * depth), *bias = floats(rows);
    float *left_panels = floats(rows * depth), *right_panels = floats(columns * depth + QUANTD_SLACK);
    quantd_pack_float(left, left_lanes, QUANTD_PANEL_ROWS, left_panels);
    quantd_pack_float(right, right_lanes, QUANTD_PANEL_COLUMNS, right_panels);
    say("pack float", depth, left_panels, rows * depth * sizeof(float));
    float *out = calloc(rows * columns, sizeof *out);
    for (int kind = QUANTD_AS_IT_IS; kind <= QUANTD_CLIP; kind++) {
        quantd_multiply_float(
            left_panels, right_panels, extents, (quantd_start){bias, NULL}, (quantd_activation){kind, -0.5f, 3}, out,
            columns);
        say("multiply float", depth, out, rows * columns * sizeof *out);
    }

    int16_t *left_pairs = calloc(rows * even + QUANTD_SLACK, sizeof *left_pairs);
    int16_t *right_pairs = calloc(columns * even + QUANTD_SLACK, sizeof *right_pairs);
    quantd_pack_int8(bytes(rows * depth), left_lanes, QUANTD_PANEL_ROWS, left_pairs);
    quantd_pack_int8(bytes(columns * depth), right_lanes, QUANTD_PANEL_COLUMNS, right_pairs);
    say("pack int8", depth, right_pairs, columns * even * sizeof *right_pairs);
    int32_t *sums = calloc(rows * columns, sizeof *sums);
    quantd_multiply_int8(left_pairs, right_pairs, extents, sums, columns);
    say("multiply int8", depth, sums, rows * columns * sizeof *sums);
}

static void finish(size_t count) {
    float *x = floats(count);
    int32_t *sums = calloc(count, sizeof *sums);
    for (size_t i = 0; i < count; i++) sums[i] = (int32_t)any() >> 8;
    float *out = calloc(count, sizeof *out);
    const quantd_scaling scaling = {0.0037f, 0.25f, 1};
    for (int kind = QUANTD_AS_IT_IS; kind <= QUANTD_CLIP; kind++) {
        quantd_finish(sums, count, scaling, (quantd_activation){kind, -0.5f, 3}, out);
        say("finish", count, out, count * sizeof *out);
    }
    int8_t *q = calloc(count, 1);
    quantd_bytes(x, count, 31.5f, q);
    say("bytes", count, q, count);
}

// A kernel of 3 by 3 over an input with a border: rows and columns are those of the places.
static void windows(size_t rows, size_t columns) {
    const size_t width = columns + 2, size = (rows + 2) * width;
    size_t distances[9];
    for (size_t i = 0; i < 9; i++) distances[i] = i / 3 * width + i % 3;
    const quantd_plane plane = {distances, 9, rows, width, columns};
    float *input = floats(size), *kernel = floats(9);
    float *out = calloc(rows * columns, sizeof *out);
    const quantd_activation relu = {QUANTD_RELU, 0, 0};
    quantd_slide_float(input, plane, kernel, 0.5f, relu, out);
    say("slide float", columns, out, rows * columns * sizeof *out);

    int8_t *codes = bytes(size);
    int16_t taps[9];
    for (size_t i = 0; i < 9; i++) taps[i] = (int16_t)((int)(any() % 255) - 127);
    int32_t *sums = calloc(rows * columns, sizeof *sums);
    quantd_slide_int8(codes, plane, taps, sums);
    say("slide int8", columns, sums, rows * columns * sizeof *sums);

    // Up to sixteen places, the end of one row and the beginning of the next.
    const size_t first = columns < 8 ? columns : 8, second = rows > 1 ? first : 0;
    const quantd_run runs[] = {{0, columns - first}, {first, width}};
    const quantd_places places = {runs, second ? 2 : 1, first + second};
    float *panel = calloc(9 * places.lanes + 2 * QUANTD_SLACK, sizeof *panel);
    quantd_unfold_float(input, distances, 9, places, panel);
    say("unfold float", columns, panel, 9 * places.lanes * sizeof *panel);
    int16_t *pairs = calloc(10 * places.lanes + 2 * QUANTD_SLACK, sizeof *pairs);
    quantd_unfold_int8(codes, distances, 9, places, pairs);
    say("unfold int8", columns, pairs, 10 * places.lanes * sizeof *pairs);

    quantd_take_float(input, 2, size / 2, out = calloc(size, sizeof *out));
    say("take float", columns, out, size / 2 * sizeof *out);
    int8_t *taken = calloc(size, 1);
    quantd_take_int8(codes, 2, size / 2, taken);
    say("take int8", columns, taken, size / 2);
}

static void winograd(size_t tiles) {
    const size_t width = 4 * tiles + 2;
    size_t distances[QUANTD_WINOGRAD_SIZE];
    for (size_t i = 0; i < QUANTD_WINOGRAD_SIZE; i++) distances[i] = i / 6 * width + i % 6;
    quantd_run runs[QUANTD_PANEL_COLUMNS];
    for (size_t i = 0; i < tiles; i++) runs[i] = (quantd_run){i, 4 * i};
    const quantd_places places = {runs, tiles, tiles};
    const size_t stride = QUANTD_PANEL_COLUMNS;
    float *transforms = calloc(QUANTD_WINOGRAD_SIZE * stride + QUANTD_SLACK, sizeof *transforms);
    quantd_winograd_gather(floats(6 * width), distances, places, transforms, stride);
    for (size_t i = 0; i < QUANTD_WINOGRAD_SIZE; i++)
        say("winograd gather", tiles, transforms + i * stride, tiles * sizeof *transforms);
    float lines[4 * 64] = {0};
    quantd_winograd_lines(transforms, stride, 0.25f, (quantd_activation){QUANTD_RELU, 0, 0}, lines);
    for (size_t i = 0; i < 4; i++) say("winograd lines", tiles, lines + i * 64, tiles * 4 * sizeof *lines);
}

int main(void) {
    for (size_t i = 0; i < SIZE_COUNT; i++) {
        weights(SIZES[i]);
        pointwise(SIZES[i]);
        finish(SIZES[i]);
        windows(SIZES[i] % 7 + 1, SIZES[i]);
        winograd(SIZES[i] % QUANTD_PANEL_COLUMNS + 1);
        products(SIZES[i] % 29 + 1, SIZES[i] % 41 + 1, SIZES[i]);
    }
}
