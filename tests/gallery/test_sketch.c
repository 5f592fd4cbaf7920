/* SPDX-License-Identifier: Apache-2.0
 *
 * A bound is never below what any level's kernels give, and near it; whatever the vectors are.
 */
#include "base/memory.h"
#include "gallery/fixture.h"
#include "gallery/sketch.h"
#include "kern/registry.h"

enum { ROWS = 300, MOST = 4096 };

static float      rows[ROWS][MOST], query[MOST], exact[ROWS], bound[ROWS];
static kin_random random_numbers;

static void shorten(float *x, size_t n, double length)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += (double)x[i] * x[i];
    for (size_t i = 0; i < n && sum > 0; i++) x[i] = (float)(x[i] * (length / sqrt(sum)));
}

/* One of many kinds: like faces', all alike, one number alone, few great ones among small, none, denormal ones, as long as
 * may be. */
static void make_row(float *x, size_t n, size_t kind)
{
    memset(x, 0, n * sizeof *x);
    for (size_t i = 0; i < n; i++)
        switch (kind % 8) {
        case 1: x[i] = 1; break;
        case 2: x[i] = i == kind % n ? -1 : 0; break;
        case 3: x[i] = (float)(kin_random_normal(&random_numbers) * (i % 37 ? 0.01 : 1)); break;
        case 4: break;
        case 5: x[i] = (float)(i % 2 ? -1e-41 : 1e-43); break;
        case 6: x[i] = kin_random_u64(&random_numbers) & 1 ? 1 : -1; break;
        default: x[i] = (float)kin_random_normal(&random_numbers);
        }
    if (kind % 8 != 5) shorten(x, n, kind % 3 ? 1 : 1.001);
}

static void compare(size_t n, kin_sketch *s)
{
    kin_sketch_query asked;
    kin_sketch_ask(s, query, &asked);
    for (size_t row = 0; row < ROWS; row++) kin_sketch_row(s, row, rows[row]);
    for (kin_cpu level = KIN_CPU_SCALAR; level < KIN_CPU_LEVELS; level++) {
        if (!kin_cpu_has(level)) continue;
        const kin_dot_kernel *kernel = kin_kernels_for(level)->dot;
        kernel->rows(n, query, ROWS, rows[0], MOST, exact);
        kin_sketch_bounds(s, &asked, kernel, 0, ROWS, bound);
        for (size_t row = 0; row < ROWS; row++)
            if (!(bound[row] >= exact[row]) || bound[row] > exact[row] + 0.1f)
                fail_msg("%s: %zu numbers, row %zu: %.9g, bound %.9g", kernel->name, n, row, (double)exact[row],
                         (double)bound[row]);
    }
}

static void test_bounds(void **state)
{
    (void)state;
    random_numbers = kin_random_make(5, 1);
    static const size_t widths[] = {16, 32, 48, 112, 128, 512, 528, 4096};
    for (size_t w = 0; w < sizeof widths / sizeof *widths; w++) {
        size_t     n = widths[w];
        kin_sketch s = {.n = n};
        assert_int_equal(kin_sketch_grow(&ctx, &s, ROWS / 2), KIN_OK);
        assert_int_equal(kin_sketch_grow(&ctx, &s, ROWS), KIN_OK);
        for (size_t kind = 0; kind < 16; kind++) {
            make_row(query, n, kind);
            for (size_t row = 0; row < ROWS; row++) {
                make_row(rows[row], n, row);
                if (row % 16 >= 14) memcpy(rows[row], query, n * sizeof *query); /* the face itself */
                if (row % 16 == 15) rows[row][row % n] = nextafterf(rows[row][row % n], 0);
            }
            compare(n, &s);
        }
        kin_sketch_free(&ctx, &s);
    }
}

/* The worst that a row's rest can do: it points where the query does. */
static void test_worst_rest(void **state)
{
    (void)state;
    enum { N = 128 };
    kin_sketch s = {.n = N};
    assert_int_equal(kin_sketch_grow(&ctx, &s, ROWS), KIN_OK);
    random_numbers = kin_random_make(5, 2);
    for (size_t row = 0; row < ROWS; row++) {
        make_row(rows[row], N, 0);
        kin_sketch_row(&s, row, rows[row]);
    }
    double least = 1;
    for (size_t row = 0; row < ROWS; row++) {
        for (size_t i = 0; i < N; i++) query[i] = rows[row][i] - s.step[row] * s.code[row * N + i];
        shorten(query, N, 1);
        compare(N, &s);
        least = fmin(least, (double)bound[row] - exact[row]);
    }
    assert_true(least >= 0 && least < 1e-4); /* the bound is as low as a bound can be */
    kin_sketch_free(&ctx, &s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_bounds, fresh, clean),
        cmocka_unit_test_setup_teardown(test_worst_rest, fresh, clean),
    };
    cmocka_set_message_output(CM_OUTPUT_STDOUT);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
