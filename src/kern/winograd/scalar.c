/* SPDX-License-Identifier: Apache-2.0
 *
 * The scalar truth of Winograd's transforms. (What the whole computes is proved by the direct sum in tests/kern.)
 */
#include "kern/winograd/winograd.h"

#include <math.h>

#define T float
#define T_ADD(a, b) ((a) + (b))
#define T_SUB(a, b) ((a) - (b))
#define T_FMA(a, b, c) fmaf(a, b, c)
#define T_SET(x) (x)
#define T_MUL(a, b) ((a) * (b))
#include "kern/winograd/transform.h"

static void input(size_t c, const float *x, ptrdiff_t line, ptrdiff_t pixel, float *v, ptrdiff_t plane)
{
    for (size_t ch = 0; ch < c; ch++) {
        float d[6][6];
        for (int j = 0; j < 6; j++) {
            float column[6];
            for (int i = 0; i < 6; i++) column[i] = x[i * line + j * pixel + (ptrdiff_t)ch];
            input_line(column);
            for (int i = 0; i < 6; i++) d[i][j] = column[i];
        }
        for (int i = 0; i < 6; i++) {
            input_line(d[i]);
            for (int j = 0; j < 6; j++) v[(i * 6 + j) * plane + (ptrdiff_t)ch] = d[i][j];
        }
    }
}

static void output(const kin_winograd_out *o)
{
    kin_kern_epilogue e = *o->epilogue;
    e.slope = o->slope;
    for (size_t ch = 0; ch < o->columns; ch++) {
        float half[4][6];
        for (int j = 0; j < 6; j++) {
            float column[6];
            for (int i = 0; i < 6; i++) column[i] = o->m[(i * 6 + j) * o->plane + (ptrdiff_t)ch];
            output_line(column);
            for (int i = 0; i < 4; i++) half[i][j] = column[i];
        }
        for (size_t i = 0; i < o->rows; i++) {
            output_line(half[i]);
            for (size_t j = 0; j < o->cols; j++) {
                ptrdiff_t at = (ptrdiff_t)i * o->line + (ptrdiff_t)j * o->pixel + (ptrdiff_t)ch;
                float     sum = half[i][j] + (o->bias ? o->bias[ch] : 0.0f);
                o->y[at] = kin_kern_finish(&e, sum, ch, o->residual ? o->residual + at : NULL);
            }
        }
    }
}

static void give(size_t c, const float *dy, ptrdiff_t line, ptrdiff_t pixel, size_t rows, size_t cols, float *m, ptrdiff_t plane)
{
    for (size_t ch = 0; ch < c; ch++) {
        float d[6][6];
        for (size_t j = 0; j < 4; j++) {
            float column[6] = {0};
            for (size_t i = 0; i < rows && j < cols; i++) column[i] = dy[(ptrdiff_t)i * line + (ptrdiff_t)j * pixel + (ptrdiff_t)ch];
            give_line(column);
            for (int i = 0; i < 6; i++) d[i][j] = column[i];
        }
        for (int i = 0; i < 6; i++) {
            give_line(d[i]);
            for (int j = 0; j < 6; j++) m[(i * 6 + j) * plane + (ptrdiff_t)ch] = d[i][j];
        }
    }
}

static void finish(size_t c, const float *u, ptrdiff_t plane, float *dw, ptrdiff_t cell)
{
    for (size_t ch = 0; ch < c; ch++) {
        float half[3][6];
        for (int j = 0; j < 6; j++) {
            float column[6];
            for (int i = 0; i < 6; i++) column[i] = u[(i * 6 + j) * plane + (ptrdiff_t)ch];
            finish_line(column);
            for (int i = 0; i < 3; i++) half[i][j] = column[i];
        }
        for (int i = 0; i < 3; i++) {
            finish_line(half[i]);
            for (int j = 0; j < 3; j++) dw[(i * 3 + j) * cell + (ptrdiff_t)ch] = half[i][j];
        }
    }
}

const kin_winograd_kernel kin_winograd_scalar = {"winograd scalar", &kin_gemm_scalar, input, output, give, finish};
