/* SPDX-License-Identifier: Apache-2.0
 *
 * Samplers: every picture once, pairs, people x photos; all from (seed, epoch, step) alone.
 */
#include "learn/people.h"
#include "support/oom.h"

enum { LABELS = 7, UNKNOWN = 5 };

/* People with 1, 2, 3 ... pictures, one folder of strangers; no files are needed. */
static kin_sample  samples[64];
static size_t      all[64], count;
static kin_dataset set;

static int people(void **state)
{
    count = 0;
    for (size_t label = 0; label < LABELS; label++)
        for (size_t k = 0; k <= label; k++) {
            samples[count].label = label;
            all[count] = count;
            count++;
        }
    set = (kin_dataset){.ctx = &ctx, .classes = LABELS, .unknown = UNKNOWN, .count = count, .sample = samples,
                        .part = {all, NULL}, .size = {count, 0}};
    return fresh(state);
}

#undef TEST
#define TEST(name) cmocka_unit_test_setup_teardown(name, people, clean)

static kin_sampler make(const kin_sampling *how)
{
    kin_sampler sampler;
    if (kin_sampler_make(&set, KIN_PART_TRAINING, how, &sampler) != KIN_OK) fail_msg("%s", kin_error(&ctx));
    return sampler;
}

static void test_every_one_once(void **state)
{
    (void)state;
    size_t number[16], orders[3][64];
    for (int shuffled = 0; shuffled < 2; shuffled++) {
        kin_sampler s = make(&(kin_sampling){.order = shuffled ? KIN_ORDER_SHUFFLED : KIN_ORDER_PLAIN, .batch = 5, .seed = 3});
        assert_int_equal(kin_sampler_steps(&s), 6); /* 28 in fives */
        for (uint64_t epoch = 0; epoch < 3; epoch++) {
            bool taken[64] = {false};
            for (size_t step = 0; step < 6; step++) {
                assert_int_equal(kin_sampler_draw(&s, epoch, step, number), step < 5 ? 5 : 3);
                for (size_t i = 0; i < (step < 5 ? 5 : 3); i++) {
                    assert_false(taken[number[i]]);
                    taken[number[i]] = true;
                    orders[epoch][step * 5 + i] = number[i];
                    if (!shuffled) assert_int_equal(number[i], step * 5 + i);
                    assert_int_equal(kin_sampler_turn(&s, step, i), 0);
                }
            }
        }
        assert_true(!shuffled == (memcmp(orders[0], orders[1], 28 * sizeof **orders) == 0));
        /* back in the middle of an earlier epoch, as a resumed run is */
        kin_sampler_draw(&s, 1, 2, number);
        assert_memory_equal(number, orders[1] + 10, 5 * sizeof *number);
        kin_sampler_free(&s);
    }
}

static void test_drop_last(void **state)
{
    (void)state;
    kin_sampler s = make(&(kin_sampling){.batch = 5, .drop_last = true});
    assert_int_equal(kin_sampler_steps(&s), 5);
    kin_sampler_free(&s);
    s = make(&(kin_sampling){.batch = 40, .drop_last = true}); /* one there always is */
    assert_int_equal(kin_sampler_steps(&s), 1);
    size_t number[40];
    assert_int_equal(kin_sampler_draw(&s, 0, 0, number), count);
    kin_sampler_free(&s);
}

static void test_pairs(void **state)
{
    (void)state;
    size_t      number[12], seen[64] = {0};
    kin_sampler s = make(&(kin_sampling){.order = KIN_ORDER_PAIRS, .batch = 12, .seed = 1});
    assert_int_equal(kin_sampler_steps(&s), (count - (UNKNOWN + 1)) / 12);
    for (size_t step = 0; step < 300; step++) {
        assert_int_equal(kin_sampler_draw(&s, 0, step, number), 12);
        for (size_t i = 0; i < 12; i += 2) {
            size_t a = number[i], b = number[i + 1];
            assert_true(samples[a].label != UNKNOWN && samples[b].label != UNKNOWN);
            assert_true((samples[a].label == samples[b].label) == (i % 4 == 0));
            assert_true(a != b); /* nobody is like themselves in one picture */
            seen[a]++, seen[b]++;
        }
    }
    for (size_t i = 0; i < count; i++) assert_true((seen[i] > 0) == (samples[i].label != UNKNOWN));
    kin_sampler_free(&s);
}

static void test_people_times_photos(void **state)
{
    (void)state;
    size_t      number[12], again[12], drawn[LABELS] = {0};
    kin_sampler s = make(&(kin_sampling){.order = KIN_ORDER_PEOPLE, .batch = 12, .people = 3, .photos = 4, .seed = 9});
    for (size_t step = 0; step < 400; step++) {
        assert_int_equal(kin_sampler_draw(&s, 2, step, number), 12);
        for (size_t p = 0; p < 3; p++) {
            size_t label = samples[number[4 * p]].label, different = 0;
            assert_true(label != UNKNOWN && label != 0); /* nor who has one picture only */
            for (size_t q = 0; q < p; q++) assert_true(samples[number[4 * q]].label != label);
            for (size_t i = 0; i < 4; i++) {
                bool first = true;
                assert_int_equal(samples[number[4 * p + i]].label, label);
                for (size_t k = 0; k < i; k++) first = first && number[4 * p + k] != number[4 * p + i];
                different += first;
            }
            assert_int_equal(different, label + 1 < 4 ? label + 1 : 4);
            drawn[label]++;
        }
    }
    for (size_t label = 1; label < LABELS; label++) /* evenly: 3 of 5 people, 400 times */
        if (label != UNKNOWN) assert_in_range(drawn[label], 200, 280);
    kin_sampler_draw(&s, 2, 399, number);
    kin_sampler_draw(&s, 2, 7, again);
    kin_sampler_draw(&s, 2, 399, again);
    assert_memory_equal(number, again, sizeof number);
    kin_sampler_draw(&s, 3, 399, again);
    assert_memory_not_equal(number, again, sizeof number);
    assert_true(kin_sampler_turn(&s, 2, 3) == 27);
    kin_sampler_free(&s);
}

static void test_what_cannot_be(void **state)
{
    (void)state;
    static const struct {
        kin_sampling how;
        const char  *says;
    } cases[] = {
        {{.batch = 0}, "a batch of no pictures"},
        {{.order = KIN_ORDER_PAIRS, .batch = 3}, "expected an even number"},
        {{.order = KIN_ORDER_PAIRS, .batch = 0}, "expected an even number"},
        {{.order = KIN_ORDER_PEOPLE, .batch = 12, .people = 3, .photos = 3}, "12 pictures, expected 3 people x 3"},
        {{.order = KIN_ORDER_PEOPLE, .batch = 0, .people = 0, .photos = 3}, "expected 0 people x 3"},
        {{.order = KIN_ORDER_PEOPLE, .batch = 0, .people = SIZE_MAX / 2 + 1, .photos = 2}, "expected"},
        {{.order = KIN_ORDER_PEOPLE, .batch = 12, .people = 6, .photos = 2}, "6 people a batch, but only 5 have two pictures"},
    };
    kin_sampler s;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(kin_sampler_make(&set, KIN_PART_TRAINING, &cases[i].how, &s), KIN_E_USAGE);
        if (!strstr(kin_error(&ctx), cases[i].says)) fail_msg("%s", kin_error(&ctx));
    }
    assert_int_equal(kin_sampler_make(&set, KIN_PART_VALIDATION, &(kin_sampling){.batch = 2}, &s), KIN_E_USAGE);
    set.size[KIN_PART_TRAINING] = 1;
    assert_int_equal(kin_sampler_make(&set, KIN_PART_TRAINING, &(kin_sampling){.order = KIN_ORDER_PAIRS, .batch = 2}, &s), KIN_E_USAGE);
}

static void test_shuffle_is_even(void **state)
{
    (void)state;
    size_t first[6] = {0};
    for (uint64_t i = 0; i < 6000; i++) {
        size_t     list[] = {0, 1, 2};
        kin_random random = kin_random_make(i, 0);
        kin_shuffle(&random, list, 3);
        first[list[0] * 2 + (list[1] > list[2])]++;
    }
    for (int i = 0; i < 6; i++) assert_in_range(first[i], 900, 1100);
}

static kin_status make_one(kin_context *walked)
{
    kin_sampler s;
    set.ctx = walked;
    KIN_TRY(kin_sampler_make(&set, KIN_PART_TRAINING, &(kin_sampling){.batch = 4}, &s));
    kin_sampler_free(&s);
    return KIN_OK;
}

static void test_out_of_memory(void **state)
{
    (void)state;
    oom_walk(&ctx, make_one, 4, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_every_one_once),  TEST(test_drop_last),       TEST(test_pairs),        TEST(test_people_times_photos),
        TEST(test_what_cannot_be),  TEST(test_shuffle_is_even), TEST(test_out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
