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

/* dx of each is dy times the product of the others, which a zero among them makes 0. */
static void backward(const kin_back *back)
{
    const float     *x = back->call->in[0]->data, *dy = back->dy[0]->data;
    float           *dx = back->dx[0]->data;
    kin_reduce_walks w = kin_reduce_walks_of(&back->dx[0]->shape, back->call->in[1]);
    for (size_t i = 0; i < w.count; i++, kin_walk_next(&w.outer)) {
        const float *from = x + w.outer.offset[0];
        float       *to = dx + w.outer.offset[0];
        double       product = 1; /* of all but zeros */
        size_t       zeros = 0;
        for (size_t k = 0; k < w.each; k++, kin_walk_next(&w.inner)) {
            float v = from[w.inner.offset[0]];
            if (v == 0)
                zeros++;
            else
                product *= v;
        }
        for (size_t k = 0; k < w.each; k++, kin_walk_next(&w.inner)) {
            float v = from[w.inner.offset[0]];
            to[w.inner.offset[0]] = zeros > (v == 0) ? 0 : (float)(dy[i] * (v == 0 ? product : product / v));
        }
    }
}

KIN_REDUCE(reduce_prod, "product along the given axes", (.backward = backward, .backward_to = 1, .backward_reads = {{3, 0}}),
           .start = 1)
