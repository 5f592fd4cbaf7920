/* SPDX-License-Identifier: Apache-2.0
 *
 * What concat, pack, split, split_v and unpack share: a whole and its parts along an axis. With `outer` the product of the
 * dimensions before the axis, the whole is, `outer` times, a run of each part in turn. What joins forward parts backward.
 */
#ifndef KIN_NN_OPS_PARTS_H
#define KIN_NN_OPS_PARTS_H

#include "nn/ops/common.h"

/* The one number of input `in`, as an axis of x. */
static inline kin_status kin_split_axis(const kin_call *call, const kin_op *op, size_t in, const kin_shape *x, int *axis)
{
    kin_ints numbers;
    KIN_TRY(kin_expect_ints(call, in, 1, &numbers));
    if (numbers.count != 1) return kin_op_fail(call, KIN_E_FORMAT, "%s: axis has no number, expected one", op->name);
    return kin_expect_axis(call, numbers.value[0], x->rank, axis);
}

/* axis in [-rank, rank) of a whole of `rank` dimensions, after infer took it, to the whole's `outer`. */
static inline size_t kin_parts_outer(const kin_shape *whole, int64_t axis)
{
    return kin_count_span(whole, 0, (int)(axis < 0 ? axis + whole->rank : axis));
}

static inline size_t kin_parts_run(const kin_tensor *part, size_t outer, size_t size)
{
    return outer ? kin_count(&part->shape) / outer * size : 0;
}

/* whole = the parts from[i], joined; their shapes are those of part[i]; NULL: zeros. `size` bytes an element. */
static inline void kin_parts_join(size_t outer, size_t size, const kin_tensor *const *part,
                                  const kin_tensor *const *from, size_t count, void *whole)
{
    char *y = whole;
    for (size_t o = 0; o < outer; o++)
        for (size_t i = 0; i < count; i++) {
            size_t run = kin_parts_run(part[i], outer, size);
            if (run && from[i])
                memcpy(y, (const char *)from[i]->data + o * run, run);
            else if (run)
                memset(y, 0, run);
            y += run;
        }
}

/* The parts to[i] of the whole, of the shapes of part[i]; NULL: passed over. */
static inline void kin_parts_take(size_t outer, size_t size, const kin_tensor *const *part, const void *whole,
                                  kin_tensor *const *to, size_t count)
{
    const char *x = whole;
    for (size_t o = 0; o < outer; o++)
        for (size_t i = 0; i < count; i++) {
            size_t run = kin_parts_run(part[i], outer, size);
            if (run && to[i]) memcpy((char *)to[i]->data + o * run, x, run);
            x += run;
        }
}

/* A call's outputs where shapes of parts are asked for. */
static inline const kin_tensor *const *kin_parts_of(const kin_call *call)
{
    return (const kin_tensor *const *)call->out;
}

/* Forward and backward of split, split_v and unpack: x is input `in`. */
static inline void kin_split_forward(const kin_call *call, size_t in, int64_t axis)
{
    const kin_tensor *x = call->in[in];
    kin_parts_take(kin_parts_outer(&x->shape, axis), kin_type_size(x->type), kin_parts_of(call), x->data, call->out,
                   call->out_count);
}

static inline void kin_split_backward(const kin_back *back, size_t in, int64_t axis)
{
    const kin_call *call = back->call;
    kin_tensor     *dx = back->dx[in];
    kin_parts_join(kin_parts_outer(&dx->shape, axis), sizeof(float), kin_parts_of(call), back->dy, call->out_count, dx->data);
}

/* Forward and backward of concat and pack. */
static inline void kin_join_forward(const kin_call *call, int64_t axis)
{
    kin_tensor *y = call->out[0];
    kin_parts_join(kin_parts_outer(&y->shape, axis), kin_type_size(y->type), call->in, call->in, call->in_count, y->data);
}

static inline void kin_join_backward(const kin_back *back, int64_t axis)
{
    const kin_tensor *dy = back->dy[0];
    kin_parts_take(kin_parts_outer(&dy->shape, axis), sizeof(float), back->call->in, dy->data, back->dx, back->call->in_count);
}

#endif
