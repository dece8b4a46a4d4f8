// From exact sums of products back to floats, and from floats to bytes.

#include "products.h"
#include "activation.h"
#include "targets.h"

#include <math.h>
#include <string.h>

// As in ncnn, the product with the scale is rounded before the bias is added.
#pragma STDC FP_CONTRACT OFF

enum { LANES = QUANTD_LANES };

INLINE void finish_lanes(
    const quantd_mask *sums, const quantd_scaling *scaling, const quantd_activation *activation, quantd_sums *out) {
    quantd_sums value = __builtin_convertvector(*sums, quantd_sums) * scaling->scale;
    // Without a bias nothing is added, not 0: -0 stays what it is.
    if (scaling->has_bias) value += scaling->bias;
    activate(&value, activation);
    *out = value;
}

INLINE void finish_body(
    const int32_t *sums, size_t count, quantd_scaling scaling, quantd_activation activation, float *out) {
    size_t i = 0;
    for (; i + LANES <= count; i += LANES) {
        finish_lanes((const quantd_mask *)(sums + i), &scaling, &activation, (quantd_sums *)(out + i));
    }
    quantd_mask last = {0};
    quantd_sums finished;
    memcpy(&last, sums + i, (count - i) * sizeof *sums);
    finish_lanes(&last, &scaling, &activation, &finished);
    memcpy(out + i, &finished, (count - i) * sizeof *out);
}

INLINE void finish_rows_body(
    const int32_t *restrict sums, size_t rows, size_t columns, quantd_rows_scaling scaling, float *restrict out) {
    for (size_t row = 0; row < rows; row++, sums += columns, out += columns) {
        const float *const scales = scaling.scales + (scaling.are_of_columns ? 0 : row);
        const size_t step = scaling.are_of_columns ? 1 : 0;
        size_t i = 0;
        while (i < columns && columns >= LANES) {
            // The last sixteen may begin among those before.
            i = least(i, columns - LANES);
            quantd_sums value = __builtin_convertvector(*(const quantd_mask *)(sums + i), quantd_sums);
            // A scale of all is not made a vector by adding it to 0, which has no -0.
            if (step) {
                value *= *(const quantd_sums *)(scales + i);
            } else {
                value *= *scales;
            }
            if (scaling.addends) value = (value + *(const quantd_sums *)(scaling.addends + i)) * scaling.factor;
            *(quantd_sums *)(out + i) = value;
            i += LANES;
        }
        for (; i < columns; i++) {
            const float value = (float)sums[i] * scales[i * step];
            out[i] = scaling.addends ? (value + scaling.addends[i]) * scaling.factor : value;
        }
    }
}

// Adding the largest float below one half and cutting rounds half away from zero for every float (see weights.c).
INLINE void bytes_body(const float *x, size_t count, float scale, int8_t *q) {
    for (size_t i = 0; i < count; i++) {
        float v = x[i] * scale;
        v = v == v ? v : 0.0f;
        v = v > 127.0f ? 127.0f : v;
        v = v < -127.0f ? -127.0f : v;
        q[i] = (int8_t)(int32_t)(v + copysignf(0.49999997f, v));
    }
}

KERNEL(
    void, finish,
    (const int32_t *sums, size_t count, quantd_scaling scaling, quantd_activation activation, float *out),
    (sums, count, scaling, activation, out));
KERNEL(
    void, finish_rows,
    (const int32_t *restrict sums, size_t rows, size_t columns, quantd_rows_scaling scaling, float *restrict out),
    (sums, rows, columns, scaling, out));
KERNEL(void, bytes, (const float *x, size_t count, float scale, int8_t *q), (x, count, scale, q));

void quantd_finish(
    quantd_instructions set, const int32_t *sums, size_t count, quantd_scaling scaling, quantd_activation activation,
    float *out) {
    finish_of[set](sums, count, scaling, activation, out);
}

void quantd_finish_rows(
    quantd_instructions set, const int32_t *restrict sums, size_t rows, size_t columns, quantd_rows_scaling scaling,
    float *restrict out) {
    finish_rows_of[set](sums, rows, columns, scaling, out);
}

void quantd_bytes(quantd_instructions set, const float *x, size_t count, float scale, int8_t *q) {
    bytes_of[set](x, count, scale, q);
}
