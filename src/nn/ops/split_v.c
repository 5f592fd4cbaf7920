/* SPDX-License-Identifier: Apache-2.0
 *
 * split_v: x in parts of the given sizes along the axis, one an output; one size may be -1: what is left.
 *
 * TensorFlow: SplitV; TensorFlow Lite: SPLIT_V (lite/kernels/split_v.cc).
 */
#include "nn/ops/parts.h"

enum { X, SIZES, AXIS };

static kin_status infer(const kin_call *call)
{
    const kin_op *op = &kin_op_split_v;
    kin_ints      sizes;
    int           axis, open = -1;
    KIN_TRY(kin_op_begin(call, op));
    kin_shape out = call->in[X]->shape;
    KIN_TRY(kin_split_axis(call, op, AXIS, &out, &axis));
    KIN_TRY(kin_expect_ints(call, SIZES, KIN_INTS_MAX, &sizes));
    if ((size_t)sizes.count != call->out_count)
        return kin_op_fail(call, KIN_E_FORMAT, "split_v: %d sizes for %zu outputs", sizes.count, call->out_count);
    int64_t left = out.dim[axis];
    for (int i = 0; i < sizes.count; i++) {
        if (sizes.value[i] == -1 && open < 0)
            open = i;
        else if (sizes.value[i] < 0 || sizes.value[i] > left)
            return kin_op_fail(call, KIN_E_FORMAT, "split_v: sizes holds %lld, expected sizes that make %lld together",
                               (long long)sizes.value[i], (long long)out.dim[axis]);
        else
            left -= sizes.value[i];
    }
    if (open < 0 && left)
        return kin_op_fail(call, KIN_E_FORMAT, "split_v: sizes leave %lld of %lld", (long long)left,
                           (long long)out.dim[axis]);
    for (int i = 0; i < sizes.count; i++) {
        out.dim[axis] = i == open ? left : sizes.value[i];
        KIN_TRY(kin_op_result_like(call, (size_t)i, X, &out));
    }
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
    int64_t   axis = kin_draw_range(draw_, -x.rank, x.rank - 1), sizes[4], total = 0;
    int       parts = (int)kin_draw_range(draw_, 1, 4);
    for (int i = 0; i < parts; i++) total += sizes[i] = kin_draw_range(draw_, 1, 3);
    if (kin_draw_flip(draw_)) sizes[parts - 1] = -1;
    x.dim[axis < 0 ? axis + x.rank : axis] = total;
    draw_->out_count = (size_t)parts;
    KIN_TRY(kin_draw_tensor(draw_, X, kin_draw_type(draw_, KIN_SET_ANY), x, 0, 99, false));
    KIN_TRY(kin_draw_ints(draw_, SIZES, parts, sizes));
    return kin_draw_ints(draw_, AXIS, 1, &axis);
}

const kin_op kin_op_split_v = {
    .name = "split_v",
    .summary = "parts of given sizes of a tensor along an axis",
    .inputs = "x sizes axis",
    .in_min = 3,
    .in_max = 3,
    .out_min = 1,
    .out_max = KIN_MANY,
    .infer = infer,
    .forward = forward,
    .backward = backward,
    .backward_to = 1u << X,
    .backward_reads = {[X] = {1u << AXIS, 0}},
    .draw = draw,
};
