/* SPDX-License-Identifier: Apache-2.0
 *
 * floor_mod: z = x - floor(x / y) * y, broadcast: has the sign of y.
 * TensorFlow: FloorMod; TensorFlow Lite: FLOOR_MOD (lite/kernels/internal/reference/floor_mod.h). x mod 0 of integers, an
 * error there, is 0 here.
 */
#include "nn/ops/binary.h"

static float of(float x, float y)
{
    float rest = fmodf(x, y);
    return rest != 0 && (rest < 0) != (y < 0) ? rest + y : rest;
}

static int64_t of_int(int64_t x, int64_t y)
{
    if (y == 0 || y == -1) return 0;
    int64_t rest = x % y;
    return rest != 0 && (rest < 0) != (y < 0) ? rest + y : rest;
}

static float by_x(float x, float y)
{
    (void)x;
    (void)y;
    return 1;
}

static float by_y(float x, float y)
{
    return -floorf(x / y);
}

KIN_BINARY_GRADIENT(by_x, by_y, 0, 3)

KIN_BINARY(floor_mod, "the rest of x / y, with the sign of y", 1, 9, KIN_HAS_BINARY_GRADIENT)
