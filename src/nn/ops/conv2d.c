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
    KIN_TRY(kin_op_begin(call, op));
    for (size_t i = KIN_IN_X; i <= KIN_IN_WEIGHTS; i++) {
        KIN_TRY(kin_op_type(call, op, i, KIN_SET_FLOAT));
        KIN_TRY(kin_expect_rank(call, i, 4, 4));
        KIN_TRY(kin_op_not_empty(call, op, i));
    }
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

/* One output: image n, row oy, column ox, channel o. */
static double dot(const kin_conv_dims *d, const float *x, const float *weights, int64_t n, int64_t oy, int64_t ox,
                  int64_t o)
{
    int64_t per_group = d->c / d->groups, first = o / (d->out_c / d->groups) * per_group;
    double  sum = 0;
    for (int64_t ky = 0; ky < d->kh; ky++) {
        int64_t iy = oy * d->stride_h - d->top + ky * d->dilation_h;
        if (iy < 0 || iy >= d->h) continue;
        for (int64_t kx = 0; kx < d->kw; kx++) {
            int64_t ix = ox * d->stride_w - d->left + kx * d->dilation_w;
            if (ix < 0 || ix >= d->w) continue;
            const float *pixel = x + ((n * d->h + iy) * d->w + ix) * d->c + first;
            const float *w = weights + ((o * d->kh + ky) * d->kw + kx) * per_group;
            for (int64_t i = 0; i < per_group; i++) sum += (double)pixel[i] * w[i];
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
    return kin_conv_macs(&d, d.kh * d.kw * (d.c / d.groups));
}

static kin_status draw(kin_draw *draw_)
{
    kin_conv_attrs *attrs = draw_->attrs;
    int64_t         h = kin_draw_range(draw_, 1, 9), w = kin_draw_range(draw_, 1, 9);
    int64_t         kh = kin_draw_range(draw_, 1, 4), kw = kin_draw_range(draw_, 1, 4);
    int64_t         groups = kin_draw_flip(draw_) ? 1 : kin_draw_range(draw_, 1, 3);
    int64_t         c = groups * kin_draw_range(draw_, 1, 5), out_c = groups * kin_draw_range(draw_, 1, 5);
    kin_shape       x = {4, {kin_draw_range(draw_, 1, 2), h, w, c}}, weights = {4, {out_c, kh, kw, c / groups}};
    kin_span        high, wide;
    attrs->groups = groups;
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
    .macs = macs,
    .draw = draw,
};
