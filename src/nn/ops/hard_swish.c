/* SPDX-License-Identifier: Apache-2.0
 *
 * hard_swish: y = x * min(max(x + 3, 0), 6) / 6.
 * TensorFlow Lite: HARD_SWISH (lite/kernels/internal/reference/hard_swish.h); Keras: hard_silu.
 * Howard et al., Searching for MobileNetV3, 2019, section 5.2.
 */
#include "nn/ops/unary.h"

static float of(float x)
{
    float gate = x + 3;
    return x * (gate > 6 ? 6 : gate < 0 ? 0 : gate) / 6;
}

static float derivative(float x, float y)
{
    (void)y;
    return x <= -3 ? 0 : x >= 3 ? 1 : (2 * x + 3) / 6;
}

KIN_UNARY_GRADIENT(derivative, true, false)

KIN_UNARY(hard_swish, "x * relu6(x + 3) / 6", -5, 5, KIN_HAS_UNARY_GRADIENT)
