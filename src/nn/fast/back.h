/* SPDX-License-Identifier: Apache-2.0
 *
 * What the binders of gradients share. They see the gradient node's call (nn/grad/gradient.h), whose inputs are dy, then the
 * forward op's inputs, then its outputs; all these ops but batch_norm_train have one output.
 */
#ifndef KIN_NN_FAST_BACK_H
#define KIN_NN_FAST_BACK_H

#include "nn/fast/layers.h"
#include "nn/grad/gradient.h"

enum { KIN_BACK_DY, KIN_BACK_IN /* + i: the forward op's input i */ };

/* Takes the call or not, as kin_bind does. */
typedef kin_status kin_bind_back(kin_binder *binder, const kin_kernels *kernels, const kin_call *call,
                                 const kin_gradient_call *of, kin_exec *exec, bool *taken);
kin_bind_back kin_back_conv2d, kin_back_depthwise, kin_back_dense, kin_back_unary, kin_back_prelu, kin_back_binary,
    kin_back_pool, kin_back_mean, kin_back_batch_norm;

kin_bind_back *kin_back_for(const kin_op *op); /* NULL: its backward is scalar */

/* The number of the one input whose gradient is wanted, KIN_MANY: several. */
size_t kin_back_only(const kin_gradient_call *of);

/* The convolution's dims of the forward call; groups as the op says. */
kin_conv_dims kin_back_dims(const kin_gradient_call *of);

/* A convolution's gradient by x is a convolution of dy: input pixel iy gets dy[oy] * w[ky] from every cell with iy = oy *
 * stride - top + ky * dilation. The pixels of one phase, iy = first + stride * t, meet every (stride / gcd)th cell; from the
 * last of those to the first, oy grows by dilation / gcd: a convolution of stride 1 (gcd: of stride and dilation). This is
 * one dimension of it; a stride of 1 is one phase. */
typedef struct {
    int64_t pixels;                 /* of x: first, first + stride, .. */
    int64_t cells, cell, cell_step; /* the last cell, and how far it is down to the next */
    int64_t dilation, before;
} kin_back_phase;
/* Of `in` pixels, a window of k cells with `top` pixels of padding before it. */
kin_back_phase kin_back_phase_of(int64_t first, int64_t in, int64_t k, int64_t stride, int64_t dilation, int64_t top);
enum { KIN_BACK_STRIDE_MOST = 4 }; /* beyond: scalar */

/* dW[groups * m][segments * run] of a matrix of rows (rows.h) and dy; dense is the case of one line and a window of 1. */
kin_status kin_back_weights(kin_binder *binder, const kin_kernels *kernels, const kin_conv_dims *d, kin_exec *exec,
                            bool *taken);

/* By Winograd; *taken false: not 3x3 of stride 1, or too few channels. */
kin_status kin_back_winograd_weights(kin_binder *binder, const kin_kernels *kernels, const kin_conv_dims *d, kin_exec *exec,
                                     bool *taken);

/* Sums of columns: y[groups][n] = the sum over `rows` rows of each group of f(a, b). */
typedef enum { KIN_COLUMNS_SUM, KIN_COLUMNS_DOT, KIN_COLUMNS_BELOW } kin_columns_kind;
kin_status kin_back_columns(kin_binder *binder, const kin_kernels *kernels, kin_columns_kind kind, size_t a, size_t b,
                            size_t groups, size_t rows, size_t n, kin_exec *exec, bool *taken);
/* Of dy: the gradient by a bias. */
kin_status kin_back_bias(kin_binder *binder, const kin_kernels *kernels, const kin_call *call, kin_exec *exec, bool *taken);

/* --- partial sums: `pieces` results of `count` floats in shared memory, which the phase after the run adds in order. The
 * number of pieces depends on shapes only. One piece: the output itself. --- */

typedef struct {
    size_t pieces, count;
} kin_partial; /* the first member of a binder's state */
void kin_partial_bind(kin_binder *binder, const kin_partial *partial, kin_exec *exec);
static inline float *kin_partial_at(const kin_exec *exec, const kin_call *call, size_t piece)
{
    const kin_partial *p = exec->state;
    return p->pieces > 1 ? (float *)exec->shared + piece * p->count : call->out[0]->data;
}

#endif
