/* SPDX-License-Identifier: Apache-2.0
 *
 * dropout_train: y = x / (1 - rate) where the element stays, 0 where it is dropped. Element i stays when the i-th number of
 * the stream that (seed, stream) name is at least the rate (base/random.h): no mask is stored, the gradient draws it anew, a
 * node that is computed twice gives the same twice, and threads may share the work as they like. The seed is an input: a new
 * one a step. `stream` is the node's own: two dropouts of a graph do not drop alike.
 *
 * Keras: Dropout in training (keras/src/layers/regularization/dropout.py). Srivastava et al., Dropout: a simple way to
 * prevent neural networks from overfitting, 2014, in its inverted form.
 */
#include "nn/ops/common.h"

typedef struct {
    double  rate;
    int64_t stream;
} kin_dropout_train_attrs;

enum { X, SEED };

static kin_status infer(const kin_call *call)
{
    const kin_op *op = &kin_op_dropout_train;
    double        rate = ((const kin_dropout_train_attrs *)call->attrs)->rate;
    KIN_TRY(kin_op_begin(call, op));
    KIN_TRY(kin_op_type(call, op, X, KIN_SET_FLOAT));
    KIN_TRY(kin_op_type(call, op, SEED, 1u << KIN_INT64));
    if (kin_count(&call->in[SEED]->shape) != 1)
        return kin_op_fail(call, KIN_E_FORMAT, "dropout_train: input seed has %zu elements, expected one",
                           kin_count(&call->in[SEED]->shape));
    if (!(rate >= 0 && rate < 1))
        return kin_op_fail(call, KIN_E_FORMAT, "dropout_train: rate %g, expected at least 0 and below 1", rate);
    return kin_op_result(call, 0, KIN_FLOAT32, &call->in[X]->shape);
}

/* y = x through the mask; forward and backward are the same. May work in place. */
static void drop(const kin_call *call, const float *x, float *y, size_t count)
{
    const kin_dropout_train_attrs *attrs = call->attrs;
    kin_random random = kin_random_make((uint64_t)kin_int_at(call->in[SEED], 0), (uint64_t)attrs->stream);
    for (size_t i = 0; i < count; i++) y[i] = kin_random_unit(&random) >= attrs->rate ? (float)(x[i] / (1 - attrs->rate)) : 0;
}

static void forward(const kin_call *call)
{
    drop(call, call->in[X]->data, call->out[0]->data, kin_count(&call->out[0]->shape));
}

static void backward(const kin_back *back)
{
    drop(back->call, back->dy[0]->data, back->dx[X]->data, kin_count(&back->dy[0]->shape));
}

static kin_status draw(kin_draw *draw_)
{
    static const double rates[] = {0, 0.25, 0.5, 0.9};
    *(kin_dropout_train_attrs *)draw_->attrs =
        (kin_dropout_train_attrs){rates[kin_draw_range(draw_, 0, 3)], kin_draw_range(draw_, 0, 9)};
    kin_shape one = {kin_draw_flip(draw_) ? 1 : 0, {1}};
    draw_->out_count = 1;
    KIN_TRY(kin_draw_tensor(draw_, X, KIN_FLOAT32, kin_draw_shape(draw_, 0, 5, 5), -5, 5, false));
    return kin_draw_tensor(draw_, SEED, KIN_INT64, one, -1e9, 1e9, kin_draw_flip(draw_));
}

static const kin_attr attributes[] = {
    KIN_ATTR(kin_dropout_train_attrs, "rate", KIN_ATTR_FLOAT, rate, "0.5", "share that is dropped"),
    KIN_ATTR(kin_dropout_train_attrs, "stream", KIN_ATTR_INT, stream, "0", "the node's own stream of random numbers"),
};

const kin_op kin_op_dropout_train = {
    .name = "dropout_train",
    .summary = "zero for a share of the elements that the seed names, x / (1 - rate) for the others",
    .inputs = "x seed",
    .in_min = 2,
    .in_max = 2,
    .out_min = 1,
    .out_max = 1,
    .attrs_size = sizeof(kin_dropout_train_attrs),
    KIN_ATTR_TABLE(attributes),
    .in_place = true,
    .infer = infer,
    .forward = forward,
    .backward = backward,
    .backward_to = 1u << X,
    .backward_reads = {{1u << SEED, 0}},
    .backward_in_place = true,
    .draw = draw,
};
