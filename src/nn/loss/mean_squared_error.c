/* SPDX-License-Identifier: Apache-2.0
 *
 * mean_squared_error: the mean over all elements of (x - y)^2. Gradient by x: 2 (x - y) / elements, by y its opposite.
 * Keras: MeanSquaredError.
 */
#include "nn/loss/loss.h"

static kin_status infer(const kin_call *call)
{
    return kin_loss_infer_pair(call, &kin_op_mean_squared_error, 0);
}

static void forward(const kin_call *call)
{
    const float *x = call->in[0]->data, *y = call->in[1]->data;
    size_t       count = kin_count(&call->in[0]->shape);
    double       loss = 0;
    for (size_t i = 0; i < count; i++) loss += ((double)x[i] - y[i]) * ((double)x[i] - y[i]);
    *(float *)call->out[0]->data = (float)(loss / (double)count);
}

static void backward(const kin_back *back)
{
    const float *x = back->call->in[0]->data, *y = back->call->in[1]->data;
    size_t       count = kin_count(&back->call->in[0]->shape);
    double       seed = 2 * kin_loss_seed(back) / (double)count;
    for (int side = 0; side < 2; side++) {
        if (!back->dx[side]) continue;
        float *dx = back->dx[side]->data;
        for (size_t i = 0; i < count; i++) dx[i] = (float)((side ? -seed : seed) * ((double)x[i] - y[i]));
    }
}

static kin_status draw(kin_draw *draw_)
{
    kin_shape x = kin_draw_shape(draw_, 0, 4, 5);
    draw_->out_count = 1;
    KIN_TRY(kin_draw_tensor(draw_, 0, KIN_FLOAT32, x, -2, 2, false));
    return kin_draw_tensor(draw_, 1, KIN_FLOAT32, x, -2, 2, false);
}

KIN_LOSS(mean_squared_error, "mean of (x - y) squared", "x y", 2, 3, .attrs_size = 0)
