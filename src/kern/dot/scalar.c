/* SPDX-License-Identifier: Apache-2.0
 *
 * The scalar truth of dot products: 16 partial sums of floats, one of whole numbers.
 */
#include "kern/dot/dot.h"

#include <math.h>

static float dot(size_t n, const float *a, const float *b)
{
    float lane[16] = {0};
    for (size_t i = 0; i < n; i++) lane[i % 16] = fmaf(a[i], b[i], lane[i % 16]);
    for (size_t apart = 8; apart; apart /= 2)
        for (size_t i = 0; i < apart; i++) lane[i] += lane[i + apart];
    return lane[0];
}

static void rows(size_t n, const float *a, size_t count, const float *b, ptrdiff_t ldb, float *y)
{
    for (size_t i = 0; i < count; i++) y[i] = dot(n, a, b + (ptrdiff_t)i * ldb);
}

static void bytes(size_t n, const int16_t *a, size_t count, const int8_t *b, ptrdiff_t ldb, int32_t *y)
{
    for (size_t i = 0; i < count; i++) {
        int32_t sum = 0;
        for (size_t k = 0; k < n; k++) sum += a[k] * b[(ptrdiff_t)i * ldb + (ptrdiff_t)k];
        y[i] = sum;
    }
}

const kin_dot_kernel kin_dot_scalar = {"dot scalar", dot, rows, bytes};
