/* SPDX-License-Identifier: Apache-2.0
 *
 * The classifier around its network: order of the guesses, probabilities of logits, faces and whole pictures, what is
 * refused.
 */
#include "face/classify.h"
#include "face/embed.h"
#include "fake.h"
#include "support/context.h"
#include "support/oom.h"

static const char *names[FAKE_WIDTH] = {"a", "b", "c", "d", "e"};

static kin_card fake_classifier_card(const char *decode)
{
    kin_card card = fake_embedder_card();
    card.kind = KIN_CARD_CLASSIFIER;
    card.decode = decode;
    card.mean[0] = card.mean[1] = card.mean[2] = 0;
    card.scale[0] = card.scale[1] = card.scale[2] = 4096;
    card.label = names;
    card.label_count = FAKE_WIDTH;
    return card;
}

static kin_classifier *make(const kin_card *card)
{
    kin_graph      *graph;
    kin_classifier *classifier = NULL;
    assert_int_equal(fake_embedder_graph(&ctx, &graph), KIN_OK);
    if (kin_classifier_new(&ctx, graph, card, &classifier) != KIN_OK) fail_msg("%s", kin_error(&ctx));
    return classifier;
}

/* The network's numbers for pixels [FAKE_SIDE, FAKE_SIDE]. */
static void expected(const kin_image *crop, double out[FAKE_WIDTH])
{
    for (int k = 0; k < FAKE_WIDTH; k++) {
        out[k] = 0;
        for (int y = 0; y < FAKE_SIDE; y++)
            for (int x = 0; x < FAKE_SIDE * 3; x++)
                out[k] += kin_pixels_row(crop, y)[x] / 4096.0 * fake_weight((size_t)((k * FAKE_SIDE + y) * FAKE_SIDE * 3 + x));
    }
}

static void check(const kin_guess *guess, size_t count, const double value[FAKE_WIDTH])
{
    bool seen[FAKE_WIDTH] = {false};
    for (size_t k = 0; k < count; k++) {
        assert_true(guess[k].number < FAKE_WIDTH && !seen[guess[k].number]);
        seen[guess[k].number] = true;
        assert_ptr_equal(guess[k].label, names[guess[k].number]);
        if (fabs(guess[k].probability - value[guess[k].number]) > 1e-5)
            fail_msg("%s: %g, expected %g", guess[k].label, guess[k].probability, value[guess[k].number]);
        for (int i = 0; i < FAKE_WIDTH; i++) /* nobody likelier is left out */
            if (!seen[i] && value[i] > value[guess[k].number] + 1e-5) fail_msg("%s before %s", guess[k].label, names[i]);
    }
}

static void test_whole_pictures_best_first(void **state)
{
    (void)state;
    kin_card card = fake_classifier_card("softmax");
    card.align = KIN_ALIGN_NONE;
    kin_classifier *classifier = make(&card);
    assert_false(kin_classifier_wants_faces(classifier));
    assert_int_equal(kin_classifier_labels(classifier), FAKE_WIDTH);
    for (int seed = 0; seed < 20; seed++) {
        kin_image *picture = fake_noise(&ctx, FAKE_SIDE, FAKE_SIDE);
        for (int i = 0; i < FAKE_SIDE; i++) kin_pixels_row(picture, i)[seed] = (uint8_t)(17 * seed);
        double    value[FAKE_WIDTH];
        kin_guess guess[9];
        size_t    found;
        expected(picture, value);
        for (size_t count = 0; count <= 9; count += 3) {
            assert_int_equal(kin_classify(classifier, picture, NULL, count, guess, &found), KIN_OK);
            assert_int_equal(found, count < FAKE_WIDTH ? count : FAKE_WIDTH);
            check(guess, found, value);
        }
        kin_image_free(picture);
    }
    kin_classifier_free(classifier);
}

static void test_logits_become_probabilities(void **state)
{
    (void)state;
    kin_card        card = fake_classifier_card("logits");
    kin_classifier *classifier = make(&card);
    kin_image      *picture = fake_noise(&ctx, FAKE_SIDE, FAKE_SIDE);
    double          value[FAKE_WIDTH], sum = 0;
    kin_guess       guess[FAKE_WIDTH];
    size_t          found;
    assert_true(kin_classifier_wants_faces(classifier));
    expected(picture, value);
    for (int i = 0; i < FAKE_WIDTH; i++) sum += exp(value[i]);
    for (int i = 0; i < FAKE_WIDTH; i++) value[i] = exp(value[i]) / sum;
    assert_int_equal(kin_classify(classifier, picture, NULL, FAKE_WIDTH, guess, &found), KIN_OK);
    check(guess, FAKE_WIDTH, value);
    assert_int_equal(kin_classify(classifier, picture, NULL, 2, guess, &found), KIN_OK); /* of all, also where few are told */
    check(guess, 2, value);
    kin_image_free(picture);
    kin_classifier_free(classifier);
}

static void test_faces_are_cut_out_as_the_card_says(void **state)
{
    (void)state;
    kin_card card = fake_classifier_card("softmax");
    card.align = KIN_ALIGN_MARGIN, card.margin = 0.5f;
    kin_classifier *classifier = make(&card);
    kin_image      *picture = fake_noise(&ctx, 90, 70), *crop;
    kin_face        face = {.box = {30, 20, 54, 41}};
    double          value[FAKE_WIDTH];
    kin_guess       guess[FAKE_WIDTH];
    size_t          found;
    assert_int_equal(kin_crop_margin(&ctx, picture, &face, 0.5f, FAKE_SIDE, &crop), KIN_OK);
    expected(crop, value);
    assert_int_equal(kin_classify(classifier, picture, &face, FAKE_WIDTH, guess, &found), KIN_OK);
    check(guess, found, value);
    /* another thread's handle says the same */
    kin_classifier *second;
    assert_int_equal(kin_classifier_share(&ctx, classifier, &second), KIN_OK);
    assert_int_equal(kin_classifier_prepare(second), KIN_OK);
    assert_int_equal(kin_classify(second, picture, &face, FAKE_WIDTH, guess, &found), KIN_OK);
    check(guess, found, value);
    kin_classifier_free(second);
    face.box.x1 = face.box.x0;
    assert_int_equal(kin_classify(classifier, picture, &face, FAKE_WIDTH, guess, &found), KIN_E_USAGE);
    assert_int_equal(found, 0);
    kin_image_free(crop);
    kin_image_free(picture);
    kin_classifier_free(classifier);
}

static void refused(kin_card card, kin_status status, const char *says)
{
    kin_graph      *graph;
    kin_classifier *classifier;
    assert_int_equal(fake_embedder_graph(&ctx, &graph), KIN_OK);
    assert_int_equal(kin_classifier_new(&ctx, graph, &card, &classifier), status);
    assert_null(classifier);
    if (!strstr(kin_error(&ctx), says)) fail_msg("%s", kin_error(&ctx));
}

static void test_what_is_refused(void **state)
{
    (void)state;
    kin_card card = fake_classifier_card("softmax");
    card.kind = KIN_CARD_EMBEDDER;
    refused(card, KIN_E_UNSUPPORTED, "not a classifier");
    refused(fake_classifier_card("ssd"), KIN_E_UNSUPPORTED, "\"ssd\", expected \"softmax\" or \"logits\"");
    card = fake_classifier_card("softmax");
    card.label_count = 0;
    refused(card, KIN_E_UNSUPPORTED, "no labels");
    card.label_count = FAKE_WIDTH - 1;
    refused(card, KIN_E_UNSUPPORTED, "4 labels, but the output has 5 numbers");
    card.label_count = FAKE_WIDTH;
    card.width = 0;
    refused(card, KIN_E_FORMAT, "0 x 12");
}

static kin_status whole_way(kin_context *walked)
{
    kin_card        card = fake_classifier_card("logits");
    kin_graph      *graph;
    kin_classifier *classifier;
    kin_guess       guess[2];
    size_t          found;
    KIN_TRY(fake_embedder_graph(walked, &graph));
    KIN_TRY(kin_classifier_new(walked, graph, &card, &classifier));
    kin_image *picture;
    kin_status status = kin_pixels_new(walked, 30, 20, &picture);
    if (status == KIN_OK) {
        for (int y = 0; y < 20; y++) memset(kin_pixels_row(picture, y), 10 * y, 90);
        status = kin_classify(classifier, picture, &(kin_face){.box = {2, 3, 15, 16}, .points = {{5, 6}, {11, 6}, {8, 9}, {6, 12}, {10, 12}}}, 2, guess, &found);
        kin_image_free(picture);
    }
    kin_classifier_free(classifier);
    return status;
}

static void test_every_allocation_may_fail(void **state)
{
    (void)state;
    kin_context other;
    kin_context_init(&other);
    oom_walk(&other, whole_way, 10, true); /* a plan that finds no memory is made again */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_whole_pictures_best_first), TEST(test_logits_become_probabilities),
        TEST(test_faces_are_cut_out_as_the_card_says), TEST(test_what_is_refused), TEST(test_every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
