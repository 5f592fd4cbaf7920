/* SPDX-License-Identifier: Apache-2.0
 *
 * Reverse-mode differentiation of a graph (Griewank & Walther, Evaluating derivatives, 2008, chapter 3): the graph gets
 * nodes that compute the gradients, and one plan runs all of it.
 */
#ifndef KIN_NN_GRAD_GRAD_H
#define KIN_NN_GRAD_GRAD_H

#include "nn/graph.h"

/* Takes fused epilogues and activations apart: conv2d(activation=relu) becomes conv2d, relu; a residual becomes an add.
 * Gradients pass through bare ops only. New nodes' names are those of the nodes they came from. */
kin_status kin_grad_unfuse(kin_graph *graph);

/* Adds the gradients of `loss`, a tensor of rank 0 that some node makes, by each tensor of wanted[count]. The graph is
 * sorted by this. gradient[i]: the tensor of the gradient by wanted[i], of its shape; -1: the loss does not depend on it.
 * A tensor that several nodes read gets the sum of what they give, in the order of the nodes from the last to the first.
 * KIN_E_UNSUPPORTED names a node on the way whose op has no backward. Outputs of the graph are not changed. */
kin_status kin_grad_add(kin_graph *graph, int loss, const int *wanted, size_t count, int *gradient);

/* Gradient checkpointing (Chen, Xu, Zhang, Guestrin, Training deep nets with sublinear memory cost, arXiv:1604.06174): the
 * graph, whose first `forward` nodes are those that were there before kin_grad_add, is cut into segments; what passes from
 * one to another is kept, and the gradients of a segment read copies of its other nodes, which stand right before them. So a
 * plan's memory shrinks for at most one more forward run, and every number stays the same to the bit. Call it once, behind
 * kin_grad_add and before any plan of the graph. `shapes`: as for kin_plan_new. `segments`: so many at most; 0: as many as
 * are estimated to need the least memory, about the square root of the number of nodes for a chain; 1 changes nothing.
 * After an error the graph is of no more use. */
kin_status kin_grad_recompute(kin_graph *graph, size_t forward, const kin_shape *shapes, size_t segments);

#endif
