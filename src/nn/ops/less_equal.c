/* SPDX-License-Identifier: Apache-2.0
 *
 * less_equal: z = (x <= y), broadcast; false when one is NaN.
 * TensorFlow: LessEqual; TensorFlow Lite: LESS_EQUAL (lite/kernels/internal/reference/comparisons.h).
 */
#include "nn/ops/compare.h"

#define KIN_COMPARE_OF(x, y) ((x) <= (y))
KIN_COMPARE(less_equal, "whether x <= y", KIN_SET_NUMBER)
