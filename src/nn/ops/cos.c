/* SPDX-License-Identifier: Apache-2.0
 *
 * cos: y = the cosine of x (radians).
 * TensorFlow: Cos; TensorFlow Lite: COS (lite/kernels/elementwise.cc).
 */
#include "nn/ops/unary.h"

static float of(float x)
{
    return (float)cos(x);
}

KIN_UNARY(cos, "cosine", -9, 9)
