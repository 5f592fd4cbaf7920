/* SPDX-License-Identifier: Apache-2.0
 *
 * squared_difference: z = (x - y)^2, broadcast; integers wrap.
 * TensorFlow: SquaredDifference; TensorFlow Lite: SQUARED_DIFFERENCE (lite/kernels/squared_difference.cc).
 */
#include "nn/ops/binary.h"

static float of(float x, float y)
{
    return (x - y) * (x - y);
}

static int64_t of_int(int64_t x, int64_t y)
{
    uint64_t d = (uint64_t)x - (uint64_t)y;
    return (int64_t)(d * d);
}

static float by_x(float x, float y)
{
    return 2 * (x - y);
}

static float by_y(float x, float y)
{
    return -2 * (x - y);
}

KIN_BINARY_GRADIENT(by_x, by_y, 3, 3)

KIN_BINARY(squared_difference, "(x - y) squared", -9, 9, KIN_HAS_BINARY_GRADIENT)
