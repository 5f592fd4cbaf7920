/* SPDX-License-Identifier: Apache-2.0
 *
 * The scalar truth of depthwise convolution.
 */
#include "kern/depthwise/depthwise.h"

#include <math.h>

static float sum_taps(const kin_depthwise_args *a, const float *picture, size_t i, size_t j, size_t ch)
{
    float sum = a->bias ? a->bias[ch] : 0.0f;
    for (size_t p = 0; p < a->kh; p++)
        for (size_t q = 0; q < a->kw; q++) {
            ptrdiff_t line = (ptrdiff_t)(i * a->stride_h + p * a->dilation_h) - a->top;
            ptrdiff_t column = (ptrdiff_t)(j * a->stride_w + q * a->dilation_w) - a->left;
            if (line < 0 || line >= (ptrdiff_t)a->h || column < 0 || column >= (ptrdiff_t)a->w) continue;
            sum = fmaf(picture[((size_t)line * a->w + (size_t)column) * a->c + ch],
                       a->weights[(p * a->kw + q) * a->c + ch], sum);
        }
    return sum;
}

static void run(const kin_depthwise_args *a, size_t from, size_t to)
{
    for (size_t line = from; line < to; line++) {
        const float *picture = a->x + line / a->oh * a->h * a->w * a->c;
        for (size_t j = 0; j < a->ow; j++)
            for (size_t ch = 0; ch < a->c; ch++) {
                size_t at = (size_t)kin_depthwise_at(a, line, j) + ch;
                a->y[at] = kin_kern_finish(&a->epilogue, sum_taps(a, picture, line % a->oh, j, ch), ch,
                                           a->residual ? a->residual + at : NULL);
            }
    }
}

static float sum_line(const kin_depthwise_args *a, const float *x, const float *dy, size_t q)
{
    float sum = 0;
    for (size_t j = 0; j < a->ow; j++) {
        ptrdiff_t column = (ptrdiff_t)(j * a->stride_w + q * a->dilation_w) - a->left;
        if (column >= 0 && column < (ptrdiff_t)a->w) sum = fmaf(x[(size_t)column * a->c], dy[j * a->c], sum);
    }
    return sum;
}

static void weights(const kin_depthwise_args *a, const float *dy, size_t from, size_t to, float *dw)
{
    for (size_t line = from; line < to; line++)
        for (size_t p = 0; p < a->kh; p++) {
            ptrdiff_t top = (ptrdiff_t)(line % a->oh * a->stride_h + p * a->dilation_h) - a->top;
            if (top < 0 || top >= (ptrdiff_t)a->h) continue;
            const float *x = a->x + (line / a->oh * a->h + (size_t)top) * a->w * a->c;
            for (size_t q = 0; q < a->kw; q++)
                for (size_t ch = 0; ch < a->c; ch++)
                    dw[(p * a->kw + q) * a->c + ch] += sum_line(a, x + ch, dy + line * a->ow * a->c + ch, q);
        }
}

const kin_depthwise_kernel kin_depthwise_scalar = {"depthwise scalar", run, weights};
