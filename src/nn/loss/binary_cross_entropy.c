/* SPDX-License-Identifier: Apache-2.0
 *
 * binary_cross_entropy: the mean over all elements of log(1 + exp(x)) - target * x, that is, the cross entropy of
 * sigmoid(x) and a target in [0, 1]. Gradient by x: (sigmoid(x) - target) / elements.
 *
 * Keras: BinaryCrossentropy(from_logits=True); TensorFlow: SigmoidCrossEntropyWithLogits (the form that does not overflow:
 * max(x, 0) - x * target + log(1 + exp(-|x|))).
 */
#include "nn/loss/loss.h"

static kin_status infer(const kin_call *call)
{
    return kin_loss_infer_pair(call, &kin_op_binary_cross_entropy, 0);
}

static void forward(const kin_call *call)
{
    const float *x = call->in[0]->data, *target = call->in[1]->data;
    size_t       count = kin_count(&call->in[0]->shape);
    double       loss = 0;
    for (size_t i = 0; i < count; i++) loss += fmax(x[i], 0) - (double)x[i] * target[i] + log1p(exp(-fabs(x[i])));
    *(float *)call->out[0]->data = (float)(loss / (double)count);
}

static void backward(const kin_back *back)
{
    const float *x = back->call->in[0]->data, *target = back->call->in[1]->data;
    float       *dx = back->dx[0]->data;
    size_t       count = kin_count(&back->call->in[0]->shape);
    double       seed = kin_loss_seed(back) / (double)count;
    for (size_t i = 0; i < count; i++) dx[i] = (float)(seed * (1 / (1 + exp(-x[i])) - target[i]));
}

static kin_status draw(kin_draw *draw_)
{
    kin_shape x = kin_draw_shape(draw_, 0, 4, 5);
    draw_->out_count = 1;
    KIN_TRY(kin_draw_tensor(draw_, 0, KIN_FLOAT32, x, -4, 4, false));
    return kin_draw_tensor(draw_, 1, KIN_FLOAT32, x, 0, 1, false);
}

KIN_LOSS(binary_cross_entropy, "mean cross entropy of sigmoid(x) and targets", "x targets", 2, 1, .attrs_size = 0)
