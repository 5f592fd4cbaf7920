/* SPDX-License-Identifier: Apache-2.0
 *
 * kin_diagnose on made-up people: wrong labels, strangers, twins, two names, needs and rates, each planted and alone.
 */
#include "gallery/doctor.h"
#include "gallery/fixture.h"

static const kin_impostor_row rows[] = {{1e-1, 0.15}, {1e-2, 0.28}, {1e-3, 0.38}, {1e-4, 0.47}, {1e-5, 0.54}};
static const kin_impostor_tail tail = {rows, 5};

static uint64_t shots;

/* A photo under `name` that shows person `who` (similarity to their middle about 0.8: 0.64 between photos). */
static int64_t shot(kin_gallery *g, const char *name, uint64_t who, uint64_t noise)
{
    float         vector[WIDTH];
    kin_enrolled  r;
    kin_enrolment e = make_enrolment(++shots);
    make_alike(vector, WIDTH, who, 0.8, noise);
    assert_int_equal(kin_gallery_add(g, name, MODEL_A, WIDTH, vector, &e, &r), KIN_OK);
    return r.face;
}

/* People 0 .. 5 with four photos each. */
static kin_gallery *six(void)
{
    kin_gallery *g = open_gallery();
    for (uint64_t p = 0; p < 6; p++)
        for (uint64_t k = 0; k < 4; k++) shot(g, (char[]){(char)('A' + p), 0}, p, 100 + p * 10 + k);
    return g;
}

static kin_diagnosis look(kin_gallery *g)
{
    kin_diagnosis d;
    if (kin_gallery_diagnose(g, MODEL_A, &tail, &d) != KIN_OK) fail_msg("%s", kin_error(&ctx));
    return d;
}

static const kin_face_finding *of(const kin_diagnosis *d, int64_t face)
{
    for (size_t i = 0; i < d->faces; i++)
        if (d->face[i].face == face) return &d->face[i];
    fail_msg("face %lld is missing", (long long)face);
    return NULL;
}

static void test_a_good_gallery_is_well(void **state)
{
    (void)state;
    kin_gallery  *g = six();
    kin_diagnosis d = look(g);
    assert_int_equal(d.people, 6);
    assert_int_equal(d.faces, 24);
    assert_int_equal(d.suspected + d.twins + d.pairs + d.untaught, 0);
    for (size_t i = 0; i < d.faces; i++) {
        assert_true(d.face[i].own > 0.45f && d.face[i].own < 0.8f && d.face[i].other < 0.3f);
        assert_true(d.face[i].found > d.face[i].own && d.face[i].rival < 0.4f);
        assert_string_equal(d.face[i].photo, "photo.jpg");
        assert_true(d.face[i].quality.size_px == 80);
    }
    assert_int_equal(d.now.missed.count, 0);
    assert_int_equal(d.now.missed.of, 24);
    assert_true(d.now.missed.low == 0 && fabs(d.now.missed.high - 0.1380) < 0.0002); /* z^2 / (n + z^2) */
    assert_true(d.strict.threshold > d.usual.threshold && fabs(d.usual.expected - 0.01) < 1e-6);
    assert_true(d.now.threshold == d.usual.threshold && d.now.fpir == 0.01);
    assert_int_equal(d.person[0].needs, KIN_NEED_TURNED); /* all have a yaw of 1 */
    kin_diagnosis_free(&d);
    kin_gallery_free(g);
}

static void test_wrong_labels(void **state)
{
    (void)state;
    kin_gallery  *g = six();
    int64_t       wrong = shot(g, "A", 1, 900), stranger = shot(g, "C", 77, 901);
    kin_diagnosis d = look(g);
    assert_int_equal(d.suspected, 2);
    assert_int_equal(of(&d, wrong)->label, KIN_LABEL_ANOTHER);
    assert_string_equal(d.person[of(&d, wrong)->nearest].name, "B");
    assert_int_equal(of(&d, stranger)->label, KIN_LABEL_UNLIKE);
    assert_int_equal(d.person[0].suspected, 1);
    assert_int_equal(d.pairs, 0); /* the wrong photo does not make A and B one */
    assert_int_equal(d.now.wrong.count, 1);
    assert_int_equal(d.now.missed.count, 2);
    assert_true(d.now.stranger.count >= 1); /* the photos of B are found under A */
    kin_diagnosis_free(&d);
    kin_gallery_free(g);
}

static void test_two_names(void **state)
{
    (void)state;
    kin_gallery *g = six();
    for (uint64_t k = 0; k < 3; k++) shot(g, "F2", 5, 950 + k);
    kin_diagnosis d = look(g);
    assert_int_equal(d.pairs, 1);
    assert_string_equal(d.person[d.pair[0].a].name, "F");
    assert_string_equal(d.person[d.pair[0].b].name, "F2");
    assert_true(d.pair[0].similarity > 0.7f);
    kin_diagnosis_free(&d);
    kin_gallery_free(g);
}

static void test_twins_do_not_teach(void **state)
{
    (void)state;
    kin_gallery  *g = six();
    int64_t       first = shot(g, "G", 40, 960), again = shot(g, "G", 40, 960), other = shot(g, "A", 40, 960);
    kin_diagnosis d = look(g);
    assert_int_equal(d.twins, 2);
    assert_int_equal(d.face[of(&d, first)->twin].face, other); /* A comes before G */
    assert_int_equal(d.face[of(&d, again)->twin].face, other);
    assert_true(of(&d, other)->twin == KIN_NO_INDEX);
    assert_true(isnan(of(&d, first)->own) && isnan(of(&d, again)->found)); /* nothing else to compare with */
    const kin_person_check *p = &d.person[of(&d, first)->person];
    assert_true(p->needs & KIN_NEED_MORE);
    kin_diagnosis_free(&d);
    kin_gallery_free(g);
}

static void test_empty_and_other_model(void **state)
{
    (void)state;
    kin_gallery  *g = open_gallery();
    kin_diagnosis d = look(g);
    assert_int_equal(d.people + d.faces + d.now.missed.of, 0);
    kin_diagnosis_free(&d);
    put(g, "A", 1, 1);
    assert_int_equal(kin_gallery_diagnose(g, MODEL_B, &tail, &d), KIN_OK);
    assert_int_equal(d.untaught, 1);
    assert_int_equal(d.faces, 0);
    kin_diagnosis_free(&d);
    assert_int_equal(kin_gallery_diagnose(g, MODEL_A, &(kin_impostor_tail){0}, &d), KIN_E_UNSUPPORTED);
    kin_context_cancel(&ctx);
    assert_int_equal(kin_gallery_diagnose(g, MODEL_A, &tail, &d), KIN_E_CANCELLED);
    atomic_store(&ctx.cancelled, false);
    kin_gallery_free(g);
}

static void test_given_threshold(void **state)
{
    (void)state;
    kin_gallery *g = six();
    assert_int_equal(kin_gallery_set_decision(g, 0, 0.99), KIN_OK);
    kin_diagnosis d = look(g);
    assert_int_equal(d.now.missed.count, 24);
    assert_true(isnan(d.now.fpir) && d.now.threshold > 0.98);
    assert_int_equal(d.person[2].missed, 4);
    assert_int_equal(d.usual.missed.count, 0);
    kin_diagnosis_free(&d);
    kin_gallery_free(g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_good_gallery_is_well, fresh, clean),
        cmocka_unit_test_setup_teardown(test_wrong_labels, fresh, clean),
        cmocka_unit_test_setup_teardown(test_two_names, fresh, clean),
        cmocka_unit_test_setup_teardown(test_twins_do_not_teach, fresh, clean),
        cmocka_unit_test_setup_teardown(test_empty_and_other_model, fresh, clean),
        cmocka_unit_test_setup_teardown(test_given_threshold, fresh, clean),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
