/* SPDX-License-Identifier: Apache-2.0
 *
 * ceil: y = the smallest whole number not below x.
 * TensorFlow: Ceil; TensorFlow Lite: CEIL (lite/kernels/internal/reference/ceil.h).
 */
#include "nn/ops/unary.h"

static float of(float x)
{
    return ceilf(x);
}

KIN_UNARY(ceil, "rounds up", -9, 9, .flat = true)
