/* SPDX-License-Identifier: Apache-2.0
 *
 * relu6: y = min(max(x, 0), 6); a NaN stays one.
 * TensorFlow: Relu6; TensorFlow Lite: RELU6 (lite/kernels/internal/reference/reference_ops.h, Relu6).
 * Krizhevsky, Convolutional deep belief networks on CIFAR-10, 2010.
 */
#include "nn/ops/unary.h"

static float of(float x)
{
    return x > 6 ? 6 : x < 0 ? 0 : x;
}

static float derivative(float x, float y)
{
    (void)x;
    return y > 0 && y < 6 ? 1.0f : 0.0f;
}

KIN_UNARY_GRADIENT(derivative, false, true)

KIN_UNARY(relu6, "rectified linear up to 6: min(max(x, 0), 6)", -3, 9, KIN_HAS_UNARY_GRADIENT)
