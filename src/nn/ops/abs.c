/* SPDX-License-Identifier: Apache-2.0
 *
 * abs: y = x without its sign; the smallest integer stays as it is.
 * TensorFlow: Abs; TensorFlow Lite: ABS (lite/kernels/elementwise.cc).
 */
#include "nn/ops/unary.h"

static float of(float x)
{
    return fabsf(x);
}

static int64_t of_int(int64_t x)
{
    return x < 0 ? (int64_t)(0 - (uint64_t)x) : x;
}

static float derivative(float x, float y)
{
    (void)y;
    return x > 0 ? 1.0f : x < 0 ? -1.0f : 0.0f;
}

KIN_UNARY_GRADIENT(derivative, true, false)

KIN_UNARY_NUMBER(abs, "absolute value", -9, 9, KIN_HAS_UNARY_GRADIENT)
