/* SPDX-License-Identifier: Apache-2.0
 *
 * log: y = the natural logarithm of x; NaN below 0, -infinity at 0.
 * TensorFlow: Log; TensorFlow Lite: LOG (lite/kernels/elementwise.cc).
 */
#include "nn/ops/unary.h"

static float of(float x)
{
    return (float)log(x);
}

static float derivative(float x, float y)
{
    (void)y;
    return 1 / x;
}

KIN_UNARY_GRADIENT(derivative, true, false)

KIN_UNARY(log, "natural logarithm", 0.1, 9, KIN_HAS_UNARY_GRADIENT)
