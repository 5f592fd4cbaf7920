/* SPDX-License-Identifier: Apache-2.0
 *
 * less: z = (x < y), broadcast; false when one is NaN.
 * TensorFlow: Less; TensorFlow Lite: LESS (lite/kernels/internal/reference/comparisons.h).
 */
#include "nn/ops/compare.h"

#define KIN_COMPARE_OF(x, y) ((x) < (y))
KIN_COMPARE(less, "whether x < y", KIN_SET_NUMBER)
