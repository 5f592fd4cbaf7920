/* SPDX-License-Identifier: Apache-2.0
 *
 * reduce_max: the largest element along the given axes; NaN counts only where there is nothing else. No axes: x itself.
 * TensorFlow: Max; TensorFlow Lite: REDUCE_MAX (lite/kernels/internal/reference/reduce.h).
 */
#include "nn/ops/reduce.h"

static double fold(double accumulator, double x)
{
    return fmax(accumulator, x);
}

static int64_t fold_int(int64_t accumulator, int64_t x)
{
    return x > accumulator ? x : accumulator;
}

KIN_REDUCE(reduce_max, "largest element along the given axes", KIN_REDUCE_SHARE, .of_first = true)
