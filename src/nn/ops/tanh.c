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

KIN_UNARY(tanh, "hyperbolic tangent", -4, 4)
