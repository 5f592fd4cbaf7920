/* SPDX-License-Identifier: Apache-2.0
 *
 * What convolutions, dense layers and poolings share: windows, the epilogue, their checks and random instances. See
 * conv.h.
 */
#include "nn/ops/conv_attrs.h"

const char *const kin_padding_words[] = {"same", "valid", "explicit", NULL};
const char *const kin_activation_words[] = {"none",  "relu",       "relu6", "relu_n1_to_1",
                                            "prelu", "leaky_relu", "clamp", NULL};

enum { LARGEST = INT32_MAX }; /* of strides, dilations, sizes, pads: their products with a size then fit in int64 */

/* Element `i` of a list of `count`; the fallback for an empty list; 0 (refused by all) for a list of another length. */
static int64_t item(const kin_ints *ints, int count, int i, int64_t fallback)
{
    return ints->count == 0 ? fallback : ints->count == count ? ints->value[i] : -1;
}

/* TensorFlow's rule for SAME: out = ceil(in / stride), half of the padding before, the odd pixel after. VALID:
 * out = ceil((in - reach + 1) / stride). (TensorFlow, core/framework/kernel_shape_util.cc; TensorFlow Lite,
 * lite/kernels/padding.h) */
bool kin_window_span(const kin_window *window, int dimension, int64_t in, int64_t size, kin_span *span)
{
    int64_t stride = item(&window->stride, 2, dimension, 1), dilation = item(&window->dilation, 2, dimension, 1);
    if (stride < 1 || dilation < 1 || size < 1 || in < 1) return false;
    if (stride > LARGEST || dilation > LARGEST || size > LARGEST || in > LARGEST) return false;
    int64_t reach = (size - 1) * dilation + 1; /* below 2^62 */
    int64_t before = 0, after = 0, out;
    switch (window->padding) {
    case KIN_PAD_SAME: {
        out = (in + stride - 1) / stride;
        int64_t total = (out - 1) * stride + reach - in;
        if (total < 0) total = 0;
        before = total / 2, after = total - before;
        break;
    }
    case KIN_PAD_EXPLICIT:
        before = item(&window->pads, 4, 2 * dimension, 0), after = item(&window->pads, 4, 2 * dimension + 1, 0);
        if (before < 0 || after < 0 || before > LARGEST || after > LARGEST) return false;
        /* fall through */
    case KIN_PAD_VALID:
        if (in + before + after < reach) return false;
        out = (in + before + after - reach) / stride + 1;
        break;
    default: return false;
    }
    *span = (kin_span){out, before, after};
    return true;
}

kin_status kin_op_window(const kin_call *call, const kin_op *op, const kin_window *window, int dimension, int64_t in,
                         int64_t size, kin_span *span)
{
    if (kin_window_span(window, dimension, in, size, span)) return KIN_OK;
    static const char *const side[] = {"height", "width"};
    const kin_ints          *lists[] = {&window->stride, &window->dilation};
    const char *const        names[] = {"stride", "dilation"};
    for (int i = 0; i < 2; i++) {
        int64_t value = item(lists[i], 2, dimension, 1);
        if (lists[i]->count != 0 && lists[i]->count != 2)
            return kin_op_fail(call, KIN_E_FORMAT, "%s: %s has %d numbers, expected 2", op->name, names[i],
                               lists[i]->count);
        if (value < 1 || value > LARGEST)
            return kin_op_fail(call, KIN_E_FORMAT, "%s: %s %lld along the %s, expected at least 1", op->name, names[i],
                               (long long)value, side[dimension]);
    }
    if (window->padding < KIN_PAD_SAME || window->padding > KIN_PAD_EXPLICIT)
        return kin_op_fail(call, KIN_E_FORMAT, "%s: padding %d does not exist", op->name, window->padding);
    if (window->padding == KIN_PAD_EXPLICIT) {
        if (window->pads.count != 0 && window->pads.count != 4)
            return kin_op_fail(call, KIN_E_FORMAT, "%s: pads has %d numbers, expected 4", op->name,
                               window->pads.count);
        for (int i = 2 * dimension; i < 2 * dimension + 2; i++)
            if (window->pads.value[i] < 0 || window->pads.value[i] > LARGEST)
                return kin_op_fail(call, KIN_E_FORMAT, "%s: pads %lld along the %s, expected at least 0", op->name,
                                   (long long)window->pads.value[i], side[dimension]);
    }
    return kin_op_fail(call, KIN_E_FORMAT, "%s: a window of size %lld does not fit an input of %s %lld", op->name,
                       (long long)size, side[dimension], (long long)in);
}

/* --- convolutions --- */

kin_status kin_conv_begin(const kin_call *call, const kin_op *op)
{
    KIN_TRY(kin_op_begin(call, op));
    for (size_t i = KIN_IN_X; i <= KIN_IN_WEIGHTS; i++) {
        KIN_TRY(kin_op_type(call, op, i, KIN_SET_FLOAT));
        KIN_TRY(kin_expect_rank(call, i, 4, 4));
        KIN_TRY(kin_op_not_empty(call, op, i));
    }
    return KIN_OK;
}

kin_status kin_conv_infer_window(const kin_call *call, const kin_op *op, int64_t out_c)
{
    const kin_conv_attrs *attrs = call->attrs;
    const int64_t        *x = call->in[KIN_IN_X]->shape.dim, *weights = call->in[KIN_IN_WEIGHTS]->shape.dim;
    kin_span              high, wide;
    KIN_TRY(kin_op_window(call, op, &attrs->window, 0, x[1], weights[1], &high));
    KIN_TRY(kin_op_window(call, op, &attrs->window, 1, x[2], weights[2], &wide));
    kin_shape out = {4, {x[0], high.out, wide.out, out_c}};
    KIN_TRY(kin_op_result(call, 0, KIN_FLOAT32, &out));
    return kin_epilogue_infer(call, &attrs->epilogue, &out);
}

/* Which of the two ops it is, the shapes tell: depthwise weights are [1, kh, kw, out]. (Where both would fit, one input
 * channel and one output channel, the two are the same.) */
kin_conv_dims kin_conv_dims_of(const kin_call *call)
{
    const kin_conv_attrs *attrs = call->attrs;
    const int64_t        *x = call->in[KIN_IN_X]->shape.dim, *weights = call->in[KIN_IN_WEIGHTS]->shape.dim;
    const int64_t        *y = call->out[0]->shape.dim;
    kin_span              high = {0, 0, 0}, wide = {0, 0, 0};
    kin_window_span(&attrs->window, 0, x[1], weights[1], &high);
    kin_window_span(&attrs->window, 1, x[2], weights[2], &wide);
    return (kin_conv_dims){
        .n = x[0],
        .h = x[1],
        .w = x[2],
        .c = x[3],
        .kh = weights[1],
        .kw = weights[2],
        .out_c = y[3],
        .groups = weights[0] == 1 && weights[3] == y[3] ? x[3] : attrs->groups,
        .oh = high.out,
        .ow = wide.out,
        .stride_h = item(&attrs->window.stride, 2, 0, 1),
        .stride_w = item(&attrs->window.stride, 2, 1, 1),
        .dilation_h = item(&attrs->window.dilation, 2, 0, 1),
        .dilation_w = item(&attrs->window.dilation, 2, 1, 1),
        .top = high.before,
        .left = wide.before,
    };
}

/* One output: image n, row oy, column ox, channel o. */
static double sum_of(const kin_call *call, const kin_conv_dims *d, kin_conv_tap *tap, int64_t n, int64_t oy, int64_t ox,
                     int64_t o)
{
    const float *x = kin_floats(call, KIN_IN_X), *weights = kin_floats(call, KIN_IN_WEIGHTS);
    double       sum = 0;
    for (int64_t ky = 0; ky < d->kh; ky++) {
        int64_t iy = oy * d->stride_h - d->top + ky * d->dilation_h;
        if (iy < 0 || iy >= d->h) continue;
        for (int64_t kx = 0; kx < d->kw; kx++) {
            int64_t ix = ox * d->stride_w - d->left + kx * d->dilation_w;
            if (ix < 0 || ix >= d->w) continue;
            sum = tap(d, x + ((n * d->h + iy) * d->w + ix) * d->c, weights, ky, kx, o, sum);
        }
    }
    return sum;
}

void kin_conv_forward(const kin_call *call, kin_conv_tap *tap)
{
    const kin_conv_attrs *attrs = call->attrs;
    kin_conv_dims         d = kin_conv_dims_of(call);
    const float          *bias = kin_floats(call, KIN_IN_BIAS), *slope = kin_floats(call, KIN_IN_SLOPE);
    const float          *residual = kin_floats(call, KIN_IN_RESIDUAL);
    float                *y = call->out[0]->data;
    size_t                at = 0;
    for (int64_t n = 0; n < d.n; n++)
        for (int64_t oy = 0; oy < d.oh; oy++)
            for (int64_t ox = 0; ox < d.ow; ox++)
                for (int64_t o = 0; o < d.out_c; o++, at++) {
                    double sum = sum_of(call, &d, tap, n, oy, ox, o);
                    if (bias) sum += bias[o];
                    y[at] = (float)kin_epilogue_apply(&attrs->epilogue, sum, slope, (size_t)o, residual, at);
                }
}

int64_t kin_conv_macs(const kin_conv_dims *dims, int64_t per_output)
{
    int64_t macs = per_output;
    if (kin_mul_i64(macs, dims->n, &macs) && kin_mul_i64(macs, dims->oh, &macs) && kin_mul_i64(macs, dims->ow, &macs) &&
        kin_mul_i64(macs, dims->out_c, &macs))
        return macs;
    return INT64_MAX;
}

/* --- the epilogue --- */

double kin_epilogue_apply(const kin_epilogue *epilogue, double x, const float *slope, size_t c, const float *residual,
                          size_t at)
{
    double added = residual ? residual[at] : 0;
    if (epilogue->residual_first) x += added, added = 0;
    switch (epilogue->activation) {
    case KIN_ACT_RELU: x = x < 0 ? 0 : x; break;
    case KIN_ACT_RELU6: x = x < 0 ? 0 : x > 6 ? 6 : x; break;
    case KIN_ACT_RELU_N1_1: x = x < -1 ? -1 : x > 1 ? 1 : x; break;
    case KIN_ACT_PRELU: x = x < 0 ? x * slope[c] : x; break;
    case KIN_ACT_LEAKY: x = x < 0 ? x * epilogue->alpha : x; break;
    case KIN_ACT_CLAMP: x = x < epilogue->low ? epilogue->low : x > epilogue->high ? epilogue->high : x; break;
    default: break;
    }
    return x + added;
}

/* Input `in`, when it is there, is float32 with `count` elements: one a channel. */
static kin_status channel_input(const kin_call *call, size_t in, const char *name, int64_t count)
{
    if (in >= call->in_count || !call->in[in]) return KIN_OK;
    const kin_tensor *t = call->in[in];
    if (t->type != KIN_FLOAT32)
        return kin_op_fail(call, KIN_E_UNSUPPORTED, "input %s is %s, expected float32", name, kin_type_name(t->type));
    if (kin_count(&t->shape) == (size_t)count) return KIN_OK;
    char shape[KIN_SHAPE_TEXT];
    return kin_op_fail(call, KIN_E_FORMAT, "input %s is %s, expected [%lld]: one number a channel", name,
                       kin_shape_text(&t->shape, shape, sizeof shape), (long long)count);
}

kin_status kin_epilogue_infer(const kin_call *call, const kin_epilogue *epilogue, const kin_shape *out)
{
    int64_t channels = out->dim[out->rank - 1];
    KIN_TRY(channel_input(call, KIN_IN_BIAS, "bias", channels));
    KIN_TRY(channel_input(call, KIN_IN_SLOPE, "slope", channels));
    if (epilogue->activation < KIN_ACT_NONE || epilogue->activation > KIN_ACT_CLAMP)
        return kin_op_fail(call, KIN_E_FORMAT, "activation %d does not exist", epilogue->activation);
    if (epilogue->activation == KIN_ACT_PRELU && (call->in_count <= KIN_IN_SLOPE || !call->in[KIN_IN_SLOPE]))
        return kin_op_fail(call, KIN_E_FORMAT, "activation prelu, but input slope is missing");
    if (epilogue->activation == KIN_ACT_CLAMP && !(epilogue->low <= epilogue->high))
        return kin_op_fail(call, KIN_E_FORMAT, "activation clamp from low %g to high %g", epilogue->low,
                           epilogue->high);
    if (call->in_count <= KIN_IN_RESIDUAL || !call->in[KIN_IN_RESIDUAL]) return KIN_OK;
    const kin_tensor *residual = call->in[KIN_IN_RESIDUAL];
    if (residual->type == KIN_FLOAT32 && kin_shape_equal(&residual->shape, out)) return KIN_OK;
    char shape[KIN_SHAPE_TEXT], wanted[KIN_SHAPE_TEXT];
    return kin_op_fail(call, KIN_E_FORMAT, "input residual is %s %s, expected float32 %s",
                       kin_type_name(residual->type), kin_shape_text(&residual->shape, shape, sizeof shape),
                       kin_shape_text(out, wanted, sizeof wanted));
}

/* --- random instances --- */

void kin_draw_window(kin_draw *draw, kin_window *window, bool dilated, int64_t h, int64_t w, int64_t kh, int64_t kw)
{
    const int64_t in[2] = {h, w}, size[2] = {kh, kw};
    window->padding = (int)kin_draw_range(draw, KIN_PAD_SAME, KIN_PAD_EXPLICIT);
    window->stride = window->dilation = (kin_ints){2, {1, 1}};
    window->pads = (kin_ints){4, {0}};
    for (int d = 0; d < 2; d++) {
        window->stride.value[d] = kin_draw_range(draw, 1, 3);
        if (dilated) window->dilation.value[d] = kin_draw_range(draw, 1, 2);
        if (window->padding == KIN_PAD_EXPLICIT)
            for (int i = 0; i < 2; i++) window->pads.value[2 * d + i] = kin_draw_range(draw, 0, size[d] - 1);
        kin_span span;
        if (!kin_window_span(window, d, in[d], size[d], &span)) window->padding = KIN_PAD_SAME;
    }
}

kin_status kin_conv_draw(kin_draw *draw, kin_shape x, kin_shape weights, int64_t out_c)
{
    kin_conv_attrs *attrs = draw->attrs;
    kin_span        high, wide;
    kin_draw_window(draw, &attrs->window, true, x.dim[1], x.dim[2], weights.dim[1], weights.dim[2]);
    kin_window_span(&attrs->window, 0, x.dim[1], weights.dim[1], &high);
    kin_window_span(&attrs->window, 1, x.dim[2], weights.dim[2], &wide);
    draw->out_count = 1;
    KIN_TRY(kin_draw_tensor(draw, KIN_IN_X, KIN_FLOAT32, x, -1, 1, false));
    KIN_TRY(kin_draw_tensor(draw, KIN_IN_WEIGHTS, KIN_FLOAT32, weights, -1, 1, true));
    return kin_draw_epilogue(draw, &attrs->epilogue, (kin_shape){4, {x.dim[0], high.out, wide.out, out_c}});
}

kin_status kin_draw_epilogue(kin_draw *draw, kin_epilogue *epilogue, kin_shape shape)
{
    kin_shape channels = {1, {shape.dim[shape.rank - 1]}};
    epilogue->activation = (int)kin_draw_range(draw, KIN_ACT_NONE, KIN_ACT_CLAMP);
    epilogue->alpha = 0.1, epilogue->low = -0.5, epilogue->high = 0.75;
    epilogue->residual_first = kin_draw_flip(draw);
    draw->in_count = 2;
    bool slope = epilogue->activation == KIN_ACT_PRELU, residual = kin_draw_flip(draw);
    if (slope || residual || kin_draw_flip(draw)) /* a drawn op has no gaps among its inputs */
        KIN_TRY(kin_draw_tensor(draw, KIN_IN_BIAS, KIN_FLOAT32, channels, -1, 1, true));
    if (slope || residual) KIN_TRY(kin_draw_tensor(draw, KIN_IN_SLOPE, KIN_FLOAT32, channels, -1, 1, true));
    if (residual) KIN_TRY(kin_draw_tensor(draw, KIN_IN_RESIDUAL, KIN_FLOAT32, shape, -1, 1, false));
    return KIN_OK;
}
