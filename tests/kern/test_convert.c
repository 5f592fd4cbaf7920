/* SPDX-License-Identifier: Apache-2.0
 *
 * Half precision: every half at every level against scalar bit by bit, scalar against arithmetic in double; rows with tails;
 * floats of every exponent to the nearest half (kern/convert/half.h).
 */
#include "tests/kern/harness.h"

#include "kern/convert/half.h"

static void every_half(kern_test *t)
{
    size_t    n = 65536;
    uint16_t *h = kern_bytes(t, n * sizeof *h, 2);
    float    *expected = kern_blank(t, n), *y = kern_blank(t, n);
    for (size_t i = 0; i < n; i++) h[i] = (uint16_t)i;
    kin_convert_scalar.f16_f32(n, h, expected);
    t->k->convert->f16_f32(n, h, y);
    kern_same(t, "f16 to f32", expected, y, n, true, 0);
    for (size_t i = 0; i < n; i++) {
        int    exponent = (int)(i >> 10 & 31);
        double value = exponent ? ldexp(1024 + (double)(i & 1023), exponent - 25) : ldexp((double)(i & 1023), -24);
        if (i & 0x8000) value = -value;
        if (exponent < 31 && (double)expected[i] != value) kern_fail(t, "half %04zx is %g", i, (double)expected[i]);
        uint16_t back = kin_float_to_half(y[i]);
        if (exponent < 31 && back != i) kern_fail(t, "half %04zx comes back as %04x", i, back);
    }
}

static void rows(kern_test *t)
{
    size_t    n = kern_range(t, 1, 300);
    uint16_t *h = kern_bytes(t, n * sizeof *h, 2);
    float    *expected = kern_blank(t, n), *y = kern_blank(t, n);
    for (size_t i = 0; i < n; i++) h[i] = (uint16_t)kin_random_u64(&t->random);
    kin_convert_scalar.f16_f32(n, h, expected);
    t->k->convert->f16_f32(n, h, y);
    kern_same(t, "f16 to f32", expected, y, n, true, 0);
}

/* To the nearest half: 1/2 unit in the last place at most, ties to even, infinity from 65520 on. */
static void to_half(kern_test *t)
{
    for (int i = 0; i < 200; i++) {
        uint32_t bits = (uint32_t)kin_random_u64(&t->random);
        if (kern_flip(t)) bits = (bits & 0x80ffffffu) | (uint32_t)kern_range(t, 100, 145) << 23;
        if (kern_range(t, 0, 5) == 0) bits &= 0xffffe000u;                      /* exact, or nearly */
        bool tie = kern_range(t, 0, 5) == 0;
        if (tie) bits = (bits & 0xffffe000u) | 0x1000u;
        float x;
        memcpy(&x, &bits, sizeof x);
        uint16_t h = kin_float_to_half(x);
        float    back = kin_half_to_float(h);
        double   size = fabs((double)x), step = fmax(ldexp(1, ilogb(fmax(size, 0x1p-14)) - 10), 0x1p-24);
        if (isnan(x) != isnan(back)) kern_fail(t, "%g to half is %g", (double)x, (double)back);
        if (size < 65520 && fabs((double)x - (double)back) > step / 2) kern_fail(t, "%g to half is %g", (double)x, (double)back);
        if (size >= 65520 && !isinf(back)) kern_fail(t, "%g to half is finite", (double)x);
        if (tie && size >= 0x1p-14 && size < 65520 && h & 1) kern_fail(t, "the tie %g goes to the odd half %04x", (double)x, h);
    }
}

static void body(kern_test *t)
{
    if (t->round == 0) every_half(t);
    rows(t);
    to_half(t);
}

int main(int argc, char **argv)
{
    return kern_main(argc, argv, 200, body);
}
