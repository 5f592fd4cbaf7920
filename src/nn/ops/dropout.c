/* SPDX-License-Identifier: Apache-2.0
 *
 * dropout: y = x: outside of training nothing is dropped.
 *
 * TensorFlow: Identity is what is left of Keras' Dropout in inference; converters leave it out. Srivastava et al., Dropout:
 * a simple way to prevent neural networks from overfitting, 2014 (in its inverted form: training scales by 1 / (1 - rate)).
 */
#include "nn/ops/common.h"

typedef struct {
    double rate;
} kin_dropout_attrs;

static kin_status infer(const kin_call *call)
{
    double rate = ((const kin_dropout_attrs *)call->attrs)->rate;
    KIN_TRY(kin_op_begin(call, &kin_op_dropout));
    if (!(rate >= 0 && rate < 1))
        return kin_op_fail(call, KIN_E_FORMAT, "dropout: rate %g, expected at least 0 and below 1", rate);
    return kin_op_result_like(call, 0, 0, &call->in[0]->shape);
}

static kin_status draw(kin_draw *draw_)
{
    draw_->out_count = 1;
    kin_shape x = kin_draw_shape(draw_, 0, 5, 5);
    return kin_draw_tensor(draw_, 0, kin_draw_type(draw_, KIN_SET_ANY), x, 0, 99, false);
}

static const kin_attr attributes[] = {
    {"rate", KIN_ATTR_FLOAT, offsetof(kin_dropout_attrs, rate), "0.5", NULL, "share that training drops"},
};

const kin_op kin_op_dropout = {
    .name = "dropout",
    .summary = "nothing in inference: y = x",
    .inputs = "x",
    .in_min = 1,
    .in_max = 1,
    .out_min = 1,
    .out_max = 1,
    .attrs_size = sizeof(kin_dropout_attrs),
    KIN_ATTR_TABLE(attributes),
    .in_place = true,
    .infer = infer,
    .forward = kin_op_same_bytes,
    KIN_SAME_BYTES_BACKWARD,
    .draw = draw,
};
