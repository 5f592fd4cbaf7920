/* SPDX-License-Identifier: Apache-2.0
 *
 * pow: z = x^y, broadcast; integers wrap, and a negative power of one is cut towards zero.
 * TensorFlow: Pow; TensorFlow Lite: POW (lite/kernels/pow.cc, which refuses negative powers of integers).
 */
#include "nn/ops/binary.h"

static float of(float x, float y)
{
    return (float)pow(x, y);
}

static int64_t of_int(int64_t x, int64_t y)
{
    if (y < 0) return x == 1 || (x == -1 && y % 2 == 0) ? 1 : x == -1 ? -1 : 0;
    uint64_t power = 1, base = (uint64_t)x;
    for (; y; y >>= 1, base *= base)
        if (y & 1) power *= base;
    return (int64_t)power;
}

static float by_x(float x, float y)
{
    return y * powf(x, y - 1);
}

static float by_y(float x, float y)
{
    return x > 0 ? powf(x, y) * logf(x) : 0;
}

KIN_BINARY_GRADIENT(by_x, by_y, 3, 3)

KIN_BINARY(pow, "x to the power of y", 0, 4, KIN_HAS_BINARY_GRADIENT)
