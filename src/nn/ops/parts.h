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

/* Bytes of a part's run: of its dimensions from the axis on, which with pack and unpack it has not itself. */
static inline size_t kin_parts_run(const kin_tensor *part, int axis, size_t size)
{
    return kin_count_span(&part->shape, axis, part->shape.rank) * size;
}

/* whole = the parts from[i], joined along `axis` of the whole; their shapes are those of part[i]; NULL: zeros. `size` bytes an
 * element. */
static inline void kin_parts_join(int axis, size_t size, const kin_tensor *const *part, const kin_tensor *const *from,
                                  size_t count, kin_tensor *whole)
{
    size_t outer = kin_count_span(&whole->shape, 0, axis);
    char  *y = whole->data;
    for (size_t o = 0; o < outer; o++)
        for (size_t i = 0; i < count; i++) {
            size_t run = kin_parts_run(part[i], axis, size);
            if (run && from[i])
                memcpy(y, (const char *)from[i]->data + o * run, run);
            else if (run)
                memset(y, 0, run);
            y += run;
        }
}

/* The parts to[i] of the whole, of the shapes of part[i]; NULL: passed over. */
static inline void kin_parts_take(int axis, size_t size, const kin_tensor *const *part, const kin_tensor *whole,
                                  kin_tensor *const *to, size_t count)
{
    size_t      outer = kin_count_span(&whole->shape, 0, axis);
    const char *x = whole->data;
    for (size_t o = 0; o < outer; o++)
        for (size_t i = 0; i < count; i++) {
            size_t run = kin_parts_run(part[i], axis, size);
            if (run && to[i]) memcpy((char *)to[i]->data + o * run, x, run);
            x += run;
        }
}

/* axis in [-rank, rank) of the whole, after infer took it. */
static inline int kin_parts_axis(const kin_tensor *whole, int64_t axis)
{
    return (int)(axis < 0 ? axis + whole->shape.rank : axis);
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
    kin_parts_take(kin_parts_axis(x, axis), kin_type_size(x->type), kin_parts_of(call), x, call->out, call->out_count);
}

static inline void kin_split_backward(const kin_back *back, size_t in, int64_t axis)
{
    const kin_call *call = back->call;
    kin_tensor     *dx = back->dx[in];
    kin_parts_join(kin_parts_axis(dx, axis), sizeof(float), kin_parts_of(call), back->dy, call->out_count, dx);
}

/* Forward and backward of concat and pack. */
static inline void kin_join_forward(const kin_call *call, int64_t axis)
{
    kin_tensor *y = call->out[0];
    kin_parts_join(kin_parts_axis(y, axis), kin_type_size(y->type), call->in, call->in, call->in_count, y);
}

static inline void kin_join_backward(const kin_back *back, int64_t axis)
{
    const kin_tensor *dy = back->dy[0];
    kin_parts_take(kin_parts_axis(dy, axis), sizeof(float), back->call->in, dy, back->dx, back->call->in_count);
}

#endif
