/* SPDX-License-Identifier: Apache-2.0
 *
 * batch_norm: y = gamma * (x - mean) / sqrt(variance + epsilon) + beta, a channel (the last axis) each.
 *
 * TensorFlow: FusedBatchNormV3 in inference (Keras: BatchNormalization); TensorFlow Lite folds it at conversion. Ioffe &
 * Szegedy, Batch normalization, 2015, algorithm 2.
 */
#include "nn/ops/batch_norm.h"

enum { X, GAMMA, BETA, MEAN, VARIANCE };

static kin_status infer(const kin_call *call)
{
    return kin_batch_norm_infer(call, &kin_op_batch_norm);
}

static void forward(const kin_call *call)
{
    const float *x = call->in[X]->data, *gamma = call->in[GAMMA]->data, *beta = call->in[BETA]->data;
    const float *mean = call->in[MEAN]->data, *variance = call->in[VARIANCE]->data;
    double       epsilon = ((const kin_batch_norm_attrs *)call->attrs)->epsilon;
    float       *y = call->out[0]->data;
    size_t       count = kin_count(&call->in[X]->shape), channels = kin_count(&call->in[GAMMA]->shape);
    for (size_t i = 0; i < count; i++) {
        size_t c = i % channels;
        y[i] = (float)(gamma[c] * ((double)x[i] - mean[c]) / sqrt((double)variance[c] + epsilon) + beta[c]);
    }
}

/* Mean and variance are taken as they are: batch_norm_train is the one that learns through them. */
static void backward(const kin_back *back)
{
    const kin_call *call = back->call;
    const float    *x = call->in[X]->data, *gamma = call->in[GAMMA]->data, *mean = call->in[MEAN]->data;
    const float    *variance = call->in[VARIANCE]->data, *dy = back->dy[0]->data;
    double          epsilon = ((const kin_batch_norm_attrs *)call->attrs)->epsilon;
    size_t          count = kin_count(&back->dy[0]->shape), channels = kin_count(&call->in[GAMMA]->shape);
    for (size_t c = 0; c < channels; c++) {
        double deviation = back->dx[X] || back->dx[GAMMA] ? sqrt((double)variance[c] + epsilon) : 1, by_gamma = 0, by_beta = 0;
        for (size_t i = c; i < count; i += channels) {
            by_beta += dy[i];
            if (back->dx[GAMMA]) by_gamma += dy[i] * ((double)x[i] - mean[c]) / deviation;
            if (back->dx[X]) ((float *)back->dx[X]->data)[i] = (float)(dy[i] * (gamma[c] / deviation));
        }
        if (back->dx[GAMMA]) ((float *)back->dx[GAMMA]->data)[c] = (float)by_gamma;
        if (back->dx[BETA]) ((float *)back->dx[BETA]->data)[c] = (float)by_beta;
    }
}

static kin_status draw(kin_draw *draw_)
{
    kin_shape x = kin_draw_shape(draw_, 1, 5, 5), channels = {1, {x.dim[x.rank - 1]}};
    ((kin_batch_norm_attrs *)draw_->attrs)->epsilon = kin_draw_flip(draw_) ? 1e-3 : 1e-5;
    draw_->out_count = 1;
    KIN_TRY(kin_draw_tensor(draw_, X, KIN_FLOAT32, x, -2, 2, false));
    for (size_t i = GAMMA; i <= MEAN; i++) KIN_TRY(kin_draw_tensor(draw_, i, KIN_FLOAT32, channels, -1, 1, true));
    return kin_draw_tensor(draw_, VARIANCE, KIN_FLOAT32, channels, 0.1, 2, true);
}

static const kin_attr attributes[] = {KIN_BATCH_NORM_ATTRS};

const kin_op kin_op_batch_norm = {
    .name = "batch_norm",
    .summary = "normalises each channel: gamma * (x - mean) / sqrt(variance + epsilon) + beta",
    .inputs = "x gamma beta mean variance",
    .in_min = 5,
    .in_max = 5,
    .out_min = 1,
    .out_max = 1,
    .attrs_size = sizeof(kin_batch_norm_attrs),
    KIN_ATTR_TABLE(attributes),
    .in_place = true,
    .infer = infer,
    .forward = forward,
    .weights = 1u << GAMMA | 1u << BETA,
    .backward = backward,
    .backward_to = 1u << X | 1u << GAMMA | 1u << BETA,
    .backward_reads = {{1u << GAMMA | 1u << VARIANCE, 0}, {1u << X | 1u << MEAN | 1u << VARIANCE, 0}},
    .backward_in_place = true,
    .draw = draw,
};
