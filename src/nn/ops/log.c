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

KIN_UNARY(log, "natural logarithm", 0.1, 9)
