/* SPDX-License-Identifier: Apache-2.0
 *
 * Attributes -> options, by the rows of operators.c, for the writer.
 */
#ifndef KIN_FORMAT_TFLITE_OPTIONS_H
#define KIN_FORMAT_TFLITE_OPTIONS_H

#include "format/tflite/builder.h"
#include "format/tflite/operators.h"

/* Whether the operator's options can say all that the node's attributes do; KIN_E_UNSUPPORTED names node, op, attribute. */
kin_status kin_tflite_check_options(const kin_graph *graph, const kin_node *node, const kin_operator *known);
/* Puts the options; only for an operator that has some, of a checked node. Returns their place. */
uint64_t kin_tflite_put_options(kin_fb_builder *builder, const kin_graph *graph, const kin_node *node,
                                const kin_operator *known);

#endif
