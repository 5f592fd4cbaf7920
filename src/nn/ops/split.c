/* SPDX-License-Identifier: Apache-2.0
 *
 * split: x in as many equal parts along the axis as there are outputs.
 *
 * TensorFlow: Split; TensorFlow Lite: SPLIT (lite/kernels/split.cc), whose order of inputs this is.
 */
#include "nn/ops/parts.h"

enum { AXIS, X };

static kin_status infer(const kin_call *call)
{
    const kin_op *op = &kin_op_split;
    int           axis;
    KIN_TRY(kin_op_begin(call, op));
    kin_shape out = call->in[X]->shape;
    KIN_TRY(kin_split_axis(call, op, AXIS, &out, &axis));
    int64_t parts = (int64_t)call->out_count;
    if (out.dim[axis] % parts)
        return kin_op_fail(call, KIN_E_FORMAT, "split: a size of %lld along axis %d makes no %lld equal parts",
                           (long long)out.dim[axis], axis, (long long)parts);
    out.dim[axis] /= parts;
    for (size_t i = 0; i < call->out_count; i++) KIN_TRY(kin_op_result_like(call, i, X, &out));
    return KIN_OK;
}

static void forward(const kin_call *call)
{
    kin_split_forward(call, X, kin_int_at(call->in[AXIS], 0));
}

static void backward(const kin_back *back)
{
    kin_split_backward(back, X, kin_int_at(back->call->in[AXIS], 0));
}

static kin_status draw(kin_draw *draw_)
{
    kin_shape x = kin_draw_shape(draw_, 1, 5, 4);
    int64_t   axis = kin_draw_range(draw_, -x.rank, x.rank - 1), parts = kin_draw_range(draw_, 1, 4);
    x.dim[axis < 0 ? axis + x.rank : axis] *= parts;
    draw_->out_count = (size_t)parts;
    KIN_TRY(kin_draw_ints(draw_, AXIS, 1, &axis));
    return kin_draw_tensor(draw_, X, kin_draw_type(draw_, KIN_SET_ANY), x, 0, 99, false);
}

const kin_op kin_op_split = {
    .name = "split",
    .summary = "equal parts of a tensor along an axis",
    .inputs = "axis x",
    .in_min = 2,
    .in_max = 2,
    .out_min = 1,
    .out_max = KIN_MANY,
    .infer = infer,
    .forward = forward,
    .backward = backward,
    .backward_to = 1u << X,
    .backward_reads = {[X] = {1u << AXIS, 0}},
    .draw = draw,
};
