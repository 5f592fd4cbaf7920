/* SPDX-License-Identifier: Apache-2.0
 *
 * Poolings: one number of each window and channel. A file includes this, writes `of` (the window's cells as far as they
 * lie in the picture) and `backward`, and ends with KIN_POOL(name, summary, what backward reads).
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

/* A call's sizes, for the parts of its windows. */
typedef struct {
    const int64_t *in, *out; /* n, h, w, c */
    int64_t        size[2], stride[2];
    kin_span       span[2];
} kin_pool_dims;

static inline kin_pool_dims kin_pool_dims_of(const kin_call *call)
{
    kin_pool_dims d = {.in = call->in[0]->shape.dim, .out = call->out[0]->shape.dim};
    kin_window    window = kin_pool_window(call->attrs, d.in + 1, d.size);
    for (int i = 0; i < 2; i++) {
        kin_window_span(&window, i, d.in[1 + i], d.size[i], &d.span[i]);
        d.stride[i] = window.stride.count ? window.stride.value[i] : 1;
    }
    return d;
}

/* The part of window (n, oy, ox) in channel 0; `at` becomes the number of its first cell. */
static inline kin_pool_part kin_pool_part_of(const kin_pool_dims *d, const float *x, int64_t n, int64_t oy, int64_t ox,
                                             int64_t *at)
{
    int64_t top = oy * d->stride[0] - d->span[0].before, left = ox * d->stride[1] - d->span[1].before;
    int64_t bottom = top + d->size[0] < d->in[1] ? top + d->size[0] : d->in[1];
    int64_t right = left + d->size[1] < d->in[2] ? left + d->size[1] : d->in[2];
    if (top < 0) top = 0;
    if (left < 0) left = 0;
    *at = ((n * d->in[1] + top) * d->in[2] + left) * d->in[3];
    return (kin_pool_part){x + *at, bottom - top, right - left, d->in[2] * d->in[3], d->in[3]};
}

static inline void kin_pool_forward(const kin_call *call, double (*of)(const kin_pool_part *))
{
    kin_pool_dims d = kin_pool_dims_of(call);
    float        *y = call->out[0]->data;
    double        low, high;
    kin_activation_range(((const kin_pool_attrs *)call->attrs)->activation, &low, &high);
    for (int64_t n = 0; n < d.out[0]; n++)
        for (int64_t oy = 0; oy < d.out[1]; oy++)
            for (int64_t ox = 0; ox < d.out[2]; ox++) {
                int64_t       at;
                kin_pool_part part = kin_pool_part_of(&d, call->in[0]->data, n, oy, ox, &at);
                for (int64_t i = 0; i < d.in[3]; i++, part.x++) {
                    double v = of(&part);
                    *y++ = (float)(v < low ? low : v > high ? high : v);
                }
            }
}

/* Each window gives its dy to the cells it was made of: `give` adds to dx, which lies as part.x does. Windows overlap a few
 * times at most, so that floats may be summed. */
static inline void kin_pool_backward(const kin_back *back, const float *x,
                                     void (*give)(const kin_pool_part *part, float dy, float *dx))
{
    kin_pool_dims d = kin_pool_dims_of(back->call);
    const float  *dy = back->dy[0]->data;
    float        *dx = back->dx[0]->data;
    memset(dx, 0, kin_count(&back->dx[0]->shape) * sizeof *dx);
    for (int64_t n = 0; n < d.out[0]; n++)
        for (int64_t oy = 0; oy < d.out[1]; oy++)
            for (int64_t ox = 0; ox < d.out[2]; ox++) {
                int64_t       at;
                kin_pool_part part = kin_pool_part_of(&d, x, n, oy, ox, &at);
                for (int64_t i = 0; i < d.in[3]; i++, part.x++) give(&part, *dy++, dx + at + i);
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

#define KIN_POOL(name_, summary_, backward_reads_)                                                                     \
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
                                   .backward = backward,                                                               \
                                   .backward_to = 1,                                                                   \
                                   .backward_reads = {{backward_reads_, 0}},                                           \
                                   .draw = kin_pool_draw};

#endif
