/* SPDX-License-Identifier: Apache-2.0
 *
 * Ops that ask a question about two numbers (broadcast) and answer with bool: a file defines KIN_COMPARE_OF(x, y) and
 * ends with KIN_COMPARE(name, summary, types).
 */
#ifndef KIN_NN_OPS_COMPARE_H
#define KIN_NN_OPS_COMPARE_H

#include "nn/ops/binary.h"

/* One loop an element type. */
#define KIN_COMPARE_LOOP(type)                                                                                         \
    {                                                                                                                  \
        const type *a = call->in[0]->data, *b = call->in[1]->data;                                                     \
        for (size_t i = 0; i < count; i++, kin_walk_next(&walk))                                                       \
            y[i] = KIN_COMPARE_OF(a[walk.offset[0]], b[walk.offset[1]]);                                               \
        break;                                                                                                         \
    }

#define KIN_COMPARE(name_, summary_, types_)                                                                           \
    static kin_status infer(const kin_call *call)                                                                      \
    {                                                                                                                  \
        kin_shape shape;                                                                                               \
        KIN_TRY(kin_binary_shape(call, &kin_op_##name_, types_, &shape));                                              \
        return kin_op_result(call, 0, KIN_BOOL, &shape);                                                               \
    }                                                                                                                  \
    static void forward(const kin_call *call)                                                                          \
    {                                                                                                                  \
        uint8_t *y = call->out[0]->data;                                                                               \
        size_t   count = kin_count(&call->out[0]->shape);                                                              \
        kin_walk walk = kin_binary_walk(call);                                                                         \
        switch (call->in[0]->type) {                                                                                   \
        case KIN_FLOAT32: KIN_COMPARE_LOOP(float)                                                                      \
        case KIN_INT32: KIN_COMPARE_LOOP(int32_t)                                                                      \
        case KIN_INT64: KIN_COMPARE_LOOP(int64_t)                                                                      \
        default: KIN_COMPARE_LOOP(uint8_t) /* bool */                                                                  \
        }                                                                                                              \
    }                                                                                                                  \
    static kin_status draw(kin_draw *draw_)                                                                            \
    {                                                                                                                  \
        return kin_binary_draw(draw_, types_, 0, (types_) == KIN_SET_BOOL ? 1 : 3);                                    \
    }                                                                                                                  \
    const kin_op kin_op_##name_ = {.name = #name_,                                                                     \
                                   .summary = summary_,                                                                \
                                   .inputs = "x y",                                                                    \
                                   .in_min = 2,                                                                        \
                                   .in_max = 2,                                                                        \
                                   .out_min = 1,                                                                       \
                                   .out_max = 1,                                                                       \
                                   .infer = infer,                                                                     \
                                   .forward = forward,                                                                 \
                                   .flat = true,                                                                       \
                                   .draw = draw};

#endif
