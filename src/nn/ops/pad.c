/* SPDX-License-Identifier: Apache-2.0
 *
 * pad: x with so many elements of one value before and after each dimension: input 2, or 0 (for a quantised tensor the
 * number that stands for 0).
 *
 * TensorFlow: Pad, PadV2; TensorFlow Lite: PAD, PADV2 (lite/kernels/internal/reference/pad.h).
 */
#include "nn/ops/pad.h"

static kin_status infer(const kin_call *call)
{
    const kin_op *op = &kin_op_pad;
    kin_shape     out;
    KIN_TRY(kin_pad_shape(call, op, &out));
    if (call->in_count > 2 && call->in[2]) {
        KIN_TRY(kin_op_same_type(call, op, 0, 2));
        if (kin_count(&call->in[2]->shape) != 1)
            return kin_op_fail(call, KIN_E_FORMAT, "pad: input value has %zu elements, expected one",
                               kin_count(&call->in[2]->shape));
    }
    return kin_op_result_like(call, 0, 0, &out);
}

/* x's elements in order; the source is y. */
static kin_walk inside(const kin_call *call, const kin_shape *x, const kin_shape *y)
{
    kin_walk walk = kin_walk_make(x);
    walk.sources = 1;
    kin_dense_steps(y, walk.step[0]);
    for (int d = 0; d < walk.rank; d++) walk.offset[0] += kin_int_at(call->in[1], (size_t)(2 * d)) * walk.step[0][d];
    return walk;
}

static void forward(const kin_call *call)
{
    const kin_tensor *x = call->in[0];
    size_t            size = kin_type_size(x->type), count = kin_count(&call->out[0]->shape);
    char             *y = call->out[0]->data, value[8] = {0};
    if (call->in_count > 2 && call->in[2])
        memcpy(value, call->in[2]->data, size);
    else if (x->quant.count == 1 && size == 1)
        value[0] = (char)x->quant.zero_point[0]; /* int8 or uint8: the same bits */
    for (size_t i = 0; i < count; i++) memcpy(y + i * size, value, size);
    kin_walk_put(inside(call, &x->shape, &call->out[0]->shape), x->data, y, size);
}

static void backward(const kin_back *back)
{
    kin_walk walk = inside(back->call, &back->dx[0]->shape, &back->dy[0]->shape);
    kin_walk_copy(walk, back->dy[0]->data, back->dx[0]->data, sizeof(float));
}

static kin_status draw(kin_draw *draw_)
{
    KIN_TRY(kin_pad_draw(draw_, KIN_SET_ANY, 3, false, 0));
    if (kin_draw_flip(draw_)) return KIN_OK;
    return kin_draw_tensor(draw_, 2, draw_->in[0].type, (kin_shape){0, {0}}, 0, 9, kin_draw_flip(draw_));
}

const kin_op kin_op_pad = {
    .name = "pad",
    .summary = "puts elements of one value around a tensor",
    .inputs = "x paddings value?",
    .in_min = 2,
    .in_max = 3,
    .out_min = 1,
    .out_max = 1,
    .infer = infer,
    .forward = forward,
    .backward = backward,
    .backward_to = 1,
    .backward_reads = {{2, 0}},
    .draw = draw,
};
