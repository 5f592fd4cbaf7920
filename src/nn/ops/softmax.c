/* SPDX-License-Identifier: Apache-2.0
 *
 * softmax: y[c] = exp(beta * (x[c] - m)) / sum over k of exp(beta * (x[k] - m)) along the last axis, m its largest value
 * (which changes nothing but keeps the exponentials finite).
 *
 * TensorFlow: Softmax; TensorFlow Lite: SOFTMAX (lite/kernels/internal/reference/softmax.h).
 */
#include "nn/ops/common.h"

typedef struct {
    double beta;
} kin_softmax_attrs;

static kin_status infer(const kin_call *call)
{
    const kin_op *op = &kin_op_softmax;
    double        beta = ((const kin_softmax_attrs *)call->attrs)->beta;
    KIN_TRY(kin_op_begin(call, op));
    KIN_TRY(kin_op_type(call, op, 0, KIN_SET_FLOAT));
    KIN_TRY(kin_expect_rank(call, 0, 1, KIN_RANK_MAX));
    KIN_TRY(kin_op_not_empty(call, op, 0));
    if (!(beta > 0 && beta <= 1e6)) return kin_op_fail(call, KIN_E_FORMAT, "softmax: beta %g, expected above 0", beta);
    return kin_op_result(call, 0, KIN_FLOAT32, &call->in[0]->shape);
}

static void forward(const kin_call *call)
{
    const kin_shape *shape = &call->in[0]->shape;
    const float     *x = call->in[0]->data;
    float           *y = call->out[0]->data;
    double           beta = ((const kin_softmax_attrs *)call->attrs)->beta;
    size_t           classes = (size_t)shape->dim[shape->rank - 1], rows = kin_count(shape) / classes;
    for (size_t r = 0; r < rows; r++, x += classes, y += classes) {
        double largest = x[0], sum = 0;
        for (size_t c = 1; c < classes; c++)
            if (x[c] > largest) largest = x[c];
        for (size_t c = 0; c < classes; c++) sum += exp(beta * (x[c] - largest));
        for (size_t c = 0; c < classes; c++) y[c] = (float)(exp(beta * (x[c] - largest)) / sum);
    }
}

/* dx[c] = beta * y[c] * (dy[c] - sum over k of dy[k] * y[k]) */
static void backward(const kin_back *back)
{
    const kin_shape *shape = &back->dy[0]->shape;
    const float     *y = back->call->out[0]->data, *dy = back->dy[0]->data;
    float           *dx = back->dx[0]->data;
    double           beta = ((const kin_softmax_attrs *)back->call->attrs)->beta;
    size_t           classes = (size_t)shape->dim[shape->rank - 1], rows = kin_count(shape) / classes;
    for (size_t r = 0; r < rows; r++, y += classes, dy += classes, dx += classes) {
        double sum = 0;
        for (size_t c = 0; c < classes; c++) sum += (double)dy[c] * y[c];
        for (size_t c = 0; c < classes; c++) dx[c] = (float)(beta * y[c] * (dy[c] - sum));
    }
}

static kin_status draw(kin_draw *draw_)
{
    ((kin_softmax_attrs *)draw_->attrs)->beta = kin_draw_flip(draw_) ? 1 : 0.1 + kin_random_unit(&draw_->random);
    draw_->out_count = 1;
    return kin_draw_tensor(draw_, 0, KIN_FLOAT32, kin_draw_shape(draw_, 1, 4, 7), -5, 5, false);
}

static const kin_attr attributes[] = {
    {"beta", KIN_ATTR_FLOAT, offsetof(kin_softmax_attrs, beta), "1", NULL, "x is multiplied by it first"},
};

const kin_op kin_op_softmax = {
    .name = "softmax",
    .summary = "exp(x) over its sum along the last axis",
    .inputs = "x",
    .in_min = 1,
    .in_max = 1,
    .out_min = 1,
    .out_max = 1,
    .attrs_size = sizeof(kin_softmax_attrs),
    KIN_ATTR_TABLE(attributes),
    .in_place = true,
    .infer = infer,
    .forward = forward,
    .backward = backward,
    .backward_to = 1,
    .backward_reads = {{0, 1}},
    .backward_in_place = true,
    .draw = draw,
};
