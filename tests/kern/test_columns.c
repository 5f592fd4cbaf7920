/* SPDX-License-Identifier: Apache-2.0
 *
 * Sums of columns of every level against scalar, which is itself checked against sums in double; in pieces that begin at
 * multiples of KIN_COLUMNS_ROWS.
 */
#include "tests/kern/harness.h"

static void body(kern_test *t)
{
    const kin_columns_kernel *k = t->k->columns, *s = &kin_columns_scalar;
    size_t       rows = kern_range(t, 0, 200), n = kern_range(t, 1, 150), cut = kern_range(t, 0, rows / KIN_COLUMNS_ROWS) * KIN_COLUMNS_ROWS;
    const float *a = kern_wild(t, rows * n), *b = kern_wild(t, rows * n), *start = kern_floats(t, n), *m = kern_floats(t, n);
    for (int f = 0; f < 5; f++) {
        float *exact = kern_blank(t, n), *scalar = kern_blank(t, n), *y = kern_blank(t, n), *parts = kern_blank(t, n);
        memcpy(scalar, start, n * sizeof *y);
        memcpy(y, start, n * sizeof *y);
        memcpy(parts, start, n * sizeof *y);
        for (size_t j = 0; j < n; j++) {
            double sum = start[j];
            for (size_t i = 0; i < rows; i++) {
                double x = a[i * n + j];
                double other = b[i * n + j], away = (double)(a[i * n + j] - m[j]);
                sum += f == 0 ? x : f == 1 ? x * other : f == 2 ? (x < 0 ? x : 0) * other : f == 3 ? away * away : away * other;
            }
            exact[j] = (float)sum;
        }
        for (int part = 0; part < 3; part++) {
            const kin_columns_kernel *by = part ? k : s;
            float       *to = part == 0 ? scalar : part == 1 ? y : parts;
            size_t       from = 0, end = part == 2 ? cut : rows;
            for (int piece = 0; piece < (part == 2 ? 2 : 1); piece++, from = end, end = rows) {
                if (f == 0) by->sum(end - from, n, a + from * n, to);
                if (f == 1) by->dot(end - from, n, a + from * n, b + from * n, to);
                if (f == 2) by->below(end - from, n, a + from * n, b + from * n, to);
                if (f == 3) by->spread(end - from, n, a + from * n, m, to);
                if (f == 4) by->centred(end - from, n, a + from * n, b + from * n, m, to);
            }
        }
        kern_same(t, "scalar against double", exact, scalar, n, false, 1e-3); /* sums that may cancel */
        kern_same(t, k->name, scalar, y, n, t->fused || f == 0, 1e-4);
        kern_same(t, "in pieces", y, parts, n, true, 0);
    }
}

int main(int argc, char **argv)
{
    return kern_main(argc, argv, 300, body);
}
