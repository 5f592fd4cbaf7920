/* SPDX-License-Identifier: Apache-2.0
 *
 * Depthwise convolution with one filter a channel:
 *     y[b][i][j][ch] = epilogue(bias[ch] + sum_{p,q} x[b][i * stride_h + p * dilation_h - top][...][ch] * weights[p][q][ch])
 * x [n, h, w, c], y and residual [n, oh, ow, c], weights [kh, kw, c] (TensorFlow Lite's order), dense but for y. Taps outside
 * x are left out. y overlaps nothing else, a residual may be y itself.
 *
 * Bits: the sum starts from the bias, one fused multiply-add a tap in ascending order of (p, q): all FMA levels agree.
 */
#ifndef KIN_KERN_DEPTHWISE_H
#define KIN_KERN_DEPTHWISE_H

#include "kern/epilogue.h"

typedef struct {
    size_t            n, h, w, c, oh, ow, kh, kw;
    size_t            stride_h, stride_w, dilation_h, dilation_w;
    ptrdiff_t         top, left;
    const float      *x, *weights, *bias /* or NULL */, *residual /* or NULL */;
    float            *y;
    ptrdiff_t         y_picture, y_line, y_pixel; /* of y and residual, in floats; y_pixel 0: dense */
    kin_kern_epilogue epilogue;
} kin_depthwise_args;

/* Where output pixel (line of n * oh, j) begins in y. */
static inline ptrdiff_t kin_depthwise_at(const kin_depthwise_args *a, size_t line, size_t j)
{
    if (a->y_pixel == 0) return (ptrdiff_t)((line * a->ow + j) * a->c);
    return (ptrdiff_t)(line / a->oh) * a->y_picture + (ptrdiff_t)(line % a->oh) * a->y_line + (ptrdiff_t)j * a->y_pixel;
}

typedef struct {
    const char *name; /* "avx2" */
    /* Output lines [from, to) of n * oh. */
    void (*run)(const kin_depthwise_args *args, size_t from, size_t to);
    /* The gradient by the weights: dw[p][q][ch] += the sum over those lines of dy[b][i][j][ch] * x[...][ch]. Bits: a tap's
     * products of one line are summed from zero by fused multiply-add in ascending order, then added. */
    void (*weights)(const kin_depthwise_args *args, const float *dy, size_t from, size_t to, float *dw);
} kin_depthwise_kernel;

extern const kin_depthwise_kernel kin_depthwise_scalar, kin_depthwise_sse41, kin_depthwise_avx2, kin_depthwise_avx512,
    kin_depthwise_neon, kin_depthwise_simd128;

#endif
