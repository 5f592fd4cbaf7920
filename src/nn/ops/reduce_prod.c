/* SPDX-License-Identifier: Apache-2.0
 *
 * reduce_prod: the product along the given axes; integers wrap. No axes: x itself.
 * TensorFlow: Prod; TensorFlow Lite: REDUCE_PROD (lite/kernels/internal/reference/reduce.h).
 */
#include "nn/ops/reduce.h"

static double fold(double accumulator, double x)
{
    return accumulator * x;
}

static int64_t fold_int(int64_t accumulator, int64_t x)
{
    return (int64_t)((uint64_t)accumulator * (uint64_t)x);
}

KIN_REDUCE(reduce_prod, "product along the given axes", (.backward = NULL), .start = 1)
