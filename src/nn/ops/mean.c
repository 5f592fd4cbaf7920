/* SPDX-License-Identifier: Apache-2.0
 *
 * mean: the sum along the given axes over the number of elements; integers are cut towards zero. No axes: x itself.
 * TensorFlow: Mean (Keras: GlobalAveragePooling2D); TensorFlow Lite: MEAN (lite/kernels/internal/reference/
 * reduce.h).
 */
#include "nn/ops/reduce.h"

static double fold(double accumulator, double x)
{
    return accumulator + x;
}

static int64_t fold_int(int64_t accumulator, int64_t x)
{
    return (int64_t)((uint64_t)accumulator + (uint64_t)x);
}

static void backward(const kin_back *back)
{
    kin_reduce_spread(back, true);
}

KIN_REDUCE(mean, "mean along the given axes", (.backward = backward, .backward_to = 1, .backward_reads = {{2, 0}}),
           .average = true)
