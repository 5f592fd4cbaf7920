/* SPDX-License-Identifier: Apache-2.0
 *
 * conv2d: y[n,oy,ox,o] = act(bias[o] + sum over ky, kx, i of x[n, oy*stride - top + ky*dilation, ..., g*c/groups + i] *
 * weights[o,ky,kx,i]), with g the group of o; pixels outside of x count as 0. Then the residual, see conv.h.
 *
 * TensorFlow: Conv2D; TensorFlow Lite: CONV_2D (lite/kernels/internal/reference/conv.h), which takes groups from the
 * shapes. The sum is over what the field calls cross-correlation: the kernel is not flipped.
 */
#include "nn/ops/conv_attrs.h"

static kin_status infer(const kin_call *call)
{
    const kin_op         *op = &kin_op_conv2d;
    const kin_conv_attrs *attrs = call->attrs;
    KIN_TRY(kin_conv_begin(call, op));
    int64_t c = call->in[KIN_IN_X]->shape.dim[3], per_group = call->in[KIN_IN_WEIGHTS]->shape.dim[3];
    int64_t out_c = call->in[KIN_IN_WEIGHTS]->shape.dim[0], groups = attrs->groups;
    if (groups < 1 || c % groups || out_c % groups)
        return kin_op_fail(call, KIN_E_FORMAT, "conv2d: groups %lld must be at least 1 and divide %lld and %lld channels",
                           (long long)groups, (long long)c, (long long)out_c);
    if (per_group != c / groups)
        return kin_op_fail(call, KIN_E_FORMAT, "conv2d: weights for %lld channels a group, expected %lld (%lld / groups)",
                           (long long)per_group, (long long)(c / groups), (long long)c);
    return kin_conv_infer_window(call, op, out_c);
}

static double tap(const kin_conv_dims *d, const float *pixel, const float *weights, int64_t ky, int64_t kx, int64_t o,
                  double sum)
{
    int64_t      per_group = d->c / d->groups, first = o / (d->out_c / d->groups) * per_group;
    const float *w = weights + ((o * d->kh + ky) * d->kw + kx) * per_group;
    for (int64_t i = 0; i < per_group; i++) sum += (double)pixel[first + i] * w[i];
    return sum;
}

static void forward(const kin_call *call)
{
    kin_conv_forward(call, tap);
}

static int64_t macs(const kin_call *call)
{
    kin_conv_dims d = kin_conv_dims_of(call);
    return kin_conv_macs(&d, d.kh * d.kw * (d.c / d.groups));
}

static kin_status draw(kin_draw *draw_)
{
    int64_t   h = kin_draw_range(draw_, 1, 9), w = kin_draw_range(draw_, 1, 9);
    int64_t   kh = kin_draw_range(draw_, 1, 4), kw = kin_draw_range(draw_, 1, 4);
    int64_t   groups = kin_draw_flip(draw_) ? 1 : kin_draw_range(draw_, 1, 3);
    int64_t   c = groups * kin_draw_range(draw_, 1, 5), out_c = groups * kin_draw_range(draw_, 1, 5);
    kin_shape x = {4, {kin_draw_range(draw_, 1, 2), h, w, c}}, weights = {4, {out_c, kh, kw, c / groups}};
    ((kin_conv_attrs *)draw_->attrs)->groups = groups;
    return kin_conv_draw(draw_, x, weights, out_c);
}

static const kin_attr attributes[] = {
    KIN_WINDOW_ATTRS(kin_conv_attrs),
    {"groups", KIN_ATTR_INT, offsetof(kin_conv_attrs, groups), "1", NULL, "channels are split into so many groups"},
    KIN_EPILOGUE_ATTRS(kin_conv_attrs),
};

const kin_op kin_op_conv2d = {
    .name = "conv2d",
    .summary = "2-D convolution, NHWC, weights [out, kh, kw, in / groups]",
    .inputs = "x weights bias? slope? residual?",
    .in_min = 2,
    .in_max = 5,
    .out_min = 1,
    .out_max = 1,
    .attrs_size = sizeof(kin_conv_attrs),
    KIN_ATTR_TABLE(attributes),
    .infer = infer,
    .forward = forward,
    KIN_LAYER_BACKWARD(kin_conv_backward),
    .macs = macs,
    .draw = draw,
};
