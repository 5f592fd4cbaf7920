/* SPDX-License-Identifier: Apache-2.0
 *
 * transpose: dimension d of the output is dimension perm[d] of x.
 *
 * TensorFlow: Transpose; TensorFlow Lite: TRANSPOSE (lite/kernels/internal/reference/transpose.h).
 */
#include "nn/ops/common.h"

static kin_status infer(const kin_call *call)
{
    kin_ints  perm;
    bool      seen[KIN_RANK_MAX] = {false};
    kin_shape out = {0, {0}};
    KIN_TRY(kin_op_begin(call, &kin_op_transpose));
    KIN_TRY(kin_expect_ints(call, 1, KIN_INTS_MAX, &perm));
    const kin_shape *x = &call->in[0]->shape;
    if (perm.count != x->rank)
        return kin_op_fail(call, KIN_E_FORMAT, "transpose: perm has %d numbers, expected %d", perm.count, x->rank);
    for (int d = 0; d < perm.count; d++) {
        int axis;
        KIN_TRY(kin_expect_axis(call, perm.value[d], x->rank, &axis));
        if (seen[axis]) return kin_op_fail(call, KIN_E_FORMAT, "transpose: perm names axis %d twice", axis);
        seen[axis] = true;
        out.dim[out.rank++] = x->dim[axis];
    }
    return kin_op_result_like(call, 0, 0, &out);
}

/* y's elements in order; the source is x. */
static kin_walk across(const kin_call *call, const kin_shape *x, const kin_shape *y)
{
    kin_ints perm = kin_op_ints(call->in[1]);
    kin_walk walk = kin_walk_make(y);
    int64_t  step[KIN_RANK_MAX];
    kin_dense_steps(x, step);
    walk.sources = 1;
    for (int d = 0; d < perm.count; d++)
        walk.step[0][d] = step[perm.value[d] < 0 ? perm.value[d] + perm.count : perm.value[d]];
    return walk;
}

static void forward(const kin_call *call)
{
    kin_walk walk = across(call, &call->in[0]->shape, &call->out[0]->shape);
    kin_walk_copy(walk, call->in[0]->data, call->out[0]->data, kin_type_size(call->in[0]->type));
}

static void backward(const kin_back *back)
{
    kin_walk walk = across(back->call, &back->dx[0]->shape, &back->dy[0]->shape);
    kin_walk_put(walk, back->dy[0]->data, back->dx[0]->data, sizeof(float));
}

static kin_status draw(kin_draw *draw_)
{
    kin_shape x = kin_draw_shape(draw_, 0, 6, 4);
    int64_t   perm[KIN_RANK_MAX];
    for (int d = 0; d < x.rank; d++) { /* Fisher and Yates */
        int64_t other = kin_draw_range(draw_, 0, d);
        perm[d] = perm[other];
        perm[other] = d;
    }
    draw_->out_count = 1;
    KIN_TRY(kin_draw_tensor(draw_, 0, kin_draw_type(draw_, KIN_SET_ANY), x, 0, 99, false));
    return kin_draw_ints(draw_, 1, x.rank, perm);
}

const kin_op kin_op_transpose = {
    .name = "transpose",
    .summary = "reorders the dimensions",
    .inputs = "x perm",
    .in_min = 2,
    .in_max = 2,
    .out_min = 1,
    .out_max = 1,
    .infer = infer,
    .forward = forward,
    .backward = backward,
    .backward_to = 1,
    .backward_reads = {{2, 0}},
    .draw = draw,
};
