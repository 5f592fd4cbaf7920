/* SPDX-License-Identifier: Apache-2.0
 *
 * add: z = act(x + y), broadcast.
 * TensorFlow: Add, AddV2, BiasAdd; TensorFlow Lite: ADD (lite/kernels/internal/reference/add.h).
 */
#include "nn/ops/binary.h"

static float of(float x, float y)
{
    return x + y;
}

static int64_t of_int(int64_t x, int64_t y)
{
    return (int64_t)((uint64_t)x + (uint64_t)y);
}

static float by_x(float x, float y)
{
    (void)x;
    (void)y;
    return 1;
}

static float by_y(float x, float y)
{
    (void)x;
    (void)y;
    return 1;
}

KIN_BINARY_GRADIENT(by_x, by_y, 0, 0)

KIN_BINARY_ACT(add, "x + y, then the activation", -9, 9, KIN_HAS_BINARY_GRADIENT)
