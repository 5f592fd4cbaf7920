/* SPDX-License-Identifier: Apache-2.0
 *
 * Ops that make one number of one number: a file includes this, writes its formula as `of` (float32) and, where the op
 * has one, `of_int` (int32, int64; wraps), and ends with KIN_UNARY(name, summary, types, low, high).
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

static inline kin_status kin_unary_draw(kin_draw *draw, unsigned types, double low, double high)
{
    draw->in_count = draw->out_count = 1;
    return kin_draw_tensor(draw, 0, kin_draw_type(draw, types), kin_draw_shape(draw, 0, 5, 5), low, high, false);
}

#define KIN_UNARY_OP(name_, summary_, types_, low_, high_)                                                             \
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
                                   .draw = draw};

/* y = of(x), float32; random instances draw x from [low, high). */
#define KIN_UNARY(name, summary, low, high)                                                                            \
    static void forward(const kin_call *call)                                                                          \
    {                                                                                                                  \
        kin_unary_float(call, of);                                                                                     \
    }                                                                                                                  \
    KIN_UNARY_OP(name, summary, KIN_SET_FLOAT, low, high)

/* The same, and y = of_int(x) for int32 and int64. */
#define KIN_UNARY_NUMBER(name, summary, low, high)                                                                     \
    static void forward(const kin_call *call)                                                                          \
    {                                                                                                                  \
        if (call->in[0]->type == KIN_FLOAT32)                                                                          \
            kin_unary_float(call, of);                                                                                 \
        else                                                                                                           \
            kin_unary_int(call, of_int);                                                                               \
    }                                                                                                                  \
    KIN_UNARY_OP(name, summary, KIN_SET_NUMBER, low, high)

#endif
