/* SPDX-License-Identifier: Apache-2.0
 *
 * What the binders of gradients share. They see the gradient node's call (nn/grad/gradient.h), whose inputs are dy, then the
 * forward op's inputs, then its outputs; all these ops have one output.
 */
#ifndef KIN_NN_FAST_BACK_H
#define KIN_NN_FAST_BACK_H

#include "nn/fast/layers.h"
#include "nn/grad/gradient.h"

enum { KIN_BACK_DY, KIN_BACK_IN /* + i: the forward op's input i */ };

/* Takes the call or not, as kin_bind does. */
typedef kin_status kin_bind_back(kin_binder *binder, const kin_kernels *kernels, const kin_call *call,
                                 const kin_gradient_call *of, kin_exec *exec, bool *taken);
kin_bind_back kin_back_conv2d, kin_back_depthwise, kin_back_dense, kin_back_bias;

kin_bind_back *kin_back_for(const kin_op *op); /* NULL: its backward is scalar */

/* The number of the one input whose gradient is wanted, KIN_MANY: several. */
size_t kin_back_only(const kin_gradient_call *of);

/* The convolution's dims of the forward call; groups as the op says. */
kin_conv_dims kin_back_dims(const kin_gradient_call *of);

/* dW[groups * m][segments * run] of a matrix of rows (rows.h) and dy; dense is the case of one line and a window of 1. */
kin_status kin_back_weights(kin_binder *binder, const kin_kernels *kernels, const kin_conv_dims *d, kin_exec *exec,
                            bool *taken);

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
