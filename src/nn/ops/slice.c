/* SPDX-License-Identifier: Apache-2.0
 *
 * slice: y[i] = x[begin + i]: a block of x; a size of -1 reaches to the end.
 *
 * TensorFlow: Slice; TensorFlow Lite: SLICE (lite/kernels/slice.cc).
 */
#include "nn/ops/common.h"

static kin_status infer(const kin_call *call)
{
    kin_ints begin, size;
    KIN_TRY(kin_op_begin(call, &kin_op_slice));
    KIN_TRY(kin_expect_ints(call, 1, KIN_INTS_MAX, &begin));
    KIN_TRY(kin_expect_ints(call, 2, KIN_INTS_MAX, &size));
    kin_shape out = call->in[0]->shape;
    if (begin.count != out.rank || size.count != out.rank)
        return kin_op_fail(call, KIN_E_FORMAT, "slice: begin has %d numbers, size %d, expected %d", begin.count,
                           size.count, out.rank);
    for (int d = 0; d < out.rank; d++) {
        int64_t from = begin.value[d], wanted = size.value[d], all = out.dim[d];
        if (from < 0 || from > all || wanted < -1 || (wanted >= 0 && wanted > all - from))
            return kin_op_fail(call, KIN_E_FORMAT, "slice: begin %lld, size %lld do not lie in axis %d of size %lld",
                               (long long)from, (long long)wanted, d, (long long)all);
        out.dim[d] = wanted == -1 ? all - from : wanted;
    }
    return kin_op_result_like(call, 0, 0, &out);
}

/* y's elements in order; the source is x. */
static kin_walk block(const kin_call *call, const kin_shape *x, const kin_shape *y)
{
    kin_ints begin = kin_op_ints(call->in[1]);
    kin_walk walk = kin_walk_make(y);
    walk.sources = 1;
    kin_dense_steps(x, walk.step[0]);
    for (int d = 0; d < begin.count; d++) walk.offset[0] += begin.value[d] * walk.step[0][d];
    return walk;
}

static void forward(const kin_call *call)
{
    kin_walk walk = block(call, &call->in[0]->shape, &call->out[0]->shape);
    kin_walk_copy(walk, call->in[0]->data, call->out[0]->data, kin_type_size(call->in[0]->type));
}

static void backward(const kin_back *back)
{
    kin_tensor *dx = back->dx[0];
    memset(dx->data, 0, kin_count(&dx->shape) * sizeof(float));
    kin_walk_put(block(back->call, &dx->shape, &back->dy[0]->shape), back->dy[0]->data, dx->data, sizeof(float));
}

static kin_status draw(kin_draw *draw_)
{
    kin_shape x = kin_draw_shape(draw_, 0, 5, 6);
    int64_t   begin[KIN_RANK_MAX], size[KIN_RANK_MAX];
    for (int d = 0; d < x.rank; d++) {
        begin[d] = kin_draw_range(draw_, 0, x.dim[d] - 1);
        size[d] = kin_draw_flip(draw_) ? -1 : kin_draw_range(draw_, 1, x.dim[d] - begin[d]);
    }
    draw_->out_count = 1;
    KIN_TRY(kin_draw_tensor(draw_, 0, kin_draw_type(draw_, KIN_SET_ANY), x, 0, 99, false));
    KIN_TRY(kin_draw_ints(draw_, 1, x.rank, begin));
    return kin_draw_ints(draw_, 2, x.rank, size);
}

const kin_op kin_op_slice = {
    .name = "slice",
    .summary = "a block of a tensor",
    .inputs = "x begin size",
    .in_min = 3,
    .in_max = 3,
    .out_min = 1,
    .out_max = 1,
    .infer = infer,
    .forward = forward,
    .backward = backward,
    .backward_to = 1,
    .backward_reads = {{2, 0}},
    .draw = draw,
};
