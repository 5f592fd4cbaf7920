/* SPDX-License-Identifier: Apache-2.0
 *
 * cos: y = the cosine of x (radians).
 * TensorFlow: Cos; TensorFlow Lite: COS (lite/kernels/elementwise.cc).
 */
#include "nn/ops/unary.h"

static float of(float x)
{
    return (float)cos(x);
}

static float derivative(float x, float y)
{
    (void)y;
    return -sinf(x);
}

KIN_UNARY_GRADIENT(derivative, true, false)

KIN_UNARY(cos, "cosine", -9, 9, KIN_HAS_UNARY_GRADIENT)
