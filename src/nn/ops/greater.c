/* SPDX-License-Identifier: Apache-2.0
 *
 * greater: z = (x > y), broadcast; false when one is NaN.
 * TensorFlow: Greater; TensorFlow Lite: GREATER (lite/kernels/internal/reference/comparisons.h).
 */
#include "nn/ops/compare.h"

#define KIN_COMPARE_OF(x, y) ((x) > (y))
KIN_COMPARE(greater, "whether x > y", KIN_SET_NUMBER)
