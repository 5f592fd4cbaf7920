/* SPDX-License-Identifier: Apache-2.0
 *
 * unpack: the slices of x along the axis, which goes: as many outputs as the axis is long.
 *
 * TensorFlow: Unpack (unstack); TensorFlow Lite: UNPACK (lite/kernels/unpack.cc).
 */
#include "nn/ops/parts.h"

typedef struct {
    int64_t axis;
} kin_unpack_attrs;

static kin_status infer(const kin_call *call)
{
    int       axis;
    kin_shape out = {0, {0}};
    KIN_TRY(kin_op_begin(call, &kin_op_unpack));
    const kin_shape *x = &call->in[0]->shape;
    KIN_TRY(kin_expect_axis(call, ((const kin_unpack_attrs *)call->attrs)->axis, x->rank, &axis));
    if (x->dim[axis] != (int64_t)call->out_count)
        return kin_op_fail(call, KIN_E_FORMAT, "unpack: %zu outputs, expected %lld: the size of axis %d",
                           call->out_count, (long long)x->dim[axis], axis);
    for (int d = 0; d < x->rank; d++)
        if (d != axis) out.dim[out.rank++] = x->dim[d];
    for (size_t i = 0; i < call->out_count; i++) KIN_TRY(kin_op_result_like(call, i, 0, &out));
    return KIN_OK;
}

static void forward(const kin_call *call)
{
    kin_split_forward(call, 0, ((const kin_unpack_attrs *)call->attrs)->axis);
}

static void backward(const kin_back *back)
{
    kin_split_backward(back, 0, ((const kin_unpack_attrs *)back->call->attrs)->axis);
}

static kin_status draw(kin_draw *draw_)
{
    kin_shape x = kin_draw_shape(draw_, 1, 5, 4);
    int64_t   axis = kin_draw_range(draw_, -x.rank, x.rank - 1);
    ((kin_unpack_attrs *)draw_->attrs)->axis = axis;
    draw_->out_count = (size_t)x.dim[axis < 0 ? axis + x.rank : axis];
    return kin_draw_tensor(draw_, 0, kin_draw_type(draw_, KIN_SET_ANY), x, 0, 99, false);
}

static const kin_attr attributes[] = {
    {"axis", KIN_ATTR_INT, offsetof(kin_unpack_attrs, axis), "0", NULL, "along which; negative: from the last"},
};

const kin_op kin_op_unpack = {
    .name = "unpack",
    .summary = "the slices of a tensor along an axis",
    .inputs = "x",
    .in_min = 1,
    .in_max = 1,
    .out_min = 1,
    .out_max = KIN_MANY,
    .attrs_size = sizeof(kin_unpack_attrs),
    KIN_ATTR_TABLE(attributes),
    .infer = infer,
    .forward = forward,
    .backward = backward,
    .backward_to = 1,
    .draw = draw,
};
