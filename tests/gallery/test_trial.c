/* SPDX-License-Identifier: Apache-2.0
 *
 * Rates with intervals and LFW's protocol, on numbers that can be counted by hand.
 */
#include "gallery/trial.h"

#include <math.h>

#include "support/cmocka.h"

static kin_context ctx;

static void test_rates(void **state)
{
    (void)state;
    kin_rate r = kin_rate_of(0, 24);
    assert_true(r.low == 0 && fabs(r.high - 0.1380) < 0.0002); /* z^2 / (n + z^2) */
    r = kin_rate_of(24, 24);
    assert_true(r.high == 1 && fabs(r.low - 0.8620) < 0.0002);
    r = kin_rate_of(10, 100);
    assert_true(fabs(r.low - 0.0552) < 0.0002 && fabs(r.high - 0.1744) < 0.0002);
    r = kin_rate_of(0, 0);
    assert_true(r.low == 0 && r.high == 1);
}

/* Fold 0 is parted by 0.45 .. 0.5, fold 1 by 0.25 .. 0.3: each is judged by the other's threshold. */
static void test_each_fold_by_the_others(void **state)
{
    (void)state;
    kin_pair_trial   trial[] = {{0.9, true, 0, false},   {0.5, true, 0, false},  {0.45, false, 0, false},
                                {0.1, false, 0, false},  {0.6, true, 1, false},  {0.3, true, 1, false},
                                {0.25, false, 1, false}, {0.05, false, 1, false}};
    kin_pairs_result r;
    assert_int_equal(kin_pairs_judge(&ctx, trial, 8, 2, &r), KIN_OK);
    assert_true(trial[0].right && trial[1].right && !trial[2].right && trial[3].right);
    assert_true(trial[4].right && !trial[5].right && trial[6].right && trial[7].right);
    assert_true(fabs(r.accuracy - 0.75) < 1e-12 && fabs(r.standard_error) < 1e-7);
    assert_true(fabs(r.area - 15.0 / 16) < 1e-12); /* 0.45 of two is above 0.3 of one */
    assert_true(fabs(r.threshold[0] - (0.25 + 0.7 * 0.2)) < 1e-9 && r.tar[0] == 0.75); /* quantile 0.9 of four */
}

static void test_ties_count_half_and_errors_differ(void **state)
{
    (void)state;
    kin_pair_trial   trial[] = {{0.5, true, 0, false}, {0.5, false, 0, false},
                                {0.8, true, 1, false}, {0.2, false, 1, false}};
    kin_pairs_result r;
    assert_int_equal(kin_pairs_judge(&ctx, trial, 4, 2, &r), KIN_OK);
    assert_true(fabs(r.area - (1 + 1 + 1 + 0.5) / 4) < 1e-12);
    /* fold 0 by 0.5 ((0.8 + 0.2) / 2): nothing is above it; fold 1 by 0.5: both right */
    assert_true(fabs(r.accuracy - 0.75) < 1e-12 && fabs(r.standard_error - 0.25) < 1e-12);
}

static void test_what_cannot_be_judged(void **state)
{
    (void)state;
    kin_pair_trial   trial[] = {{0.5, true, 0, false}, {0.5, false, 0, false}, {0.8, true, 0, false}};
    kin_pairs_result r;
    assert_int_equal(kin_pairs_judge(&ctx, trial, 3, 1, &r), KIN_E_USAGE);
    assert_int_equal(kin_pairs_judge(&ctx, trial, 3, 2, &r), KIN_E_USAGE); /* fold 2 is empty */
    trial[1].same = true;
    trial[2].fold = 1;
    assert_int_equal(kin_pairs_judge(&ctx, trial, 3, 2, &r), KIN_E_USAGE); /* no pair of two people */
    assert_int_equal(ctx.memory, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rates),
        cmocka_unit_test(test_each_fold_by_the_others),
        cmocka_unit_test(test_ties_count_half_and_errors_differ),
        cmocka_unit_test(test_what_cannot_be_judged),
    };
    kin_context_init(&ctx);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
