/* SPDX-License-Identifier: Apache-2.0
 *
 * The similarity through five points: exact on exact points, least squares on others, safe on degenerate ones; crops.
 */
#include <math.h>
#include <string.h>

#include "base/random.h"
#include "face/align.h"
#include "support/context.h"

static double squares(const kin_similarity *s, const kin_point *from, const kin_point *to, size_t count)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++) {
        double x = s->a * from[i].x - s->b * from[i].y + s->tx - to[i].x;
        double y = s->b * from[i].x + s->a * from[i].y + s->ty - to[i].y;
        sum += x * x + y * y;
    }
    return sum;
}

static void test_exact_points_are_met(void **state)
{
    (void)state;
    kin_random random = kin_random_make(1, 0);
    for (int round = 0; round < 200; round++) {
        double         scale = exp(2 * kin_random_normal(&random)), turn = 6.28 * kin_random_unit(&random);
        kin_similarity truth = {scale * cos(turn), scale * sin(turn), 500 * kin_random_normal(&random),
                                500 * kin_random_normal(&random)};
        kin_point      from[KIN_POINTS], to[KIN_POINTS];
        for (int i = 0; i < KIN_POINTS; i++) {
            from[i] = kin_template_112[i];
            to[i] = kin_similarity_apply(&truth, from[i]);
        }
        kin_similarity found;
        assert_true(kin_similarity_fit(from, to, KIN_POINTS, &found));
        assert_true(hypot(found.a - truth.a, found.b - truth.b) < 1e-4 * (scale + 1));
        kin_similarity back = kin_similarity_inverse(&found);
        for (int i = 0; i < KIN_POINTS; i++) {
            kin_point p = kin_similarity_apply(&back, to[i]);
            /* float coordinates of some thousand pixels, brought back by 1 / scale */
            assert_true(hypot(p.x - from[i].x, p.y - from[i].y) < 1e-3 * (1 + 4 / scale));
        }
    }
}

static void test_no_other_similarity_is_closer(void **state)
{
    (void)state;
    kin_random random = kin_random_make(2, 0);
    for (int round = 0; round < 200; round++) {
        kin_point from[KIN_POINTS], to[KIN_POINTS];
        for (int i = 0; i < KIN_POINTS; i++) {
            from[i] = (kin_point){(float)(40 * kin_random_normal(&random)), (float)(40 * kin_random_normal(&random))};
            to[i] = (kin_point){(float)(40 * kin_random_normal(&random)), (float)(40 * kin_random_normal(&random))};
        }
        kin_similarity best;
        if (!kin_similarity_fit(from, to, KIN_POINTS, &best)) continue;
        double least = squares(&best, from, to, KIN_POINTS);
        for (int k = 0; k < 8; k++) {
            double         step = k & 1 ? 1e-3 : -1e-3;
            kin_similarity other = best;
            *(k / 2 == 0 ? &other.a : k / 2 == 1 ? &other.b : k / 2 == 2 ? &other.tx : &other.ty) += step;
            assert_true(squares(&other, from, to, KIN_POINTS) > least);
        }
    }
}

/* numpy's SVD form of Umeyama's paper (scripts/reference.py, similarity_transform) on points of a real detector run. */
static void test_agrees_with_the_paper(void **state)
{
    (void)state;
    static const kin_point points[KIN_POINTS] = {{69.6f, 111.25f}, {107.75f, 108.5f}, {90.125f, 131.5f}, {76.5f, 153.0f},
                                                 {105.0f, 150.75f}};
    kin_similarity s;
    assert_true(kin_similarity_fit(points, kin_template_112, KIN_POINTS, &s));
    assert_float_equal(s.a, 0.96173691, 1e-6);
    assert_float_equal(s.b, 0.05160333, 1e-6);
    assert_float_equal(s.tx, -23.57296942, 1e-4);
    assert_float_equal(s.ty, -58.72047578, 1e-4);
}

static void test_degenerate_points_are_refused(void **state)
{
    (void)state;
    kin_point      same[KIN_POINTS], line[KIN_POINTS], mirrored[3], three[3], bad[KIN_POINTS];
    kin_similarity s = {7, 7, 7, 7};
    for (int i = 0; i < KIN_POINTS; i++) {
        same[i] = (kin_point){12, 34};
        line[i] = (kin_point){(float)(10 * i), 5};
        bad[i] = kin_template_112[i];
    }
    bad[2].x = NAN;
    assert_false(kin_similarity_fit(same, kin_template_112, KIN_POINTS, &s));
    assert_false(kin_similarity_fit(kin_template_112, same, KIN_POINTS, &s));
    assert_false(kin_similarity_fit(bad, kin_template_112, KIN_POINTS, &s));
    /* An equilateral triangle and its mirror image: no turn is better than any other. */
    for (int i = 0; i < 3; i++) {
        three[i] = (kin_point){(float)cos(2.0944 * i), (float)sin(2.0944 * i)};
        mirrored[i] = (kin_point){three[i].x, -three[i].y};
    }
    assert_false(kin_similarity_fit(three, mirrored, 3, &s));
    assert_true(s.a == 7 && s.ty == 7);
    assert_true(kin_similarity_fit(line, kin_template_112, KIN_POINTS, &s));
    assert_true(isfinite(s.a) && isfinite(s.b));
}

/* A picture with a smooth slope: grey = x / 4 + y / 2. */
static kin_image *slope(int width, int height, double gx, double gy)
{
    kin_image *image;
    assert_int_equal(kin_pixels_new(&ctx, width, height, &image), KIN_OK);
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++)
            memset(kin_pixels_row(image, y) + 3 * x, (int)lrint(gx * (x + 0.5) + gy * (y + 0.5)), 3);
    return image;
}

/* The crop shows at every place what stands there in the picture, for faces of 30, 110 and 600 px. */
static void test_crop_shows_the_right_place(void **state)
{
    (void)state;
    kin_image *picture = slope(900, 900, 0.16, 0.1);
    static const double sizes[] = {30, 110, 600};
    for (int k = 0; k < 3; k++) {
        double         scale = sizes[k] / 112;
        kin_similarity put = {scale * cos(0.3), scale * sin(0.3), 450 - 30 * scale, 450 - 70 * scale};
        kin_face       face = {0};
        for (int i = 0; i < KIN_POINTS; i++) face.points[i] = kin_similarity_apply(&put, kin_template_112[i]);
        kin_image *crop;
        assert_int_equal(kin_align_crop(&ctx, picture, &face, kin_template_112, 112, 112, &crop), KIN_OK);
        for (int y = 20; y < 92; y += 9)
            for (int x = 20; x < 92; x += 9) {
                kin_point p = kin_similarity_apply(&put, (kin_point){(float)x, (float)y});
                double    expected = 0.16 * p.x + 0.1 * p.y;
                assert_true(fabs(kin_pixels_row(crop, y)[3 * x] - expected) < 1.3);
            }
        kin_image_free(crop);
    }
    kin_image_free(picture);
}

/* Stripes finer than the crop's pixels turn grey instead of making a pattern of their own. */
static void test_large_face_does_not_alias(void **state)
{
    (void)state;
    kin_image *picture = slope(800, 800, 0, 0);
    for (int y = 0; y < 800; y++)
        for (int x = 0; x < 800; x++) memset(kin_pixels_row(picture, y) + 3 * x, x / 2 % 2 ? 255 : 0, 3);
    kin_similarity put = {6, 0, 60, 50};
    kin_face       face = {0};
    for (int i = 0; i < KIN_POINTS; i++) face.points[i] = kin_similarity_apply(&put, kin_template_112[i]);
    kin_image *crop;
    assert_int_equal(kin_align_crop(&ctx, picture, &face, kin_template_112, 112, 112, &crop), KIN_OK);
    for (int y = 5; y < 107; y++)
        for (int x = 5; x < 107; x++) assert_in_range(kin_pixels_row(crop, y)[3 * x], 100, 155);
    kin_image_free(crop);
    kin_image_free(picture);
}

static void test_points_in_one_place_fall_back_to_the_box(void **state)
{
    (void)state;
    kin_image *picture = slope(200, 200, 1, 0);
    kin_face   face = {.box = {40, 50, 140, 150}};
    kin_image *crop;
    assert_int_equal(kin_align_crop(&ctx, picture, &face, kin_template_112, 50, 50, &crop), KIN_OK);
    for (int x = 2; x < 48; x++) assert_true(fabs(kin_pixels_row(crop, 25)[3 * x] - (40 + 2 * (x + 0.5))) < 1.5);
    kin_image_free(crop);
    face.box = (kin_box){40, 50, 40, 150};
    assert_int_equal(kin_align_crop(&ctx, picture, &face, kin_template_112, 50, 50, &crop), KIN_E_USAGE);
    assert_null(crop);
    face.box = (kin_box){NAN, 50, 400, 150};
    assert_int_equal(kin_align_crop(&ctx, picture, &face, kin_template_112, 50, 50, &crop), KIN_E_USAGE);
    kin_image_free(picture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exact_points_are_met),
        cmocka_unit_test(test_no_other_similarity_is_closer),
        cmocka_unit_test(test_agrees_with_the_paper),
        cmocka_unit_test(test_degenerate_points_are_refused),
        TEST(test_crop_shows_the_right_place),
        TEST(test_large_face_does_not_alias),
        TEST(test_points_in_one_place_fall_back_to_the_box),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
