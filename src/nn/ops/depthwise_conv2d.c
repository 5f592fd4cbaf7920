/* SPDX-License-Identifier: Apache-2.0
 *
 * depthwise_conv2d: y[n,oy,ox,i*m + j] = act(bias + sum over ky, kx of x[n, oy*stride - top + ky*dilation, ..., i] *
 * weights[0,ky,kx,i*m + j]): each input channel i is filtered on its own, m times (the multiplier: output channels / input
 * channels). Pixels outside of x count as 0. Then the residual, see conv.h.
 *
 * TensorFlow: DepthwiseConv2dNative; TensorFlow Lite: DEPTHWISE_CONV_2D (lite/kernels/internal/reference/
 * depthwiseconv_float.h).
 */
#include "nn/ops/conv_attrs.h"

static kin_status infer(const kin_call *call)
{
    const kin_op *op = &kin_op_depthwise_conv2d;
    KIN_TRY(kin_conv_begin(call, op));
    int64_t c = call->in[KIN_IN_X]->shape.dim[3];
    int64_t first = call->in[KIN_IN_WEIGHTS]->shape.dim[0], out_c = call->in[KIN_IN_WEIGHTS]->shape.dim[3];
    if (first != 1 || out_c % c)
        return kin_op_fail(call, KIN_E_FORMAT,
                           "depthwise_conv2d: weights [%lld, kh, kw, %lld], expected [1, kh, kw, a multiple of %lld]",
                           (long long)first, (long long)out_c, (long long)c);
    return kin_conv_infer_window(call, op, out_c);
}

static double tap(const kin_conv_dims *d, const float *pixel, const float *weights, int64_t ky, int64_t kx, int64_t o,
                  double sum)
{
    int64_t i = o / (d->out_c / d->c);
    return sum + (double)pixel[i] * weights[(ky * d->kw + kx) * d->out_c + o];
}

static void forward(const kin_call *call)
{
    kin_conv_forward(call, tap);
}

static int64_t macs(const kin_call *call)
{
    kin_conv_dims d = kin_conv_dims_of(call);
    return kin_conv_macs(&d, d.kh * d.kw);
}

static kin_status draw(kin_draw *draw_)
{
    int64_t   h = kin_draw_range(draw_, 1, 9), w = kin_draw_range(draw_, 1, 9);
    int64_t   kh = kin_draw_range(draw_, 1, 5), kw = kin_draw_range(draw_, 1, 5);
    int64_t   c = kin_draw_range(draw_, 1, 9), out_c = c * (kin_draw_flip(draw_) ? 1 : kin_draw_range(draw_, 1, 3));
    kin_shape x = {4, {kin_draw_range(draw_, 1, 2), h, w, c}}, weights = {4, {1, kh, kw, out_c}};
    return kin_conv_draw(draw_, x, weights, out_c);
}

static const kin_attr attributes[] = {
    KIN_WINDOW_ATTRS(kin_conv_attrs),
    KIN_EPILOGUE_ATTRS(kin_conv_attrs),
};

const kin_op kin_op_depthwise_conv2d = {
    .name = "depthwise_conv2d",
    .summary = "2-D convolution of each channel on its own, NHWC, weights [1, kh, kw, out]",
    .inputs = "x weights bias? slope? residual?",
    .in_min = 2,
    .in_max = 5,
    .out_min = 1,
    .out_max = 1,
    .attrs_size = sizeof(kin_conv_attrs),
    KIN_ATTR_TABLE(attributes),
    .infer = infer,
    .forward = forward,
    KIN_LAYER_BACKWARD(kin_depthwise_backward),
    .macs = macs,
    .draw = draw,
};
