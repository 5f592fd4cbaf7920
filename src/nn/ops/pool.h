/* SPDX-License-Identifier: Apache-2.0
 *
 * Poolings: one number of each window and channel. A file includes this, writes `of` (the window's cells as far as they
 * lie in the picture) and ends with KIN_POOL(name, summary).
 */
#ifndef KIN_NN_OPS_POOL_H
#define KIN_NN_OPS_POOL_H

#include "nn/ops/activation.h"
#include "nn/ops/conv_attrs.h"

/* The part of a window that lies in the picture: never empty. `x` is its first cell, channel chosen. */
typedef struct {
    const float *x;
    int64_t      rows, columns;
    int64_t      row_step, column_step; /* in floats */
} kin_pool_part;

/* Along one dimension: all of it when size is empty. */
static inline kin_window kin_pool_window(const kin_pool_attrs *attrs, const int64_t in[2], int64_t size[2])
{
    kin_window whole = {{2, {1, 1}}, {2, {1, 1}}, KIN_PAD_VALID, {0, {0}}}, window = attrs->window;
    window.dilation = whole.dilation;
    for (int d = 0; d < 2; d++) size[d] = attrs->size.count ? attrs->size.value[d] : in[d];
    return attrs->size.count ? window : whole;
}

static inline kin_status kin_pool_infer(const kin_call *call, const kin_op *op)
{
    const kin_pool_attrs *attrs = call->attrs;
    KIN_TRY(kin_op_begin(call, op));
    KIN_TRY(kin_op_type(call, op, 0, KIN_SET_FLOAT));
    KIN_TRY(kin_expect_rank(call, 0, 4, 4));
    KIN_TRY(kin_op_not_empty(call, op, 0));
    KIN_TRY(kin_activation_check(call, op, attrs->activation));
    if (attrs->size.count != 0 && attrs->size.count != 2)
        return kin_op_fail(call, KIN_E_FORMAT, "%s: size has %d numbers, expected 2 or none", op->name,
                           attrs->size.count);
    const int64_t *x = call->in[0]->shape.dim;
    kin_shape      out = {4, {x[0], 0, 0, x[3]}};
    int64_t        size[2];
    kin_window     window = kin_pool_window(attrs, x + 1, size);
    for (int d = 0; d < 2; d++) {
        kin_span span;
        if (size[d] < 1)
            return kin_op_fail(call, KIN_E_FORMAT, "%s: size %lld, expected at least 1", op->name, (long long)size[d]);
        KIN_TRY(kin_op_window(call, op, &window, d, x[1 + d], size[d], &span));
        if (span.before >= size[d] || (window.padding == KIN_PAD_EXPLICIT && span.after >= size[d]))
            return kin_op_fail(call, KIN_E_FORMAT, "%s: pads %lld and %lld, expected less than the size %lld", op->name,
                               (long long)span.before, (long long)span.after, (long long)size[d]);
        out.dim[1 + d] = span.out;
    }
    return kin_op_result(call, 0, KIN_FLOAT32, &out);
}

static inline void kin_pool_forward(const kin_call *call, double (*of)(const kin_pool_part *))
{
    const kin_pool_attrs *attrs = call->attrs;
    const int64_t        *in = call->in[0]->shape.dim, *out = call->out[0]->shape.dim;
    const float          *x = call->in[0]->data;
    float                *y = call->out[0]->data;
    int64_t               size[2], stride[2], c = in[3];
    kin_window            window = kin_pool_window(attrs, in + 1, size);
    kin_span              span[2];
    double                low, high;
    kin_activation_range(attrs->activation, &low, &high);
    for (int d = 0; d < 2; d++) {
        kin_window_span(&window, d, in[1 + d], size[d], &span[d]);
        stride[d] = window.stride.count ? window.stride.value[d] : 1;
    }
    for (int64_t n = 0; n < out[0]; n++)
        for (int64_t oy = 0; oy < out[1]; oy++)
            for (int64_t ox = 0; ox < out[2]; ox++) {
                int64_t top = oy * stride[0] - span[0].before, left = ox * stride[1] - span[1].before;
                int64_t bottom = top + size[0] < in[1] ? top + size[0] : in[1];
                int64_t right = left + size[1] < in[2] ? left + size[1] : in[2];
                if (top < 0) top = 0;
                if (left < 0) left = 0;
                kin_pool_part part = {x + ((n * in[1] + top) * in[2] + left) * c, bottom - top, right - left, in[2] * c,
                                      c};
                for (int64_t i = 0; i < c; i++, part.x++) {
                    double v = of(&part);
                    *y++ = (float)(v < low ? low : v > high ? high : v);
                }
            }
}

static inline kin_status kin_pool_draw(kin_draw *draw)
{
    kin_pool_attrs *attrs = draw->attrs;
    int64_t         h = kin_draw_range(draw, 1, 9), w = kin_draw_range(draw, 1, 9);
    kin_shape       x = {4, {kin_draw_range(draw, 1, 2), h, w, kin_draw_range(draw, 1, 6)}};
    attrs->activation = (int)kin_draw_range(draw, KIN_ACT_NONE, KIN_ACT_RELU_N1_1);
    attrs->size.count = 0;
    if (kin_draw_range(draw, 0, 3)) {
        attrs->size = (kin_ints){2, {kin_draw_range(draw, 1, 4), kin_draw_range(draw, 1, 4)}};
        kin_draw_window(draw, &attrs->window, false, h, w, attrs->size.value[0], attrs->size.value[1]);
    }
    draw->out_count = 1;
    return kin_draw_tensor(draw, 0, KIN_FLOAT32, x, -8, 8, false);
}

#define KIN_POOL(name_, summary_)                                                                                      \
    static kin_status infer(const kin_call *call)                                                                      \
    {                                                                                                                  \
        return kin_pool_infer(call, &kin_op_##name_);                                                                  \
    }                                                                                                                  \
    static void forward(const kin_call *call)                                                                          \
    {                                                                                                                  \
        kin_pool_forward(call, of);                                                                                    \
    }                                                                                                                  \
    static const kin_attr attributes[] = {                                                                             \
        {"size", KIN_ATTR_INTS, offsetof(kin_pool_attrs, size), "", NULL,                                              \
         "height and width of the window; empty: the whole picture"},                                                  \
        KIN_WINDOW_ATTRS(kin_pool_attrs),                                                                              \
        {"activation", KIN_ATTR_ENUM, offsetof(kin_pool_attrs, activation), "none", kin_activation_words,              \
         "cuts the result: none, relu, relu6, relu_n1_to_1"},                                                          \
    };                                                                                                                 \
    const kin_op kin_op_##name_ = {.name = #name_,                                                                     \
                                   .summary = summary_,                                                                \
                                   .inputs = "x",                                                                      \
                                   .in_min = 1,                                                                        \
                                   .in_max = 1,                                                                        \
                                   .out_min = 1,                                                                       \
                                   .out_max = 1,                                                                       \
                                   .attrs_size = sizeof(kin_pool_attrs),                                               \
                                   KIN_ATTR_TABLE(attributes),                                                         \
                                   .infer = infer,                                                                     \
                                   .forward = forward,                                                                 \
                                   .draw = kin_pool_draw};

#endif
