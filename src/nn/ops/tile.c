/* SPDX-License-Identifier: Apache-2.0
 *
 * tile: x repeated so many times along each dimension.
 *
 * TensorFlow: Tile; TensorFlow Lite: TILE (lite/kernels/tile.cc).
 */
#include "nn/ops/common.h"

static kin_status infer(const kin_call *call)
{
    kin_ints times;
    KIN_TRY(kin_op_begin(call, &kin_op_tile));
    KIN_TRY(kin_expect_ints(call, 1, KIN_INTS_MAX, &times));
    kin_shape out = call->in[0]->shape;
    if (times.count != out.rank)
        return kin_op_fail(call, KIN_E_FORMAT, "tile: multiples has %d numbers, expected %d", times.count, out.rank);
    for (int d = 0; d < out.rank; d++)
        if (times.value[d] < 0 || !kin_mul_i64(out.dim[d], times.value[d], &out.dim[d]))
            return kin_op_fail(call, KIN_E_FORMAT, "tile: multiples hold %lld for axis %d of size %lld",
                               (long long)times.value[d], d, (long long)call->in[0]->shape.dim[d]);
    return kin_op_result_like(call, 0, 0, &out);
}

static void forward(const kin_call *call)
{
    const kin_shape *x = &call->in[0]->shape;
    int64_t          dense[KIN_RANK_MAX];
    size_t           size = kin_type_size(call->in[0]->type), count = kin_count(&call->out[0]->shape);
    char            *y = call->out[0]->data;
    kin_walk         walk = kin_walk_make(&call->out[0]->shape);
    kin_dense_steps(x, dense);
    for (size_t i = 0; i < count; i++, kin_walk_next(&walk)) {
        int64_t at = 0;
        for (int d = 0; d < x->rank; d++) at += walk.at[d] % x->dim[d] * dense[d];
        memcpy(y + i * size, (const char *)call->in[0]->data + (size_t)at * size, size);
    }
}

/* dx: the sum over all repetitions of an element. */
static void backward(const kin_back *back)
{
    const kin_shape *x = &back->dx[0]->shape;
    const float     *dy = back->dy[0]->data;
    float           *dx = back->dx[0]->data;
    kin_ints         times = kin_op_ints(back->call->in[1]);
    kin_shape        repeats = kin_shape_make(times.count, times.value);
    kin_walk         outer = kin_walk_make(x), inner = kin_walk_make(&repeats);
    outer.sources = inner.sources = 1;
    kin_dense_steps(&back->dy[0]->shape, outer.step[0]);
    for (int d = 0; d < x->rank; d++) inner.step[0][d] = outer.step[0][d] * x->dim[d];
    size_t own = kin_count(x), each = kin_count(&repeats);
    for (size_t k = 0; k < own; k++, kin_walk_next(&outer)) {
        double sum = 0;
        for (size_t m = 0; m < each; m++, kin_walk_next(&inner)) sum += dy[outer.offset[0] + inner.offset[0]];
        dx[k] = (float)sum;
    }
}

static kin_status draw(kin_draw *draw_)
{
    kin_shape x = kin_draw_shape(draw_, 0, 4, 4);
    int64_t   times[KIN_RANK_MAX];
    for (int d = 0; d < x.rank; d++) times[d] = kin_draw_range(draw_, 1, 3);
    draw_->out_count = 1;
    KIN_TRY(kin_draw_tensor(draw_, 0, kin_draw_type(draw_, KIN_SET_ANY), x, 0, 99, false));
    return kin_draw_ints(draw_, 1, x.rank, times);
}

const kin_op kin_op_tile = {
    .name = "tile",
    .summary = "repeats a tensor along each dimension",
    .inputs = "x multiples",
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
