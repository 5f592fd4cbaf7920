/* SPDX-License-Identifier: Apache-2.0
 *
 * tanh: y = (exp(x) - exp(-x)) / (exp(x) + exp(-x)).
 * TensorFlow: Tanh; TensorFlow Lite: TANH (lite/kernels/internal/reference/tanh.h).
 */
#include "nn/ops/unary.h"

static float of(float x)
{
    return (float)tanh(x);
}

static float derivative(float x, float y)
{
    (void)x;
    return 1 - y * y;
}

KIN_UNARY_GRADIENT(derivative, false, true)

KIN_UNARY(tanh, "hyperbolic tangent", -4, 4, KIN_HAS_UNARY_GRADIENT)
