/* SPDX-License-Identifier: Apache-2.0
 *
 * Ops that TensorFlow Lite has no operator for, written out by those that it has: lower.c has the table, lower_layer.c
 * what is done to layers and poolings.
 */
#ifndef KIN_FORMAT_TFLITE_LOWER_H
#define KIN_FORMAT_TFLITE_LOWER_H

#include "nn/graph.h"

/* A graph like `from` (sorted, declared: nn/plan/shapes.h) whose nodes are operators of TensorFlow Lite, as far as there is
 * a way. It shares names, lists and constants with `from`; new tensors stand behind and are not declared yet. */
kin_status kin_tflite_lower(const kin_graph *from, kin_graph **out);

/* --- inside --- */

typedef struct {
    kin_graph      *to;   /* tensors of the source, new ones behind */
    const kin_node *node; /* that is written out */
} kin_lowering;

/* Adds a node of `op` with these attributes (as kin_attrs_parse takes them) and inputs; its output is `out`, or where that
 * is -1 a new tensor. *id: that output; NULL: nobody asks. */
kin_status kin_lower_op(kin_lowering *l, const char *op, const char *attrs, const int *in, size_t in_count, int out,
                        int *id);
/* Adds the node as it is, but with these attributes, inputs up to the last that is there, and this output. */
kin_status kin_lower_same(kin_lowering *l, const void *attrs, const int *in, size_t in_count, int out, int *id);
/* A new constant, called NODE/name. */
kin_status kin_lower_constant(kin_lowering *l, const char *name, kin_type type, kin_shape shape, const void *data,
                              int *id);
/* "node 'NAME' (op): text" */
kin_status kin_lower_fail(const kin_lowering *l, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* conv2d, depthwise_conv2d, dense: explicit padding and what the epilogue does beyond a fused activation. */
kin_status kin_lower_layer(kin_lowering *l);
/* max_pool, avg_pool: of the whole picture, with explicit padding. */
kin_status kin_lower_pool(kin_lowering *l);

#endif
