// Prints what every kernel makes of the same numbers, as digests: two sets of instructions agree on a line or they do not.

#include "CKernels.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t state = 1;

// The instructions whose kernels run.
static quantd_instructions set = QUANTD_PORTABLE;

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

static size_t words_of(size_t depth) { return (depth + quantd_packing_of(set) - 1) / quantd_packing_of(set); }

// The bytes of a right matrix, whatever words they are in: those behind the end of the depth are left out.
static void say_words(const char *kernel, size_t depth, const int32_t *panels, size_t lanes, size_t words) {
    int8_t *made = calloc(lanes * depth, 1);
    for (size_t lane = 0; lane < lanes; lane++) {
        const size_t first = lane / QUANTD_RIGHT * QUANTD_RIGHT;
        const size_t count = lanes - first < QUANTD_RIGHT ? lanes - first : QUANTD_RIGHT;
        for (size_t step = 0; step < depth; step++) {
            const size_t packing = quantd_packing_of(set);
            const int32_t word = panels[first * words + step / packing * count + lane - first];
            const int32_t number = word >> (step % packing * (32 / packing));
            made[lane * depth + step] = (int8_t)(packing == QUANTD_QUADS ? number ^ 0x80 : number);
        }
    }
    say(kernel, depth, made, lanes * depth);
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
    const float largest = quantd_absmax(set, x, count, &non_finite);
    say("absmax", count, &largest, sizeof largest);
    say("non-finite", count, &non_finite, sizeof non_finite);

    int8_t *q = calloc(count, 1);
    quantd_step_sums sums = {0};
    quantd_quantize(set, x, count, 40, q, &sums);
    say("quantize", count, q, count);
    say("step sums", count, &sums, sizeof sums);

    uint16_t *half = calloc(count, sizeof *half);
    quantd_half_from_float(set, x, count, half);
    say("fp32 to fp16", count, half, count * sizeof *half);
    for (size_t i = 0; i < count; i++) half[i] = (uint16_t)any();
    float *back = calloc(count, sizeof *back);
    quantd_float_from_half(set, half, count, back);
    say("fp16 to fp32", count, back, count * sizeof *back);
}

static void pointwise(size_t count) {
    const struct {
        const char *name;
        void (*apply)(quantd_instructions, float *, size_t);
    } functions[] = {
        {"sigmoid", quantd_sigmoid},     {"swish", quantd_swish},     {"tanh", quantd_tanh},
        {"fast gelu", quantd_fast_gelu}, {"softmax", quantd_softmax},
    };
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
        float *x = floats(count);
        functions[i].apply(set, x, count);
        say(functions[i].name, count, x, count * sizeof *x);
    }
}

static void products(size_t rows, size_t columns, size_t depth) {
    const quantd_extents extents = {rows, columns, depth};
    const quantd_lanes left_lanes = {rows, depth, depth, 1}, right_lanes = {columns, 1, depth, columns};

    float *left = floats(rows * depth), *right = floats(columns * depth), *bias = floats(rows);
    float *left_panels = floats(rows * depth + QUANTD_SLACK), *right_panels = floats(columns * depth + QUANTD_SLACK);
    quantd_pack_float(left, left_lanes, QUANTD_LEFT, left_panels);
    quantd_pack_float(right, right_lanes, QUANTD_RIGHT, right_panels);
    say("pack float", depth, left_panels, rows * depth * sizeof(float));
    float *out = calloc(rows * columns, sizeof *out);
    for (int kind = QUANTD_AS_IT_IS; kind <= QUANTD_CLIP; kind++) {
        quantd_multiply_float(
            set, left_panels, right_panels, extents, (quantd_start){bias, NULL}, (quantd_activation){kind, -0.5f, 3}, out,
            columns);
        say("multiply float", depth, out, rows * columns * sizeof *out);
    }

    const size_t words = words_of(depth);
    int32_t *left_words = calloc(rows * (words + 1) + QUANTD_SLACK, sizeof *left_words);
    int32_t *right_words = calloc(columns * words + QUANTD_SLACK, sizeof *right_words);
    quantd_pack_int8(set, bytes(rows * depth), left_lanes, QUANTD_LEFT, left_words);
    quantd_pack_int8(set, bytes(columns * depth), right_lanes, QUANTD_RIGHT, right_words);
    say_words("pack int8", depth, right_words, columns, words);
    int32_t *sums = calloc(rows * columns, sizeof *sums);
    quantd_multiply_int8(set, left_words, right_words, extents, sums, columns);
    say("multiply int8", depth, sums, rows * columns * sizeof *sums);
}

static void finish(size_t count) {
    float *x = floats(count);
    int32_t *sums = calloc(count, sizeof *sums);
    for (size_t i = 0; i < count; i++) sums[i] = (int32_t)any() >> 8;
    float *out = calloc(count, sizeof *out);
    const quantd_scaling scaling = {0.0037f, 0.25f, 1};
    for (int kind = QUANTD_AS_IT_IS; kind <= QUANTD_CLIP; kind++) {
        quantd_finish(set, sums, count, scaling, (quantd_activation){kind, -0.5f, 3}, out);
        say("finish", count, out, count * sizeof *out);
    }
    for (int kind = 0; kind < 4; kind++) {
        const quantd_rows_scaling rows = {floats(count), kind % 2, kind < 2 ? NULL : floats(count), 0.3f};
        quantd_finish_rows(set, sums, 1, count, rows, out);
        say("finish rows", count, out, count * sizeof *out);
    }
    int8_t *q = calloc(count, 1);
    quantd_bytes(set, x, count, 31.5f, q);
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
    quantd_slide_float(set, input, plane, kernel, 0.5f, relu, out);
    say("slide float", columns, out, rows * columns * sizeof *out);

    // As many channels as rows, each with a border of its own.
    const size_t width_of_channel = columns < 12 ? columns : 12, places_of_channel = rows * width_of_channel;
    const size_t laid_width = width_of_channel + 2, laid_size = (rows + 2) * laid_width;
    size_t *positions = calloc(places_of_channel, sizeof *positions), near[9];
    for (size_t i = 0; i < 9; i++) near[i] = i / 3 * laid_width + i % 3;
    for (size_t i = 0; i < places_of_channel; i++)
        positions[i] = (i / width_of_channel + 1) * laid_width + i % width_of_channel + 1;
    float *side = calloc(rows * places_of_channel, sizeof *side);
    quantd_slide_channels(
        set, floats(rows * places_of_channel), (quantd_channels){rows, positions, places_of_channel, laid_size, -0.25f},
        (quantd_plane){near, 9, rows, laid_width, width_of_channel}, floats(rows * 9), floats(rows), relu,
        floats(laid_size * QUANTD_CHANNELS), side);
    say("slide channels", columns, side, rows * places_of_channel * sizeof *side);

    int8_t *codes = bytes(size);
    int32_t taps[QUANTD_SLACK];
    const quantd_lanes tap_lanes = {1, 9, 9, 1};
    quantd_pack_int8(set, bytes(9), tap_lanes, QUANTD_LEFT, taps);
    int32_t *sums = calloc(rows * columns, sizeof *sums);
    quantd_slide_int8(set, codes, plane, taps, sums);
    say("slide int8", columns, sums, rows * columns * sizeof *sums);

    // Up to sixteen places, the end of one row and the beginning of the next.
    const size_t first = columns < 8 ? columns : 8, second = rows > 1 ? first : 0;
    const quantd_run runs[] = {{0, columns - first}, {first, width}};
    const quantd_places places = {runs, second ? 2 : 1, first + second};
    float *panel = calloc(9 * places.lanes + 2 * QUANTD_SLACK, sizeof *panel);
    quantd_unfold_float(set, input, distances, 9, places, panel);
    say("unfold float", columns, panel, 9 * places.lanes * sizeof *panel);
    int32_t *words = calloc(9 * places.lanes + 2 * QUANTD_SLACK, sizeof *words);
    quantd_unfold_int8(set, codes, distances, 9, places, words);
    say_words("unfold int8", 9, words, places.lanes, words_of(9));

    // A border of one around the places, in steps of two along the width.
    const quantd_laid_axis depth = {1, 0, 1, 1}, height = {rows + 2, -1, 1, rows}, across = {columns / 2 + 1, -1, 2, columns};
    const quantd_layout layout = {depth, height, across, 2};
    const size_t laid = (rows + 2) * across.size * 2;
    quantd_lay_out_float(set, input, layout, 0.5f, out = calloc(laid, sizeof *out));
    say("lay out float", columns, out, laid * sizeof *out);
    int8_t *laid_codes = calloc(laid, 1);
    quantd_lay_out_int8(set, codes, layout, -7, laid_codes);
    say("lay out int8", columns, laid_codes, laid);

    // The same laid out while a kernel slides over it.
    size_t taps_of_channel[9];
    for (size_t i = 0; i < 9; i++) taps_of_channel[i] = (i / 3 * 2 + i % 3 % 2) * across.size + i % 3 / 2;
    const size_t half = (columns - 1) / 2 + 1;
    const quantd_plane halves = {taps_of_channel, 9, rows, 2 * across.size, half};
    float *room = calloc(laid + 2 * QUANTD_SLACK, sizeof *room);
    quantd_slide_channel(
        set, input, layout, 0.5f, halves, kernel, 0.5f, relu, room + QUANTD_SLACK, out = calloc(rows * half, sizeof *out));
    say("slide channel", columns, out, rows * half * sizeof *out);

    quantd_largest(set, input, 2, 3, columns / 2, out = calloc(columns, sizeof *out));
    quantd_largest_line(set, input, width, rows, columns, out);
    say("largest", columns, out, columns * sizeof *out);
    const quantd_pool pool = {1, width, rows, width, half, 2, 3};
    quantd_largest_rows(set, input, pool, out = calloc(columns, sizeof *out), half);
    say("largest of rows", columns, out, half * sizeof *out);
    quantd_sum_line(set, input, width, rows, columns, out);
    say("sums of lines", columns, out, columns * sizeof *out);
}

static void rows_of(size_t count) {
    float *x = floats(count), *factors = floats(count), *addends = floats(count);
    const double sums[2] = {quantd_sum(set, x, count), quantd_squares(set, x, count, 0.25)};
    say("sums of rows", count, sums, sizeof sums);
    quantd_adjust(set, x, count, 0.7f, -0.1f, factors, addends);
    say("adjust", count, x, count * sizeof *x);
}

static void winograd(quantd_tile tile, size_t tiles) {
    const size_t reach = tile + 2, width = tile * tiles + 2;
    size_t distances[QUANTD_WINOGRAD_SIZE];
    for (size_t i = 0; i < reach * reach; i++) distances[i] = i / reach * width + i % reach;
    quantd_run runs[QUANTD_PANEL_COLUMNS];
    for (size_t i = 0; i < tiles; i++) runs[i] = (quantd_run){i, tile * i};
    const quantd_places places = {runs, tiles, tiles};
    const size_t stride = QUANTD_PANEL_COLUMNS;
    float *transforms = calloc(QUANTD_WINOGRAD_SIZE * stride + QUANTD_SLACK, sizeof *transforms);
    quantd_winograd_gather(set, tile, floats(reach * width), distances, places, transforms, stride);
    for (size_t i = 0; i < reach * reach; i++)
        say("winograd gather", tiles, transforms + i * stride, tiles * sizeof *transforms);
    float lines[4 * 64] = {0};
    const size_t line = tile * QUANTD_PANEL_COLUMNS;
    quantd_winograd_lines(set, tile, transforms, stride, 0.25f, (quantd_activation){QUANTD_RELU, 0, 0}, lines);
    for (size_t i = 0; i < tile; i++) say("winograd lines", tiles, lines + i * line, tiles * tile * sizeof *lines);
}

// The argument names the instructions; without one they are the portable ones, and the answer is 1 where the machine has none.
int main(int count, char **arguments) {
    const struct {
        const char *name;
        quantd_instructions set;
    } sets[] = {{"portable", QUANTD_PORTABLE}, {"avx2", QUANTD_AVX2}, {"avx512", QUANTD_AVX512}};
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
        if (count > 1 && strcmp(arguments[1], sets[i].name) == 0) set = sets[i].set;
    }
    if (!quantd_has(set)) return 1;
    for (size_t i = 0; i < SIZE_COUNT; i++) {
        weights(SIZES[i]);
        pointwise(SIZES[i]);
        finish(SIZES[i]);
        rows_of(SIZES[i]);
        windows(SIZES[i] % 7 + 1, SIZES[i]);
        winograd(QUANTD_TILE_OF_TWO, SIZES[i] % QUANTD_PANEL_COLUMNS + 1);
        winograd(QUANTD_TILE_OF_FOUR, SIZES[i] % QUANTD_PANEL_COLUMNS + 1);
        products(SIZES[i] % 29 + 1, SIZES[i] % 41 + 1, SIZES[i]);
    }
    return 0;
}
