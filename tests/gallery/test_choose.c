/* SPDX-License-Identifier: Apache-2.0
 *
 * Which face is the person: each rule of choose.h on made-up families; the order of photos does not matter.
 */
#include "gallery/choose.h"
#include "gallery/fixture.h"

enum { ANNA = 1, BEN, CLEO, DORA, FACES_MAX = 4, PHOTOS_MAX = 12 };

typedef struct {
    int who[FACES_MAX + 1]; /* 0 ends */
} scene;

static const kin_choice_rule rule = {.limit = 0.3f};

/* Fills vectors for the scenes and decides. */
static void decide(const scene *s, size_t count, const float *known, size_t known_count, kin_choice *choice)
{
    static float     vectors[PHOTOS_MAX][FACES_MAX][WIDTH];
    kin_choice_photo photo[PHOTOS_MAX];
    for (size_t p = 0; p < count; p++) {
        size_t n = 0;
        for (; s[p].who[n]; n++)
            make_alike(vectors[p][n], WIDTH, (uint64_t)s[p].who[n], 0.8, 50 + p * 10 + n);
        photo[p] = (kin_choice_photo){vectors[p][0], n};
    }
    assert_int_equal(kin_gallery_choose(&ctx, WIDTH, known, known_count, photo, count, &rule, choice), KIN_OK);
}

static void expect(const scene *s, const kin_choice *c, int who, kin_choice_reason reason)
{
    assert_int_equal(c->reason, reason);
    assert_int_equal(c->taken, who != 0);
    if (who) assert_int_equal(s->who[c->face], who);
}

static void test_a_later_single_photo_settles_the_first(void **state)
{
    (void)state;
    const scene s[] = {{{BEN, ANNA}}, {{ANNA}}, {{0}}, {{CLEO, DORA, BEN}}};
    kin_choice  c[4];
    decide(s, 4, NULL, 0, c);
    expect(&s[0], &c[0], ANNA, KIN_CHOICE_AGREES);
    expect(&s[1], &c[1], ANNA, KIN_CHOICE_ALONE);
    expect(&s[2], &c[2], 0, KIN_CHOICE_NONE);
    expect(&s[3], &c[3], 0, KIN_CHOICE_UNLIKE);
    assert_true(c[0].agreement > 0.4f);
}

static void test_the_gallery_settles(void **state)
{
    (void)state;
    const scene s[] = {{{BEN, ANNA}}, {{BEN, CLEO}}};
    kin_choice  c[2];
    float       known[2][WIDTH];
    make_alike(known[0], WIDTH, BEN, 0.8, 1);
    make_alike(known[1], WIDTH, BEN, 0.8, 2);
    decide(s, 2, known[0], 2, c);
    expect(&s[0], &c[0], BEN, KIN_CHOICE_AGREES);
    expect(&s[1], &c[1], BEN, KIN_CHOICE_AGREES);
}

static void test_who_comes_back_is_meant(void **state)
{
    (void)state;
    const scene s[] = {{{BEN, ANNA}}, {{CLEO, ANNA}}, {{ANNA, DORA, BEN}}};
    kin_choice  c[3];
    decide(s, 3, NULL, 0, c);
    for (int i = 0; i < 3; i++) expect(&s[i], &c[i], ANNA, KIN_CHOICE_AGREES);
}

static void test_two_who_always_come_together_are_not_told_apart(void **state)
{
    (void)state;
    const scene s[] = {{{BEN, ANNA}}, {{ANNA, BEN}}};
    kin_choice  c[2];
    decide(s, 2, NULL, 0, c);
    expect(&s[0], &c[0], 0, KIN_CHOICE_SEVERAL);
    expect(&s[1], &c[1], 0, KIN_CHOICE_SEVERAL);
    const scene alone[] = {{{BEN, ANNA}}};
    decide(alone, 1, NULL, 0, c);
    expect(&alone[0], &c[0], 0, KIN_CHOICE_NO_OTHERS);
}

static void test_the_same_person_twice_in_a_photo_is_skipped(void **state)
{
    (void)state;
    const scene s[] = {{{ANNA}}, {{ANNA, ANNA}}}; /* a mirror, a collage */
    kin_choice  c[2];
    decide(s, 2, NULL, 0, c);
    expect(&s[1], &c[1], 0, KIN_CHOICE_SEVERAL);
}

static void test_one_wrong_single_photo_does_not_win(void **state)
{
    (void)state;
    const scene s[] = {{{ANNA}}, {{BEN}}, {{ANNA}}, {{ANNA}}, {{ANNA}}, {{BEN, ANNA}}};
    kin_choice  c[6];
    decide(s, 6, NULL, 0, c);
    expect(&s[5], &c[5], ANNA, KIN_CHOICE_AGREES);
    expect(&s[0], &c[0], ANNA, KIN_CHOICE_ALONE);
    expect(&s[1], &c[1], BEN, KIN_CHOICE_ALONE_UNLIKE); /* taken, with a warning */
}

static void test_order_does_not_matter(void **state)
{
    (void)state;
    scene      s[] = {{{BEN, ANNA}}, {{CLEO, ANNA, DORA}}, {{ANNA, BEN, CLEO}}, {{DORA, CLEO}}, {{ANNA, DORA}}};
    kin_random random = kin_random_make(5, 5);
    for (int trial = 0; trial < 50; trial++) {
        kin_choice c[5];
        for (size_t i = 4; i > 0; i--) {
            size_t k = (size_t)kin_random_below(&random, i + 1);
            scene  t = s[i];
            s[i] = s[k];
            s[k] = t;
        }
        decide(s, 5, NULL, 0, c);
        for (int i = 0; i < 5; i++) {
            bool anna = false;
            for (int f = 0; s[i].who[f]; f++) anna |= s[i].who[f] == ANNA;
            expect(&s[i], &c[i], anna ? ANNA : 0, anna ? KIN_CHOICE_AGREES : KIN_CHOICE_UNLIKE);
        }
    }
}

/* a * axis 0 + what is missing to unit length * axis `other`: exact similarities. */
static void make_exact(float *out, float a, size_t other)
{
    memset(out, 0, WIDTH * sizeof *out);
    out[0] = a;
    out[other] = sqrtf(1 - a * a);
}

static void test_the_mean_of_the_others_counts(void **state)
{
    (void)state;
    enum { OTHERS = 4 };
    float known[OTHERS][WIDTH], group[2][WIDTH];
    for (size_t i = 0; i < OTHERS; i++) make_exact(known[i], 0.6f, 1 + i);
    make_exact(group[0], 0, 20);
    make_exact(group[1], 0.4f, 21); /* 0.24 to each of the others, 0.33 to their mean */
    const kin_choice_photo photo = {group[0], 2};
    kin_choice             c;
    assert_int_equal(kin_gallery_choose(&ctx, WIDTH, known[0], OTHERS, &photo, 1, &rule, &c), KIN_OK);
    assert_int_equal(c.reason, KIN_CHOICE_AGREES);
    assert_int_equal(c.face, 1);
    assert_true(fabsf(c.agreement - 0.333f) < 0.001f);
}

static void test_a_hard_photo_is_not_doubted(void **state)
{
    (void)state;
    const kin_choice_rule mild = {.limit = 0.3f, .doubt = 0.2f};
    float                 known[WIDTH], hard[WIDTH], strange[WIDTH], group[2][WIDTH];
    make_exact(known, 1, 1);
    make_exact(hard, 0.25f, 2);
    make_exact(strange, 0.15f, 3);
    make_exact(group[0], 0.25f, 4);
    make_exact(group[1], 0, 5);
    const kin_choice_reason want[] = {KIN_CHOICE_ALONE, KIN_CHOICE_ALONE_UNLIKE, KIN_CHOICE_UNLIKE};
    const kin_choice_photo  photo[] = {{hard, 1}, {strange, 1}, {group[0], 2}};
    for (int i = 0; i < 3; i++) {
        kin_choice c;
        assert_int_equal(kin_gallery_choose(&ctx, WIDTH, known, 1, &photo[i], 1, &mild, &c), KIN_OK);
        assert_int_equal(c.reason, want[i]);
        assert_int_equal(c.taken, i < 2); /* a group's face must reach `limit` */
    }
}

static void test_many_anchors(void **state)
{
    (void)state;
    enum { MANY = 700 };
    static float known[MANY][WIDTH];
    for (size_t i = 0; i < MANY; i++) make_alike(known[i], WIDTH, ANNA, 0.8, 100 + i);
    const scene s[] = {{{BEN, ANNA}}};
    kin_choice  c[1];
    decide(s, 1, known[0], MANY, c);
    expect(&s[0], &c[0], ANNA, KIN_CHOICE_AGREES);
    decide(s, 0, NULL, 0, c);
    for (int i = 0; i <= KIN_CHOICE_NO_OTHERS; i++) assert_string_not_equal(kin_choice_text((kin_choice_reason)i), "unknown");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_later_single_photo_settles_the_first, fresh, clean),
        cmocka_unit_test_setup_teardown(test_the_gallery_settles, fresh, clean),
        cmocka_unit_test_setup_teardown(test_who_comes_back_is_meant, fresh, clean),
        cmocka_unit_test_setup_teardown(test_two_who_always_come_together_are_not_told_apart, fresh, clean),
        cmocka_unit_test_setup_teardown(test_the_same_person_twice_in_a_photo_is_skipped, fresh, clean),
        cmocka_unit_test_setup_teardown(test_one_wrong_single_photo_does_not_win, fresh, clean),
        cmocka_unit_test_setup_teardown(test_order_does_not_matter, fresh, clean),
        cmocka_unit_test_setup_teardown(test_the_mean_of_the_others_counts, fresh, clean),
        cmocka_unit_test_setup_teardown(test_a_hard_photo_is_not_doubted, fresh, clean),
        cmocka_unit_test_setup_teardown(test_many_anchors, fresh, clean),
    };
    cmocka_set_message_output(CM_OUTPUT_STDOUT);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
