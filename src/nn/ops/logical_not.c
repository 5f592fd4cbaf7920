/* SPDX-License-Identifier: Apache-2.0
 *
 * logical_not: y = !x; any value but 0 counts as true.
 * TensorFlow: LogicalNot; TensorFlow Lite: LOGICAL_NOT (lite/kernels/elementwise.cc).
 */
#include "nn/ops/unary.h"

static void forward(const kin_call *call)
{
    const uint8_t *x = call->in[0]->data;
    uint8_t       *y = call->out[0]->data;
    size_t         count = kin_count(&call->out[0]->shape);
    for (size_t i = 0; i < count; i++) y[i] = !x[i];
}

KIN_UNARY_OP(logical_not, "not x", KIN_SET_BOOL, 0, 1, .flat = true)
