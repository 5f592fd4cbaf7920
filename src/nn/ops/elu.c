/* SPDX-License-Identifier: Apache-2.0
 *
 * elu: y = x for x >= 0, exp(x) - 1 below.
 * TensorFlow: Elu; TensorFlow Lite: ELU (lite/kernels/activations.cc). Clevert, Unterthiner, Hochreiter, Fast and
 * accurate deep network learning by exponential linear units, 2015, with alpha 1.
 */
#include "nn/ops/unary.h"

static float of(float x)
{
    return x < 0 ? (float)expm1(x) : x;
}

static float derivative(float x, float y)
{
    (void)x;
    return y < 0 ? y + 1 : 1;
}

KIN_UNARY_GRADIENT(derivative, false, true)

KIN_UNARY(elu, "exponential linear: x, below zero exp(x) - 1", -3, 3, KIN_HAS_UNARY_GRADIENT)
