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

const kin_gemm_kernel kin_gemm_scalar = {"scalar 1x8", KIN_CPU_SCALAR, 1, NR, 1.0f, tiles};
