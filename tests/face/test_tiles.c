/* SPDX-License-Identifier: Apache-2.0
 *
 * Tiles of a large picture: a small face is found wherever the tiles' edges lie, once, and where it is.
 */
#include "face/detect/turned.h"
#include "face/detector.h"

/* For faces of 6 pixels a tile is 512, seen twice as large; the next begins 416 further, the last ends with the picture. */
enum { WIDTH = 1300, HEIGHT = 900, BLOCK = 5, MIN_FACE = 6 };

/* Finds of the tiles' size, 20 x 24 pixels of the picture; those of the whole picture are larger. */
static size_t small_finds(const kin_finds *finds, kin_face out[8])
{
    size_t count = 0;
    for (size_t i = 0; i < finds->count; i++) {
        const kin_box *b = &finds->face[i].box;
        if (kin_box_longer(b) > 30) continue;
        assert_float_equal(b->x1 - b->x0, 20, 0.01);
        assert_float_equal(b->y1 - b->y0, 24, 0.01);
        assert_true(count < 8);
        out[count++] = finds->face[i];
    }
    return count;
}

static void look(kin_detector *detector, int x, int y)
{
    kin_image *picture = fake_picture(&ctx, WIDTH, HEIGHT, 0);
    kin_finds  finds = kin_finds_make(&ctx);
    kin_face   small[8];
    fake_block(picture, x, y, x + BLOCK, y + BLOCK, 255);
    assert_int_equal(kin_tiles_find(detector, picture, MIN_FACE, 0.5f, &finds), KIN_OK);
    size_t count = small_finds(&finds, small);
    if (count != 1) fail_msg("a face at %d, %d is found %zu times", x, y, count);
    assert_float_equal(small->points[KIN_NOSE].x, x + BLOCK / 2.0, 5);
    assert_float_equal(small->points[KIN_NOSE].y, y + BLOCK / 2.0, 5);
    kin_finds_free(&finds);
    kin_image_free(picture);
}

static void test_once_wherever_it_is(void **state)
{
    (void)state;
    kin_detector    *detector = make_detector(plain);
    static const int edge_x[] = {20, 416, 512, 788, 928, 1275}, edge_y[] = {20, 388, 512, 870};
    for (size_t i = 0; i < sizeof edge_x / sizeof *edge_x; i++)
        for (int off = -13; off <= 13; off += 13) look(detector, edge_x[i] + off, edge_y[i % 4] - off);
    for (size_t i = 0; i < 4; i++) look(detector, 460, edge_y[i]);
    kin_detector_free(detector);
}

/* Larger faces are found in the whole picture alone; a small picture is one tile. */
static void test_no_tiles(void **state)
{
    (void)state;
    kin_detector *detector = make_detector(plain);
    kin_image    *picture = fake_picture(&ctx, WIDTH, HEIGHT, 255);
    kin_finds     whole = kin_finds_make(&ctx), finds = kin_finds_make(&ctx);
    assert_int_equal(kin_detector_look(detector, picture, 40, 0.5f, &whole), KIN_OK);
    assert_int_equal(kin_tiles_find(detector, picture, 40, 0.5f, &finds), KIN_OK);
    assert_int_equal(finds.count, whole.count);
    assert_memory_equal(finds.face, whole.face, whole.count * sizeof *whole.face);
    kin_finds_free(&whole);
    kin_finds_free(&finds);
    kin_image_free(picture);
    static const int sizes[][2] = {{1, 1}, {1, 600}, {513, 3}, {200, 150}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        kin_face small[8];
        picture = fake_picture(&ctx, sizes[i][0], sizes[i][1], 0);
        finds = kin_finds_make(&ctx);
        fake_block(picture, 93, 43, 93 + BLOCK, 43 + BLOCK, 255); /* between the cells that see the whole */
        assert_int_equal(kin_tiles_find(detector, picture, MIN_FACE, 0.5f, &finds), KIN_OK);
        assert_int_equal(small_finds(&finds, small), i == 3);
        kin_finds_free(&finds);
        kin_image_free(picture);
    }
    kin_detector_free(detector);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(test_once_wherever_it_is), TEST(test_no_tiles)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
