/* SPDX-License-Identifier: Apache-2.0
 *
 * The scalar truth of sums of columns.
 */
#include "kern/columns/columns.h"

#include <math.h>

#define COLUMNS(expression)                                                                                            \
    do {                                                                                                               \
        for (size_t first = 0; first < rows; first += KIN_COLUMNS_ROWS) {                                              \
            size_t end = rows - first < KIN_COLUMNS_ROWS ? rows : first + KIN_COLUMNS_ROWS;                            \
            for (size_t j = 0; j < n; j++) {                                                                           \
                float sum = 0;                                                                                         \
                for (size_t i = first; i < end; i++) sum = expression;                                                 \
                y[j] += sum;                                                                                           \
            }                                                                                                          \
        }                                                                                                              \
    } while (0)

static void sum(size_t rows, size_t n, const float *a, float *y)
{
    COLUMNS(sum + a[i * n + j]);
}

static void dot(size_t rows, size_t n, const float *a, const float *b, float *y)
{
    COLUMNS(fmaf(a[i * n + j], b[i * n + j], sum));
}

static void below(size_t rows, size_t n, const float *a, const float *b, float *y)
{
    COLUMNS(fmaf(a[i * n + j] < 0 ? a[i * n + j] : 0, b[i * n + j], sum));
}

static void spread(size_t rows, size_t n, const float *a, const float *m, float *y)
{
    COLUMNS(fmaf(a[i * n + j] - m[j], a[i * n + j] - m[j], sum));
}

static void centred(size_t rows, size_t n, const float *a, const float *b, const float *m, float *y)
{
    COLUMNS(fmaf(a[i * n + j] - m[j], b[i * n + j], sum));
}

const kin_columns_kernel kin_columns_scalar = {"columns scalar", sum, dot, below, spread, centred};
