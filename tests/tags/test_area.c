/* SPDX-License-Identifier: Apache-2.0
 *
 * Areas: turned as the pixels are, compared, given to faces; and which picture a list of regions is of.
 */
#include <math.h>
#include <string.h>

#include "pixels/pixels.h"
#include "tags/tags.h"
#include "support/context.h"

static void assert_area(kin_area a, kin_area b)
{
    if (fabs(a.x0 - b.x0) + fabs(a.y0 - b.y0) + fabs(a.x1 - b.x1) + fabs(a.y1 - b.y1) > 1e-12)
        fail_msg("%g %g %g %g, not %g %g %g %g", a.x0, a.y0, a.x1, a.y1, b.x0, b.y0, b.x1, b.y1);
}

/* One white pixel of a stored picture: where kin_pixels_turn_rows puts it, its area must go. */
static void test_areas_turn_as_pixels_do(void **state)
{
    enum { W = 5, H = 3 };
    (void)state;
    for (int o = 1; o <= 8; o++)
        for (int at = 0; at < W * H; at++) {
            uint8_t    stored[W * H * 3] = {0};
            kin_image *upright = NULL;
            const int  width = o >= 5 ? H : W, height = o >= 5 ? W : H;
            int        found = -1;
            stored[at * 3] = 255;
            assert_int_equal(kin_pixels_new(&ctx, width, height, &upright), KIN_OK);
            kin_pixels_turn_rows(stored, W * 3, 0, H, W, H, o, upright);
            for (int i = 0; i < W * H; i++)
                if (kin_pixels_row(upright, i / width)[i % width * 3] == 255) found = i;
            kin_image_free(upright);
            assert_true(found >= 0);
            const double   x = at % W, y = at / W, ux = found % width, uy = found / width;
            const kin_area a = {x / W, y / H, (x + 1) / W, (y + 1) / H};
            const kin_area b = {ux / width, uy / height, (ux + 1) / width, (uy + 1) / height};
            assert_area(kin_area_upright(a, o), b);
            assert_area(kin_area_stored(b, o), a);
        }
}

static void test_what_is_an_area(void **state)
{
    (void)state;
    const struct {
        kin_area area;
        bool     valid;
    } rows[] = {{{0, 0, 1, 1}, true},          {{-0.1, -0.1, 0.2, 0.2}, true}, {{0.9, 0.9, 1.3, 1.3}, true},
                {{0.5, 0.5, 0.5, 0.6}, false}, {{0.5, 0.5, 0.6, 0.5}, false},  {{0.6, 0, 0.5, 1}, false},
                {{1, 0, 1.5, 1}, false},       {{-0.5, 0, 0, 1}, false},       {{0, 1.1, 1, 1.2}, false},
                {{-11, 0, 1, 1}, false},       {{0, 0, 1, 11}, false},         {{0, 0, NAN, 1}, false},
                {{NAN, 0, 1, 1}, false},       {{0, 0, INFINITY, 1}, false},   {{-INFINITY, 0, 1, 1}, false}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (kin_area_valid(rows[i].area) != rows[i].valid) fail_msg("row %zu", i);
}

static void test_overlap(void **state)
{
    (void)state;
    const kin_area a = {0.1, 0.1, 0.3, 0.3};
    assert_true(kin_area_overlap(a, a) == 1);
    assert_true(fabs(kin_area_overlap(a, (kin_area){0.2, 0.1, 0.4, 0.3}) - 1.0 / 3) < 1e-9);
    assert_true(kin_area_overlap(a, (kin_area){0.3, 0.1, 0.5, 0.3}) == 0);
    assert_true(kin_area_overlap(a, (kin_area){0.5, 0.5, 0.6, 0.6}) == 0);
}

static void test_which_picture(void **state)
{
    (void)state;
    const struct {
        double          w, h;
        int             width, height, orientation;
        kin_areas_frame frame;
    } rows[] = {
        {0, 0, 300, 400, 6, KIN_AREAS_STORED},      {400, 300, 300, 400, 6, KIN_AREAS_STORED},
        {4000, 3000, 300, 400, 8, KIN_AREAS_STORED}, {300, 400, 300, 400, 6, KIN_AREAS_UPRIGHT},
        {3000, 4000, 300, 400, 5, KIN_AREAS_UPRIGHT}, {300, 400, 300, 400, 3, KIN_AREAS_STORED},
        {400, 300, 300, 400, 1, KIN_AREAS_OTHER},   {100, 100, 300, 400, 6, KIN_AREAS_OTHER},
        {100, 100, 400, 400, 6, KIN_AREAS_STORED},  {1, 1e300, 300, 400, 1, KIN_AREAS_OTHER},
        {3, 4.01, 300, 400, 1, KIN_AREAS_STORED}, /* sizes were rounded when it was made smaller */
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (kin_areas_frame_of(rows[i].w, rows[i].h, rows[i].width, rows[i].height, rows[i].orientation) != rows[i].frame)
            fail_msg("row %zu", i);
}

static void test_the_best_pairs_first(void **state)
{
    (void)state;
    const kin_area face[] = {{0.10, 0.10, 0.20, 0.20}, {0.15, 0.10, 0.25, 0.20}, {0.60, 0.60, 0.70, 0.70}};
    /* the first fits face 0 well and face 1 better, which the second fits exactly; the third is ten times face 2 */
    const kin_area region[] = {{0.125, 0.10, 0.23, 0.20}, {0.15, 0.10, 0.25, 0.20}, {0.4, 0.4, 0.9, 0.9}};
    bool           taken[3] = {false};
    size_t         face_of[3];
    kin_areas_match(region, 3, face, 3, taken, face_of);
    assert_int_equal(face_of[0], 0);
    assert_int_equal(face_of[1], 1);
    assert_true(face_of[2] == SIZE_MAX);
    assert_true(taken[0] && taken[1] && !taken[2]);
    kin_areas_match(region, 1, face, 3, taken, face_of); /* its faces are given away */
    assert_true(face_of[0] == SIZE_MAX);
}

/* Programs draw a face tight or with all the head: these pairs are the same face, others are neighbours. */
static void test_tight_and_wide(void **state)
{
    (void)state;
    const kin_area face = {0.4, 0.4, 0.5, 0.5};
    const struct {
        kin_area region;
        bool     fits;
    } rows[] = {{{0.35, 0.33, 0.55, 0.55}, true},  {{0.42, 0.42, 0.48, 0.49}, true}, {{0.31, 0.31, 0.61, 0.60}, true},
                {{0.2, 0.2, 0.7, 0.7}, false},     {{0.47, 0.4, 0.57, 0.5}, false}, {{0.4, 0.47, 0.5, 0.57}, false},
                {{0.44, 0.44, 0.46, 0.46}, false}, {{0.5, 0.4, 0.6, 0.5}, false}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bool   taken = false;
        size_t face_of;
        kin_areas_match(&rows[i].region, 1, &face, 1, &taken, &face_of);
        if ((face_of == 0) != rows[i].fits || taken != rows[i].fits) fail_msg("row %zu", i);
    }
}

static void test_none(void **state)
{
    (void)state;
    size_t face_of = 7;
    bool   taken = false;
    kin_areas_match(&(kin_area){0, 0, 1, 1}, 1, NULL, 0, NULL, &face_of);
    assert_true(face_of == SIZE_MAX);
    kin_areas_match(NULL, 0, &(kin_area){0, 0, 1, 1}, 1, &taken, NULL);
    assert_false(taken);
}

static void test_the_list(void **state)
{
    (void)state;
    kin_regions list = kin_regions_make(&ctx);
    for (int i = 0; i < 20; i++)
        assert_int_equal(kin_regions_add(&list, KIN_REGION_MWG, " \tAnna Li\r\n", 11, (kin_area){0, 0, 1, 1}, 30, 20), KIN_OK);
    assert_int_equal(kin_regions_add(&list, KIN_REGION_PICASA, "A\0B", 3, (kin_area){0, 0, 1, 1}, 0, 0), KIN_OK);
    assert_int_equal(kin_regions_add(&list, KIN_REGION_PICASA, "  ", 2, (kin_area){0, 0, 1, 1}, 0, 0), KIN_OK);
    assert_int_equal(list.count, 22);
    assert_string_equal(list.region[19].name, "Anna Li");
    assert_string_equal(list.region[20].name, "A");
    assert_string_equal(list.region[21].name, "");
    kin_regions_free(&list);
    assert_int_equal(list.count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_areas_turn_as_pixels_do), TEST(test_what_is_an_area), TEST(test_overlap), TEST(test_which_picture),
        TEST(test_the_best_pairs_first),    TEST(test_tight_and_wide),  TEST(test_none),    TEST(test_the_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
