/* SPDX-License-Identifier: Apache-2.0
 *
 * The embedder around its network: crop, feeding, mirror image, sum, length, batches, crops with a margin, errors.
 */
#include "face/embed.h"
#include "fake.h"
#include "support/context.h"
#include "support/oom.h"

static kin_embedder *make(const kin_card *card)
{
    kin_graph    *graph;
    kin_embedder *embedder = NULL;
    assert_int_equal(fake_embedder_graph(&ctx, &graph), KIN_OK);
    if (kin_embedder_new(&ctx, graph, card, &embedder) != KIN_OK) fail_msg("%s", kin_error(&ctx));
    return embedder;
}

static kin_face face_at(float x, float y, float scale)
{
    kin_card card = fake_embedder_card();
    kin_face face = {.box = {x, y, x + FAKE_SIDE * scale, y + FAKE_SIDE * scale}};
    for (int i = 0; i < KIN_POINTS; i++)
        face.points[i] = (kin_point){x + scale * (card.points[i][0] + 0.1f * (float)(i % 2)), y + scale * card.points[i][1]};
    return face;
}

/* What the vector must be, from the crop's pixels. */
static void expected_vector(const kin_image *crop, const kin_card *card, bool mirror, double out[FAKE_WIDTH])
{
    double square = 0;
    for (int k = 0; k < FAKE_WIDTH; k++) {
        double sum = 0;
        for (int m = 0; m <= (int)mirror; m++)
            for (int y = 0; y < FAKE_SIDE; y++)
                for (int x = 0; x < FAKE_SIDE; x++)
                    for (int c = 0; c < 3; c++) {
                        const uint8_t *p = kin_pixels_row(crop, y) + 3 * (m ? FAKE_SIDE - 1 - x : x);
                        double         v = ((double)p[card->bgr ? 2 - c : c] - card->mean[c]) / card->scale[c];
                        sum += v * fake_weight((size_t)(((k * FAKE_SIDE + y) * FAKE_SIDE + x) * 3 + c));
                    }
        out[k] = sum / (mirror ? 2 : 1);
        square += out[k] * out[k];
    }
    for (int k = 0; k < FAKE_WIDTH && card->normalise; k++) out[k] /= sqrt(square);
}

static void compare(const float *vector, const double expected[FAKE_WIDTH])
{
    for (int k = 0; k < FAKE_WIDTH; k++)
        if (!(fabs(vector[k] - expected[k]) < 1e-4 * (1 + fabs(expected[k]))))
            fail_msg("number %d: %g, expected %g", k, vector[k], expected[k]);
}

static void test_vector_by_hand(void **state)
{
    (void)state;
    kin_image *picture = fake_noise(&ctx, 80, 60);
    kin_face   face = face_at(20, 15, 2);
    for (int variant = 0; variant < 8; variant++) {
        kin_card card = fake_embedder_card();
        card.bgr = variant & 1;
        card.mirror = variant & 2;
        card.normalise = variant & 4;
        kin_embedder *embedder = make(&card);
        float         vector[FAKE_WIDTH];
        double        expected[FAKE_WIDTH];
        kin_image    *crop;
        assert_int_equal(kin_embedder_width(embedder), FAKE_WIDTH);
        assert_int_equal(kin_crop_aligned(embedder, picture, &face, &crop), KIN_OK);

        assert_int_equal(kin_embed(embedder, picture, &face, vector), KIN_OK);
        expected_vector(crop, &card, card.mirror, expected);
        compare(vector, expected);
        assert_int_equal(kin_embed_crop(embedder, crop, vector), KIN_OK);
        compare(vector, expected);

        assert_int_equal(kin_embed_single(embedder, picture, &face, vector), KIN_OK);
        expected_vector(crop, &card, false, expected);
        compare(vector, expected);
        kin_image_free(crop);
        kin_embedder_free(embedder);
    }
    kin_image_free(picture);
}

static void test_crops_of_other_sizes(void **state)
{
    (void)state;
    for (int kind = 0; kind < 2; kind++) {
        kin_card card = fake_embedder_card();
        card.resize = kind ? KIN_RESIZE_TENSORFLOW : KIN_RESIZE_ANTIALIAS;
        kin_embedder *embedder = make(&card);
        kin_image    *even = fake_picture(&ctx, 50, 70, 200), *fitting = fake_picture(&ctx, FAKE_SIDE, FAKE_SIDE, 200);
        float         a[FAKE_WIDTH], b[FAKE_WIDTH];
        assert_int_equal(kin_embed_crop(embedder, even, a), KIN_OK);
        assert_int_equal(kin_embed_crop(embedder, fitting, b), KIN_OK);
        for (int k = 0; k < FAKE_WIDTH; k++) assert_float_equal(a[k], b[k], 1e-5);
        kin_image_free(even);
        kin_image_free(fitting);
        kin_embedder_free(embedder);
    }
}

static void test_batches_give_the_same_bits(void **state)
{
    (void)state;
    enum { FACES = 11 };
    kin_card      card = fake_embedder_card();
    kin_embedder *embedder = make(&card);
    kin_image    *two[] = {fake_noise(&ctx, 200, 100), fake_noise(&ctx, 150, 90)};
    kin_face      face[FACES];
    float         together[FACES * FAKE_WIDTH], alone[FAKE_WIDTH];
    const kin_image *picture[FACES];
    for (int i = 0; i < FACES; i++) {
        face[i] = face_at((float)(10 + 12 * i), 20, 1 + 0.2f * (float)i);
        picture[i] = two[i % 2];
    }
    assert_int_equal(kin_embed_batch(embedder, picture, face, FACES, together), KIN_OK);
    for (int i = 0; i < FACES; i++) {
        assert_int_equal(kin_embed(embedder, picture[i], &face[i], alone), KIN_OK);
        assert_memory_equal(alone, together + i * FAKE_WIDTH, sizeof alone);
    }
    for (int i = 0; i < 2; i++) kin_image_free(two[i]);
    kin_embedder_free(embedder);
}

static void test_nothing_to_see_is_no_number_gone_wild(void **state)
{
    (void)state;
    kin_card card = fake_embedder_card();
    for (int i = 0; i < 3; i++) card.mean[i] = 0;
    kin_embedder *embedder = make(&card);
    kin_image    *black = fake_picture(&ctx, FAKE_SIDE, FAKE_SIDE, 0);
    float         vector[FAKE_WIDTH];
    assert_int_equal(kin_embed_crop(embedder, black, vector), KIN_OK);
    for (int k = 0; k < FAKE_WIDTH; k++) assert_float_equal(vector[k], 0, 0);
    kin_image_free(black);
    kin_embedder_free(embedder);
}

static void test_alignment_kinds(void **state)
{
    (void)state;
    kin_image *picture = fake_noise(&ctx, 90, 70);
    kin_face   face = face_at(20, 15, 3);
    kin_card   card = fake_embedder_card();
    float      vector[FAKE_WIDTH];
    kin_image *crop;
    card.align = KIN_ALIGN_NONE;
    kin_embedder *embedder = make(&card);
    assert_int_equal(kin_embed(embedder, picture, &face, vector), KIN_E_UNSUPPORTED);
    assert_int_equal(kin_crop_aligned(embedder, picture, &face, &crop), KIN_E_UNSUPPORTED);
    assert_null(crop);
    kin_embedder_free(embedder);

    card.align = KIN_ALIGN_MARGIN;
    card.margin = 0.25f;
    embedder = make(&card);
    kin_image *same;
    assert_int_equal(kin_crop_aligned(embedder, picture, &face, &crop), KIN_OK);
    assert_int_equal(kin_crop_margin(&ctx, picture, &face, 0.25f, FAKE_SIDE, &same), KIN_OK);
    for (int y = 0; y < FAKE_SIDE; y++)
        assert_memory_equal(kin_pixels_row(crop, y), kin_pixels_row(same, y), 3 * FAKE_SIDE);
    kin_image_free(crop);
    kin_image_free(same);
    kin_embedder_free(embedder);
    kin_image_free(picture);
}

static void test_margin_crop(void **state)
{
    (void)state;
    kin_image *picture = fake_noise(&ctx, 100, 80), *crop;
    kin_face   face = {.box = {40, 30, 60, 40}}; /* made square: 40..60 x 25..45; with half around it: 30..70 x 15..55 */
    assert_int_equal(kin_crop_margin(&ctx, picture, &face, 0.5f, 0, &crop), KIN_OK);
    assert_int_equal(kin_image_width(crop), 40);
    assert_int_equal(kin_image_height(crop), 40);
    for (int y = 0; y < 40; y++) assert_memory_equal(kin_pixels_row(crop, y), kin_pixels_row(picture, 15 + y) + 3 * 30, 3 * 40);
    kin_image_free(crop);

    face.box = (kin_box){-10, -10, 10, 10}; /* three quarters outside */
    assert_int_equal(kin_crop_margin(&ctx, picture, &face, 0, 20, &crop), KIN_OK);
    for (int y = 0; y < 10; y++)
        for (int x = 0; x < 60; x++) assert_int_equal(kin_pixels_row(crop, y)[x], 0);
    assert_memory_equal(kin_pixels_row(crop, 12) + 3 * 10, kin_pixels_row(picture, 2), 3 * 10);
    kin_image_free(crop);

    static const kin_box bad[] = {{5, 5, 5, 9}, {9, 5, 5, 9}, {NAN, 0, 1, 1}, {0, 0, INFINITY, 1}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        face.box = bad[i];
        assert_int_equal(kin_crop_margin(&ctx, picture, &face, 0.5f, 0, &crop), KIN_E_USAGE);
        assert_null(crop);
    }
    face.box = (kin_box){0, 0, 3e6f, 1};
    assert_int_equal(kin_crop_margin(&ctx, picture, &face, 0.5f, 0, &crop), KIN_E_LIMIT);
    face.box = (kin_box){0, 0, 10, 10};
    assert_int_equal(kin_crop_margin(&ctx, picture, &face, -0.1f, 0, &crop), KIN_E_USAGE);
    assert_int_equal(kin_crop_margin(&ctx, picture, &face, 0.5f, -1, &crop), KIN_E_USAGE);
    kin_image_free(picture);
}

static void test_fingerprint(void **state)
{
    (void)state;
    kin_card      card = fake_embedder_card();
    kin_embedder *embedder = make(&card);
    assert_int_equal(strlen(kin_embedder_fingerprint(embedder)), 32);
    assert_int_equal(strspn(kin_embedder_fingerprint(embedder), "0123456789abcdef"), 32);
    assert_string_equal(kin_embedder_card(embedder)->name, "fake");
    kin_embedder_free(embedder);
}

static void expect_refused(const kin_card *card, const char *word)
{
    kin_graph    *graph;
    kin_embedder *embedder = (void *)&graph;
    assert_int_equal(fake_embedder_graph(&ctx, &graph), KIN_OK);
    kin_status status = kin_embedder_new(&ctx, graph, card, &embedder);
    assert_true(status == KIN_E_FORMAT || status == KIN_E_UNSUPPORTED);
    assert_null(embedder);
    if (!strstr(kin_error(&ctx), word)) fail_msg("\"%s\" does not name %s", kin_error(&ctx), word);
}

static void test_cards_are_checked(void **state)
{
    (void)state;
    const kin_card good = fake_embedder_card();
    kin_card       card = good;
#define REFUSED(change, word)       \
    do {                            \
        card = good;                \
        change;                     \
        expect_refused(&card, word); \
    } while (0)
    REFUSED(card.kind = KIN_CARD_DETECTOR, "kind");
    REFUSED(card.decode = "softmax", "softmax");
    REFUSED(card.width = 0, "input");
    REFUSED(card.height = 1 << 20, "input");
    REFUSED(card.scale[0] = 0, "scale");
    REFUSED(card.mean[1] = INFINITY, "mean");
    REFUSED(card.resize = KIN_RESIZE_AREA, "resize");
    REFUSED((card.align = KIN_ALIGN_MARGIN, card.margin = -1), "margin");
#undef REFUSED
}

static kin_status whole_way(kin_context *other)
{
    kin_graph    *graph;
    kin_embedder *embedder, *second;
    kin_image    *picture;
    kin_card      card = fake_embedder_card();
    KIN_TRY(fake_embedder_graph(other, &graph));
    KIN_TRY(kin_embedder_new(other, graph, &card, &embedder));
    kin_status status = kin_pixels_new(other, 300, 300, &picture);
    if (status == KIN_OK) {
        for (int y = 0; y < 300; y++) memset(kin_pixels_row(picture, y), y % 251, 900);
        kin_face face[9];
        float    vectors[9 * FAKE_WIDTH];
        const kin_image *of[9];
        for (int i = 0; i < 9; i++) face[i] = face_at(30, 30, 0.5f + 2 * (float)i), of[i] = picture;
        status = kin_embed_batch(embedder, of, face, 9, vectors);
        if (status == KIN_OK) status = kin_embed_crop(embedder, picture, vectors);
        if (status == KIN_OK) status = kin_embedder_share(other, embedder, &second);
        if (status == KIN_OK) {
            status = kin_embed_single(second, picture, face, vectors);
            kin_embedder_free(second);
        }
        kin_image_free(picture);
    }
    kin_embedder_free(embedder);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_vector_by_hand),
        TEST(test_crops_of_other_sizes),
        TEST(test_batches_give_the_same_bits),
        TEST(test_nothing_to_see_is_no_number_gone_wild),
        TEST(test_alignment_kinds),
        TEST(test_margin_crop),
        TEST(test_fingerprint),
        TEST(test_cards_are_checked),
        TEST(test_every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
