/* SPDX-License-Identifier: Apache-2.0
 *
 * Dot products of every level against scalar, bit by bit where there is FMA; scalar against double. Whole numbers: the same.
 */
#include "tests/kern/harness.h"

/* Random ones, and in one round of four the greatest that may be: all products at one end of what 31 bits hold. */
static void whole_numbers(kern_test *t)
{
    size_t   n = kern_range(t, 0, 516), rows = kern_range(t, 1, 11), ldb = n + kern_range(t, 0, 5); /* 516 * 127 * 32767 < 2^31 */
    bool     extreme = kern_range(t, 0, 3) == 0;
    int16_t *a = kern_bytes(t, n * sizeof *a, sizeof *a), most = INT16_MAX;
    int8_t  *b = kern_bytes(t, (rows - 1) * ldb + n, 1);
    int32_t *y = kern_bytes(t, rows * sizeof *y, sizeof *y), *expected = kern_bytes(t, rows * sizeof *y, sizeof *y);
    for (size_t i = 0; i < n; i++) a[i] = (int16_t)(extreme ? most : kin_random_range(&t->random, -most, most));
    for (size_t i = 0; i < (rows - 1) * ldb + n; i++)
        b[i] = (int8_t)(!extreme ? kin_random_range(&t->random, -127, 127) : i / ldb % 2 ? 127 : -127);
    kin_dot_scalar.bytes(n, a, rows, b, (ptrdiff_t)ldb, expected);
    t->k->dot->bytes(n, a, rows, b, (ptrdiff_t)ldb, y);
    for (size_t i = 0; i < rows; i++)
        if (y[i] != expected[i]) kern_fail(t, "%zu whole numbers, row %zu: %d, not %d", n, i, (int)y[i], (int)expected[i]);
}

static void body(kern_test *t)
{
    whole_numbers(t);
    size_t       n = kern_range(t, 0, 300), rows = kern_range(t, 1, 11), ldb = n + kern_range(t, 0, 5);
    const float *a = kern_floats(t, n), *b = kern_floats(t, (rows - 1) * ldb + n);
    float       *expected = kern_blank(t, rows), *y = kern_blank(t, rows);
    double       exact = 0;
    for (size_t i = 0; i < n; i++) exact += (double)a[i] * (double)a[i];
    if (fabs((double)t->k->dot->dot(n, a, a) - exact) > 2e-6 * exact) kern_fail(t, "sum of %zu squares", n);
    kin_dot_scalar.rows(n, a, rows, b, (ptrdiff_t)ldb, expected);
    t->k->dot->rows(n, a, rows, b, (ptrdiff_t)ldb, y);
    if (t->fused)
        kern_same(t, t->k->dot->name, expected, y, rows, true, 0);
    else
        for (size_t i = 0; i < rows; i++)
            if (fabsf(expected[i] - y[i]) > 1e-5f) kern_fail(t, "row %zu is %g, not %g", i, (double)y[i], (double)expected[i]);
    for (size_t i = 0; i < rows; i++)
        if (t->k->dot->dot(n, a, b + i * ldb) != y[i]) kern_fail(t, "row %zu alone is another", i);
}

int main(int argc, char **argv)
{
    return kern_main(argc, argv, 300, body);
}
