/* SPDX-License-Identifier: Apache-2.0
 *
 * Dot products of float32 vectors.
 *
 * Bits: 16 partial sums, element i goes to sum i % 16 by fused multiply-add; then sums 8 apart are added, 4, 2, 1. All
 * levels with FMA agree.
 */
#ifndef KIN_KERN_DOT_H
#define KIN_KERN_DOT_H

#include <stddef.h>

typedef struct {
    const char *name;
    float (*dot)(size_t n, const float *a, const float *b); /* a may be b: sum of squares */
    /* y[i] = dot(n, a, b + i * ldb): one vector against the rows of a matrix */
    void (*rows)(size_t n, const float *a, size_t rows, const float *b, ptrdiff_t ldb, float *y);
} kin_dot_kernel;

extern const kin_dot_kernel kin_dot_scalar, kin_dot_sse41, kin_dot_avx2, kin_dot_avx512, kin_dot_neon, kin_dot_simd128;

#endif
