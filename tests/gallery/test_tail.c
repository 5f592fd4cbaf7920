/* SPDX-License-Identifier: Apache-2.0
 *
 * The impostor tail of similarities whose distribution is known.
 */
#include "gallery/tail.h"

#include <math.h>
#include <stdlib.h>

#include "support/context.h"

/* The `i`-th of `n` quantiles of an exponential distribution, not in order. */
static float exponential(size_t i, size_t n, double scale)
{
    return (float)(-scale * log(1 - ((double)(i * 7919 % n) + 0.5) / (double)n));
}

static void test_an_exponential_tail(void **state)
{
    (void)state;
    enum { N = 200000 };
    float       *x = malloc(N * sizeof *x);
    kin_tail_fit t;
    for (size_t i = 0; i < N; i++) x[i] = exponential(i, N, 0.05);
    assert_int_equal(kin_tail_measure(&ctx, x, N, &t), KIN_OK);
    assert_true(t.rows == 7 && t.counted == 5 && t.fitted == 200); /* 1e-5 are two pairs */
    for (size_t i = 0; i < t.rows; i++) assert_true(fabs(t.row[i].similarity + 0.05 * log(t.row[i].far)) < 0.02);
    for (size_t i = 0; i < 4; i++) assert_true(fabs(t.row[i].similarity + 0.05 * log(t.row[i].far)) < 0.0005);
    assert_true(fabs(t.shape) < 0.05 && fabs(t.scale - 0.05) < 0.005 && fabs(t.start - 0.3454) < 0.001);
    assert_int_equal(kin_tail_check(&ctx, &(kin_impostor_tail){t.row, t.rows}), KIN_OK);
    free(x);
}

/* Uniform: shape -1, the end is never passed. Few pairs: rows end early. */
static void test_an_end_and_few_pairs(void **state)
{
    (void)state;
    float        x[1000];
    kin_tail_fit t;
    for (size_t i = 0; i < 1000; i++) x[i] = 0.5f * ((float)(i * 7919 % 1000) + 0.5f) / 1000;
    assert_int_equal(kin_tail_measure(&ctx, x, 1000, &t), KIN_OK);
    assert_true(t.rows == 5 && t.counted == 3 && t.part == 0.1); /* 1e-5 is a hundredth of a pair */
    assert_true(t.shape < -0.8 && t.row[4].similarity < 0.502 && t.row[4].similarity > t.row[3].similarity);
}

static void test_what_is_too_little(void **state)
{
    (void)state;
    float        x[400] = {0};
    kin_tail_fit t;
    assert_int_equal(kin_tail_measure(&ctx, x, 299, &t), KIN_E_REFUSED);
    assert_int_equal(kin_tail_measure(&ctx, x, 400, &t), KIN_E_REFUSED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(test_an_exponential_tail), TEST(test_an_end_and_few_pairs),
                                       TEST(test_what_is_too_little)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
