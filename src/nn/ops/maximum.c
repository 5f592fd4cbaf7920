/* SPDX-License-Identifier: Apache-2.0
 *
 * maximum: z = the larger of x and y, broadcast; when one of them is NaN, y.
 * TensorFlow: Maximum; TensorFlow Lite: MAXIMUM (lite/kernels/internal/reference/maximum_minimum.h).
 */
#include "nn/ops/binary.h"

static float of(float x, float y)
{
    return x > y ? x : y;
}

static int64_t of_int(int64_t x, int64_t y)
{
    return x > y ? x : y;
}

static float by_x(float x, float y)
{
    return x >= y ? 1.0f : 0.0f;
}

static float by_y(float x, float y)
{
    return x >= y ? 0.0f : 1.0f;
}

KIN_BINARY_GRADIENT(by_x, by_y, 3, 3)

KIN_BINARY(maximum, "the larger of x and y", -9, 9, KIN_HAS_BINARY_GRADIENT)
