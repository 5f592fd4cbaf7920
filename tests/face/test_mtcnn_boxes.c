/* SPDX-License-Identifier: Apache-2.0
 *
 * MTCNN's arithmetic with boxes, by hand: last pixels count, whole numbers are cut towards zero.
 */
#include <math.h>
#include <string.h>

#include "face/detect/mtcnn.h"
#include "support/context.h"

static kin_window box(double x0, double y0, double x1, double y1, float score)
{
    return (kin_window){.x0 = x0, .y0 = y0, .x1 = x1, .y1 = y1, .score = score};
}

static void expect_box(const kin_window *w, double x0, double y0, double x1, double y1)
{
    if (fabs(w->x0 - x0) + fabs(w->y0 - y0) + fabs(w->x1 - x1) + fabs(w->y1 - y1) > 1e-9)
        fail_msg("%g %g %g %g, expected %g %g %g %g", w->x0, w->y0, w->x1, w->y1, x0, y0, x1, y1);
}

static void test_levels(void **state)
{
    (void)state;
    double scale[KIN_MTCNN_LEVELS_MAX];
    /* 561 px at 20: shorter side 336.6, 12 is passed after nine steps of 0.709 */
    assert_int_equal(kin_mtcnn_scales(800, 561, 20, scale), 10);
    assert_float_equal(scale[0], 0.6, 1e-12);
    assert_float_equal(scale[1], 0.6 * 0.709, 1e-12);
    assert_float_equal(scale[9], 0.6 * pow(0.709, 9), 1e-12);
    assert_int_equal(kin_mtcnn_scales(20, 900, 20, scale), 1); /* exactly one window across */
    assert_int_equal(kin_mtcnn_scales(19, 900, 20, scale), 0);
    assert_true(kin_mtcnn_scales(1 << 20, 1 << 20, KIN_MTCNN_LEAST_FACE, scale) <= KIN_MTCNN_LEVELS_MAX);
    /* a convolution of 3, a pool of 2 that keeps a half window, two convolutions of 3 */
    for (int n = KIN_MTCNN_CELL; n < 400; n++) assert_int_equal(kin_mtcnn_cells(n), (n - 2 + 1) / 2 - 4);
}

static void test_what_a_cell_sees(void **state)
{
    (void)state;
    kin_window w;
    kin_mtcnn_cell_window(0, 0, 0.6, &w);
    expect_box(&w, 1, 1, 20, 20); /* 1.67, 20 */
    kin_mtcnn_cell_window(3, 10, 0.6, &w);
    expect_box(&w, 11, 35, 30, 53); /* 7/0.6 11.67, 21/0.6 35, 18/0.6 30, 32/0.6 53.33 */
    kin_mtcnn_cell_window(3, 10, 3, &w);
    expect_box(&w, 2, 7, 6, 10);
}

static void test_overlap(void **state)
{
    (void)state;
    const kin_window a = box(1, 1, 10, 10, 0), b = box(6, 1, 15, 10, 0), small = box(2, 2, 6, 6, 0), far = box(11, 1, 20, 10, 0);
    assert_true(kin_mtcnn_overlap(&a, &b, 50.0 / 150 - 1e-9, false)); /* 5 columns of ten */
    assert_false(kin_mtcnn_overlap(&a, &b, 50.0 / 150, false));       /* at the limit both stay */
    assert_true(kin_mtcnn_overlap(&a, &small, 0.99, true));
    assert_false(kin_mtcnn_overlap(&a, &small, 0.25, false));
    assert_true(kin_mtcnn_overlap(&a, &small, 0.2499, false));
    assert_false(kin_mtcnn_overlap(&a, &far, 0, false));
}

static void test_suppression(void **state)
{
    (void)state;
    kin_window w[] = {box(1, 1, 10, 10, 0.7f), box(2, 1, 11, 10, 0.9f), box(50, 50, 60, 60, 0.8f), box(3, 1, 12, 10, 0.9f),
                      box(4, 4, 6, 6, 0.95f)};
    assert_int_equal(kin_mtcnn_suppress(w, 5, 0.5, false), 3);
    expect_box(&w[0], 4, 4, 6, 6);
    expect_box(&w[1], 3, 1, 12, 10); /* of equal scores the later */
    expect_box(&w[2], 50, 50, 60, 60);
    assert_int_equal(kin_mtcnn_suppress(w, 3, 0.5, true), 2); /* the small one lies in the larger */
    expect_box(&w[0], 4, 4, 6, 6);
    expect_box(&w[1], 50, 50, 60, 60);
    assert_int_equal(kin_mtcnn_suppress(w, 0, 0.5, true), 0);
}

static void test_regression(void **state)
{
    (void)state;
    kin_window w = box(10, 20, 29, 59, 0), first = w;
    const float move[4] = {0.1f, -0.25f, 0.5f, 0};
    memcpy(w.move, move, sizeof move);
    memcpy(first.move, move, sizeof move);
    kin_mtcnn_regress(&w, 1); /* 20 x 40 */
    assert_float_equal(w.x0, 12, 1e-6);
    assert_float_equal(w.y0, 10, 1e-6);
    assert_float_equal(w.x1, 39, 1e-6);
    assert_float_equal(w.y1, 59, 1e-6);
    kin_mtcnn_regress(&first, 0); /* 19 x 39 */
    assert_float_equal(first.x0, 11.9, 1e-6);
    assert_float_equal(first.y0, 10.25, 1e-6);
    assert_float_equal(first.x1, 38.5, 1e-6);
}

static void test_square_and_whole(void **state)
{
    (void)state;
    kin_window w = box(10, 20, 30, 50, 0);
    kin_mtcnn_square(&w);
    expect_box(&w, 5, 20, 35, 50);
    w = box(-10.5, 2, 9.5, 9, 0);
    kin_mtcnn_square(&w);
    expect_box(&w, -10.5, -4.5, 9.5, 15.5);
    kin_mtcnn_fix(&w);
    expect_box(&w, -10, -4, 9, 15); /* towards zero */
}

static void test_score_near_one(void **state)
{
    (void)state;
    const float pair[2] = {4e-8f, 1}, half[2] = {0.5f, 0.5f}, none[2] = {1, 0};
    assert_true(kin_mtcnn_score(pair) == 1); /* 1 + 4e-8 is 1 in single precision */
    assert_true(kin_mtcnn_score(half) == 0.5f);
    assert_true(kin_mtcnn_score(none) == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_levels),       TEST(test_what_a_cell_sees), TEST(test_overlap),        TEST(test_suppression),
        TEST(test_regression),   TEST(test_square_and_whole), TEST(test_score_near_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
