/* SPDX-License-Identifier: Apache-2.0
 *
 * log_softmax: y[c] = x[c] - m - log(sum over k of exp(x[k] - m)) along the last axis, m its largest value.
 *
 * TensorFlow: LogSoftmax; TensorFlow Lite: LOG_SOFTMAX (lite/kernels/internal/reference/log_softmax.h).
 */
#include "nn/ops/common.h"

static kin_status infer(const kin_call *call)
{
    const kin_op *op = &kin_op_log_softmax;
    KIN_TRY(kin_op_begin(call, op));
    KIN_TRY(kin_op_type(call, op, 0, KIN_SET_FLOAT));
    KIN_TRY(kin_expect_rank(call, 0, 1, KIN_RANK_MAX));
    KIN_TRY(kin_op_not_empty(call, op, 0));
    return kin_op_result(call, 0, KIN_FLOAT32, &call->in[0]->shape);
}

static void forward(const kin_call *call)
{
    const kin_shape *shape = &call->in[0]->shape;
    const float     *x = call->in[0]->data;
    float           *y = call->out[0]->data;
    size_t           classes = (size_t)shape->dim[shape->rank - 1], rows = kin_count(shape) / classes;
    for (size_t r = 0; r < rows; r++, x += classes, y += classes) {
        double largest = x[0], sum = 0;
        for (size_t c = 1; c < classes; c++)
            if (x[c] > largest) largest = x[c];
        for (size_t c = 0; c < classes; c++) sum += exp(x[c] - largest);
        for (size_t c = 0; c < classes; c++) y[c] = (float)(x[c] - largest - log(sum));
    }
}

/* dx[c] = dy[c] - exp(y[c]) * sum over k of dy[k] */
static void backward(const kin_back *back)
{
    const kin_shape *shape = &back->dy[0]->shape;
    const float     *y = back->call->out[0]->data, *dy = back->dy[0]->data;
    float           *dx = back->dx[0]->data;
    size_t           classes = (size_t)shape->dim[shape->rank - 1], rows = kin_count(shape) / classes;
    for (size_t r = 0; r < rows; r++, y += classes, dy += classes, dx += classes) {
        double sum = 0;
        for (size_t c = 0; c < classes; c++) sum += dy[c];
        for (size_t c = 0; c < classes; c++) dx[c] = (float)(dy[c] - exp(y[c]) * sum);
    }
}

static kin_status draw(kin_draw *draw_)
{
    draw_->out_count = 1;
    return kin_draw_tensor(draw_, 0, KIN_FLOAT32, kin_draw_shape(draw_, 1, 4, 7), -5, 5, false);
}

const kin_op kin_op_log_softmax = {
    .name = "log_softmax",
    .summary = "the logarithm of softmax along the last axis",
    .inputs = "x",
    .in_min = 1,
    .in_max = 1,
    .out_min = 1,
    .out_max = 1,
    .in_place = true,
    .infer = infer,
    .forward = forward,
    .backward = backward,
    .backward_to = 1,
    .backward_reads = {{0, 1}},
    .backward_in_place = true,
    .draw = draw,
};
