/* SPDX-License-Identifier: Apache-2.0
 *
 * flatten: [n, ...] becomes [n, the product of the rest]; a vector of n becomes [n, 1].
 *
 * Keras: Flatten; TensorFlow and TensorFlow Lite have Reshape for it.
 */
#include "nn/ops/common.h"

static kin_status infer(const kin_call *call)
{
    KIN_TRY(kin_op_begin(call, &kin_op_flatten));
    KIN_TRY(kin_expect_rank(call, 0, 1, KIN_RANK_MAX));
    const kin_shape *x = &call->in[0]->shape;
    kin_shape        out = {2, {x->dim[0], (int64_t)kin_count_span(x, 1, x->rank)}};
    return kin_op_result_like(call, 0, 0, &out);
}

static kin_status draw(kin_draw *draw_)
{
    draw_->out_count = 1;
    kin_shape x = kin_draw_shape(draw_, 1, 5, 5);
    return kin_draw_tensor(draw_, 0, kin_draw_type(draw_, KIN_SET_ANY), x, 0, 99, false);
}

const kin_op kin_op_flatten = {
    .name = "flatten",
    .summary = "all dimensions but the first become one",
    .inputs = "x",
    .in_min = 1,
    .in_max = 1,
    .out_min = 1,
    .out_max = 1,
    .in_place = true,
    .infer = infer,
    .forward = kin_op_same_bytes,
    KIN_SAME_BYTES_BACKWARD,
    .draw = draw,
};
