/* SPDX-License-Identifier: Apache-2.0
 *
 * Best assignment against every assignment there is.
 */
#include <math.h>
#include <string.h>

#include "base/random.h"
#include "gallery/assign.h"
#include "support/cmocka.h"

enum { MOST = 6 };

/* The greatest sum over rows `at` and on; bit i of `taken`: column i. */
static double brute(size_t rows, size_t columns, const double *weight, size_t at, unsigned taken)
{
    if (at == rows) return 0;
    double best = brute(rows, columns, weight, at + 1, taken);
    for (size_t c = 0; c < columns; c++)
        if (!(taken >> c & 1) && weight[at * columns + c] > 0)
            best = fmax(best, weight[at * columns + c] + brute(rows, columns, weight, at + 1, taken | 1u << c));
    return best;
}

static void check(kin_context *ctx, size_t rows, size_t columns, const double *weight)
{
    size_t   column[MOST];
    unsigned taken = 0;
    double   total, sum = 0;
    assert_int_equal(kin_assign(ctx, rows, columns, weight, column, &total), KIN_OK);
    for (size_t r = 0; r < rows; r++) {
        if (column[r] == KIN_UNASSIGNED) continue;
        assert_true(column[r] < columns && !(taken >> column[r] & 1));
        taken |= 1u << column[r];
        assert_true(weight[r * columns + column[r]] > 0);
        sum += weight[r * columns + column[r]];
    }
    assert_true(fabs(sum - total) < 1e-9);
    assert_true(fabs(total - brute(rows, columns, weight, 0, 0)) < 1e-9);
}

static void test_against_brute_force(void **state)
{
    (void)state;
    kin_context ctx;
    double      weight[MOST * MOST];
    kin_random  random = kin_random_make(5, 5);
    kin_context_init(&ctx);
    for (int trial = 0; trial < 20000; trial++) {
        size_t rows = 1 + kin_random_below(&random, MOST), columns = 1 + kin_random_below(&random, MOST);
        int    kind = (int)kin_random_below(&random, 4);
        for (size_t i = 0; i < rows * columns; i++)
            weight[i] = kind == 0   ? kin_random_normal(&random)              /* half of them are none */
                        : kind == 1 ? fabs(kin_random_normal(&random))        /* all may be given */
                        : kind == 2 ? (double)kin_random_below(&random, 3) - 1 /* ties */
                                    : (kin_random_below(&random, 4) ? 0 : 1e-3 * kin_random_normal(&random)); /* few */
        check(&ctx, rows, columns, weight);
    }
    assert_true(ctx.memory == 0);
}

/* A chain of exchanges: the last row wants what the first has, and all must move. */
static void test_chain(void **state)
{
    (void)state;
    enum { N = 40 };
    static double weight[N * N];
    size_t        column[N];
    double        total;
    kin_context   ctx;
    kin_context_init(&ctx);
    for (size_t r = 0; r + 1 < N; r++) {
        weight[r * N + r] = 10;
        weight[r * N + r + 1] = 9.9;
    }
    weight[(N - 1) * N] = 10;
    assert_int_equal(kin_assign(&ctx, N, N, weight, column, &total), KIN_OK);
    assert_true(fabs(total - 10 - (N - 1) * 9.9) < 1e-9);
    for (size_t r = 0; r < N; r++) assert_int_equal(column[r], (r + 1) % N);
    assert_int_equal(kin_assign(&ctx, 0, 3, weight, column, &total), KIN_OK);
    assert_true(total == 0);
    assert_int_equal(kin_assign(&ctx, 2, 0, weight, column, &total), KIN_OK);
    assert_true(total == 0 && column[0] == KIN_UNASSIGNED && column[1] == KIN_UNASSIGNED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_against_brute_force), cmocka_unit_test(test_chain)};
    return cmocka_run_group_tests_name("gallery/assign", tests, NULL, NULL);
}
