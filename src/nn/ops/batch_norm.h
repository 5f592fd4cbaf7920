/* SPDX-License-Identifier: Apache-2.0
 *
 * What batch_norm and batch_norm_train share: x and a number a channel (the last axis) of each other input; epsilon.
 */
#ifndef KIN_NN_OPS_BATCH_NORM_H
#define KIN_NN_OPS_BATCH_NORM_H

#include "nn/ops/common.h"

typedef struct {
    double epsilon;
} kin_batch_norm_attrs;

/* Checks the call and fills out[0], of x's shape. */
static inline kin_status kin_batch_norm_infer(const kin_call *call, const kin_op *op)
{
    double epsilon = ((const kin_batch_norm_attrs *)call->attrs)->epsilon;
    KIN_TRY(kin_op_begin(call, op));
    for (size_t i = 0; i < call->in_count; i++) KIN_TRY(kin_op_type(call, op, i, KIN_SET_FLOAT));
    KIN_TRY(kin_expect_rank(call, 0, 1, KIN_RANK_MAX));
    const kin_shape *x = &call->in[0]->shape;
    int64_t          channels = x->dim[x->rank - 1];
    for (size_t i = 1; i < call->in_count; i++) {
        KIN_TRY(kin_expect_rank(call, i, 1, 1));
        if (call->in[i]->shape.dim[0] != channels) {
            char name[KIN_INPUT_NAME];
            return kin_op_fail(call, KIN_E_FORMAT, "%s: input %s has %lld numbers, expected %lld channels", op->name,
                               kin_op_input_name(op, i, name, sizeof name), (long long)call->in[i]->shape.dim[0],
                               (long long)channels);
        }
    }
    if (!(epsilon >= 0))
        return kin_op_fail(call, KIN_E_FORMAT, "%s: epsilon %g, expected at least 0", op->name, epsilon);
    return kin_op_result(call, 0, KIN_FLOAT32, x);
}

#define KIN_BATCH_NORM_ATTRS                                                                                           \
    {                                                                                                                  \
        "epsilon", KIN_ATTR_FLOAT, offsetof(kin_batch_norm_attrs, epsilon), "0.001", NULL, "added to the variance"     \
    }

#endif
