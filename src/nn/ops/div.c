/* SPDX-License-Identifier: Apache-2.0
 *
 * div: z = act(x / y), broadcast; integers are cut towards zero.
 * TensorFlow: RealDiv, TruncateDiv; TensorFlow Lite: DIV (lite/kernels/internal/reference/div.h). Where that stops with an
 * error, x / 0 of integers, z is 0 here: forward has no errors.
 */
#include "nn/ops/binary.h"

static float of(float x, float y)
{
    return x / y;
}

static int64_t of_int(int64_t x, int64_t y)
{
    if (y == -1) return (int64_t)(0 - (uint64_t)x); /* the smallest integer wraps */
    return y ? x / y : 0;
}

static float by_x(float x, float y)
{
    (void)x;
    return 1 / y;
}

static float by_y(float x, float y)
{
    return -x / (y * y);
}

KIN_BINARY_GRADIENT(by_x, by_y, 2, 3)

KIN_BINARY_ACT(div, "x / y, then the activation; integers are cut towards zero", 1, 9, KIN_HAS_BINARY_GRADIENT)
