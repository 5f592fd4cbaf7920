/* SPDX-License-Identifier: Apache-2.0
 *
 * What the binders share. A binder takes a node when all is float32 and the CPU level is above scalar (there the op's own
 * forward is the fast way), and turns shapes and attributes into a kernel's arguments once; a task reads the data
 * pointers and calls the kernel.
 */
#ifndef KIN_NN_FAST_FAST_H
#define KIN_NN_FAST_FAST_H

#include "kern/registry.h"
#include "nn/ops/conv.h"
#include "nn/plan/exec.h"

kin_bind kin_bind_conv2d, kin_bind_depthwise, kin_bind_dense, kin_bind_binary, kin_bind_unary, kin_bind_prelu,
    kin_bind_pool, kin_bind_mean, kin_bind_batch_norm, kin_bind_gradient;

/* NULL: the scalar level, or an input or output that is not float32 (inputs from `from` on are not looked at). */
const kin_kernels *kin_fast_kernels(kin_binder *binder, const kin_call *call, size_t from);
/* At run: the slope is read from the call. */
kin_kern_epilogue kin_fast_epilogue(const kin_call *call, const kin_epilogue *epilogue);

/* Weights in a kernel's layout: packed once where they are constants, before each run where they change; the bits are the
 * same. The first member of a binder's state. */
typedef struct kin_fast_packing kin_fast_packing;
struct kin_fast_packing {
    /* Units [from, to) to their places in `out`; any order. */
    void (*pack)(const kin_fast_packing *self, const float *weights, size_t from, size_t to, float *out);
    size_t units;
    size_t weights; /* an input of the call */
};
/* Fills exec's packed, or before and shared; exec->state must be set. `key` and `floats`: see kin_bind_pack. */
kin_status kin_fast_pack(kin_binder *binder, const kin_call *call, const char *key, size_t floats,
                         const kin_fast_packing *packing, kin_exec *exec);
static inline const float *kin_fast_packed(const kin_exec *exec)
{
    return exec->packed ? exec->packed : exec->shared;
}

/* How an operand lies beside a result that it is broadcast to: as large; one row for all rows of the last dimension; one
 * number; a row for each `group` rows (a picture's). The result has rows * n numbers: where it need not be cut at rows, n is 1. */
typedef enum { KIN_ROWS_FULL, KIN_ROWS_ROW, KIN_ROWS_NUMBER, KIN_ROWS_GROUP } kin_rows_kind;
typedef struct {
    kin_rows_kind kind;
    size_t        rows, n, group;
} kin_rows_form;
/* false: another broadcast. */
bool kin_rows_form_of(const kin_shape *in, const kin_shape *out, kin_rows_form *form);
/* Fills all of *g but the pointers for rows [from, end), end <= to the return value; b is the operand, a lies as y. */
size_t kin_rows_args(const kin_rows_form *form, size_t from, size_t to, kin_binary_args *g);
/* Where the operand's numbers for row `from` begin. */
static inline size_t kin_rows_at(const kin_rows_form *form, size_t from)
{
    return form->kind == KIN_ROWS_FULL ? from * form->n : form->kind == KIN_ROWS_GROUP ? from / form->group * form->n : 0;
}

/* The sizes of a pooling with a window or without (the whole picture); pointers and clamp are not set. */
kin_pool_args kin_pool_sizes(const kin_call *call);
/* Whether a mean is one over height and width of pictures [n, h, w, c]. */
bool kin_mean_of_picture(const kin_call *call);

/* How many pieces to make of work that comes in `units`: one for one worker, else some a worker, each of `least` units
 * at least. */
size_t kin_fast_pieces(size_t width, size_t units, size_t least);
/* Units [from, to) of piece `i`. */
static inline void kin_fast_piece(size_t units, size_t pieces, size_t i, size_t *from, size_t *to)
{
    size_t each = units / pieces, more = units % pieces;
    *from = i * each + (i < more ? i : more);
    *to = *from + each + (i < more);
}
static inline size_t kin_fast_width(kin_binder *binder)
{
    return kin_bind_context(binder)->splitter->width;
}

#endif
