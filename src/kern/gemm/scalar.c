/* SPDX-License-Identifier: Apache-2.0
 *
 * The scalar truth of a tile: one row of eight columns.
 */
#include "kern/gemm/gemm.h"

#include <math.h>

enum { NR = 8 };

static void tile1(const kin_gemm_tile *t)
{
    for (size_t n = 0; n < NR; n++) {
        float        sum = t->bias[n];
        const float *b = t->b + n;
        for (size_t s = 0; s < t->segments; s++)
            for (size_t k = 0; k < t->run; k++, b += NR) sum = fmaf(t->a[0][t->offset[s] + (ptrdiff_t)k], *b, sum);
        kin_kern_epilogue e = *t->epilogue;
        e.slope = t->slope;
        t->y[0][n] = kin_kern_finish(&e, sum, n, t->residual[0] ? t->residual[0] + n : NULL);
    }
}

static void (*const tiles[])(const kin_gemm_tile *) = {NULL, tile1};

static void outer1(size_t k, const float *a, size_t a_step, const float *b, float *y, ptrdiff_t ldy)
{
    (void)ldy;
    for (size_t n = 0; n < NR; n++) {
        float sum = 0;
        for (size_t i = 0; i < k; i++) sum = fmaf(a[i * a_step], b[i * NR + n], sum);
        y[n] += sum;
    }
}

static void gather(size_t k, const float *const *rows, ptrdiff_t offset, size_t n, float *to, size_t step)
{
    for (size_t i = 0; i < k; i++)
        for (size_t j = 0; j < n; j++) to[i * step + j] = rows[i][offset + (ptrdiff_t)j];
}

static void (*const outers[])(size_t, const float *, size_t, const float *, float *, ptrdiff_t) = {NULL, outer1};

const kin_gemm_kernel kin_gemm_scalar = {"scalar 1x8", KIN_CPU_SCALAR, 1, NR, 1.0f, tiles, outers, gather};
