/* SPDX-License-Identifier: Apache-2.0
 *
 * logical_or: z = (x || y), broadcast; any value but 0 counts as true.
 * TensorFlow: LogicalOr; TensorFlow Lite: LOGICAL_OR (lite/kernels/logical.cc).
 */
#include "nn/ops/compare.h"

#define KIN_COMPARE_OF(x, y) ((x) || (y))
KIN_COMPARE(logical_or, "x or y", KIN_SET_BOOL)
