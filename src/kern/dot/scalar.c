/* SPDX-License-Identifier: Apache-2.0
 *
 * The scalar truth of dot products: 16 partial sums.
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

const kin_dot_kernel kin_dot_scalar = {"dot scalar", dot, rows};
