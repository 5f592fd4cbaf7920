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

KIN_UNARY_NUMBER(neg, "-x", -9, 9)
