/* SPDX-License-Identifier: Apache-2.0
 *
 * prelu: y = x for x >= 0, slope * x below; the slope is broadcast to x (one a channel, as a rule).
 *
 * Keras: PReLU (TensorFlow has no op for it); TensorFlow Lite: PRELU (lite/kernels/internal/reference/prelu.h). He, Zhang,
 * Ren, Sun, Delving deep into rectifiers, 2015.
 */
#include "nn/ops/binary.h"

static kin_status infer(const kin_call *call)
{
    const kin_op *op = &kin_op_prelu;
    KIN_TRY(kin_op_begin(call, op));
    KIN_TRY(kin_op_type(call, op, 0, KIN_SET_FLOAT));
    KIN_TRY(kin_op_type(call, op, 1, KIN_SET_FLOAT));
    kin_shape        out;
    const kin_shape *x = &call->in[0]->shape, *slope = &call->in[1]->shape;
    if (!kin_broadcast(x, slope, &out) || !kin_shape_equal(&out, x)) {
        char one[KIN_SHAPE_TEXT], two[KIN_SHAPE_TEXT];
        return kin_op_fail(call, KIN_E_FORMAT, "prelu: slope %s does not broadcast to x %s",
                           kin_shape_text(slope, two, sizeof two), kin_shape_text(x, one, sizeof one));
    }
    return kin_op_result(call, 0, KIN_FLOAT32, x);
}

static void forward(const kin_call *call)
{
    const float *x = call->in[0]->data, *slope = call->in[1]->data;
    float       *y = call->out[0]->data;
    size_t       count = kin_count(&call->out[0]->shape);
    kin_walk     walk = kin_walk_make(&call->out[0]->shape);
    kin_walk_broadcast(&walk, &call->in[1]->shape);
    for (size_t i = 0; i < count; i++, kin_walk_next(&walk)) y[i] = x[i] < 0 ? x[i] * slope[walk.offset[0]] : x[i];
}

static float by_x(float x, float slope)
{
    return x < 0 ? slope : 1;
}

static float by_slope(float x, float slope)
{
    (void)slope;
    return x < 0 ? x : 0;
}

KIN_BINARY_GRADIENT(by_x, by_slope, 3, 1)

static kin_status draw(kin_draw *draw_)
{
    kin_shape x = kin_draw_shape(draw_, 1, 5, 5), slope = kin_draw_narrower(draw_, &x);
    draw_->out_count = 1;
    KIN_TRY(kin_draw_tensor(draw_, 0, KIN_FLOAT32, x, -2, 2, false));
    return kin_draw_tensor(draw_, 1, KIN_FLOAT32, slope, -1, 1, true);
}

const kin_op kin_op_prelu = {
    .name = "prelu",
    .summary = "x, below zero slope * x with a learnt slope, broadcast",
    .inputs = "x slope",
    .in_min = 2,
    .in_max = 2,
    .out_min = 1,
    .out_max = 1,
    .in_place = true,
    .infer = infer,
    .forward = forward,
    KIN_HAS_BINARY_GRADIENT,
    .weights = 2,
    .draw = draw,
};
