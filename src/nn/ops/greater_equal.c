/* SPDX-License-Identifier: Apache-2.0
 *
 * greater_equal: z = (x >= y), broadcast; false when one is NaN.
 * TensorFlow: GreaterEqual; TensorFlow Lite: GREATER_EQUAL (lite/kernels/internal/reference/comparisons.h).
 */
#include "nn/ops/compare.h"

#define KIN_COMPARE_OF(x, y) ((x) >= (y))
KIN_COMPARE(greater_equal, "whether x >= y", KIN_SET_NUMBER)
