/* SPDX-License-Identifier: Apache-2.0
 *
 * Dot products: of float32 vectors, and of whole numbers.
 *
 * Bits: 16 partial sums, element i goes to sum i % 16 by fused multiply-add; then sums 8 apart are added, 4, 2, 1. All
 * levels with FMA agree. Whole numbers: all levels.
 */
#ifndef KIN_KERN_DOT_H
#define KIN_KERN_DOT_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
    const char *name;
    float (*dot)(size_t n, const float *a, const float *b); /* a may be b: sum of squares */
    /* y[i] = dot(n, a, b + i * ldb): one vector against the rows of a matrix */
    void (*rows)(size_t n, const float *a, size_t rows, const float *b, ptrdiff_t ldb, float *y);
    /* y[i] = the sum of a[k] * b[i * ldb + k], k < n; no sum of some of these products may pass 31 bits */
    void (*bytes)(size_t n, const int16_t *a, size_t rows, const int8_t *b, ptrdiff_t ldb, int32_t *y);
} kin_dot_kernel;

extern const kin_dot_kernel kin_dot_scalar, kin_dot_sse41, kin_dot_avx2, kin_dot_avx512, kin_dot_neon, kin_dot_simd128;

#endif
