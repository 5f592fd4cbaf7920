/* SPDX-License-Identifier: Apache-2.0
 *
 * What the ops' files share: checks for infer, writing an output's type and shape, and a walk over a tensor's elements
 * with other strides (broadcasting, transposing, slicing).
 */
#ifndef KIN_NN_OPS_COMMON_H
#define KIN_NN_OPS_COMMON_H

#include <math.h>
#include <string.h>

#include "nn/op.h"

/* --- sets of element types --- */

enum {
    KIN_SET_FLOAT = 1u << KIN_FLOAT32,
    KIN_SET_INDEX = 1u << KIN_INT32 | 1u << KIN_INT64,
    KIN_SET_NUMBER = KIN_SET_FLOAT | KIN_SET_INDEX,
    KIN_SET_BOOL = 1u << KIN_BOOL,
    KIN_SET_ANY = (1u << KIN_TYPES) - 1
};

/* --- checks for infer; the text names node, op and input --- */

/* Number of inputs and outputs, required inputs there, every known dimension >= 0, every rank at most KIN_RANK_MAX.
 * Each infer calls it first. */
kin_status kin_op_begin(const kin_call *call, const kin_op *op);
/* Input `in` has a type of `set`: KIN_E_UNSUPPORTED else (quantised arithmetic is named as such). */
kin_status kin_op_type(const kin_call *call, const kin_op *op, size_t in, unsigned set);
/* Inputs `a` and `b` have the same type. */
kin_status kin_op_same_type(const kin_call *call, const kin_op *op, size_t a, size_t b);
/* No dimension of input `in` is 0, for ops that have no meaning then. */
kin_status kin_op_not_empty(const kin_call *call, const kin_op *op, size_t in);
/* The name of input `in`, for messages. Returns `out`. */
const char *kin_op_input_name(const kin_op *op, size_t in, char *out, size_t size);
enum { KIN_INPUT_NAME = 32 };

/* Fills out[i]: type, shape, not quantised. KIN_E_FORMAT when its bytes do not fit. */
kin_status kin_op_result(const kin_call *call, size_t i, kin_type type, const kin_shape *shape);
/* The same with the type and quantisation of input `in`, for ops that only move data. One scale an axis is
 * KIN_E_UNSUPPORTED: the axis moves. */
kin_status kin_op_result_like(const kin_call *call, size_t i, size_t in, const kin_shape *shape);

/* The integers of an int32 or int64 tensor of at most KIN_INTS_MAX elements; only in forward, after infer took them. */
kin_ints kin_op_ints(const kin_tensor *tensor);
/* Element `i` of an int32 or int64 tensor; a file's constants may stand unaligned. */
static inline int64_t kin_int_at(const kin_tensor *tensor, size_t i)
{
    int64_t wide;
    int32_t narrow;
    if (tensor->type == KIN_INT64) {
        memcpy(&wide, (const char *)tensor->data + i * sizeof wide, sizeof wide);
        return wide;
    }
    memcpy(&narrow, (const char *)tensor->data + i * sizeof narrow, sizeof narrow);
    return narrow;
}

/* --- a walk: the elements of `shape` in order, and where each lies in up to three sources --- */

typedef struct {
    int     rank, sources;
    int64_t dim[KIN_RANK_MAX], at[KIN_RANK_MAX];
    int64_t step[3][KIN_RANK_MAX]; /* in elements */
    int64_t offset[3];
} kin_walk;

kin_walk kin_walk_make(const kin_shape *shape);
/* Adds a source that is laid out densely and broadcast to the walk's shape (numpy's rule). */
void kin_walk_broadcast(kin_walk *walk, const kin_shape *source);
/* The dense strides of a shape, in elements. */
void kin_dense_steps(const kin_shape *shape, int64_t step[KIN_RANK_MAX]);

static inline void kin_walk_next(kin_walk *walk)
{
    for (int d = walk->rank - 1; d >= 0; d--) {
        for (int s = 0; s < walk->sources; s++) walk->offset[s] += walk->step[s][d];
        if (++walk->at[d] < walk->dim[d]) return;
        for (int s = 0; s < walk->sources; s++) walk->offset[s] -= walk->step[s][d] * walk->dim[d];
        walk->at[d] = 0;
    }
}

/* y[i] = x[the walk's first source], for all elements of the walk, `size` bytes each. */
void kin_walk_copy(kin_walk walk, const void *x, void *y, size_t size);
/* The other way: y[the walk's first source] = x[i]. */
void kin_walk_put(kin_walk walk, const void *x, void *y, size_t size);
/* Makes two of a walk over elements that `narrow` was broadcast to: *walk goes over the elements of `narrow`, in order, and
 * the one returned, from each, over those that it was broadcast to, *each many. */
kin_walk kin_walk_split(kin_walk *walk, const kin_shape *narrow, size_t *each);

/* numpy's broadcasting of two shapes; false when they do not go together. */
bool kin_broadcast(const kin_shape *a, const kin_shape *b, kin_shape *out);

/* --- for draw --- */

/* A rank in [least, most] with dimensions in [1, largest]. */
kin_shape kin_draw_shape(kin_draw *draw, int least, int most, int64_t largest);
/* A shape that broadcasts to `shape`: leading dimensions left out, others 1. */
kin_shape kin_draw_narrower(kin_draw *draw, const kin_shape *shape);
static inline bool kin_draw_flip(kin_draw *draw)
{
    return kin_random_below(&draw->random, 2) == 1;
}
static inline int64_t kin_draw_range(kin_draw *draw, int64_t low, int64_t high)
{
    return kin_random_range(&draw->random, low, high);
}
/* One of the element types in `set`. */
kin_type kin_draw_type(kin_draw *draw, unsigned set);

/* One line of an attribute table: ATTR(attrs, "axis", KIN_ATTR_INT, axis, "-1", "what it is") */
#define KIN_ATTR(type, name, kind, field, fallback, doc)                                                               \
    {                                                                                                                  \
        name, kind, offsetof(type, field), fallback, NULL, doc                                                         \
    }
#define KIN_ATTR_TABLE(table) .attr = table, .attr_count = sizeof(table) / sizeof(table[0])

#endif
