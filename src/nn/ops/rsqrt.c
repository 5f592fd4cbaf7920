/* SPDX-License-Identifier: Apache-2.0
 *
 * rsqrt: y = 1 / sqrt(x); infinity at 0, NaN below.
 * TensorFlow: Rsqrt; TensorFlow Lite: RSQRT (lite/kernels/elementwise.cc).
 */
#include "nn/ops/unary.h"

static float of(float x)
{
    return (float)(1 / sqrt(x));
}

static float derivative(float x, float y)
{
    (void)x;
    return -0.5f * y * y * y;
}

KIN_UNARY_GRADIENT(derivative, false, true)

KIN_UNARY(rsqrt, "1 / square root", 0.1, 9, KIN_HAS_UNARY_GRADIENT)
