/* SPDX-License-Identifier: Apache-2.0
 *
 * The look at a picture turned: which way is back, who stays where several are found, and when nothing is turned at all.
 */
#include "face/detect/turned.h"
#include "face/detector.h"

enum { WIDTH = 300, HEIGHT = 200, BLOCK = 12, EDGE = 100 };

/* A box of 70 pixels around what is white, 140 where the picture is looked at at half its size: of a face at the second look. */
static const float large[FAKE_NUMBERS] = {0, 0, 0, 2.169054f, 2.169054f};

static const struct {
    int degrees, orientation;
} turns[] = {{90, 8}, {180, 3}, {270, 6}};

static kin_image *turned_copy(const kin_image *in, int orientation)
{
    bool       swaps = kin_orientation_swaps(orientation);
    kin_image *out;
    assert_int_equal(kin_pixels_new(&ctx, swaps ? in->height : in->width, swaps ? in->width : in->height, &out), KIN_OK);
    kin_pixels_turn_rows(in->data, in->stride, 0, in->height, in->width, in->height, orientation, out);
    return out;
}

/* The first pixel of this grey. */
static bool seek(const kin_image *in, int grey, int *x, int *y)
{
    for (*y = 0; *y < in->height; ++*y)
        for (*x = 0; *x < in->width; ++*x)
            if (in->data[(size_t)*y * in->stride + 3 * (size_t)*x] == grey) return true;
    return false;
}

static void test_the_way_back(void **state)
{
    (void)state;
    for (size_t t = 0; t < 3; t++) {
        kin_image *picture = fake_picture(&ctx, WIDTH, HEIGHT, 0);
        fake_block(picture, 70, 30, 71, 31, 255);
        kin_image *copy = turned_copy(picture, turns[t].orientation);
        int        x = 0, y = 0;
        assert_true(seek(copy, 255, &x, &y));
        kin_face face = {.box = {(float)x, (float)y, (float)x + 1, (float)y + 1}};
        for (int i = 0; i < KIN_POINTS; i++) face.points[i] = (kin_point){(float)x + 0.5f, (float)y + 0.25f * (float)i};
        kin_turned_back(&face, turns[t].degrees, picture);
        assert_int_equal(face.turned, turns[t].degrees);
        assert_true(face.box.x0 == 70 && face.box.x1 == 71 && face.box.y0 == 30 && face.box.y1 == 31);
        assert_true(face.points[2].x == 70.5f && face.points[2].y == 30.5f);
        for (int i = 0; i < KIN_POINTS; i++)
            assert_true(face.points[i].x >= 70 && face.points[i].x <= 71 && face.points[i].y >= 30 && face.points[i].y <= 31);
        kin_image_free(copy);
        kin_image_free(picture);
    }
}

/* Finds what is white in a picture whose grey edge is at its top; elsewise, where `unsure`, with that score. */
static int   looks;
static float unsure;

static kin_status edge_look(kin_detector *detector, const kin_image *picture, double min_face, float score, kin_finds *finds)
{
    int  x, y, ex, ey;
    bool upright = seek(picture, EDGE, &ex, &ey) && ey == 0 && picture->data[3 * ((size_t)picture->width / 2)] == EDGE;
    (void)detector, (void)min_face;
    looks++;
    if (!seek(picture, 255, &x, &y) || !(upright || unsure > score)) return KIN_OK;
    float    fx = (float)x + BLOCK / 2, fy = (float)y + BLOCK / 2;
    kin_face face = {.box = {fx - 16, fy - 16, fx + 16, fy + 16}, .score = upright ? 0.9f : unsure};
    for (int i = 0; i < KIN_POINTS; i++) face.points[i] = (kin_point){fx, fy - 10}; /* above the middle */
    return kin_finds_add(finds, &face);
}

/* A picture of a face that stands turned clockwise: the edge of its top is to the right for 90. */
static kin_image *scene(int degrees, int white)
{
    kin_image *picture = fake_picture(&ctx, WIDTH, HEIGHT, 0);
    switch (degrees) {
    case 0: fake_block(picture, 0, 0, WIDTH, 1, EDGE); break;
    case 90: fake_block(picture, WIDTH - 1, 0, WIDTH, HEIGHT, EDGE); break;
    case 180: fake_block(picture, 0, HEIGHT - 1, WIDTH, HEIGHT, EDGE); break;
    case 270: fake_block(picture, 0, 0, 1, HEIGHT, EDGE); break;
    }
    fake_block(picture, 100, 60, 100 + BLOCK, 60 + BLOCK, white);
    return picture;
}

static kin_finds turned_find(int degrees, int white)
{
    kin_detector *detector = make_detector(large);
    kin_image    *picture = scene(degrees, white);
    kin_finds     finds = kin_finds_make(&ctx);
    looks = 0;
    assert_int_equal(kin_turned_find(detector, picture, edge_look, 20, 0.5f, &finds), KIN_OK);
    kin_image_free(picture);
    kin_detector_free(detector);
    return finds;
}

static void test_each_way(void **state)
{
    (void)state;
    static const float above[4][2] = {{0, -10}, {10, 0}, {0, 10}, {-10, 0}};
    for (unsure = 0; unsure <= 0.6f; unsure += 0.6f)
        for (int degrees = 0; degrees < 360; degrees += 90) {
            kin_finds finds = turned_find(degrees, 255);
            /* One that is surely upright is all that is looked at. */
            assert_int_equal(looks, degrees ? 4 : 1);
            assert_int_equal(finds.count, 1);
            const kin_face *face = finds.face;
            float           x = 100 + BLOCK / 2, y = 60 + BLOCK / 2;
            if (!unsure) {
                assert_int_equal(face->turned, degrees);
                assert_float_equal(face->points[0].x, x + above[degrees / 90][0], 0.01);
                assert_float_equal(face->points[0].y, y + above[degrees / 90][1], 0.01);
            }
            /* The second look sees all of them alike: the upright one stays. */
            if (unsure) assert_int_equal(face->turned, 0);
            assert_float_equal(face->box.x0, x - 16, 0.01);
            assert_float_equal(face->box.y1, y + 16, 0.01);
            kin_finds_free(&finds);
        }
    unsure = 0;
}

/* What the second look does not see is no turned face. */
static void test_the_second_look_decides(void **state)
{
    (void)state;
    kin_detector *blind = NULL;
    kin_graph    *graph;
    kin_card      card = fake_detector_card();
    float         tiny[FAKE_NUMBERS] = {0}; /* boxes of 8 pixels: no face of the size that it must have there */
    assert_int_equal(fake_detector_graph(&ctx, tiny, &graph), KIN_OK);
    assert_int_equal(kin_detector_new(&ctx, graph, &card, &blind), KIN_OK);
    kin_image *picture = scene(90, 255);
    kin_finds  finds = kin_finds_make(&ctx);
    assert_int_equal(kin_turned_find(blind, picture, edge_look, 20, 0.5f, &finds), KIN_OK);
    assert_int_equal(finds.count, 0);
    kin_finds_free(&finds);
    kin_image_free(picture);
    kin_detector_free(blind);
    finds = turned_find(90, 1); /* black enough: nobody */
    assert_int_equal(finds.count, 0);
    assert_int_equal(looks, 4);
    kin_finds_free(&finds);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_the_way_back),
        TEST(test_each_way),
        TEST(test_the_second_look_decides),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
