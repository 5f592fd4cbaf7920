/* SPDX-License-Identifier: Apache-2.0
 *
 * relu_n1_to_1: y = min(max(x, -1), 1); a NaN stays one.
 * TensorFlow Lite: RELU_N1_TO_1 (lite/kernels/internal/reference/reference_ops.h, Relu1); TensorFlow has no op for it:
 * clip_by_value.
 */
#include "nn/ops/unary.h"

static float of(float x)
{
    return x > 1 ? 1 : x < -1 ? -1 : x;
}

static float derivative(float x, float y)
{
    (void)x;
    return y > -1 && y < 1 ? 1.0f : 0.0f;
}

KIN_UNARY_GRADIENT(derivative, false, true)

KIN_UNARY(relu_n1_to_1, "min(max(x, -1), 1)", -3, 3, KIN_HAS_UNARY_GRADIENT)
