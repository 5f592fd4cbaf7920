/* SPDX-License-Identifier: Apache-2.0
 *
 * broadcast_to: x repeated to the given shape by numpy's rule.
 *
 * TensorFlow: BroadcastTo; TensorFlow Lite: BROADCAST_TO (lite/kernels/internal/reference/broadcast_to.h).
 */
#include "nn/ops/common.h"

static kin_status infer(const kin_call *call)
{
    kin_ints shape;
    KIN_TRY(kin_op_begin(call, &kin_op_broadcast_to));
    KIN_TRY(kin_expect_ints(call, 1, KIN_RANK_MAX, &shape));
    kin_shape wanted = kin_shape_make(shape.count, shape.value), out;
    for (int d = 0; d < wanted.rank; d++)
        if (wanted.dim[d] < 0)
            return kin_op_fail(call, KIN_E_FORMAT, "broadcast_to: shape holds %lld, expected at least 0",
                               (long long)wanted.dim[d]);
    if (!kin_broadcast(&call->in[0]->shape, &wanted, &out) || !kin_shape_equal(&out, &wanted)) {
        char x[KIN_SHAPE_TEXT], y[KIN_SHAPE_TEXT];
        return kin_op_fail(call, KIN_E_FORMAT, "broadcast_to: %s does not broadcast to shape %s",
                           kin_shape_text(&call->in[0]->shape, x, sizeof x), kin_shape_text(&wanted, y, sizeof y));
    }
    return kin_op_result_like(call, 0, 0, &out);
}

static void forward(const kin_call *call)
{
    kin_walk walk = kin_walk_make(&call->out[0]->shape);
    kin_walk_broadcast(&walk, &call->in[0]->shape);
    kin_walk_copy(walk, call->in[0]->data, call->out[0]->data, kin_type_size(call->in[0]->type));
}

/* dx: the sum over all that an element was repeated to. */
static void backward(const kin_back *back)
{
    const float *dy = back->dy[0]->data;
    float       *dx = back->dx[0]->data;
    kin_walk     outer = kin_walk_make(&back->dy[0]->shape);
    size_t       each, own = kin_count(&back->dx[0]->shape);
    kin_walk_broadcast(&outer, &back->dy[0]->shape);
    kin_walk inner = kin_walk_split(&outer, &back->dx[0]->shape, &each);
    for (size_t k = 0; k < own; k++, kin_walk_next(&outer)) {
        double sum = 0;
        for (size_t m = 0; m < each; m++, kin_walk_next(&inner)) sum += dy[outer.offset[0] + inner.offset[0]];
        dx[k] = (float)sum;
    }
}

static kin_status draw(kin_draw *draw_)
{
    kin_shape shape = kin_draw_shape(draw_, 0, 5, 4), x = kin_draw_narrower(draw_, &shape);
    draw_->out_count = 1;
    KIN_TRY(kin_draw_tensor(draw_, 0, kin_draw_type(draw_, KIN_SET_ANY), x, 0, 99, false));
    return kin_draw_ints(draw_, 1, shape.rank, shape.dim);
}

const kin_op kin_op_broadcast_to = {
    .name = "broadcast_to",
    .summary = "repeats a tensor to a shape",
    .inputs = "x shape",
    .in_min = 2,
    .in_max = 2,
    .out_min = 1,
    .out_max = 1,
    .infer = infer,
    .forward = forward,
    .backward = backward,
    .backward_to = 1,
    .draw = draw,
};
