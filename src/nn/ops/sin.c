/* SPDX-License-Identifier: Apache-2.0
 *
 * sin: y = the sine of x (radians).
 * TensorFlow: Sin; TensorFlow Lite: SIN (lite/kernels/elementwise.cc).
 */
#include "nn/ops/unary.h"

static float of(float x)
{
    return (float)sin(x);
}

static float derivative(float x, float y)
{
    (void)y;
    return cosf(x);
}

KIN_UNARY_GRADIENT(derivative, true, false)

KIN_UNARY(sin, "sine", -9, 9, KIN_HAS_UNARY_GRADIENT)
