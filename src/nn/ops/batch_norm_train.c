/* SPDX-License-Identifier: Apache-2.0
 *
 * batch_norm_train: y = gamma * (x - mean) / sqrt(variance + epsilon) + beta, a channel (the last axis) each, with mean and
 * variance of the batch itself, over all m elements of a channel; both are outputs too. The variance is the biased one, sum
 * of (x - mean)^2 / m: it is what normalises, and what Keras 3 puts into its moving average (keras/src/layers/normalization/
 * batch_normalization.py: ops.moments; momentum * moving + (1 - momentum) * batch). Keras 2's fused kernel and PyTorch put
 * the unbiased one there, m / (m - 1) times as large.
 *
 * With n = (x - mean) / sqrt(variance + epsilon) and the means over the batch:
 *   dx = gamma / sqrt(variance + epsilon) * (dy - mean of dy - n * mean of (dy * n))
 *        + dmean / m + dvariance * 2 * (x - mean) / m
 *   dgamma = sum of dy * n,  dbeta = sum of dy
 *
 * TensorFlow: FusedBatchNormV3 with is_training. Ioffe & Szegedy, Batch normalization, 2015, algorithm 1 and section 3.
 */
#include "nn/ops/batch_norm.h"

enum { X, GAMMA, BETA };
enum { Y, MEAN, VARIANCE };

static kin_status infer(const kin_call *call)
{
    const kin_op *op = &kin_op_batch_norm_train;
    KIN_TRY(kin_batch_norm_infer(call, op));
    KIN_TRY(kin_op_not_empty(call, op, X));
    KIN_TRY(kin_op_result(call, MEAN, KIN_FLOAT32, &call->in[GAMMA]->shape));
    return kin_op_result(call, VARIANCE, KIN_FLOAT32, &call->in[GAMMA]->shape);
}

static void forward(const kin_call *call)
{
    const float *x = call->in[X]->data, *gamma = call->in[GAMMA]->data, *beta = call->in[BETA]->data;
    float       *y = call->out[Y]->data;
    double       epsilon = ((const kin_batch_norm_attrs *)call->attrs)->epsilon;
    size_t       count = kin_count(&call->in[X]->shape), channels = kin_count(&call->in[GAMMA]->shape);
    double       each = (double)(count / channels);
    for (size_t c = 0; c < channels; c++) {
        double mean = 0, variance = 0;
        for (size_t i = c; i < count; i += channels) mean += x[i];
        mean /= each;
        for (size_t i = c; i < count; i += channels) variance += (x[i] - mean) * (x[i] - mean);
        variance /= each;
        for (size_t i = c; i < count; i += channels)
            y[i] = (float)(gamma[c] * (x[i] - mean) / sqrt(variance + epsilon) + beta[c]);
        ((float *)call->out[MEAN]->data)[c] = (float)mean;
        ((float *)call->out[VARIANCE]->data)[c] = (float)variance;
    }
}

static double at(const kin_tensor *t, size_t i)
{
    return t ? ((const float *)t->data)[i] : 0;
}

static void by_x(const kin_back *back, size_t c, double sum, double sum_n)
{
    const kin_call *call = back->call;
    double          mean = at(call->out[MEAN], c), variance = at(call->out[VARIANCE], c);
    double          epsilon = ((const kin_batch_norm_attrs *)call->attrs)->epsilon;
    size_t          count = kin_count(&call->in[X]->shape), channels = kin_count(&call->in[GAMMA]->shape);
    double          each = (double)(count / channels), scale = 1 / sqrt(variance + epsilon);
    double          gamma = at(call->in[GAMMA], c), by_mean = at(back->dy[MEAN], c), by_variance = at(back->dy[VARIANCE], c);
    for (size_t i = c; i < count; i += channels) {
        double away = at(call->in[X], i) - mean;
        double by_y = gamma * scale * (at(back->dy[Y], i) - sum / each - away * scale * sum_n / each);
        ((float *)back->dx[X]->data)[i] = (float)(by_y + (by_mean + by_variance * 2 * away) / each);
    }
}

static void backward(const kin_back *back)
{
    const kin_call *call = back->call;
    double          epsilon = ((const kin_batch_norm_attrs *)call->attrs)->epsilon;
    size_t          count = kin_count(&call->in[X]->shape), channels = kin_count(&call->in[GAMMA]->shape);
    for (size_t c = 0; c < channels; c++) {
        double sum = 0, sum_n = 0; /* of dy and of dy * n */
        for (size_t i = c; i < count && back->dy[Y]; i += channels) {
            sum += at(back->dy[Y], i);
            if (back->dx[X] || back->dx[GAMMA])
                sum_n += at(back->dy[Y], i) * (at(call->in[X], i) - at(call->out[MEAN], c)) /
                         sqrt(at(call->out[VARIANCE], c) + epsilon);
        }
        if (back->dx[X]) by_x(back, c, sum, sum_n);
        if (back->dx[GAMMA]) ((float *)back->dx[GAMMA]->data)[c] = (float)sum_n;
        if (back->dx[BETA]) ((float *)back->dx[BETA]->data)[c] = (float)sum;
    }
}

static kin_status draw(kin_draw *draw_)
{
    kin_shape x = kin_draw_shape(draw_, 2, 4, 4), channels = {1, {x.dim[x.rank - 1]}};
    x.dim[0] += 3; /* the fewer a channel has, the nearer to 0 its variance may lie */
    ((kin_batch_norm_attrs *)draw_->attrs)->epsilon = kin_draw_flip(draw_) ? 1e-3 : 0.1;
    draw_->out_count = 3;
    KIN_TRY(kin_draw_tensor(draw_, X, KIN_FLOAT32, x, -2, 2, false));
    KIN_TRY(kin_draw_tensor(draw_, GAMMA, KIN_FLOAT32, channels, -1, 1, true));
    return kin_draw_tensor(draw_, BETA, KIN_FLOAT32, channels, -1, 1, true);
}

static const kin_attr attributes[] = {KIN_BATCH_NORM_ATTRS};

const kin_op kin_op_batch_norm_train = {
    .name = "batch_norm_train",
    .summary = "batch_norm with the batch's own mean and biased variance, which are outputs 1 and 2",
    .inputs = "x gamma beta",
    .in_min = 3,
    .in_max = 3,
    .out_min = 3,
    .out_max = 3,
    .attrs_size = sizeof(kin_batch_norm_attrs),
    KIN_ATTR_TABLE(attributes),
    .infer = infer,
    .forward = forward,
    .backward = backward,
    .backward_to = 1u << X | 1u << GAMMA | 1u << BETA,
    .backward_reads = {[X] = {1u << X | 1u << GAMMA, 1u << MEAN | 1u << VARIANCE}, [GAMMA] = {1u << X, 1u << MEAN | 1u << VARIANCE}},
    .backward_in_place = true,
    .draw = draw,
};
