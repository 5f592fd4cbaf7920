/* SPDX-License-Identifier: Apache-2.0
 *
 * The scalar truth of the elementwise kernels.
 */
#include "kern/elementwise/elementwise.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

static float f_min(float a, float b)
{
    return a < b ? a : b;
}
static float f_max(float a, float b)
{
    return a > b ? a : b;
}
static float f_pow2(float n)
{
    uint32_t bits = n == n ? (uint32_t)((int32_t)n + 127) << 23 : 0;
    float    out;
    memcpy(&out, &bits, sizeof out);
    return out;
}

#define T float
#define F_FMA fmaf
#define F_MUL(a, b) ((a) * (b))
#define F_ADD(a, b) ((a) + (b))
#define F_SUB(a, b) ((a) - (b))
#define F_DIV(a, b) ((a) / (b))
#define F_SET(x) (x)
#define F_MIN f_min
#define F_MAX f_max
#define F_ROUND nearbyintf
#define F_POW2 f_pow2
#define F_ABS fabsf
#define F_WITH_SIGN copysignf
#define F_BELOW(x, a, b) ((x) < 0 ? (a) : (b))
#include "kern/elementwise/exp.h"

#define BINARY(name, expression)                                                                                       \
    static void name(const kin_binary_args *g)                                                                         \
    {                                                                                                                  \
        for (size_t i = 0; i < g->rows; i++)                                                                           \
            for (size_t j = 0; j < g->n; j++) {                                                                        \
                float a = g->a[(ptrdiff_t)i * g->lda + (ptrdiff_t)j * g->a_step];                                      \
                float b = g->b[(ptrdiff_t)i * g->ldb + (ptrdiff_t)j * g->b_step];                                      \
                g->y[(ptrdiff_t)i * g->ldy + (ptrdiff_t)j] = expression;                                               \
            }                                                                                                          \
    }
BINARY(binary_add, a + b)
BINARY(binary_sub, a - b)
BINARY(binary_mul, a *b)
BINARY(binary_div, a / b)
BINARY(binary_min, f_min(a, b))
BINARY(binary_max, f_max(a, b))

#define UNARY(name, expression)                                                                                        \
    static void name(size_t n, const float *from, const float p[2], float *y)                                          \
    {                                                                                                                  \
        (void)p;                                                                                                       \
        for (size_t i = 0; i < n; i++) {                                                                               \
            float x = from[i];                                                                                         \
            y[i] = expression;                                                                                         \
        }                                                                                                              \
    }
UNARY(unary_clamp, f_min(p[1], f_max(p[0], x)))
UNARY(unary_leaky, x < 0 ? x * p[0] : x)
UNARY(unary_sigmoid, f_sigmoid(x))
UNARY(unary_tanh, f_tanh(x))
UNARY(unary_hard_swish, x *f_min(6.0f, f_max(0.0f, x + 3.0f)) * (1.0f / 6.0f))
UNARY(unary_exp, f_exp(x))

static void prelu(size_t rows, size_t n, const float *x, const float *slope, float *y)
{
    for (size_t i = 0; i < rows; i++, x += n, y += n)
        for (size_t j = 0; j < n; j++) y[j] = x[j] < 0 ? x[j] * slope[j] : x[j];
}

#define BACK(name, expression)                                                                                         \
    static void name(size_t n, const float *from, const float *of, const float p[2], float *dx)                        \
    {                                                                                                                  \
        (void)p;                                                                                                       \
        for (size_t i = 0; i < n; i++) {                                                                               \
            float dy = from[i], v = of[i];                                                                             \
            dx[i] = expression;                                                                                        \
        }                                                                                                              \
    }
BACK(back_clamp, p[0] - v < 0 && v - p[1] < 0 ? dy : 0.0f)
BACK(back_leaky, v < 0 ? dy * p[0] : dy)
BACK(back_sigmoid, dy *(v * (1.0f - v)))
BACK(back_tanh, dy *(1.0f - v * v))
BACK(back_hard_swish, dy *(v + 3.0f < 0 ? 0.0f : v - 3.0f < 0 ? (v + v + 3.0f) * (1.0f / 6.0f) : 1.0f))
BACK(back_exp, dy *v)

static void prelu_back(size_t rows, size_t n, const float *dy, const float *x, const float *slope, float *dx)
{
    for (size_t i = 0; i < rows; i++, dy += n, x += n, dx += n)
        for (size_t j = 0; j < n; j++) dx[j] = x[j] < 0 ? dy[j] * slope[j] : dy[j];
}

static void affine(size_t rows, size_t n, const float *x, const float *m, const float *s, const float *t, float *y)
{
    for (size_t i = 0; i < rows; i++, x += n, y += n)
        for (size_t j = 0; j < n; j++) y[j] = fmaf(x[j] - m[j], s[j], t[j]);
}

static void affine_two(size_t rows, size_t n, const float *a, const float *p, const float *x, const float *m, const float *q,
                       const float *r, float *y)
{
    for (size_t i = 0; i < rows; i++, a += n, x += n, y += n)
        for (size_t j = 0; j < n; j++) y[j] = fmaf(p[j], a[j], fmaf(q[j], x[j] - m[j], r[j]));
}

const kin_elementwise_kernel kin_elementwise_scalar = {
    "elementwise scalar",
    {binary_add, binary_sub, binary_mul, binary_div, binary_min, binary_max},
    {unary_clamp, unary_leaky, unary_sigmoid, unary_tanh, unary_hard_swish, unary_exp},
    prelu,
    {back_clamp, back_leaky, back_sigmoid, back_tanh, back_hard_swish, back_exp},
    prelu_back,
    affine,
    affine_two,
};
