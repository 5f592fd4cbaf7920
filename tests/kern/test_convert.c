/* SPDX-License-Identifier: Apache-2.0
 *
 * Conversions: every half, floats of every exponent, against scalar bit by bit; scalar against arithmetic in double.
 */
#include "tests/kern/harness.h"

static void halves(kern_test *t)
{
    size_t    n = 65536;
    uint16_t *h = kern_bytes(t, n * sizeof *h, 2), *back = kern_bytes(t, n * sizeof *h, 2);
    float    *expected = kern_blank(t, n), *y = kern_blank(t, n);
    for (size_t i = 0; i < n; i++) h[i] = (uint16_t)i;
    kin_convert_scalar.f16_f32(n, h, expected);
    t->k->convert->f16_f32(n, h, y);
    kern_same(t, "f16 to f32", expected, y, n, true, 0);
    t->k->convert->f32_f16(n, y, back);
    for (size_t i = 0; i < n; i++) {
        int    exponent = (int)(i >> 10 & 31);
        double value = exponent ? ldexp(1024 + (double)(i & 1023), exponent - 25) : ldexp((double)(i & 1023), -24);
        if (i & 0x8000) value = -value;
        if (exponent < 31 && (double)expected[i] != value) kern_fail(t, "half %04zx is %g", i, (double)expected[i]);
        if (exponent < 31 && back[i] != i) kern_fail(t, "half %04zx comes back as %04x", i, back[i]);
    }
}

static void body(kern_test *t)
{
    size_t    n = kern_range(t, 1, 300);
    uint32_t *bits = kern_bytes(t, n * 4, 4);
    uint16_t *expected = kern_bytes(t, n * 2, 2), *h = kern_bytes(t, n * 2, 2);
    uint8_t  *bytes = kern_bytes(t, n, 1);
    float    *bytes_expected = kern_blank(t, n), *y = kern_blank(t, n);
    for (size_t i = 0; i < n; i++) {
        bits[i] = (uint32_t)kin_random_u64(&t->random);
        if (kern_flip(t)) bits[i] = (bits[i] & 0x80ffffffu) | (uint32_t)kern_range(t, 100, 145) << 23;
        if (kern_range(t, 0, 5) == 0) bits[i] &= 0xffffe000u; /* exact or, with the next line, a tie */
        if (kern_range(t, 0, 5) == 0) bits[i] = (bits[i] & 0xffffe000u) | 0x1000u;
        bytes[i] = (uint8_t)kin_random_u64(&t->random);
    }
    if (t->round == 0) halves(t);
    kin_convert_scalar.f32_f16(n, (const float *)bits, expected);
    t->k->convert->f32_f16(n, (const float *)bits, h);
    for (size_t i = 0; i < n; i++) {
        if (h[i] != expected[i]) kern_fail(t, "float %08x to half: %04x, expected %04x", bits[i], h[i], expected[i]);
        float x, back;
        memcpy(&x, bits + i, 4);
        kin_convert_scalar.f16_f32(1, expected + i, &back);
        double step = fmax(ldexp(1, ilogb(fmax(fabs((double)x), 0x1p-14)) - 10), 0x1p-24);
        if (fabsf(x) < 65520.0f && fabs((double)x - (double)back) > step / 2) kern_fail(t, "%g to half", (double)x);
        if (fabsf(x) >= 65520.0f && !isinf(back)) kern_fail(t, "%g to half is finite", (double)x);
    }
    kin_convert_scalar.u8_f32(n, bytes, 1 / 127.5f, -1, bytes_expected);
    t->k->convert->u8_f32(n, bytes, 1 / 127.5f, -1, y);
    kern_same(t, "u8 to f32", bytes_expected, y, n, true, 0);
}

int main(int argc, char **argv)
{
    return kern_main(argc, argv, 200, body);
}
