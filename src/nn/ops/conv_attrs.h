/* SPDX-License-Identifier: Apache-2.0
 *
 * Lines of the attribute tables of convolutions, dense layers and poolings: a window, an epilogue. For the ops' files
 * only; others include conv.h.
 */
#ifndef KIN_NN_OPS_CONV_ATTRS_H
#define KIN_NN_OPS_CONV_ATTRS_H

#include "nn/ops/common.h"
#include "nn/ops/conv.h"

#define KIN_WINDOW_ATTRS(type)                                                                                         \
    {"stride", KIN_ATTR_INTS, offsetof(type, window.stride), "1,1", NULL, "steps down and right"},                     \
        {"dilation", KIN_ATTR_INTS, offsetof(type, window.dilation), "1,1", NULL, "distance of the window's cells"},   \
        {"padding", KIN_ATTR_ENUM, offsetof(type, window.padding), "valid", kin_padding_words,                         \
         "same (TensorFlow's rule), valid (none) or explicit"},                                                        \
        {"pads", KIN_ATTR_INTS, offsetof(type, window.pads), "0,0,0,0", NULL,                                          \
         "top, bottom, left, right, for padding=explicit"}

#define KIN_EPILOGUE_ATTRS(type)                                                                                       \
    {"activation", KIN_ATTR_ENUM, offsetof(type, epilogue.activation), "none", kin_activation_words,                   \
     "none, relu, relu6, relu_n1_to_1, prelu (slope: input), leaky_relu (alpha), clamp (low, high)"},                  \
        {"alpha", KIN_ATTR_FLOAT, offsetof(type, epilogue.alpha), "0", NULL, "slope below zero of leaky_relu"},        \
        {"low", KIN_ATTR_FLOAT, offsetof(type, epilogue.low), "0", NULL, "lower bound of clamp"},                      \
        {"high", KIN_ATTR_FLOAT, offsetof(type, epilogue.high), "0", NULL, "upper bound of clamp"},                    \
        {"residual_first", KIN_ATTR_BOOL, offsetof(type, epilogue.residual_first), "false", NULL,                      \
         "the residual is added before the activation, not after it"}

/* How conv2d and depthwise_conv2d infer begins: x and weights are float32, of rank 4, not empty. */
kin_status kin_conv_begin(const kin_call *call, const kin_op *op);
/* What they infer once channels are checked: windows, epilogue, the output [n, oh, ow, out_c]. */
kin_status kin_conv_infer_window(const kin_call *call, const kin_op *op, int64_t out_c);
/* One dimension of a window; names what is wrong. `size` is the kernel's. */
kin_status kin_op_window(const kin_call *call, const kin_op *op, const kin_window *window, int dimension, int64_t in,
                         int64_t size, kin_span *span);
/* `sum` and what cell (ky, kx) of the window, which lies on `pixel` [c], adds to output channel o. */
typedef double kin_conv_tap(const kin_conv_dims *dims, const float *pixel, const float *weights, int64_t ky, int64_t kx,
                            int64_t o, double sum);
/* Forward of both: the sum over the window's cells inside the picture, bias, epilogue. */
void kin_conv_forward(const kin_call *call, kin_conv_tap *tap);
/* The gradients of the two, and of a bias that dense shares (of x, weights, bias: bare calls have no more). */
void kin_conv_backward(const kin_back *back);
void kin_depthwise_backward(const kin_back *back);
void kin_bias_backward(const kin_back *back);
#define KIN_LAYER_BACKWARD(function)                                                                                   \
    .backward = function, .weights = 6, .backward_to = 7, .backward_apart = true,                                      \
    .backward_reads = {{1u << KIN_IN_WEIGHTS, 0}, {1u << KIN_IN_X, 0}}
/* Multiply-adds of n * oh * ow * out_c * per_output; INT64_MAX when that does not fit. */
int64_t kin_conv_macs(const kin_conv_dims *dims, int64_t per_output);

/* For draw: a window for a kernel of kh x kw over h x w with an output; padding of all three kinds. */
void kin_draw_window(kin_draw *draw, kin_window *window, bool dilated, int64_t h, int64_t w, int64_t kh, int64_t kw);
/* For draw of both: a window and an epilogue with all tensors, for x [n, h, w, c] and weights [., kh, kw, .]. */
kin_status kin_conv_draw(kin_draw *draw, kin_shape x, kin_shape weights, int64_t out_c);
/* A random epilogue with its inputs bias, slope, residual (each there or left out) for an output of `shape`. */
kin_status kin_draw_epilogue(kin_draw *draw, kin_epilogue *epilogue, kin_shape shape);

#endif
