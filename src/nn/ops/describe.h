/* SPDX-License-Identifier: Apache-2.0
 *
 * What the registry says about the ops, as text: `kin ops` and docs/ops.md are made of it.
 */
#ifndef KIN_NN_OPS_DESCRIBE_H
#define KIN_NN_OPS_DESCRIBE_H

#include "nn/op.h"

/* Adds to `out`, for a terminal: the op with its inputs, its summary, a line an attribute. */
kin_status kin_op_describe(kin_buffer *out, const kin_op *op);
/* Adds docs/ops.md: all ops as one table in Markdown. */
kin_status kin_ops_markdown(kin_buffer *out);

#endif
