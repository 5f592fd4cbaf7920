/* SPDX-License-Identifier: Apache-2.0
 *
 * sigmoid: y = 1 / (1 + exp(-x)).
 * TensorFlow: Sigmoid; TensorFlow Lite: LOGISTIC (lite/kernels/internal/reference/logistic.h). In double, the exponential
 * of a large -x becomes infinite and y 0, as it should.
 */
#include "nn/ops/unary.h"

static float of(float x)
{
    return (float)(1 / (1 + exp(-(double)x)));
}

static float derivative(float x, float y)
{
    (void)x;
    return y * (1 - y);
}

KIN_UNARY_GRADIENT(derivative, false, true)

KIN_UNARY(sigmoid, "logistic: 1 / (1 + exp(-x))", -8, 8, KIN_HAS_UNARY_GRADIENT)
