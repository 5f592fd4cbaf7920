/* SPDX-License-Identifier: Apache-2.0
 *
 * What passes work with: a sorted graph, who makes and how many read each tensor, and safe ways to change nodes.
 * The node lists of a copied graph are shared with its source, so they are copied before they are changed.
 */
#ifndef KIN_NN_PLAN_REWRITE_H
#define KIN_NN_PLAN_REWRITE_H

#include "nn/graph.h"

typedef struct {
    kin_graph *graph;
    int       *maker; /* of each tensor: the node's place, -1: none */
    int       *uses;  /* of each tensor: how often nodes and the graph's outputs read it */
    size_t     room;  /* entries of the two */
    size_t     changes;
} kin_rewrite;

typedef kin_status kin_pass(kin_rewrite *rewrite);

/* Runs one pass over `graph` (sorted), then drops the nodes that nobody needs any more. */
kin_status kin_rewrite_run(kin_graph *graph, kin_pass *pass);

/* A copy on `ctx` with the same tensor numbers. Shares names, lists, attributes and constants with `from`. */
kin_status kin_graph_copy(kin_context *ctx, const kin_graph *from, kin_graph **out);

/* --- looking --- */

bool              kin_node_is(const kin_node *node, const char *op); /* false for NULL and for a dropped node */
const kin_tensor *kin_rewrite_tensor(const kin_rewrite *rewrite, int id); /* NULL for -1 */
kin_node         *kin_rewrite_maker(const kin_rewrite *rewrite, int id);  /* NULL: an input, a constant or -1 */
/* The maker of `id` when `id` is its only output and nobody else reads it: it can be merged into its reader. */
kin_node *kin_rewrite_only(const kin_rewrite *rewrite, int id);
bool      kin_rewrite_constant(const kin_rewrite *rewrite, int id);
int       kin_node_in(const kin_node *node, size_t i); /* -1 when it is left out */
/* A numeric attribute as a double, `otherwise` when the op has none of that name. */
double kin_node_number(const kin_node *node, const char *attr, double otherwise);
/* The activation that an op of two operands carries in its attribute (kin_activation), 0: none. */
int kin_node_activation(const kin_node *node);
/* Element i of a constant float32 tensor (may stand unaligned in a file). */
float kin_float_at(const kin_tensor *tensor, size_t i);
/* Whether `id` is a float32 constant of `channels` numbers along its last dimension (all others 1), or of one. */
bool kin_rewrite_channels(const kin_rewrite *rewrite, int id, size_t channels);
/* Whether `id` is a float32 constant of one number, of rank 0 or 1 (one of rank 5 would make its sum so); gives it. */
bool kin_rewrite_scalar(const kin_rewrite *rewrite, int id, float *out);

/* --- changing --- */

/* Node `at` becomes `op` with these inputs; outputs stay. attrs: NULL keeps none, else the node's new attributes. */
kin_status kin_rewrite_become(kin_rewrite *rewrite, kin_node *node, const kin_op *op, void *attrs, const int *in,
                              size_t in_count);
/* The node's own copy of its attributes, `extra` bytes are never shared. */
kin_status kin_rewrite_attrs(kin_rewrite *rewrite, const kin_node *node, void *out);
/* Removes a node: its outputs have no maker, its inputs one reader less. */
void kin_rewrite_drop(kin_rewrite *rewrite, kin_node *node);
/* A new constant; the graph's arena holds the `kin_type_size * elements` bytes at tensor->data, cleared. */
kin_status kin_rewrite_new(kin_rewrite *rewrite, const char *name, kin_type type, kin_shape shape, int *id);

#endif
