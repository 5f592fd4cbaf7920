/* SPDX-License-Identifier: Apache-2.0
 *
 * square: y = x * x; integers wrap.
 * TensorFlow: Square; TensorFlow Lite: SQUARE (lite/kernels/elementwise.cc; float32 only there).
 */
#include "nn/ops/unary.h"

static float of(float x)
{
    return x * x;
}

static int64_t of_int(int64_t x)
{
    return (int64_t)((uint64_t)x * (uint64_t)x);
}

static float derivative(float x, float y)
{
    (void)y;
    return 2 * x;
}

KIN_UNARY_GRADIENT(derivative, true, false)

KIN_UNARY_NUMBER(square, "x * x", -9, 9, KIN_HAS_UNARY_GRADIENT)
