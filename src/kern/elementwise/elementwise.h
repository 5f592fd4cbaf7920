/* SPDX-License-Identifier: Apache-2.0
 *
 * Elementwise float32: two operands with broadcasting, functions of one, PReLU with a slope a channel.
 * `y` may be one of the inputs itself, else it overlaps none.
 *
 * Bits: the same at every level but for sigmoid, tanh and exp, which agree among levels with FMA. Their error against
 * the exact value (tests/kern measures it on random numbers and special values, not on every float): exp 2 ulp, sigmoid and tanh 3e-7 absolute.
 */
#ifndef KIN_KERN_ELEMENTWISE_H
#define KIN_KERN_ELEMENTWISE_H

#include <stddef.h>

typedef enum {
    KIN_BINARY_ADD,
    KIN_BINARY_SUB,
    KIN_BINARY_MUL,
    KIN_BINARY_DIV,
    KIN_BINARY_MIN, /* a < b ? a : b */
    KIN_BINARY_MAX, /* a > b ? a : b */
    KIN_BINARY_KINDS
} kin_binary_kind;

/* y[i][j] = a[i][j] op b[i][j], rows x n. A row stride of 0 repeats one row (per-channel operand); a step of 0 repeats
 * one value along the row (scalar operand); steps are 0 or 1. */
typedef struct {
    size_t       rows, n;
    const float *a;
    ptrdiff_t    lda, a_step;
    const float *b;
    ptrdiff_t    ldb, b_step;
    float       *y;
    ptrdiff_t    ldy;
} kin_binary_args;

typedef enum {
    KIN_UNARY_CLAMP,      /* min(p[1], max(p[0], x)); NaN stays NaN */
    KIN_UNARY_LEAKY,      /* x < 0 ? x * p[0] : x */
    KIN_UNARY_SIGMOID,    /* 1 / (1 + e^-x) */
    KIN_UNARY_TANH,
    KIN_UNARY_HARD_SWISH, /* x * min(6, max(0, x + 3)) / 6 */
    KIN_UNARY_EXP,
    KIN_UNARY_KINDS
} kin_unary_kind;

typedef struct {
    const char *name;
    void (*binary[KIN_BINARY_KINDS])(const kin_binary_args *args);
    void (*unary[KIN_UNARY_KINDS])(size_t n, const float *x, const float p[2], float *y);
    /* rows x n, dense: x < 0 ? x * slope[j] : x */
    void (*prelu)(size_t rows, size_t n, const float *x, const float *slope, float *y);
    /* Gradients, dx may be dy: dy times the derivative, of v: x for leaky and hard_swish, else y (clamp: dy where
     * p[0] < y < p[1]). */
    void (*back[KIN_UNARY_KINDS])(size_t n, const float *dy, const float *v, const float p[2], float *dx);
    void (*prelu_back)(size_t rows, size_t n, const float *dy, const float *x, const float *slope, float *dx);
    /* rows x n, dense, a number a column: (x - m[j]) * s[j] + t[j]; p[j] * a + (q[j] * (x - m[j]) + r[j]). y may be x or a. Bits:
     * fused multiply-adds, so that levels with FMA agree. */
    void (*affine)(size_t rows, size_t n, const float *x, const float *m, const float *s, const float *t, float *y);
    void (*affine_two)(size_t rows, size_t n, const float *a, const float *p, const float *x, const float *m, const float *q,
                       const float *r, float *y);
} kin_elementwise_kernel;

extern const kin_elementwise_kernel kin_elementwise_scalar, kin_elementwise_sse41, kin_elementwise_avx2,
    kin_elementwise_avx512, kin_elementwise_neon, kin_elementwise_simd128;

#endif
