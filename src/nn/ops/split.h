/* SPDX-License-Identifier: Apache-2.0
 *
 * What split and split_v share: the parts of x along an axis, one an output.
 */
#ifndef KIN_NN_OPS_SPLIT_H
#define KIN_NN_OPS_SPLIT_H

#include "nn/ops/common.h"

/* The one number of input `in`, as an axis of x. */
static inline kin_status kin_split_axis(const kin_call *call, const kin_op *op, size_t in, const kin_shape *x, int *axis)
{
    kin_ints numbers;
    KIN_TRY(kin_expect_ints(call, in, 1, &numbers));
    if (numbers.count != 1) return kin_op_fail(call, KIN_E_FORMAT, "%s: axis has no number, expected one", op->name);
    return kin_expect_axis(call, numbers.value[0], x->rank, axis);
}

/* Each output has its part's size along `axis` already; x is input `in`, `axis_in` the axis. */
static inline void kin_split_forward(const kin_call *call, size_t in, size_t axis_in)
{
    const kin_shape *x = &call->in[in]->shape;
    int64_t          named = kin_int_at(call->in[axis_in], 0);
    int              axis = (int)(named < 0 ? named + x->rank : named);
    size_t           outer = kin_count_span(x, 0, axis), size = kin_type_size(call->in[in]->type);
    const char      *from = call->in[in]->data;
    for (size_t o = 0; o < outer; o++)
        for (size_t i = 0; i < call->out_count; i++) {
            size_t run = kin_count_span(&call->out[i]->shape, axis, x->rank) * size;
            if (run) memcpy((char *)call->out[i]->data + o * run, from, run);
            from += run;
        }
}

#endif
