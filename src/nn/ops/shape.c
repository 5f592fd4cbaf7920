/* SPDX-License-Identifier: Apache-2.0
 *
 * shape: the dimensions of x as numbers. Known before a run: a plan folds it.
 *
 * TensorFlow: Shape; TensorFlow Lite: SHAPE (lite/kernels/shape.cc).
 */
#include "nn/ops/common.h"

typedef struct {
    int type;
} kin_shape_attrs;

static kin_status infer(const kin_call *call)
{
    int type = ((const kin_shape_attrs *)call->attrs)->type;
    KIN_TRY(kin_op_begin(call, &kin_op_shape));
    if (type != KIN_INT32 && type != KIN_INT64)
        return kin_op_fail(call, KIN_E_FORMAT, "shape: type is %d, expected int32 or int64", type);
    const kin_shape *x = &call->in[0]->shape;
    kin_shape        out = {1, {x->rank}};
    for (int d = 0; d < x->rank; d++)
        if (type == KIN_INT32 && x->dim[d] > INT32_MAX)
            return kin_op_fail(call, KIN_E_FORMAT, "shape: dimension %lld does not fit int32", (long long)x->dim[d]);
    return kin_op_result(call, 0, (kin_type)type, &out);
}

static void forward(const kin_call *call)
{
    const kin_shape *x = &call->in[0]->shape;
    for (int d = 0; d < x->rank; d++) {
        if (call->out[0]->type == KIN_INT64)
            ((int64_t *)call->out[0]->data)[d] = x->dim[d];
        else
            ((int32_t *)call->out[0]->data)[d] = (int32_t)x->dim[d];
    }
}

static kin_status draw(kin_draw *draw_)
{
    ((kin_shape_attrs *)draw_->attrs)->type = (int)kin_draw_type(draw_, KIN_SET_INDEX);
    draw_->out_count = 1;
    kin_shape x = kin_draw_shape(draw_, 0, 6, 5);
    return kin_draw_tensor(draw_, 0, kin_draw_type(draw_, KIN_SET_ANY), x, 0, 99, false);
}

static const kin_attr attributes[] = {
    {"type", KIN_ATTR_TYPE, offsetof(kin_shape_attrs, type), "int32", NULL, "int32 or int64"},
};

const kin_op kin_op_shape = {
    .name = "shape",
    .summary = "the dimensions of a tensor as numbers",
    .inputs = "x",
    .in_min = 1,
    .in_max = 1,
    .out_min = 1,
    .out_max = 1,
    .attrs_size = sizeof(kin_shape_attrs),
    KIN_ATTR_TABLE(attributes),
    .of_shapes = true,
    .infer = infer,
    .forward = forward,
    .flat = true,
    .draw = draw,
};
