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
    KIN_TRY(kin_op_begin(call, op));
    for (size_t i = KIN_IN_X; i <= KIN_IN_WEIGHTS; i++) {
        KIN_TRY(kin_op_type(call, op, i, KIN_SET_FLOAT));
        KIN_TRY(kin_expect_rank(call, i, 4, 4));
        KIN_TRY(kin_op_not_empty(call, op, i));
    }
    int64_t c = call->in[KIN_IN_X]->shape.dim[3];
    int64_t first = call->in[KIN_IN_WEIGHTS]->shape.dim[0], out_c = call->in[KIN_IN_WEIGHTS]->shape.dim[3];
    if (first != 1 || out_c % c)
        return kin_op_fail(call, KIN_E_FORMAT,
                           "depthwise_conv2d: weights [%lld, kh, kw, %lld], expected [1, kh, kw, a multiple of %lld]",
                           (long long)first, (long long)out_c, (long long)c);
    return kin_conv_infer_window(call, op, out_c);
}

/* One output: image n, row oy, column ox, channel o. */
static double dot(const kin_conv_dims *d, const float *x, const float *weights, int64_t n, int64_t oy, int64_t ox,
                  int64_t o)
{
    int64_t i = o / (d->out_c / d->c);
    double  sum = 0;
    for (int64_t ky = 0; ky < d->kh; ky++) {
        int64_t iy = oy * d->stride_h - d->top + ky * d->dilation_h;
        if (iy < 0 || iy >= d->h) continue;
        for (int64_t kx = 0; kx < d->kw; kx++) {
            int64_t ix = ox * d->stride_w - d->left + kx * d->dilation_w;
            if (ix < 0 || ix >= d->w) continue;
            sum += (double)x[((n * d->h + iy) * d->w + ix) * d->c + i] * weights[(ky * d->kw + kx) * d->out_c + o];
        }
    }
    return sum;
}

static const float *input(const kin_call *call, size_t in)
{
    return in < call->in_count && call->in[in] ? call->in[in]->data : NULL;
}

static void forward(const kin_call *call)
{
    const kin_conv_attrs *attrs = call->attrs;
    kin_conv_dims         d = kin_conv_dims_of(call);
    const float          *bias = input(call, KIN_IN_BIAS), *slope = input(call, KIN_IN_SLOPE);
    const float          *residual = input(call, KIN_IN_RESIDUAL);
    float                *y = call->out[0]->data;
    size_t                at = 0;
    for (int64_t n = 0; n < d.n; n++)
        for (int64_t oy = 0; oy < d.oh; oy++)
            for (int64_t ox = 0; ox < d.ow; ox++)
                for (int64_t o = 0; o < d.out_c; o++, at++) {
                    double sum = dot(&d, input(call, KIN_IN_X), input(call, KIN_IN_WEIGHTS), n, oy, ox, o);
                    if (bias) sum += bias[o];
                    y[at] = (float)kin_epilogue_apply(&attrs->epilogue, sum, slope, (size_t)o, residual, at);
                }
}

static int64_t macs(const kin_call *call)
{
    kin_conv_dims d = kin_conv_dims_of(call);
    return kin_conv_macs(&d, d.kh * d.kw);
}

static kin_status draw(kin_draw *draw_)
{
    kin_conv_attrs *attrs = draw_->attrs;
    int64_t         h = kin_draw_range(draw_, 1, 9), w = kin_draw_range(draw_, 1, 9);
    int64_t         kh = kin_draw_range(draw_, 1, 5), kw = kin_draw_range(draw_, 1, 5);
    int64_t         c = kin_draw_range(draw_, 1, 9), out_c = c * (kin_draw_flip(draw_) ? 1 : kin_draw_range(draw_, 1, 3));
    kin_shape       x = {4, {kin_draw_range(draw_, 1, 2), h, w, c}}, weights = {4, {1, kh, kw, out_c}};
    kin_span        high, wide;
    kin_draw_window(draw_, &attrs->window, true, h, w, kh, kw);
    kin_window_span(&attrs->window, 0, h, kh, &high);
    kin_window_span(&attrs->window, 1, w, kw, &wide);
    draw_->out_count = 1;
    KIN_TRY(kin_draw_tensor(draw_, KIN_IN_X, KIN_FLOAT32, x, -1, 1, false));
    KIN_TRY(kin_draw_tensor(draw_, KIN_IN_WEIGHTS, KIN_FLOAT32, weights, -1, 1, true));
    return kin_draw_epilogue(draw_, &attrs->epilogue, (kin_shape){4, {x.dim[0], high.out, wide.out, out_c}});
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
    .macs = macs,
    .draw = draw,
};
