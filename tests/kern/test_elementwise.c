/* SPDX-License-Identifier: Apache-2.0
 *
 * Elementwise kernels of every level against scalar, bit by bit but for the transcendental ones without FMA; those
 * against the C library in double over their whole range.
 */
#include "tests/kern/harness.h"

static const float odd[] = {0.0f, -0.0f, INFINITY, -INFINITY, NAN, 1e-40f, -1e-40f, 3.4e38f, -3.4e38f, 88.8f, -88.8f,
                            -103.9f, -105.0f, 127.0f, 0.625f, -0.625f, 1e-8f, -3.0f, 3.0f, 6.0f};

static float *values(kern_test *t, size_t n, float scale)
{
    float *x = kern_floats(t, n);
    for (size_t i = 0; i < n; i++)
        x[i] = kern_range(t, 0, 9) ? x[i] * scale : odd[kern_range(t, 0, sizeof odd / sizeof *odd - 1)];
    return x;
}

static void binary(kern_test *t)
{
    kin_binary_args g = {.rows = kern_range(t, 1, 5), .n = kern_range(t, 1, 70), .a_step = 1, .b_step = 1};
    int             kind = (int)kern_range(t, 0, KIN_BINARY_KINDS - 1), form = (int)kern_range(t, 0, 5);
    g.lda = g.ldb = (ptrdiff_t)g.n;
    if (form == 1) g.ldb = 0;
    if (form == 2) g.lda = 0;
    if (form == 3) g.ldb = g.b_step = 0;
    if (form == 4) g.lda = g.a_step = 0;
    if (form == 5) g.ldb = 1, g.b_step = 0; /* a value a row */
    g.ldy = (ptrdiff_t)(g.n + kern_range(t, 0, 5));
    g.a = values(t, (g.rows - 1) * (size_t)g.lda + (g.a_step ? g.n : 1), 3);
    g.b = values(t, (g.rows - 1) * (size_t)g.ldb + (g.b_step ? g.n : 1), 3);
    size_t size = (g.rows - 1) * (size_t)g.ldy + g.n;
    float *expected = kern_blank(t, size), *y = kern_blank(t, size);
    g.y = expected;
    kin_elementwise_scalar.binary[kind](&g);
    g.y = y;
    t->k->elementwise->binary[kind](&g);
    kern_same(t, "binary", expected, y, size, true, 0);
}

/* Largest error: exp in ulp of the result, sigmoid and tanh absolute. */
static void accuracy(kern_test *t, int kind, const float *x, const float *y, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        double v = (double)x[i], exact = 0, bound = 3e-7;
        if (isnan(x[i])) {
            if (!isnan(y[i])) kern_fail(t, "unary %d of NaN is %g", kind, (double)y[i]);
            continue;
        }
        if (kind == KIN_UNARY_EXP) {
            exact = (double)(float)exp(v);
            bound = isinf(exact) ? 0 : fmax(2 * ldexp(1, ilogb(fmax(exact, 0x1p-126)) - 23), 0x1p-149);
        } else
            exact = kind == KIN_UNARY_SIGMOID ? 1 / (1 + exp(-v)) : tanh(v);
        if (!((double)y[i] == exact || fabs((double)y[i] - exact) <= bound)) {
            kern_fail(t, "unary %d of %.9g is %.9g, exactly %.9g", kind, v, (double)y[i], exact);
            return;
        }
    }
}

static void unary(kern_test *t)
{
    int    kind = (int)kern_range(t, 0, KIN_UNARY_KINDS - 1);
    size_t n = kern_range(t, 1, 300);
    float *x = values(t, n, kern_flip(t) ? 110 : 3), *expected = kern_blank(t, n), *y = kern_blank(t, n);
    bool   rounded = kind == KIN_UNARY_SIGMOID || kind == KIN_UNARY_TANH || kind == KIN_UNARY_EXP;
    float  p[2] = {kind == KIN_UNARY_LEAKY ? 0.2f : -1.0f, kern_flip(t) ? INFINITY : 1.5f};
    kin_elementwise_scalar.unary[kind](n, x, p, expected);
    t->k->elementwise->unary[kind](n, x, p, y);
    if (rounded) accuracy(t, kind, x, y, n);
    if (!rounded || t->fused) kern_same(t, "unary", expected, y, n, true, 0);
    t->k->elementwise->unary[kind](n, x, p, x);
    kern_same(t, "unary in place", y, x, n, true, 0);
}

static void channels(kern_test *t)
{
    size_t       rows = kern_range(t, 1, 5), n = kern_range(t, 1, 70), size = rows * n;
    const float *x = values(t, size, 2), *slope = kern_floats(t, n);
    float       *expected = kern_blank(t, size), *y = kern_blank(t, size);
    kin_elementwise_scalar.prelu(rows, n, x, slope, expected);
    t->k->elementwise->prelu(rows, n, x, slope, y);
    kern_same(t, "per channel", expected, y, size, true, 0);
}

/* Derivatives are plain arithmetic: the same bits at every level. */
static void backs(kern_test *t)
{
    size_t       n = kern_range(t, 1, 200), rows = kern_range(t, 1, 5), width = kern_range(t, 1, 70), size = rows * width;
    int          kind = (int)kern_range(t, 0, KIN_UNARY_KINDS - 1);
    const float *v = values(t, n, 5), p[2] = {kind == KIN_UNARY_LEAKY ? 0.2f : 0, kern_flip(t) ? INFINITY : 1.5f};
    float       *dy = values(t, n, 2), *expected = kern_blank(t, n), *dx = kern_blank(t, n);
    kin_elementwise_scalar.back[kind](n, dy, v, p, expected);
    t->k->elementwise->back[kind](n, dy, v, p, dx);
    kern_same(t, "back", expected, dx, n, true, 0);
    t->k->elementwise->back[kind](n, dy, v, p, dy);
    kern_same(t, "back in place", expected, dy, n, true, 0);
    const float *x = values(t, size, 2), *slope = kern_floats(t, width), *from = values(t, size, 2);
    float       *truth = kern_blank(t, size), *got = kern_blank(t, size);
    kin_elementwise_scalar.prelu_back(rows, width, from, x, slope, truth);
    t->k->elementwise->prelu_back(rows, width, from, x, slope, got);
    kern_same(t, "prelu back", truth, got, size, true, 0);
    rows = kern_range(t, 1, 50), size = rows * width;
    const float *of = kern_floats(t, size), *add = kern_floats(t, size), *by[4];
    float       *one = kern_blank(t, size), *two = kern_blank(t, size);
    for (int i = 0; i < 4; i++) by[i] = kern_floats(t, width);
    kin_elementwise_scalar.affine(rows, width, of, by[0], by[1], by[2], one);
    t->k->elementwise->affine(rows, width, of, by[0], by[1], by[2], two);
    kern_same(t, "affine", one, two, size, t->fused, 1e-6);
    kin_elementwise_scalar.affine_two(rows, width, add, by[3], of, by[0], by[1], by[2], one);
    t->k->elementwise->affine_two(rows, width, add, by[3], of, by[0], by[1], by[2], two);
    kern_same(t, "affine of two", one, two, size, t->fused, 1e-6);
}

static void body(kern_test *t)
{
    backs(t);
    binary(t);
    unary(t);
    channels(t);
}

int main(int argc, char **argv)
{
    return kern_main(argc, argv, 500, body);
}
