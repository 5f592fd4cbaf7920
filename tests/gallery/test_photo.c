/* SPDX-License-Identifier: Apache-2.0
 *
 * The faces of a photo together: "Anna or Eva?", one person at most once, --repeat, somebody ignored among them; before birth,
 * children of long ago.
 *
 * People are axes of space, so that a face's similarities to them can be written down.
 */
#include "gallery/age.h"
#include "gallery/fixture.h"

#define T 0.5f /* the threshold */

enum { ANNA, EVA, IDA, FACES = 3 };
static const char *const name[] = {"Anna", "Eva", "Ida"};

static kin_gallery *family(void)
{
    kin_gallery *g = open_gallery();
    for (size_t i = 0; i < 3; i++) {
        float         axis[WIDTH] = {0};
        kin_enrolment e = make_enrolment(i);
        axis[i] = 1;
        assert_int_equal(kin_gallery_add(g, name[i], MODEL_A, WIDTH, axis, &e, NULL), KIN_OK);
    }
    assert_int_equal(kin_gallery_set_decision(g, 0, (double)T), KIN_OK);
    return g;
}

/* A face with these similarities to Anna, Eva, Ida. */
static void face(float *out, float anna, float eva, float ida)
{
    memset(out, 0, WIDTH * sizeof *out);
    out[ANNA] = anna;
    out[EVA] = eva;
    out[IDA] = ida;
    out[WIDTH - 1] = sqrtf(1 - anna * anna - eva * eva - ida * ida);
}

static void look(kin_gallery *g, float (*v)[WIDTH], size_t count, bool repeat, kin_match *match)
{
    kin_occasion occasion = {.repeat = repeat};
    if (kin_gallery_match_photo(g, MODEL_A, WIDTH, &v[0][0], count, NULL, &occasion, match) != KIN_OK) fail_msg("%s", kin_error(&ctx));
    for (size_t i = 0; i < count; i++) {
        const kin_match *m = &match[i];
        assert_true(!m->name + !m->candidates + !m->taken + !m->ignored >= 3); /* one answer a face */
        assert_true(m->threshold == T && m->similarity == m->nearest.similarity);
        assert_true(!m->name || m->name == m->nearest.name);
        assert_true(!m->runner_up.person || m->runner_up.person != m->nearest.person);
    }
}

#define says(m, who) ((m).name && strcmp((m).name, who) == 0)
#define asks1(m, a) ((m).candidates == 1 && strcmp((m).candidate[0].name, a) == 0)
#define asks2(m, a, b) ((m).candidates == 2 && strcmp((m).candidate[0].name, a) == 0 && strcmp((m).candidate[1].name, b) == 0)

static void test_margin(void **state)
{
    (void)state;
    kin_gallery *g = family();
    float        v[1][WIDTH];
    kin_match    m;
    face(v[0], 0.60f, 0.56f, 0.1f);
    look(g, v, 1, false, &m);
    assert_true(asks2(m, "Anna", "Eva") && m.candidate[0].similarity > 0.59f && fabsf(m.candidate[1].similarity - 0.56f) < 1e-5f);
    assert_string_equal(m.nearest.name, "Anna");
    look(g, v, 1, true, &m);
    assert_true(asks2(m, "Anna", "Eva"));
    assert_int_equal(kin_gallery_match(g, MODEL_A, WIDTH, v[0], NULL, &m), KIN_OK); /* kin_identify's too */
    assert_true(asks2(m, "Anna", "Eva"));
    face(v[0], 0.60f, 0.54f, 0.1f);
    look(g, v, 1, false, &m);
    assert_true(says(m, "Anna") && m.candidates == 0);
    assert_string_equal(m.runner_up.name, "Eva");
    face(v[0], 0.51f, 0.48f, 0.1f); /* the second one below the threshold is near enough */
    look(g, v, 1, false, &m);
    assert_true(asks2(m, "Anna", "Eva"));
    face(v[0], 0.49f, 0.48f, 0.1f); /* the first one is not: a stranger, and nothing to ask */
    look(g, v, 1, false, &m);
    assert_true(!m.name && !m.candidates && !m.taken);
    face(v[0], 0.56f, 0.55f, 0.54f);
    look(g, v, 1, false, &m);
    assert_int_equal(m.candidates, 3);
    assert_string_equal(m.candidate[2].name, "Ida");
    kin_gallery_free(g);
}

static void test_once(void **state)
{
    (void)state;
    kin_gallery *g = family();
    float        v[FACES][WIDTH];
    kin_match    m[FACES];
    /* both are most like Anna: the surer one is, the other is not Eva, who is far behind */
    face(v[0], 0.70f, 0.55f, 0);
    face(v[1], 0.85f, 0.20f, 0);
    look(g, v, 2, false, m);
    assert_true(says(m[1], "Anna") && m[0].taken && !m[0].name);
    assert_string_equal(m[0].nearest.name, "Anna");
    look(g, v, 2, true, m);
    assert_true(says(m[0], "Anna") && says(m[1], "Anna"));
    /* which one is not clear: neither is said */
    face(v[1], 0.73f, 0.20f, 0);
    look(g, v, 2, false, m);
    assert_true(asks1(m[0], "Anna") && asks1(m[1], "Anna"));
    /* a coin toss alone, clear beside her sister */
    face(v[0], 0.60f, 0.58f, 0);
    face(v[1], 0.85f, 0.20f, 0);
    look(g, v, 2, false, m);
    assert_true(says(m[0], "Eva") && says(m[1], "Anna") && fabsf(m[0].similarity - 0.58f) < 1e-5f);
    assert_string_equal(m[0].runner_up.name, "Anna");
    look(g, v, 2, true, m);
    assert_true(asks2(m[0], "Anna", "Eva") && says(m[1], "Anna"));
    /* both leaning the same way, each by as much */
    face(v[0], 0.60f, 0.58f, 0);
    face(v[1], 0.60f, 0.58f, 0);
    look(g, v, 2, false, m);
    assert_true(asks2(m[0], "Anna", "Eva") && asks2(m[1], "Anna", "Eva"));
    /* others are not touched by it */
    face(v[2], 0.1f, 0, 0.7f);
    look(g, v, 3, false, m);
    assert_true(asks2(m[0], "Anna", "Eva") && says(m[2], "Ida"));
    look(g, v, 0, false, m);
    kin_gallery_free(g);
}

static void test_ignored(void **state)
{
    (void)state;
    kin_gallery  *g = family();
    float         axis[WIDTH] = {0}, v[2][WIDTH];
    kin_match     m[2];
    kin_enrolment e = make_enrolment(77);
    axis[10] = 1;
    assert_int_equal(kin_gallery_ignore(g, MODEL_A, WIDTH, axis, &e, NULL), KIN_OK);
    face(v[0], 0.60f, 0, 0);
    v[0][WIDTH - 1] = sqrtf(1 - 0.36f - 0.57f * 0.57f);
    v[0][10] = 0.57f; /* Anna, or somebody whom nobody is to be asked about */
    look(g, v, 1, false, m);
    assert_true(asks1(m[0], "Anna"));
    memset(v, 0, sizeof v);
    for (int i = 0; i < 2; i++) { /* a crowd's any number */
        v[i][10] = 0.8f;
        v[i][20 + i] = 0.6f;
    }
    look(g, v, 2, false, m);
    assert_true(m[0].ignored && m[1].ignored);
    kin_gallery_free(g);
}

/* Many faces and people in one tangle: still one answer a face, and nobody twice. */
static void test_crowd(void **state)
{
    (void)state;
    enum { PEOPLE = 30, CROWD = 60 };
    kin_gallery *g = open_gallery();
    static float v[CROWD][WIDTH];
    kin_match    m[CROWD];
    size_t       named = 0;
    for (size_t i = 0; i < PEOPLE; i++) {
        char          who[20];
        float         own[WIDTH];
        kin_enrolment e = make_enrolment(i);
        snprintf(who, sizeof who, "P%zu", i);
        make_alike(own, WIDTH, 1, 0.7, i);
        assert_int_equal(kin_gallery_add(g, who, MODEL_A, WIDTH, own, &e, NULL), KIN_OK);
    }
    assert_int_equal(kin_gallery_set_decision(g, 0, (double)T), KIN_OK);
    for (size_t i = 0; i < CROWD; i++) make_alike(v[i], WIDTH, 1, 0.75, i % 2 ? i : 1000 + i);
    look(g, v, CROWD, false, m);
    for (size_t i = 0; i < CROWD; i++) {
        named += m[i].name != NULL;
        for (size_t k = 0; k < i; k++) assert_true(!m[i].name || !m[k].name || m[i].nearest.person != m[k].nearest.person);
    }
    assert_in_range(named, 1, PEOPLE);
    kin_gallery_free(g);
}

static kin_match on_day(kin_gallery *g, const float *v, int date)
{
    kin_match m;
    if (kin_gallery_match_photo(g, MODEL_A, WIDTH, v, 1, NULL, &(kin_occasion){.date = date}, &m) != KIN_OK) fail_msg("%s", kin_error(&ctx));
    return m;
}

static void test_birth(void **state)
{
    (void)state;
    kin_gallery *g = family();
    float        v[WIDTH];
    kin_person   anna;
    kin_match    m;
    kin_undone   undone;
    face(v, 0.78f, 0.60f, 0);
    assert_int_equal(kin_gallery_set_born(g, "Anna", 20150302), KIN_OK);
    assert_int_equal(kin_gallery_person(g, "Anna", NULL, &anna), KIN_OK);
    assert_int_equal(anna.born, 20150302);
    m = on_day(g, v, 20150301); /* not born: the next one may be named, as if Anna were not there */
    assert_true(says(m, "Eva"));
    assert_string_equal(m.unborn.name, "Anna"); /* and that is told: perhaps the date is wrong */
    assert_true(m.unborn.similarity > m.similarity);
    m = on_day(g, v, 20150302);
    assert_true(says(m, "Anna") && !m.unborn.name);
    static const struct {
        int         date; /* of a year or month its last day counts */
        const char *name;
    } about[] = {{20150000, "Anna"}, {20150300, "Anna"}, {20150200, "Eva"}, {20140000, "Eva"}, {20160000, "Anna"}};
    for (size_t i = 0; i < sizeof about / sizeof *about; i++) {
        m = on_day(g, v, about[i].date);
        assert_true(says(m, about[i].name));
    }
    m = on_day(g, v, 0);
    assert_true(says(m, "Anna"));
    assert_int_equal(kin_gallery_set_born(g, "Anna", 20150000), KIN_OK); /* some day of that year */
    m = on_day(g, v, 20150101);
    assert_true(says(m, "Anna"));
    m = on_day(g, v, 20141231);
    assert_true(says(m, "Eva"));

    assert_int_equal(kin_gallery_set_born(g, "Anna", 20150000), KIN_OK); /* as it is: no change to take back */
    assert_int_equal(kin_gallery_undo(g, &undone), KIN_OK);
    assert_string_equal(undone.verb, "person");
    assert_string_equal(undone.name, "Anna");
    assert_int_equal(kin_gallery_person(g, "Anna", NULL, &anna), KIN_OK);
    assert_int_equal(anna.born, 20150302);

    /* a merge keeps the birthday that is known, and undo parts them as they were */
    assert_int_equal(kin_gallery_merge(g, "Eva", "Anna", NULL), KIN_OK);
    assert_int_equal(kin_gallery_person(g, "Eva", NULL, &anna), KIN_OK);
    assert_int_equal(anna.born, 20150302);
    assert_int_equal(kin_gallery_undo(g, NULL), KIN_OK);
    assert_int_equal(kin_gallery_person(g, "Eva", NULL, &anna), KIN_OK);
    assert_int_equal(anna.born, 0);
    assert_int_equal(kin_gallery_person(g, "Anna", NULL, &anna), KIN_OK);
    assert_int_equal(anna.born, 20150302);

    assert_int_equal(kin_gallery_set_born(g, "Anna", 0), KIN_OK);
    m = on_day(g, v, 19990101);
    assert_true(says(m, "Anna"));
    assert_int_equal(kin_gallery_set_born(g, "Nobody", 20150302), KIN_E_NOT_FOUND);
    assert_int_equal(kin_gallery_set_born(g, "Anna", 20150230), KIN_E_USAGE);
    assert_int_equal(kin_gallery_match_photo(g, MODEL_A, WIDTH, v, 1, NULL, &(kin_occasion){.date = 7}, &m), KIN_E_USAGE);
    kin_gallery_free(g);
}

/* Anna at three, Eva at three: the photo of then is like both, and time says whose it is. */
static void test_children(void **state)
{
    (void)state;
    kin_gallery  *g = open_gallery();
    float         anna[WIDTH] = {0}, eva[WIDTH] = {0}, v[WIDTH];
    kin_enrolment e = make_enrolment(1);
    kin_match     m;
    anna[ANNA] = eva[EVA] = 1;
    e.photo_date = 20130601;
    assert_int_equal(kin_gallery_add(g, "Anna", MODEL_A, WIDTH, anna, &e, NULL), KIN_OK);
    e = make_enrolment(2);
    e.photo_date = 20191001;
    assert_int_equal(kin_gallery_add(g, "Eva", MODEL_A, WIDTH, eva, &e, NULL), KIN_OK);
    assert_int_equal(kin_gallery_set_decision(g, 0, (double)T), KIN_OK);
    face(v, 0.66f, 0.62f, 0); /* Eva at three, who is like her sister then */
    m = on_day(g, v, 20190601);
    assert_true(asks2(m, "Anna", "Eva")); /* without birthdays nothing changes */
    assert_int_equal(kin_gallery_set_born(g, "Anna", 20100601), KIN_OK);
    assert_int_equal(kin_gallery_set_born(g, "Eva", 20160601), KIN_OK);
    m = on_day(g, v, 0);
    assert_true(asks2(m, "Anna", "Eva")); /* nor without the photo's date */
    m = on_day(g, v, 20190601);
    assert_true(says(m, "Eva") && fabsf(m.similarity - 0.62f) < 1e-5f);
    double weight = kin_age_weight(20100601, 20130601, 20190601);
    assert_true(fabs((double)m.runner_up.similarity - weight * (double)0.66f) < 1e-5);
    m = on_day(g, v, 20130701); /* Eva is not born */
    assert_true(says(m, "Anna"));

    assert_true(fabs(weight - sqrt(1.5 / (10.0 / 4))) < 1e-9);
    assert_true(kin_age_weight(20100601, 20190601, 20130601) == weight);
    assert_true(kin_age_weight(20100601, 20130601, 20141001) == 1);
    assert_true(kin_age_weight(19700601, 19900601, 20250601) == 1); /* grown-ups */
    assert_true(kin_age_weight(0, 20130601, 20190601) == 1 && kin_age_weight(20100601, 0, 20190601) == 1);
    assert_true(kin_age_weight(20100601, 20130601, 0) == 1);
    assert_true(kin_age_weight(20100601, 20000101, 20250101) > 0.2); /* a reference from before birth: a wrong clock */
    e = make_enrolment(3);
    e.photo_date = 20131301;
    assert_int_equal(kin_gallery_add(g, "Eva", MODEL_A, WIDTH, eva, &e, NULL), KIN_E_USAGE);
    kin_gallery_free(g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_margin, fresh, clean),
        cmocka_unit_test_setup_teardown(test_once, fresh, clean),
        cmocka_unit_test_setup_teardown(test_ignored, fresh, clean),
        cmocka_unit_test_setup_teardown(test_crowd, fresh, clean),
        cmocka_unit_test_setup_teardown(test_birth, fresh, clean),
        cmocka_unit_test_setup_teardown(test_children, fresh, clean),
    };
    return cmocka_run_group_tests_name("gallery/photo", tests, NULL, NULL);
}
