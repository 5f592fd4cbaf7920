/* SPDX-License-Identifier: Apache-2.0
 *
 * sin: y = the sine of x (radians).
 * TensorFlow: Sin; TensorFlow Lite: SIN (lite/kernels/elementwise.cc).
 */
#include "nn/ops/unary.h"

static float of(float x)
{
    return (float)sin(x);
}

KIN_UNARY(sin, "sine", -9, 9)
