/* SPDX-License-Identifier: Apache-2.0
 *
 * floor_div: z = floor(x / y), broadcast.
 * TensorFlow: FloorDiv; TensorFlow Lite: FLOOR_DIV (lite/kernels/internal/reference/floor_div.h). x / 0 of integers, an
 * error there, is 0 here.
 */
#include "nn/ops/binary.h"

static float of(float x, float y)
{
    return floorf(x / y);
}

static int64_t of_int(int64_t x, int64_t y)
{
    if (y == -1) return (int64_t)(0 - (uint64_t)x);
    return y ? x / y - (x % y != 0 && (x < 0) != (y < 0)) : 0;
}

KIN_BINARY(floor_div, "x / y, rounded down", 1, 9, .flat = true)
