/* SPDX-License-Identifier: Apache-2.0
 *
 * range: start, start + delta, start + 2 delta, ... before limit; ceil((limit - start) / delta) numbers, none when that is
 * negative.
 *
 * TensorFlow: Range; TensorFlow Lite: RANGE (lite/kernels/range.cc).
 */
#include "nn/ops/common.h"

static double number(const kin_tensor *t)
{
    float v;
    if (t->type != KIN_FLOAT32) return (double)kin_int_at(t, 0);
    memcpy(&v, t->data, sizeof v);
    return v;
}

static kin_status infer(const kin_call *call)
{
    const kin_op *op = &kin_op_range;
    KIN_TRY(kin_op_begin(call, op));
    for (size_t i = 0; i < 3; i++) {
        KIN_TRY(kin_op_type(call, op, i, KIN_SET_NUMBER));
        KIN_TRY(kin_op_same_type(call, op, 0, i));
        if (kin_count(&call->in[i]->shape) != 1)
            return kin_op_fail(call, KIN_E_FORMAT, "range: input %zu has %zu elements, expected one", i,
                               kin_count(&call->in[i]->shape));
        if (!call->in[i]->data)
            return kin_op_fail(call, KIN_E_UNSUPPORTED,
                               "range: input %zu must be known before a run, but depends on the input", i);
    }
    double count = ceil((number(call->in[1]) - number(call->in[0])) / number(call->in[2]));
    if (number(call->in[2]) == 0 || !(count < 0x1p48)) /* also when one is no number */
        return kin_op_fail(call, KIN_E_FORMAT, "range: from %g to %g in steps of delta %g never ends",
                           number(call->in[0]), number(call->in[1]), number(call->in[2]));
    kin_shape out = {1, {count > 0 ? (int64_t)count : 0}};
    return kin_op_result(call, 0, call->in[0]->type, &out);
}

static void forward(const kin_call *call)
{
    size_t count = kin_count(&call->out[0]->shape);
    for (size_t i = 0; i < count; i++) {
        if (call->out[0]->type == KIN_FLOAT32) {
            ((float *)call->out[0]->data)[i] = (float)(number(call->in[0]) + (double)i * number(call->in[2]));
            continue;
        }
        uint64_t v = (uint64_t)kin_int_at(call->in[0], 0) + (uint64_t)i * (uint64_t)kin_int_at(call->in[2], 0);
        if (call->out[0]->type == KIN_INT64)
            ((int64_t *)call->out[0]->data)[i] = (int64_t)v;
        else
            ((int32_t *)call->out[0]->data)[i] = (int32_t)v;
    }
}

static kin_status draw(kin_draw *draw_)
{
    kin_type  type = kin_draw_type(draw_, KIN_SET_NUMBER);
    kin_shape scalar = {0, {0}};
    bool      down = kin_draw_flip(draw_);
    draw_->out_count = 1;
    KIN_TRY(kin_draw_tensor(draw_, 0, type, scalar, -5, 5, true));
    KIN_TRY(kin_draw_tensor(draw_, 1, type, scalar, -9, 9, true));
    return kin_draw_tensor(draw_, 2, type, scalar, down ? -3 : 1, down ? -1 : 3, true);
}

const kin_op kin_op_range = {
    .name = "range",
    .summary = "numbers from start to before limit in steps of delta",
    .inputs = "start limit delta",
    .in_min = 3,
    .in_max = 3,
    .out_min = 1,
    .out_max = 1,
    .infer = infer,
    .forward = forward,
    .flat = true,
    .draw = draw,
};
