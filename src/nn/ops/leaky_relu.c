/* SPDX-License-Identifier: Apache-2.0
 *
 * leaky_relu: y = x for x >= 0, alpha * x below.
 *
 * TensorFlow: LeakyRelu; TensorFlow Lite: LEAKY_RELU (lite/kernels/internal/reference/leaky_relu.h). Maas, Hannun, Ng,
 * Rectifier nonlinearities improve neural network acoustic models, 2013.
 */
#include "nn/ops/unary.h"

typedef struct {
    double alpha;
} kin_leaky_relu_attrs;

static kin_status infer(const kin_call *call)
{
    return kin_unary_infer(call, &kin_op_leaky_relu, KIN_SET_FLOAT);
}

static void forward(const kin_call *call)
{
    const float *x = call->in[0]->data;
    float       *y = call->out[0]->data;
    float        alpha = (float)((const kin_leaky_relu_attrs *)call->attrs)->alpha;
    size_t       count = kin_count(&call->out[0]->shape);
    for (size_t i = 0; i < count; i++) y[i] = x[i] < 0 ? x[i] * alpha : x[i];
}

static void backward(const kin_back *back)
{
    const float *x = back->call->in[0]->data, *dy = back->dy[0]->data;
    float       *dx = back->dx[0]->data;
    float        alpha = (float)((const kin_leaky_relu_attrs *)back->call->attrs)->alpha;
    size_t       count = kin_count(&back->dy[0]->shape);
    for (size_t i = 0; i < count; i++) dx[i] = x[i] < 0 ? dy[i] * alpha : dy[i];
}

static kin_status draw(kin_draw *draw_)
{
    ((kin_leaky_relu_attrs *)draw_->attrs)->alpha = kin_random_unit(&draw_->random);
    return kin_unary_draw(draw_, KIN_SET_FLOAT, -2, 2);
}

static const kin_attr attributes[] = {
    {"alpha", KIN_ATTR_FLOAT, offsetof(kin_leaky_relu_attrs, alpha), "0.2", NULL, "slope below zero"},
};

const kin_op kin_op_leaky_relu = {
    .name = "leaky_relu",
    .summary = "x, below zero alpha * x",
    .inputs = "x",
    .in_min = 1,
    .in_max = 1,
    .out_min = 1,
    .out_max = 1,
    .attrs_size = sizeof(kin_leaky_relu_attrs),
    KIN_ATTR_TABLE(attributes),
    .in_place = true,
    .infer = infer,
    .forward = forward,
    .backward = backward,
    .backward_to = 1,
    .backward_reads = {{1, 0}},
    .backward_in_place = true,
    .draw = draw,
};
