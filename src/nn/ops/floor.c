/* SPDX-License-Identifier: Apache-2.0
 *
 * floor: y = the largest whole number not above x.
 * TensorFlow: Floor; TensorFlow Lite: FLOOR (lite/kernels/internal/reference/floor.h).
 */
#include "nn/ops/unary.h"

static float of(float x)
{
    return floorf(x);
}

KIN_UNARY(floor, "rounds down", -9, 9, .flat = true)
