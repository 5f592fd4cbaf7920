/* SPDX-License-Identifier: Apache-2.0
 *
 * Ops that make one number of one number: a file includes this, writes its formula as `of` (float32) and, where the op
 * has one, `of_int` (int32, int64; wraps), its derivative, and ends with KIN_UNARY(name, summary, types, low, high,
 * KIN_HAS_UNARY_GRADIENT) or, where it has none, `.flat = true`.
 */
#ifndef KIN_NN_OPS_UNARY_H
#define KIN_NN_OPS_UNARY_H

#include "nn/ops/common.h"

static inline kin_status kin_unary_infer(const kin_call *call, const kin_op *op, unsigned types)
{
    KIN_TRY(kin_op_begin(call, op));
    KIN_TRY(kin_op_type(call, op, 0, types));
    return kin_op_result(call, 0, call->in[0]->type, &call->in[0]->shape);
}

static inline void kin_unary_float(const kin_call *call, float (*of)(float))
{
    const float *x = call->in[0]->data;
    float       *y = call->out[0]->data;
    size_t       count = kin_count(&call->out[0]->shape);
    for (size_t i = 0; i < count; i++) y[i] = of(x[i]);
}

static inline void kin_unary_int(const kin_call *call, int64_t (*of)(int64_t))
{
    size_t count = kin_count(&call->out[0]->shape);
    if (call->in[0]->type == KIN_INT64) {
        const int64_t *x = call->in[0]->data;
        int64_t       *y = call->out[0]->data;
        for (size_t i = 0; i < count; i++) y[i] = of(x[i]);
    } else {
        const int32_t *x = call->in[0]->data;
        int32_t       *y = call->out[0]->data;
        for (size_t i = 0; i < count; i++) y[i] = (int32_t)of(x[i]);
    }
}

/* dx = dy * by(x, y); may work in place. */
static inline void kin_unary_backward(const kin_back *back, float (*by)(float x, float y))
{
    const float *x = back->call->in[0]->data, *y = back->call->out[0]->data, *dy = back->dy[0]->data;
    float       *dx = back->dx[0]->data;
    size_t       count = kin_count(&back->dy[0]->shape);
    for (size_t i = 0; i < count; i++) dx[i] = dy[i] * by(x[i], y[i]);
}

/* Before KIN_UNARY...: the derivative, a formula of (x, y), and whether it reads x and y: where not, any number may stand
 * there. */
#define KIN_UNARY_GRADIENT(by, reads_x, reads_y)                                                                       \
    static void backward(const kin_back *back)                                                                         \
    {                                                                                                                  \
        kin_unary_backward(back, by);                                                                                  \
    }                                                                                                                  \
    enum { READS_X = reads_x, READS_Y = reads_y };
#define KIN_HAS_UNARY_GRADIENT                                                                                         \
    .backward = backward, .backward_to = 1, .backward_reads = {{READS_X, READS_Y}}, .backward_in_place = true

static inline kin_status kin_unary_draw(kin_draw *draw, unsigned types, double low, double high)
{
    draw->in_count = draw->out_count = 1;
    kin_shape x = kin_draw_shape(draw, 0, 5, 5); /* a draw a statement: arguments are evaluated in any order */
    return kin_draw_tensor(draw, 0, kin_draw_type(draw, types), x, low, high, false);
}

#define KIN_UNARY_OP(name_, summary_, types_, low_, high_, ...)                                                        \
    static kin_status infer(const kin_call *call)                                                                      \
    {                                                                                                                  \
        return kin_unary_infer(call, &kin_op_##name_, types_);                                                         \
    }                                                                                                                  \
    static kin_status draw(kin_draw *draw_)                                                                            \
    {                                                                                                                  \
        return kin_unary_draw(draw_, types_, low_, high_);                                                             \
    }                                                                                                                  \
    const kin_op kin_op_##name_ = {.name = #name_,                                                                     \
                                   .summary = summary_,                                                                \
                                   .inputs = "x",                                                                      \
                                   .in_min = 1,                                                                        \
                                   .in_max = 1,                                                                        \
                                   .out_min = 1,                                                                       \
                                   .out_max = 1,                                                                       \
                                   .in_place = true,                                                                   \
                                   .infer = infer,                                                                     \
                                   .forward = forward,                                                                 \
                                   .draw = draw,                                                                       \
                                   __VA_ARGS__};

/* y = of(x), float32; random instances draw x from [low, high). */
#define KIN_UNARY(name, summary, low, high, ...)                                                                       \
    static void forward(const kin_call *call)                                                                          \
    {                                                                                                                  \
        kin_unary_float(call, of);                                                                                     \
    }                                                                                                                  \
    KIN_UNARY_OP(name, summary, KIN_SET_FLOAT, low, high, __VA_ARGS__)

/* The same, and y = of_int(x) for int32 and int64. */
#define KIN_UNARY_NUMBER(name, summary, low, high, ...)                                                                \
    static void forward(const kin_call *call)                                                                          \
    {                                                                                                                  \
        if (call->in[0]->type == KIN_FLOAT32)                                                                          \
            kin_unary_float(call, of);                                                                                 \
        else                                                                                                           \
            kin_unary_int(call, of_int);                                                                               \
    }                                                                                                                  \
    KIN_UNARY_OP(name, summary, KIN_SET_NUMBER, low, high, __VA_ARGS__)

#endif
