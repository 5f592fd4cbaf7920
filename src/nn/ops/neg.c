/* SPDX-License-Identifier: Apache-2.0
 *
 * neg: y = -x; integers wrap.
 * TensorFlow: Neg; TensorFlow Lite: NEG (lite/kernels/internal/reference/neg.h).
 */
#include "nn/ops/unary.h"

static float of(float x)
{
    return -x;
}

static int64_t of_int(int64_t x)
{
    return (int64_t)(0 - (uint64_t)x);
}

static float derivative(float x, float y)
{
    (void)x;
    (void)y;
    return -1;
}

KIN_UNARY_GRADIENT(derivative, false, false)

KIN_UNARY_NUMBER(neg, "-x", -9, 9, KIN_HAS_UNARY_GRADIENT)
