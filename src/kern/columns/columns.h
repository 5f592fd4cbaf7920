/* SPDX-License-Identifier: Apache-2.0
 *
 * Sums over the rows of matrices [rows][n], dense, a column each: y[j] += sum over i of f(a[i][j], b[i][j]).
 *
 * Bits: KIN_COLUMNS_ROWS rows at a time are summed from zero in ascending order (products by fused multiply-add), and those
 * sums added to y: all levels agree for sum and add, those with FMA for the others.
 */
#ifndef KIN_KERN_COLUMNS_H
#define KIN_KERN_COLUMNS_H

#include <stddef.h>

enum { KIN_COLUMNS_ROWS = 32 };

typedef struct {
    const char *name;
    void (*sum)(size_t rows, size_t n, const float *a, float *y);                   /* a */
    void (*dot)(size_t rows, size_t n, const float *a, const float *b, float *y);   /* a * b */
    void (*below)(size_t rows, size_t n, const float *a, const float *b, float *y); /* a < 0 ? a * b : 0 */
    /* with a number m[j] a column */
    void (*spread)(size_t rows, size_t n, const float *a, const float *m, float *y);                   /* (a - m) * (a - m) */
    void (*centred)(size_t rows, size_t n, const float *a, const float *b, const float *m, float *y);  /* (a - m) * b */
} kin_columns_kernel;

extern const kin_columns_kernel kin_columns_scalar, kin_columns_sse41, kin_columns_avx2, kin_columns_avx512,
    kin_columns_neon, kin_columns_simd128;

#endif
