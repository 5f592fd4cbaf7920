/* SPDX-License-Identifier: Apache-2.0
 *
 * equal: z = (x == y), broadcast; false when one is NaN.
 * TensorFlow: Equal; TensorFlow Lite: EQUAL (lite/kernels/internal/reference/comparisons.h).
 */
#include "nn/ops/compare.h"

#define KIN_COMPARE_OF(x, y) ((x) == (y))
KIN_COMPARE(equal, "whether x and y are equal", KIN_SET_NUMBER | KIN_SET_BOOL)
