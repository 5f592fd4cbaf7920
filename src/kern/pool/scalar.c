/* SPDX-License-Identifier: Apache-2.0
 *
 * The scalar truth of pooling.
 */
#include "kern/pool/pool.h"

#include <math.h>
#include <stdbool.h>

static float pool_one(const kin_pool_args *a, size_t line, size_t j, size_t ch, bool average)
{
    const float *picture = a->x + line / a->oh * a->h * a->w * a->c;
    float        out = average ? 0 : -INFINITY;
    size_t       count = 0;
    for (size_t p = 0; p < a->kh; p++)
        for (size_t q = 0; q < a->kw; q++) {
            ptrdiff_t y = (ptrdiff_t)(line % a->oh * a->stride_h + p) - a->top;
            ptrdiff_t x = (ptrdiff_t)(j * a->stride_w + q) - a->left;
            if (y < 0 || y >= (ptrdiff_t)a->h || x < 0 || x >= (ptrdiff_t)a->w) continue;
            float value = picture[((size_t)y * a->w + (size_t)x) * a->c + ch];
            out = average ? out + value : value > out ? value : out;
            count++;
        }
    if (average) out *= 1.0f / (float)count;
    out = a->low > out ? a->low : out;
    return a->high < out ? a->high : out;
}

static void run(const kin_pool_args *a, size_t from, size_t to, bool average)
{
    for (size_t line = from; line < to; line++)
        for (size_t j = 0; j < a->ow; j++)
            for (size_t ch = 0; ch < a->c; ch++)
                a->y[(line * a->ow + j) * a->c + ch] = pool_one(a, line, j, ch, average);
}
static void pool_max(const kin_pool_args *a, size_t from, size_t to)
{
    run(a, from, to, false);
}
static void pool_average(const kin_pool_args *a, size_t from, size_t to)
{
    run(a, from, to, true);
}

/* One window and channel; x and dx are the picture's. */
static void back_one(const kin_pool_args *a, const float *x, float dy, float *dx, size_t i, size_t j, bool average)
{
    float  largest = -INFINITY;
    size_t count = 0;
    for (int pass = 0; pass < 2; pass++) {
        if (pass == 1 && average) dy *= 1.0f / (float)count;
        for (size_t p = 0; p < a->kh; p++)
            for (size_t q = 0; q < a->kw; q++) {
                ptrdiff_t line = (ptrdiff_t)(i * a->stride_h + p) - a->top, column = (ptrdiff_t)(j * a->stride_w + q) - a->left;
                if (line < 0 || line >= (ptrdiff_t)a->h || column < 0 || column >= (ptrdiff_t)a->w) continue;
                size_t at = ((size_t)line * a->w + (size_t)column) * a->c;
                if (pass == 0) {
                    count++;
                    if (!average && x[at] > largest) largest = x[at];
                } else if (average)
                    dx[at] += dy;
                else if (!(x[at] - largest < 0)) {
                    dx[at] += dy;
                    dy = 0;
                }
            }
    }
}

static void back(const kin_pool_args *a, const float *dy, float *dx, size_t from, size_t to, bool average)
{
    size_t size = a->h * a->w * a->c;
    dy += from * a->oh * a->ow * a->c;
    for (size_t picture = from; picture < to; picture++) {
        for (size_t k = 0; k < size; k++) dx[picture * size + k] = 0;
        for (size_t i = 0; i < a->oh; i++)
            for (size_t j = 0; j < a->ow; j++)
                for (size_t ch = 0; ch < a->c; ch++)
                    back_one(a, average ? NULL : a->x + picture * size + ch, *dy++, dx + picture * size + ch, i, j, average);
    }
}
static void max_back(const kin_pool_args *a, const float *dy, float *dx, size_t from, size_t to)
{
    back(a, dy, dx, from, to, false);
}
static void average_back(const kin_pool_args *a, const float *dy, float *dx, size_t from, size_t to)
{
    back(a, dy, dx, from, to, true);
}

static void mean(size_t pixels, size_t c, const float *x, ptrdiff_t ldx, float *y)
{
    for (size_t ch = 0; ch < c; ch++) {
        float all = 0;
        for (size_t i = 0; i < pixels;) {
            float some = 0;
            for (size_t end = i + KIN_MEAN_ROWS < pixels ? i + KIN_MEAN_ROWS : pixels; i < end; i++)
                some += x[(ptrdiff_t)i * ldx + (ptrdiff_t)ch];
            all += some;
        }
        y[ch] = all * (1.0f / (float)pixels);
    }
}

const kin_pool_kernel kin_pool_scalar = {"pool scalar", pool_max, pool_average, max_back, average_back, mean};
