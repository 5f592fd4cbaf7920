/* SPDX-License-Identifier: Apache-2.0
 *
 * Reductions: one number of all elements along given axes. A file includes this, writes start (the first value of the
 * accumulator), `fold` (float32, in double) and `fold_int` (int32, int64; wraps), and ends with KIN_REDUCE(name, ...).
 */
#ifndef KIN_NN_OPS_REDUCE_H
#define KIN_NN_OPS_REDUCE_H

#include "nn/ops/common.h"

typedef struct {
    bool keep_dims;
} kin_reduce_attrs;

/* Which axes go; axes that are named twice count once (TensorFlow Lite, lite/kernels/internal/reference/reduce.h,
 * ResolveAxis). */
static inline kin_status kin_reduce_axes(const kin_call *call, const kin_ints *axes, bool gone[KIN_RANK_MAX])
{
    for (int d = 0; d < KIN_RANK_MAX; d++) gone[d] = false;
    for (int i = 0; i < axes->count; i++) {
        int axis;
        KIN_TRY(kin_expect_axis(call, axes->value[i], call->in[0]->shape.rank, &axis));
        gone[axis] = true;
    }
    return KIN_OK;
}

static inline kin_status kin_reduce_infer(const kin_call *call, const kin_op *op)
{
    kin_ints  axes;
    bool      gone[KIN_RANK_MAX];
    kin_shape out = {0, {0}};
    KIN_TRY(kin_op_begin(call, op));
    KIN_TRY(kin_op_type(call, op, 0, KIN_SET_NUMBER));
    KIN_TRY(kin_op_not_empty(call, op, 0)); /* there is no mean or largest of nothing */
    KIN_TRY(kin_expect_ints(call, 1, KIN_INTS_MAX, &axes));
    KIN_TRY(kin_reduce_axes(call, &axes, gone));
    const kin_shape *x = &call->in[0]->shape;
    for (int d = 0; d < x->rank; d++) {
        if (!gone[d])
            out.dim[out.rank++] = x->dim[d];
        else if (((const kin_reduce_attrs *)call->attrs)->keep_dims)
            out.dim[out.rank++] = 1;
    }
    return kin_op_result(call, 0, call->in[0]->type, &out);
}

typedef struct {
    double  (*fold)(double accumulator, double x);
    int64_t (*fold_int)(int64_t accumulator, int64_t x);
    double  start; /* the accumulator's first value, unless of_first */
    bool    of_first, average;
} kin_reduction;

/* Two walks through x: over the elements that stay, and, from each, over those that go. */
typedef struct {
    kin_walk outer, inner;
    size_t   count, each;
} kin_reduce_walks;

static inline kin_reduce_walks kin_reduce_walks_of(const kin_shape *x, const kin_tensor *axes_in)
{
    kin_ints  axes = kin_op_ints(axes_in);
    kin_shape stay = *x, go = *x;
    bool      gone[KIN_RANK_MAX] = {false};
    for (int i = 0; i < axes.count; i++) gone[axes.value[i] < 0 ? axes.value[i] + x->rank : axes.value[i]] = true;
    for (int d = 0; d < x->rank; d++) (gone[d] ? &stay : &go)->dim[d] = 1;
    kin_reduce_walks w = {kin_walk_make(&stay), kin_walk_make(&go), kin_count(&stay), kin_count(&go)};
    w.outer.sources = w.inner.sources = 1;
    kin_dense_steps(x, w.outer.step[0]);
    kin_dense_steps(x, w.inner.step[0]);
    return w;
}

static inline void kin_reduce_forward(const kin_call *call, const kin_reduction *r)
{
    const kin_tensor *x = call->in[0];
    kin_tensor       *y = call->out[0];
    kin_reduce_walks  w = kin_reduce_walks_of(&x->shape, call->in[1]);
    for (size_t i = 0; i < w.count; i++, kin_walk_next(&w.outer)) {
        double  sum = r->start;
        int64_t whole = (int64_t)r->start;
        for (size_t k = 0; k < w.each; k++, kin_walk_next(&w.inner)) {
            size_t at = (size_t)(w.outer.offset[0] + w.inner.offset[0]);
            if (x->type == KIN_FLOAT32) {
                double v = ((const float *)x->data)[at];
                sum = r->of_first && k == 0 ? v : r->fold(sum, v);
            } else {
                int64_t v = kin_int_at(x, at);
                whole = r->of_first && k == 0 ? v : r->fold_int(whole, v);
            }
        }
        if (r->average) sum /= (double)w.each, whole /= (int64_t)w.each;
        if (x->type == KIN_FLOAT32)
            ((float *)y->data)[i] = (float)sum;
        else if (x->type == KIN_INT32)
            ((int32_t *)y->data)[i] = (int32_t)whole;
        else
            ((int64_t *)y->data)[i] = whole;
    }
}

/* The gradient of a largest or smallest: an equal share to all that are as large (TensorFlow's _MinOrMaxGrad). */
static inline void kin_reduce_share(const kin_back *back)
{
    const float     *x = back->call->in[0]->data, *y = back->call->out[0]->data, *dy = back->dy[0]->data;
    float           *dx = back->dx[0]->data;
    kin_reduce_walks w = kin_reduce_walks_of(&back->dx[0]->shape, back->call->in[1]);
    for (size_t i = 0; i < w.count; i++, kin_walk_next(&w.outer)) {
        const float *from = x + w.outer.offset[0];
        float       *to = dx + w.outer.offset[0];
        size_t       alike = 0;
        for (size_t k = 0; k < w.each; k++, kin_walk_next(&w.inner)) alike += from[w.inner.offset[0]] == y[i];
        for (size_t k = 0; k < w.each; k++, kin_walk_next(&w.inner))
            to[w.inner.offset[0]] = from[w.inner.offset[0]] == y[i] ? (float)(dy[i] / (double)alike) : 0;
    }
}
#define KIN_REDUCE_SHARE (.backward = kin_reduce_share, .backward_to = 1, .backward_reads = {{3, 1}})

/* The gradient of a sum or mean: dy over again along the axes that went, over the number of elements for a mean. */
static inline void kin_reduce_spread(const kin_back *back, bool average)
{
    const kin_shape *x = &back->dx[0]->shape;
    kin_ints         axes = kin_op_ints(back->call->in[1]);
    kin_shape        kept = *x; /* dy's with its dimensions of 1 */
    for (int i = 0; i < axes.count; i++) kept.dim[axes.value[i] < 0 ? axes.value[i] + x->rank : axes.value[i]] = 1;
    kin_walk     walk = kin_walk_make(x);
    size_t       count = kin_count(x);
    double       each = average ? (double)count / (double)kin_count(&kept) : 1;
    const float *dy = back->dy[0]->data;
    float       *dx = back->dx[0]->data;
    kin_walk_broadcast(&walk, &kept);
    for (size_t i = 0; i < count; i++, kin_walk_next(&walk)) dx[i] = (float)(dy[walk.offset[0]] / each);
}

static inline kin_status kin_reduce_draw(kin_draw *draw)
{
    kin_shape x = kin_draw_shape(draw, 0, 5, 5);
    int64_t   axes[KIN_RANK_MAX];
    int       count = 0;
    for (int d = 0; d < x.rank; d++)
        if (kin_draw_flip(draw)) axes[count++] = kin_draw_flip(draw) ? d : d - x.rank;
    ((kin_reduce_attrs *)draw->attrs)->keep_dims = kin_draw_flip(draw);
    draw->out_count = 1;
    KIN_TRY(kin_draw_tensor(draw, 0, kin_draw_type(draw, KIN_SET_NUMBER), x, -2, 2, false));
    return kin_draw_ints(draw, 1, count, axes);
}

#define KIN_REDUCE_FIELDS(...) __VA_ARGS__
/* gradient_: fields of kin_op, in brackets; the others fill the kin_reduction. */
#define KIN_REDUCE(name_, summary_, gradient_, ...)                                                                    \
    static kin_status infer(const kin_call *call)                                                                      \
    {                                                                                                                  \
        return kin_reduce_infer(call, &kin_op_##name_);                                                                \
    }                                                                                                                  \
    static void forward(const kin_call *call)                                                                          \
    {                                                                                                                  \
        static const kin_reduction reduction = {.fold = fold, .fold_int = fold_int, __VA_ARGS__};                      \
        kin_reduce_forward(call, &reduction);                                                                          \
    }                                                                                                                  \
    static const kin_attr attributes[] = {                                                                             \
        {"keep_dims", KIN_ATTR_BOOL, offsetof(kin_reduce_attrs, keep_dims), "false", NULL,                             \
         "axes that go leave a dimension of 1"},                                                                       \
    };                                                                                                                 \
    const kin_op kin_op_##name_ = {.name = #name_,                                                                     \
                                   .summary = summary_,                                                                \
                                   .inputs = "x axes",                                                                 \
                                   .in_min = 2,                                                                        \
                                   .in_max = 2,                                                                        \
                                   .out_min = 1,                                                                       \
                                   .out_max = 1,                                                                       \
                                   .attrs_size = sizeof(kin_reduce_attrs),                                             \
                                   KIN_ATTR_TABLE(attributes),                                                         \
                                   .infer = infer,                                                                     \
                                   .forward = forward,                                                                 \
                                   .draw = kin_reduce_draw,                                                            \
                                   KIN_REDUCE_FIELDS gradient_};

#endif
