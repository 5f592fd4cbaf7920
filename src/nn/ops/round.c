/* SPDX-License-Identifier: Apache-2.0
 *
 * round: y = the nearest whole number, the even one of two (2.5 gives 2).
 * TensorFlow: Round; TensorFlow Lite: ROUND (lite/kernels/internal/reference/round.h). Written out, so that it does not
 * depend on the rounding mode of the machine.
 */
#include "nn/ops/unary.h"

static float of(float x)
{
    float down = floorf(x), rest = x - down;
    if (rest < 0.5f || (rest == 0.5f && fmodf(down, 2) == 0)) return down;
    return rest >= 0.5f ? down + 1 : x; /* NaN and infinity stay */
}

KIN_UNARY(round, "rounds to the nearest, ties to even", -9, 9, .flat = true)
