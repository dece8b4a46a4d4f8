// Functions of single numbers, sixteen at a time.

#include "pointwise.h"
#include "targets.h"

#include <stdint.h>
#include <string.h>

#pragma STDC FP_CONTRACT ON

enum { LANES = 16 };

typedef float vector __attribute__((vector_size(4 * LANES), aligned(4), may_alias));
typedef int32_t whole __attribute__((vector_size(4 * LANES), aligned(4), may_alias));

typedef void function(vector *x);

INLINE void choose(vector *x, const whole *mask, const vector *a, const vector *b) {
    *x = (vector)(((whole)*a & *mask) | ((whole)*b & ~*mask));
}

INLINE void limit(vector *x, float low, float high) {
    const vector lowest = (vector){0} + low;
    const vector highest = (vector){0} + high;
    const whole is_below = *x < lowest;
    choose(x, &is_below, &lowest, x);
    const whole is_above = *x > highest;
    choose(x, &is_above, &highest, x);
}

INLINE void exponential(vector *x) {
    limit(x, -87.33654f, 88.37626f);
    // The nearest whole number of halvings: adding and taking away a large number rounds.
    const vector magic = (vector){0} + 0x1.8p23f;
    const vector n = (*x * 1.44269504f + magic) - magic;
    const vector r = (*x - n * 0.693359375f) + n * 2.12194440e-4f;
    vector p = r * 1.9875691500e-4f + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * (r * r) + (r + 1);
    // What is no number has no whole one; 0 stands for it, and the product stays no number.
    const whole is_number = *x == *x;
    vector safe;
    const vector zero = {0};
    choose(&safe, &is_number, &n, &zero);
    const whole exponent = (__builtin_convertvector(safe, whole) + 127) << 23;
    *x = p * (vector)exponent;
}

INLINE void sigmoid(vector *x) {
    vector e = -*x;
    exponential(&e);
    *x = 1 / (1 + e);
}

// x / (1 + e), where e is an exponential that ends at 2.4e38. Further down than its logarithm x is cut too: the share would be
// 0, and not what the largest numbers make of one part in 2.4e38.
INLINE void gate(vector *x, const vector *e) {
    limit(x, -88.37626f, __builtin_inff());
    *x = *x / (1 + *e);
}

INLINE void swish(vector *x) {
    vector e = -*x;
    exponential(&e);
    gate(x, &e);
}

INLINE void hyperbolic_tangent(vector *x) {
    // Near 0 a polynomial, further out by the exponential.
    const vector square = *x * *x;
    vector p = square * -5.70498872745e-3f + 2.06390887954e-2f;
    p = p * square - 5.37397155531e-2f;
    p = p * square + 1.33314422036e-1f;
    p = p * square - 3.33332819422e-1f;
    const vector near_zero = p * square * *x + *x;
    vector e = *x + *x;
    exponential(&e);
    const vector far = 1 - 2 / (e + 1);
    const whole is_near = square < 0.390625f;
    choose(x, &is_near, &near_zero, &far);
}

INLINE void fast_gelu(vector *x) {
    // (1 + tanh y) / 2 is the sigmoid of 2 y.
    vector e = *x * -1.59576912f * (1 + 0.044715f * (*x * *x));
    exponential(&e);
    gate(x, &e);
}

INLINE void each(function *change, float *x, size_t count) {
    size_t i = 0;
    for (; i + LANES <= count; i += LANES) {
        vector value = *(const vector *)(x + i);
        change(&value);
        *(vector *)(x + i) = value;
    }
    vector last = {0};
    memcpy(&last, x + i, (count - i) * sizeof *x);
    change(&last);
    memcpy(x + i, &last, (count - i) * sizeof *x);
}

INLINE void softmax_body(float *x, size_t count) {
    vector all = (vector){0} - __FLT_MAX__;
    size_t i = 0;
    for (; i + LANES <= count; i += LANES) {
        const vector next = *(const vector *)(x + i);
        const whole is_larger = next > all;
        choose(&all, &is_larger, &next, &all);
    }
    float largest = -__FLT_MAX__;
    for (size_t lane = 0; lane < LANES; lane++) largest = all[lane] > largest ? all[lane] : largest;
    for (; i < count; i++) largest = x[i] > largest ? x[i] : largest;
    vector sums = {0};
    i = 0;
    for (; i + LANES <= count; i += LANES) {
        vector value = *(const vector *)(x + i) - largest;
        exponential(&value);
        *(vector *)(x + i) = value;
        sums += value;
    }
    vector last = {0};
    memcpy(&last, x + i, (count - i) * sizeof *x);
    last -= largest;
    exponential(&last);
    memcpy(x + i, &last, (count - i) * sizeof *x);
    float sum = 0;
    for (size_t lane = 0; lane < LANES; lane++) sum += sums[lane];
    for (; i < count; i++) sum += x[i];
    for (i = 0; i < count; i++) x[i] /= sum;
}

INLINE void sigmoid_body(float *x, size_t count) { each(sigmoid, x, count); }
INLINE void swish_body(float *x, size_t count) { each(swish, x, count); }
INLINE void tanh_body(float *x, size_t count) { each(hyperbolic_tangent, x, count); }
INLINE void fast_gelu_body(float *x, size_t count) { each(fast_gelu, x, count); }

KERNEL(void, sigmoid, (float *x, size_t count), (x, count));
KERNEL(void, swish, (float *x, size_t count), (x, count));
KERNEL(void, tanh, (float *x, size_t count), (x, count));
KERNEL(void, fast_gelu, (float *x, size_t count), (x, count));
KERNEL(void, softmax, (float *x, size_t count), (x, count));

void quantd_sigmoid(quantd_instructions set, float *x, size_t count) { sigmoid_of[set](x, count); }
void quantd_swish(quantd_instructions set, float *x, size_t count) { swish_of[set](x, count); }
void quantd_tanh(quantd_instructions set, float *x, size_t count) { tanh_of[set](x, count); }
void quantd_fast_gelu(quantd_instructions set, float *x, size_t count) { fast_gelu_of[set](x, count); }
void quantd_softmax(quantd_instructions set, float *x, size_t count) { softmax_of[set](x, count); }
