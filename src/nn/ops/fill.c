/* SPDX-License-Identifier: Apache-2.0
 *
 * fill: a tensor of the given dimensions whose elements are all the value.
 *
 * TensorFlow: Fill; TensorFlow Lite: FILL (lite/kernels/fill.cc).
 */
#include "nn/ops/common.h"

static kin_status infer(const kin_call *call)
{
    kin_ints dims;
    KIN_TRY(kin_op_begin(call, &kin_op_fill));
    KIN_TRY(kin_expect_ints(call, 0, KIN_RANK_MAX, &dims));
    if (kin_count(&call->in[1]->shape) != 1)
        return kin_op_fail(call, KIN_E_FORMAT, "fill: input value has %zu elements, expected one",
                           kin_count(&call->in[1]->shape));
    kin_shape out = kin_shape_make(dims.count, dims.value);
    return kin_op_result_like(call, 0, 1, &out);
}

static void forward(const kin_call *call)
{
    size_t size = kin_type_size(call->out[0]->type), count = kin_count(&call->out[0]->shape);
    for (size_t i = 0; i < count; i++) memcpy((char *)call->out[0]->data + i * size, call->in[1]->data, size);
}

static void backward(const kin_back *back)
{
    const float *dy = back->dy[0]->data;
    size_t       count = kin_count(&back->dy[0]->shape);
    double       sum = 0;
    for (size_t i = 0; i < count; i++) sum += dy[i];
    ((float *)back->dx[1]->data)[0] = (float)sum;
}

static kin_status draw(kin_draw *draw_)
{
    kin_shape out = kin_draw_shape(draw_, 0, 5, 4);
    draw_->out_count = 1;
    KIN_TRY(kin_draw_ints(draw_, 0, out.rank, out.dim));
    return kin_draw_tensor(draw_, 1, kin_draw_type(draw_, KIN_SET_ANY), (kin_shape){0, {0}}, 0, 99, false);
}

const kin_op kin_op_fill = {
    .name = "fill",
    .summary = "a tensor of one value",
    .inputs = "dims value",
    .in_min = 2,
    .in_max = 2,
    .out_min = 1,
    .out_max = 1,
    .infer = infer,
    .forward = forward,
    .backward = backward,
    .backward_to = 2,
    .draw = draw,
};
