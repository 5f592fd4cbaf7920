/* SPDX-License-Identifier: Apache-2.0
 *
 * Pooling of every level against scalar, bit by bit; scalar against double.
 */
#include "tests/kern/harness.h"

static void windows(kern_test *t)
{
    kin_pool_args a = {.n = kern_range(t, 1, 2), .h = kern_range(t, 1, 14), .w = kern_range(t, 1, 14)};
    a.c = kern_range(t, 1, 40);
    a.kh = kern_range(t, 1, a.h < 5 ? a.h : 5);
    a.kw = kern_range(t, 1, a.w < 5 ? a.w : 5);
    a.stride_h = kern_range(t, 1, 3);
    a.stride_w = kern_range(t, 1, 3);
    size_t top = kern_range(t, 0, a.kh - 1), left = kern_range(t, 0, a.kw - 1);
    a.top = (ptrdiff_t)top;
    a.left = (ptrdiff_t)left;
    a.oh = kern_range(t, 1, (a.h - 1 + top) / a.stride_h + 1); /* every window has a tap inside */
    a.ow = kern_range(t, 1, (a.w - 1 + left) / a.stride_w + 1);
    a.low = kern_flip(t) ? -INFINITY : 0;
    a.high = kern_flip(t) ? INFINITY : 0.5f;
    a.x = kern_wild(t, a.n * a.h * a.w * a.c);
    size_t size = a.n * a.oh * a.ow * a.c, lines = a.n * a.oh, cut = kern_range(t, 0, lines);
    float *expected = kern_blank(t, size), *y = kern_blank(t, size);
    bool   average = kern_flip(t);
    a.y = expected;
    (average ? kin_pool_scalar.average : kin_pool_scalar.max)(&a, 0, lines);
    a.y = y;
    (average ? t->k->pool->average : t->k->pool->max)(&a, cut, lines);
    (average ? t->k->pool->average : t->k->pool->max)(&a, 0, cut);
    kern_same(t, t->k->pool->name, expected, y, size, true, 0);
    size_t       whole = a.n * a.h * a.w * a.c, picture = kern_range(t, 0, a.n);
    const float *dy = kern_wild(t, size);
    float       *truth = kern_blank(t, whole), *dx = kern_blank(t, whole);
    (average ? kin_pool_scalar.average_back : kin_pool_scalar.max_back)(&a, dy, truth, 0, a.n);
    (average ? t->k->pool->average_back : t->k->pool->max_back)(&a, dy, dx, picture, a.n);
    (average ? t->k->pool->average_back : t->k->pool->max_back)(&a, dy, dx, 0, picture);
    kern_same(t, "back", truth, dx, whole, true, 0);
}

static void mean(kern_test *t)
{
    size_t       pixels = kern_range(t, 1, 200), c = kern_range(t, 1, 70), ldx = c + kern_range(t, 0, 5);
    const float *x = kern_floats(t, (pixels - 1) * ldx + c);
    float       *expected = kern_blank(t, c), *y = kern_blank(t, c);
    kin_pool_scalar.mean(pixels, c, x, (ptrdiff_t)ldx, expected);
    t->k->pool->mean(pixels, c, x, (ptrdiff_t)ldx, y);
    for (size_t ch = 0; ch < c; ch++) { /* of numbers up to 1, whose sum may be near 0 */
        double sum = 0;
        for (size_t i = 0; i < pixels; i++) sum += (double)x[i * ldx + ch];
        if (fabs((double)expected[ch] - sum / (double)pixels) > 1e-6) kern_fail(t, "mean of channel %zu against double", ch);
    }
    kern_same(t, "mean", expected, y, c, true, 0);
}

static void body(kern_test *t)
{
    windows(t);
    mean(t);
}

int main(int argc, char **argv)
{
    return kern_main(argc, argv, 300, body);
}
