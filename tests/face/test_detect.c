/* SPDX-License-Identifier: Apache-2.0
 *
 * The detector around its network: decoding, what may go wrong, sharing. (test_place.c: pixels; test_finds.c: suppression.)
 */
#include <pthread.h>

#include "face/detector.h"
#include "support/oom.h"

/* --- decoding --- */

static void test_a_cell_by_hand(void **state)
{
    (void)state;
    float map[2 * 3 * FAKE_NUMBERS];
    for (int i = 0; i < 2 * 3 * FAKE_NUMBERS; i++) map[i] = -9;
    memcpy(map + 5 * FAKE_NUMBERS, plain, sizeof plain); /* row 1, column 2; logit 0 is a score of exactly 0.5 */
    kin_finds finds = kin_finds_make(&ctx);
    assert_int_equal(kin_ssd_read_map(map, 2, 3, 16, 0.5f, &finds), KIN_OK);
    assert_int_equal(finds.count, 1);
    const kin_face *face = finds.face;
    assert_float_equal(face->score, 0.5, 0);
    /* middle of the cell (40, 24), of the box (44, 16); half of 5 x 6 strides is 40 x 48 */
    assert_float_equal(face->box.x0, 4, 1e-4);
    assert_float_equal(face->box.y0, -32, 1e-4);
    assert_float_equal(face->box.x1, 84, 1e-4);
    assert_float_equal(face->box.y1, 64, 1e-4);
    assert_float_equal(face->points[KIN_LEFT_EYE].x, 24, 1e-4);
    assert_float_equal(face->points[KIN_LEFT_EYE].y, 0, 1e-4);
    assert_float_equal(face->points[KIN_MOUTH_RIGHT].x, 52, 1e-4);
    assert_float_equal(face->points[KIN_MOUTH_RIGHT].y, 40, 1e-4);
    kin_finds_free(&finds);
    assert_int_equal(kin_ssd_read_map(map, 2, 3, 16, 0.500001f, &finds), KIN_OK);
    assert_int_equal(finds.count, 0);
}

static void test_wild_numbers_are_no_faces(void **state)
{
    (void)state;
    static const float wild[] = {NAN, INFINITY, -INFINITY, 1e30f, 400};
    kin_finds          finds = kin_finds_make(&ctx);
    for (int k = 0; k < FAKE_NUMBERS; k++)
        for (size_t i = 0; i < sizeof wild / sizeof *wild; i++) {
            float map[FAKE_NUMBERS];
            memcpy(map, plain, sizeof map);
            map[0] = 3;
            map[k] = wild[i];
            finds.count = 0;
            assert_int_equal(kin_ssd_read_map(map, 1, 1, 8, 0.5f, &finds), KIN_OK);
            for (size_t n = 0; n < finds.count; n++) assert_true(isfinite(finds.face[n].box.x0 + finds.face[n].box.x1));
            if (!isfinite(wild[i]) && k > 0 && !((k == 3 || k == 4) && wild[i] < 0)) assert_int_equal(finds.count, 0);
        }
    kin_finds_free(&finds);
}

static void test_a_network_that_fires_everywhere(void **state)
{
    (void)state;
    kin_detector *detector = make_detector(plain);
    kin_image    *picture = fake_picture(&ctx, 1280, 1280, 255);
    kin_faces     faces = find(detector, picture, 12);
    assert_true(faces.count > 10 && faces.count <= KIN_FINDS_MAX);
    kin_faces_free(&faces);
    kin_image_free(picture);
    kin_detector_free(detector);
}

/* --- what may go wrong --- */

static void test_options_are_checked(void **state)
{
    (void)state;
    kin_detector *detector = make_detector(plain);
    kin_image    *picture = fake_picture(&ctx, 64, 64, 0);
    const kin_detect_options bad[] = {{.min_face_px = -1}, {.min_face_px = NAN}, {.min_face_px = INFINITY},
                                      {.score = 1},        {.score = -0.1f},     {.score = NAN}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        kin_faces faces;
        assert_int_equal(kin_detect(detector, picture, &bad[i], &faces), KIN_E_USAGE);
        assert_int_equal(faces.count, 0);
        assert_null(faces.face);
    }
    kin_image_free(picture);
    kin_detector_free(detector);
}

static void expect_refused(const kin_card *card, const char *word)
{
    kin_graph    *graph;
    kin_detector *detector = (void *)&graph;
    assert_int_equal(fake_detector_graph(&ctx, plain, &graph), KIN_OK);
    kin_status status = kin_detector_new(&ctx, graph, card, &detector);
    assert_true(status == KIN_E_FORMAT || status == KIN_E_UNSUPPORTED);
    assert_null(detector);
    if (!strstr(kin_error(&ctx), word)) fail_msg("\"%s\" does not name %s", kin_error(&ctx), word);
}

static void test_cards_are_checked(void **state)
{
    (void)state;
    const kin_card good = fake_detector_card();
    kin_card       card = good;
#define REFUSED(change, word)       \
    do {                            \
        card = good;                \
        change;                     \
        expect_refused(&card, word); \
    } while (0)
    REFUSED(card.kind = KIN_CARD_EMBEDDER, "kind");
    REFUSED(card.decode = "retina", "retina");
    REFUSED(card.multiple = 0, "multiple");
    REFUSED(card.width = 100, "input");
    REFUSED(card.scale[1] = 0, "scale");
    REFUSED(card.mean[2] = NAN, "mean");
    REFUSED(card.score = 0, "score");
    REFUSED(card.score = 1, "score");
    REFUSED(card.nms = 0, "nms");
    REFUSED(card.smallest_face_px = 0, "smallest");
    REFUSED(card.largest_face_px = 20, "largest");
    REFUSED(card.stride_count = 0, "strides");
    REFUSED(card.strides[1] = 24, "strides");
    REFUSED(card.strides[0] = 0, "strides");
#undef REFUSED
}

static void test_card_that_does_not_fit_the_network(void **state)
{
    (void)state;
    kin_graph    *graph;
    kin_detector *detector;
    kin_card      card = fake_detector_card();
    card.strides[2] = 4;
    assert_int_equal(fake_detector_graph(&ctx, plain, &graph), KIN_OK);
    assert_int_equal(kin_detector_new(&ctx, graph, &card, &detector), KIN_OK);
    kin_image *picture = fake_picture(&ctx, 64, 64, 0);
    kin_faces  faces;
    assert_int_equal(kin_detect(detector, picture, NULL, &faces), KIN_E_FORMAT);
    assert_non_null(strstr(kin_error(&ctx), "stride 4"));
    kin_image_free(picture);
    kin_detector_free(detector);
}

static void test_cancelled(void **state)
{
    (void)state;
    kin_detector *detector = make_detector(plain);
    kin_image    *picture = fake_picture(&ctx, 64, 64, 255);
    kin_faces     faces;
    atomic_store(&ctx.cancelled, true);
    assert_int_equal(kin_detect(detector, picture, NULL, &faces), KIN_E_CANCELLED);
    assert_int_equal(faces.count, 0);
    atomic_store(&ctx.cancelled, false);
    kin_image_free(picture);
    kin_detector_free(detector);
}

static void test_memory_limit(void **state)
{
    (void)state;
    kin_detector *detector = make_detector(plain);
    kin_image    *small = fake_picture(&ctx, 64, 64, 0), *large = fake_picture(&ctx, 1500, 1500, 0);
    kin_faces     faces = find(detector, small, 12);
    kin_faces_free(&faces);
    ctx.max_memory = ctx.memory + 2000000;
    assert_int_equal(kin_detect(detector, large, &(kin_detect_options){.min_face_px = 12}, &faces), KIN_E_LIMIT);
    assert_int_equal(kin_detect(detector, small, NULL, &faces), KIN_OK);
    kin_faces_free(&faces);
    kin_image_free(small);
    kin_image_free(large);
    kin_detector_free(detector);
}

static kin_status whole_way(kin_context *other)
{
    kin_graph    *graph;
    kin_detector *detector;
    kin_image    *picture;
    kin_card      card = fake_detector_card();
    KIN_TRY(fake_detector_graph(other, plain, &graph));
    KIN_TRY(kin_detector_new(other, graph, &card, &detector));
    kin_status status = kin_pixels_new(other, 900, 700, &picture);
    if (status == KIN_OK) {
        for (int y = 0; y < 700; y++) memset(kin_pixels_row(picture, y), 0, 2700);
        fake_block(picture, 400, 300, 430, 330, 255);
        kin_faces faces;
        status = kin_detect(detector, picture, NULL, &faces);
        if (status == KIN_OK && !faces.count) status = KIN_E_NOT_FOUND;
        kin_faces_free(&faces);
        kin_image_free(picture);
    }
    kin_detector_free(detector);
    return status;
}

static void test_every_allocation_may_fail(void **state)
{
    (void)state;
    kin_context other;
    kin_context_init(&other);
    /* a plan that finds no memory lets the others go and is made again */
    oom_walk(&other, whole_way, 10, true);
}

/* --- sharing --- */

typedef struct {
    kin_detector *first;
    kin_faces     expected;
    bool          same;
} shared;

static void *look_again(void *arg)
{
    shared       *job = arg;
    kin_context   own;
    kin_detector *detector = NULL;
    kin_context_init(&own);
    job->same = kin_detector_share(&own, job->first, &detector) == KIN_OK;
    for (int i = 0; i < 10 && job->same; i++) {
        kin_image *picture = fake_picture(&own, 700 + 64 * (i % 3), 500, 0);
        kin_faces  faces;
        fake_block(picture, 300, 200, 400, 250, 255);
        job->same = kin_detect(detector, picture, NULL, &faces) == KIN_OK;
        if (job->same && i % 3 == 0)
            job->same = faces.count == job->expected.count &&
                        !memcmp(faces.face, job->expected.face, faces.count * sizeof(kin_face));
        kin_faces_free(&faces);
        kin_image_free(picture);
    }
    kin_detector_free(detector);
    job->same = job->same && own.memory == 0;
    return NULL;
}

static void test_threads_share_a_network(void **state)
{
    (void)state;
    kin_detector *detector = make_detector(plain);
    kin_image    *picture = fake_picture(&ctx, 700, 500, 0);
    shared        jobs[3];
    pthread_t     threads[3];
    fake_block(picture, 300, 200, 400, 250, 255);
    kin_faces     expected = find(detector, picture, 0);
    assert_true(expected.count > 0);
    for (int i = 0; i < 3; i++) {
        jobs[i] = (shared){detector, expected, false};
        assert_int_equal(pthread_create(&threads[i], NULL, look_again, &jobs[i]), 0);
    }
    for (int i = 0; i < 3; i++) pthread_join(threads[i], NULL);
    for (int i = 0; i < 3; i++) assert_true(jobs[i].same);
    kin_faces_free(&expected);
    kin_image_free(picture);
    kin_detector_free(detector);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_cell_by_hand),
        TEST(test_wild_numbers_are_no_faces),
        TEST(test_a_network_that_fires_everywhere),
        TEST(test_options_are_checked),
        TEST(test_cards_are_checked),
        TEST(test_card_that_does_not_fit_the_network),
        TEST(test_cancelled),
        TEST(test_memory_limit),
        TEST(test_every_allocation_may_fail),
        TEST(test_threads_share_a_network),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
