/* SPDX-License-Identifier: Apache-2.0
 *
 * Depthwise convolution with one filter a channel:
 *     y[b][i][j][ch] = epilogue(bias[ch] + sum_{p,q} x[b][i * stride_h + p * dilation_h - top][...][ch] * weights[p][q][ch])
 * x [n, h, w, c], y and residual [n, oh, ow, c], weights [kh, kw, c] (TensorFlow Lite's order), all dense. Taps outside
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
    kin_kern_epilogue epilogue;
} kin_depthwise_args;

typedef struct {
    const char *name; /* "avx2" */
    /* Output lines [from, to) of n * oh. */
    void (*run)(const kin_depthwise_args *args, size_t from, size_t to);
} kin_depthwise_kernel;

extern const kin_depthwise_kernel kin_depthwise_scalar, kin_depthwise_sse41, kin_depthwise_avx2, kin_depthwise_avx512,
    kin_depthwise_neon, kin_depthwise_simd128;

#endif
