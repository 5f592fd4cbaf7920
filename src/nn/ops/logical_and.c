/* SPDX-License-Identifier: Apache-2.0
 *
 * logical_and: z = (x && y), broadcast; any value but 0 counts as true.
 * TensorFlow: LogicalAnd; TensorFlow Lite: LOGICAL_AND (lite/kernels/logical.cc).
 */
#include "nn/ops/compare.h"

#define KIN_COMPARE_OF(x, y) ((x) && (y))
KIN_COMPARE(logical_and, "x and y", KIN_SET_BOOL)
