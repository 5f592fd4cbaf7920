/* SPDX-License-Identifier: Apache-2.0
 *
 * Ops that make one number of two, with numpy's broadcasting: a file includes this, writes its formula as `of` (float32)
 * and `of_int` (int32 and int64; wraps, never traps), and ends with KIN_BINARY(name, ...) or KIN_BINARY_ACT(name, ...),
 * the latter for ops that TensorFlow Lite gives a fused activation.
 */
#ifndef KIN_NN_OPS_BINARY_H
#define KIN_NN_OPS_BINARY_H

#include "nn/ops/activation.h"

typedef struct {
    int activation; /* kin_activation: none, relu, relu6 or relu_n1_to_1 */
} kin_binary_attrs;

/* Types alike, of `types`, shapes that go together; `out` is the shape they broadcast to. */
static inline kin_status kin_binary_shape(const kin_call *call, const kin_op *op, unsigned types, kin_shape *out)
{
    KIN_TRY(kin_op_begin(call, op));
    KIN_TRY(kin_op_type(call, op, 0, types));
    KIN_TRY(kin_op_same_type(call, op, 0, 1));
    if (kin_broadcast(&call->in[0]->shape, &call->in[1]->shape, out)) return KIN_OK;
    char x[KIN_SHAPE_TEXT], y[KIN_SHAPE_TEXT];
    return kin_op_fail(call, KIN_E_FORMAT, "%s: shapes %s and %s do not broadcast", op->name,
                       kin_shape_text(&call->in[0]->shape, x, sizeof x),
                       kin_shape_text(&call->in[1]->shape, y, sizeof y));
}

static inline kin_status kin_binary_infer(const kin_call *call, const kin_op *op)
{
    kin_shape shape;
    KIN_TRY(kin_binary_shape(call, op, KIN_SET_NUMBER, &shape));
    if (op->attrs_size) KIN_TRY(kin_activation_check(call, op, ((const kin_binary_attrs *)call->attrs)->activation));
    return kin_op_result(call, 0, call->in[0]->type, &shape);
}

static inline kin_walk kin_binary_walk(const kin_call *call)
{
    kin_walk walk = kin_walk_make(&call->out[0]->shape);
    kin_walk_broadcast(&walk, &call->in[0]->shape);
    kin_walk_broadcast(&walk, &call->in[1]->shape);
    return walk;
}

static inline void kin_binary_float(const kin_call *call, float (*of)(float, float), float low, float high)
{
    const float *a = call->in[0]->data, *b = call->in[1]->data;
    float       *y = call->out[0]->data;
    size_t       count = kin_count(&call->out[0]->shape);
    kin_walk     walk = kin_binary_walk(call);
    for (size_t i = 0; i < count; i++, kin_walk_next(&walk)) {
        float v = of(a[walk.offset[0]], b[walk.offset[1]]);
        y[i] = v < low ? low : v > high ? high : v;
    }
}

static inline void kin_binary_int(const kin_call *call, int64_t (*of)(int64_t, int64_t), double low, double high)
{
    size_t   count = kin_count(&call->out[0]->shape);
    kin_walk walk = kin_binary_walk(call);
    for (size_t i = 0; i < count; i++, kin_walk_next(&walk)) {
        int64_t v = of(kin_int_at(call->in[0], (size_t)walk.offset[0]), kin_int_at(call->in[1], (size_t)walk.offset[1]));
        if (call->out[0]->type == KIN_INT32) v = (int32_t)v;
        if ((double)v < low) v = (int64_t)low;
        if ((double)v > high) v = (int64_t)high;
        if (call->out[0]->type == KIN_INT64)
            ((int64_t *)call->out[0]->data)[i] = v;
        else
            ((int32_t *)call->out[0]->data)[i] = (int32_t)v;
    }
}

static inline void kin_binary_forward(const kin_call *call, float (*of)(float, float),
                                      int64_t (*of_int)(int64_t, int64_t), int activation)
{
    double low, high;
    kin_activation_range(activation, &low, &high);
    if (call->in[0]->type == KIN_FLOAT32)
        kin_binary_float(call, of, (float)low, (float)high);
    else
        kin_binary_int(call, of_int, low, high);
}

/* The gradient by one of the two: dx = dy * by(x, y), summed over what was broadcast. Two walks, over the elements of dx
 * and, from each, over those that it was broadcast to. */
static inline void kin_binary_gradient(const kin_back *back, size_t i, float (*by)(float x, float y))
{
    const kin_call *call = back->call;
    const float    *a = call->in[0]->data, *b = call->in[1]->data, *dy = back->dy[0]->data;
    float          *dx = back->dx[i]->data;
    const kin_shape *full = &back->dy[0]->shape, *narrow = &back->dx[i]->shape;
    kin_walk         outer = kin_walk_make(full);
    size_t           each, own = kin_count(narrow);
    kin_walk_broadcast(&outer, &call->in[0]->shape);
    kin_walk_broadcast(&outer, &call->in[1]->shape);
    kin_walk_broadcast(&outer, full);
    kin_walk inner = kin_walk_split(&outer, narrow, &each);
    for (size_t k = 0; k < own; k++, kin_walk_next(&outer)) {
        double sum = 0;
        for (size_t m = 0; m < each; m++, kin_walk_next(&inner))
            sum += (double)dy[outer.offset[2] + inner.offset[2]] *
                   by(a[outer.offset[0] + inner.offset[0]], b[outer.offset[1] + inner.offset[1]]);
        dx[k] = (float)sum;
    }
}

/* x keeps the output's shape half of the time, so that in-place instances are met. */
static inline kin_status kin_binary_draw(kin_draw *draw, unsigned types, double low, double high)
{
    kin_type  type = kin_draw_type(draw, types);
    kin_shape full = kin_draw_shape(draw, 0, 5, 5);
    kin_shape x = kin_draw_flip(draw) ? full : kin_draw_narrower(draw, &full);
    kin_shape y = kin_draw_flip(draw) ? full : kin_draw_narrower(draw, &full);
    draw->in_count = 2, draw->out_count = 1;
    KIN_TRY(kin_draw_tensor(draw, 0, type, x, low, high, false));
    return kin_draw_tensor(draw, 1, type, y, low, high, kin_draw_flip(draw));
}

#define KIN_BINARY_OP(name_, summary_, low_, high_, ...)                                                               \
    static kin_status infer(const kin_call *call)                                                                      \
    {                                                                                                                  \
        return kin_binary_infer(call, &kin_op_##name_);                                                                \
    }                                                                                                                  \
    const kin_op kin_op_##name_ = {.name = #name_,                                                                     \
                                   .summary = summary_,                                                                \
                                   .inputs = "x y",                                                                    \
                                   .in_min = 2,                                                                        \
                                   .in_max = 2,                                                                        \
                                   .out_min = 1,                                                                       \
                                   .out_max = 1,                                                                       \
                                   .in_place = true,                                                                   \
                                   .infer = infer,                                                                     \
                                   .forward = forward,                                                                 \
                                   .draw = draw,                                                                       \
                                   __VA_ARGS__};

/* Before KIN_BINARY...: the gradients by x and by y, a formula each of (x, y), and what each reads (bit 0 x, bit 1 y). */
#define KIN_BINARY_GRADIENT(by_x, by_y, x_reads, y_reads)                                                              \
    static void backward(const kin_back *back)                                                                         \
    {                                                                                                                  \
        if (back->dx[0]) kin_binary_gradient(back, 0, by_x);                                                           \
        if (back->dx[1]) kin_binary_gradient(back, 1, by_y);                                                           \
    }                                                                                                                  \
    enum { READS_X = x_reads, READS_Y = y_reads };
#define KIN_HAS_BINARY_GRADIENT                                                                                        \
    .backward = backward, .backward_to = 3, .backward_apart = true, .backward_reads = {{READS_X, 0}, {READS_Y, 0}}

/* Random instances draw both inputs from [low, high). */
#define KIN_BINARY(name, summary, low, high, ...)                                                                      \
    static void forward(const kin_call *call)                                                                          \
    {                                                                                                                  \
        kin_binary_forward(call, of, of_int, KIN_ACT_NONE);                                                            \
    }                                                                                                                  \
    static kin_status draw(kin_draw *draw_)                                                                            \
    {                                                                                                                  \
        return kin_binary_draw(draw_, KIN_SET_NUMBER, low, high);                                                      \
    }                                                                                                                  \
    KIN_BINARY_OP(name, summary, low, high, .attrs_size = 0, __VA_ARGS__)

#define KIN_BINARY_ACT(name, summary, low, high, ...)                                                                  \
    static void forward(const kin_call *call)                                                                          \
    {                                                                                                                  \
        kin_binary_forward(call, of, of_int, ((const kin_binary_attrs *)call->attrs)->activation);                     \
    }                                                                                                                  \
    static kin_status draw(kin_draw *draw_)                                                                            \
    {                                                                                                                  \
        ((kin_binary_attrs *)draw_->attrs)->activation = (int)kin_draw_range(draw_, KIN_ACT_NONE, KIN_ACT_RELU_N1_1);  \
        return kin_binary_draw(draw_, KIN_SET_NUMBER, low, high);                                                      \
    }                                                                                                                  \
    static const kin_attr attributes[] = {                                                                             \
        {"activation", KIN_ATTR_ENUM, offsetof(kin_binary_attrs, activation), "none", kin_activation_words,            \
         "cuts the result: none, relu, relu6, relu_n1_to_1"},                                                          \
    };                                                                                                                 \
    KIN_BINARY_OP(name, summary, low, high, .attrs_size = sizeof(kin_binary_attrs), KIN_ATTR_TABLE(attributes),        \
                  __VA_ARGS__)

#endif
