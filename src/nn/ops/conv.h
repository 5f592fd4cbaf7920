/* SPDX-License-Identifier: Apache-2.0
 *
 * What convolutions, dense layers and poolings share: windows and the epilogue. The fused forms that a plan makes are
 * the same ops with more of the epilogue filled in, so each has one truth.
 */
#ifndef KIN_NN_OPS_CONV_H
#define KIN_NN_OPS_CONV_H

#include "nn/op.h"

typedef enum { KIN_PAD_SAME, KIN_PAD_VALID, KIN_PAD_EXPLICIT } kin_padding;

/* A window over height and width. SAME as TensorFlow: out = ceil(in / stride), the odd pixel of padding goes below and
 * right. */
typedef struct {
    kin_ints stride;   /* h, w */
    kin_ints dilation; /* h, w */
    int      padding;  /* kin_padding */
    kin_ints pads;     /* top, bottom, left, right for KIN_PAD_EXPLICIT */
} kin_window;

typedef enum {
    KIN_ACT_NONE,
    KIN_ACT_RELU,
    KIN_ACT_RELU6,
    KIN_ACT_RELU_N1_1, /* TensorFlow Lite's RELU_N1_TO_1 */
    KIN_ACT_PRELU,     /* slope a channel: input 3 */
    KIN_ACT_LEAKY,     /* slope: attribute alpha */
    KIN_ACT_CLAMP      /* attributes low, high */
} kin_activation;
extern const char *const kin_padding_words[], *const kin_activation_words[];

/* y = act(x + bias [+ residual]) or act(x + bias) + residual. */
typedef struct {
    int    activation;     /* kin_activation */
    double alpha;          /* KIN_ACT_LEAKY */
    double low, high;      /* KIN_ACT_CLAMP */
    bool   residual_first; /* the residual (input 4) is added before the activation, else after it */
} kin_epilogue;

/* conv2d: inputs x [n,h,w,c], weights [out, kh, kw, c / groups], bias [out]?, slope [out]?, residual [n,oh,ow,out]?
 * depthwise_conv2d: x [n,h,w,c], weights [1, kh, kw, c * multiplier], bias?, slope?, residual?
 * dense: x [.., k], weights [out, k], bias?, slope?, residual? */
enum { KIN_IN_X, KIN_IN_WEIGHTS, KIN_IN_BIAS, KIN_IN_SLOPE, KIN_IN_RESIDUAL };

/* Values of an input, NULL where it is left out; only where inference has seen that it is float32. */
static inline const float *kin_floats(const kin_call *call, size_t i)
{
    return i < call->in_count && call->in[i] ? call->in[i]->data : NULL;
}

typedef struct {
    kin_window   window;
    int64_t      groups; /* conv2d only */
    kin_epilogue epilogue;
} kin_conv_attrs;

typedef struct {
    bool         keep_dims; /* out rank = x rank; else [-1, out] */
    kin_epilogue epilogue;
} kin_dense_attrs;

typedef struct {
    kin_window window; /* dilation 1 */
    kin_ints   size;   /* h, w; empty: the whole picture */
    int        activation;
} kin_pool_attrs;

/* Output size and the padding before along one dimension. false: no output (window larger than the padded input), or
 * stride, dilation, size < 1, negative pads, or a product that does not fit. */
typedef struct {
    int64_t out, before, after;
} kin_span;
bool kin_window_span(const kin_window *window, int dimension /* 0 h, 1 w */, int64_t in, int64_t size, kin_span *span);

/* What a call of conv2d / depthwise_conv2d comes to once inference has accepted it. */
typedef struct {
    int64_t n, h, w, c;       /* input */
    int64_t kh, kw, out_c;    /* weights */
    int64_t groups;           /* depthwise: c */
    int64_t oh, ow;
    int64_t stride_h, stride_w, dilation_h, dilation_w, top, left;
} kin_conv_dims;
kin_conv_dims kin_conv_dims_of(const kin_call *call); /* of either op; only after infer */

/* The epilogue's scalar truth on one value of channel `c`; slope may be NULL unless PRELU. */
double kin_epilogue_apply(const kin_epilogue *epilogue, double x, const float *slope, size_t c, const float *residual,
                          size_t at);

/* Checks the epilogue's attributes and inputs (bias, slope, residual) against the output's shape. */
kin_status kin_epilogue_infer(const kin_call *call, const kin_epilogue *epilogue, const kin_shape *out);

#endif
