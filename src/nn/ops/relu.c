/* SPDX-License-Identifier: Apache-2.0
 *
 * relu: y = max(x, 0); a NaN stays one.
 * TensorFlow: Relu; TensorFlow Lite: RELU (lite/kernels/internal/reference/reference_ops.h, Relu).
 * Nair & Hinton, Rectified linear units improve restricted Boltzmann machines, 2010.
 */
#include "nn/ops/unary.h"

static float of(float x)
{
    return x < 0 ? 0 : x;
}

static float derivative(float x, float y)
{
    (void)x;
    return y > 0 ? 1.0f : 0.0f;
}

KIN_UNARY_GRADIENT(derivative, false, true)

KIN_UNARY(relu, "rectified linear: max(x, 0)", -3, 3, KIN_HAS_UNARY_GRADIENT)
