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

static float by_x(float x, float y)
{
    (void)x;
    return y;
}

static float by_y(float x, float y)
{
    (void)y;
    return x;
}

KIN_BINARY_GRADIENT(by_x, by_y, 2, 1)

KIN_BINARY_ACT(mul, "x * y, then the activation", -9, 9, KIN_HAS_BINARY_GRADIENT)
