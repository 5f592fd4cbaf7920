/* SPDX-License-Identifier: Apache-2.0
 *
 * The op `gradient`: the backward step of any other op as a node of the same graph. So a training step is one graph, and
 * the plan infers its shapes, frees each activation as soon as nobody reads it, splits work and picks kernels as always.
 *
 * Inputs: dy[out_count] (-1: zero), in[in_count] (-1: left out), out[out_count] (-1: not read).
 * Outputs: dx of the inputs whose bit is set in `wanted`, in order.
 * No file can name it: it is not in ops.def.
 */
#ifndef KIN_NN_GRAD_GRADIENT_H
#define KIN_NN_GRAD_GRADIENT_H

#include "nn/graph.h"

typedef struct {
    const kin_op *op;
    const void   *attrs; /* of the forward node */
    size_t        in_count, out_count;
    uint64_t      wanted;
    size_t        of; /* the forward node's number when this one was added */
} kin_gradient_attrs;

extern const kin_op kin_op_gradient;

/* Adds the gradient node of node `of`, whose outputs have the gradients dy[] (-1: none), by the inputs in `wanted`; dx[i]
 * becomes the tensor of the gradient by input i, -1 where it is not wanted. KIN_E_UNSUPPORTED: more than KIN_BACK_MOST
 * inputs or outputs. */
kin_status kin_gradient_node(kin_graph *graph, size_t of, const int *dy, uint64_t wanted, int *dx);

/* A gradient node's call as the forward op's backward takes it. */
typedef struct {
    kin_back          back;
    kin_call          call;
    const kin_tensor *in[KIN_BACK_MOST], *dy[KIN_BACK_MOST];
    kin_tensor       *out[KIN_BACK_MOST], *dx[KIN_BACK_MOST];
} kin_gradient_call;
/* Fills `of`; the pointers stay inside it. */
void kin_gradient_open(const kin_call *call, kin_gradient_call *of);

#endif
