/* SPDX-License-Identifier: Apache-2.0
 *
 * not_equal: z = (x != y), broadcast; true when one is NaN.
 * TensorFlow: NotEqual; TensorFlow Lite: NOT_EQUAL (lite/kernels/internal/reference/comparisons.h).
 */
#include "nn/ops/compare.h"

#define KIN_COMPARE_OF(x, y) ((x) != (y))
KIN_COMPARE(not_equal, "whether x and y differ", KIN_SET_NUMBER | KIN_SET_BOOL)
