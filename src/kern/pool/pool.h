/* SPDX-License-Identifier: Apache-2.0
 *
 * Pooling over windows of dense NHWC float32. Taps outside the picture are left out; the average divides by the number
 * of taps inside (TensorFlow's rule). Every window must have a tap inside.
 *
 * Bits: sums in ascending order of (line, column), then * (1 / count): the same at every level. Maxima: x > m ? x : m
 * from -infinity on: NaN does not count.
 */
#ifndef KIN_KERN_POOL_H
#define KIN_KERN_POOL_H

#include <stddef.h>

typedef struct {
    size_t       n, h, w, c, oh, ow, kh, kw, stride_h, stride_w;
    ptrdiff_t    top, left;
    const float *x;
    float       *y;
    float        low, high; /* clamp behind it; -INFINITY, INFINITY: none */
} kin_pool_args;

typedef struct {
    const char *name;
    /* Output lines [from, to) of n * oh. */
    void (*max)(const kin_pool_args *args, size_t from, size_t to);
    void (*average)(const kin_pool_args *args, size_t from, size_t to);
    /* Gradients of pictures [from, to): `dx` as x, `dy` as y. The largest value's goes to the first cell that has it. Bits: the
     * windows in order. */
    void (*max_back)(const kin_pool_args *args, const float *dy, float *dx, size_t from, size_t to);
    void (*average_back)(const kin_pool_args *args, const float *dy, float *dx, size_t from, size_t to);
    /* y[c] = the mean of `pixels` rows of c floats, row stride ldx. Sums of 32 rows each are summed. */
    void (*mean)(size_t pixels, size_t c, const float *x, ptrdiff_t ldx, float *y);
} kin_pool_kernel;

enum { KIN_MEAN_ROWS = 32 };

extern const kin_pool_kernel kin_pool_scalar, kin_pool_sse41, kin_pool_avx2, kin_pool_avx512, kin_pool_neon,
    kin_pool_simd128;

#endif
