/* SPDX-License-Identifier: Apache-2.0
 *
 * sqrt: y = the square root of x; NaN below 0.
 * TensorFlow: Sqrt; TensorFlow Lite: SQRT (lite/kernels/elementwise.cc).
 */
#include "nn/ops/unary.h"

static float of(float x)
{
    return sqrtf(x);
}

static float derivative(float x, float y)
{
    (void)x;
    return 0.5f / y;
}

KIN_UNARY_GRADIENT(derivative, false, true)

KIN_UNARY(sqrt, "square root", 0, 9, KIN_HAS_UNARY_GRADIENT)
