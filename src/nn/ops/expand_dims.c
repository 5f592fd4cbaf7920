/* SPDX-License-Identifier: Apache-2.0
 *
 * expand_dims: puts in a dimension of 1 at the axis, which counts in the output's rank.
 *
 * TensorFlow: ExpandDims; TensorFlow Lite: EXPAND_DIMS (lite/kernels/expand_dims.cc).
 */
#include "nn/ops/common.h"

static kin_status infer(const kin_call *call)
{
    kin_ints  axes;
    int       axis;
    kin_shape out = {0, {0}};
    KIN_TRY(kin_op_begin(call, &kin_op_expand_dims));
    KIN_TRY(kin_expect_rank(call, 0, 0, KIN_RANK_MAX - 1));
    KIN_TRY(kin_expect_ints(call, 1, 1, &axes));
    if (axes.count != 1) return kin_op_fail(call, KIN_E_FORMAT, "expand_dims: axis has no number, expected one");
    const kin_shape *x = &call->in[0]->shape;
    KIN_TRY(kin_expect_axis(call, axes.value[0], x->rank + 1, &axis));
    for (int d = 0; d <= x->rank; d++) {
        if (d == axis) out.dim[out.rank++] = 1;
        if (d < x->rank) out.dim[out.rank++] = x->dim[d];
    }
    return kin_op_result_like(call, 0, 0, &out);
}

static kin_status draw(kin_draw *draw_)
{
    kin_shape x = kin_draw_shape(draw_, 0, 5, 5);
    int64_t   axis = kin_draw_range(draw_, -x.rank - 1, x.rank);
    draw_->out_count = 1;
    KIN_TRY(kin_draw_tensor(draw_, 0, kin_draw_type(draw_, KIN_SET_ANY), x, 0, 99, false));
    return kin_draw_ints(draw_, 1, 1, &axis);
}

const kin_op kin_op_expand_dims = {
    .name = "expand_dims",
    .summary = "puts in a dimension of 1",
    .inputs = "x axis",
    .in_min = 2,
    .in_max = 2,
    .out_min = 1,
    .out_max = 1,
    .in_place = true,
    .infer = infer,
    .forward = kin_op_same_bytes,
    KIN_SAME_BYTES_BACKWARD,
    .draw = draw,
};
