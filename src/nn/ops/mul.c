/* SPDX-License-Identifier: Apache-2.0
 *
 * mul: z = act(x * y), broadcast.
 * TensorFlow: Mul; TensorFlow Lite: MUL (lite/kernels/internal/reference/mul.h).
 */
#include "nn/ops/binary.h"

static float of(float x, float y)
{
    return x * y;
}

static int64_t of_int(int64_t x, int64_t y)
{
    return (int64_t)((uint64_t)x * (uint64_t)y);
}

KIN_BINARY_ACT(mul, "x * y, then the activation", -9, 9)
