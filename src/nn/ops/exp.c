/* SPDX-License-Identifier: Apache-2.0
 *
 * exp: y = e^x.
 * TensorFlow: Exp; TensorFlow Lite: EXP (lite/kernels/exp.cc).
 */
#include "nn/ops/unary.h"

static float of(float x)
{
    return (float)exp(x);
}

static float derivative(float x, float y)
{
    (void)x;
    return y;
}

KIN_UNARY_GRADIENT(derivative, false, true)

KIN_UNARY(exp, "e to the x", -5, 5, KIN_HAS_UNARY_GRADIENT)
