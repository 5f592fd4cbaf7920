/* SPDX-License-Identifier: Apache-2.0
 *
 * MTCNN's view of a picture: OpenCV's numbers (tests/golden/mtcnn/resize.txt), parts as the whole, black outside.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "face/detect/mtcnn.h"
#include "face/fake.h"
#include "support/context.h"

enum { SAMPLES = 40, MOST = 64 };

static kin_image *pattern(int width, int height)
{
    kin_image *image = fake_picture(&ctx, width, height, 0);
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++)
            for (int c = 0; c < 3; c++)
                kin_pixels_row(image, y)[3 * x + c] = (uint8_t)((x * x * 31 + y * y * 57 + c * 83 + x * y * 11) / 2 % 256);
    return image;
}

static float grey(float fed)
{
    return fed * 128 + 127.5f;
}

static void one_case(FILE *file, const char *kind, const int size[4])
{
    static float     out[MOST * MOST * 3];
    kin_image       *image = pattern(size[0], size[1]);
    const bool       bytes = strcmp(kind, "bytes") == 0;
    const kin_mtcnn_view view = {.in = image, .width = size[0], .height = size[1], .out_width = size[2], .out_height = size[3],
                                 .bytes = bytes};
    for (int x = 0; x < size[2]; x += 100)
        kin_mtcnn_resample(&view, x, 0, size[2] - x < 100 ? size[2] - x : 100, size[3], out + 3 * x * size[3]);
    for (uint64_t k = 0; k < SAMPLES; k++) {
        double expected;
        assert_int_equal(fscanf(file, "%lf", &expected), 1);
        uint64_t at = k * 2654435761u % (uint64_t)(size[2] * size[3] * 3), c = at % 3, x = at / 3 % (uint64_t)size[2];
        uint64_t y = at / 3 / (uint64_t)size[2];
        double   found = grey(out[(x * (uint64_t)size[3] + y) * 3 + c]);
        if (fabs(found - expected) > (bytes ? 0 : 1.5e-4))
            fail_msg("%s %dx%d to %dx%d, x %d y %d channel %d: %.5f, expected %.5f", kind, size[0], size[1], size[2], size[3],
                     (int)x, (int)y, (int)c, found, expected);
    }
    kin_image_free(image);
}

static void test_as_opencv(void **state)
{
    (void)state;
    char path[1000], line[1000], kind[16];
    int  size[4], cases = 0;
    snprintf(path, sizeof path, "%s/tests/golden/mtcnn/resize.txt", getenv("KIN_SOURCE") ? getenv("KIN_SOURCE") : ".");
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file))
        if (sscanf(line, "%15s %d %d %d %d", kind, &size[0], &size[1], &size[2], &size[3]) == 5 &&
            (strcmp(kind, "bytes") == 0 || strcmp(kind, "real") == 0)) {
            one_case(file, kind, size);
            cases++;
        }
    fclose(file);
    assert_true(cases >= 40);
}

/* Tiles of the pyramid: any part of a view is that part of the whole, bit by bit. */
static void test_parts_are_the_whole(void **state)
{
    (void)state;
    static const int sizes[][2] = {{20, 14}, {30, 21}, {41, 33}, {64, 64}, {15, 7}};
    static float     all[MOST * MOST * 3], part[MOST * MOST * 3];
    kin_image       *image = pattern(30, 21);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        const int      w = sizes[i][0], h = sizes[i][1], x0 = 5, y0 = 3, pw = w - 9, ph = h - 4;
        kin_mtcnn_view view = {.in = image, .width = 30, .height = 21, .out_width = w, .out_height = h, .bytes = true};
        kin_mtcnn_resample(&view, 0, 0, w, h, all);
        kin_mtcnn_resample(&view, x0, y0, pw, ph, part);
        for (int x = 0; x < pw; x++)
            assert_memory_equal(part + 3 * x * ph, all + 3 * ((x + x0) * h + y0), 3 * (size_t)ph * sizeof *part);
    }
    kin_image_free(image);
}

/* A window that reaches over all four edges is the window of a picture with a black border. */
static void test_black_outside(void **state)
{
    (void)state;
    static float found[48 * 48 * 3], expected[48 * 48 * 3];
    kin_image   *image = pattern(37, 29), *framed = fake_picture(&ctx, 237, 229, 0);
    for (int y = 0; y < 29; y++) memcpy(kin_pixels_row(framed, y + 100) + 300, kin_pixels_row(image, y), 37 * 3);
    static const int windows[][4] = {{-5, -7, 20, 20}, {30, 20, 24, 24}, {-50, -60, 140, 141}, {-48, -40, 96, 96}, {-60, 3, 40, 40},
                                     {5, 33, 30, 30}, {-9, 12, 19, 20}, {-100, -100, 237, 229}};
    for (size_t i = 0; i < sizeof windows / sizeof *windows; i++) {
        const int     *w = windows[i];
        kin_mtcnn_view inside = {.in = image, .x = w[0], .y = w[1], .width = w[2], .height = w[3], .out_width = 48, .out_height = 48};
        kin_mtcnn_view around = inside;
        around.in = framed, around.x += 100, around.y += 100;
        kin_mtcnn_resample(&inside, 0, 0, 48, 48, found);
        kin_mtcnn_resample(&around, 0, 0, 48, 48, expected);
        assert_memory_equal(found, expected, sizeof found);
    }
    kin_image_free(framed);
    kin_image_free(image);
}

static void test_far_and_wide(void **state)
{
    (void)state;
    static float     out[24 * 24 * 3];
    static const int windows[][4] = {{1 << 23, 0, 50, 50}, {0, -(1 << 23), 50, 50}, {-(1 << 23), -(1 << 23), 1 << 24, 1 << 24},
                                     {0, 0, 1, 1 << 24}, {0, 0, 1, 1}, {-1, -1, 1, 1}};
    kin_image       *image = pattern(37, 29);
    for (size_t i = 0; i < sizeof windows / sizeof *windows; i++) {
        const int     *w = windows[i];
        kin_mtcnn_view view = {.in = image, .x = w[0], .y = w[1], .width = w[2], .height = w[3], .out_width = 24, .out_height = 24};
        kin_mtcnn_resample(&view, 0, 0, 24, 24, out);
        for (size_t k = 0; k < sizeof out / sizeof *out; k++) assert_true(grey(out[k]) >= -1e-3f && grey(out[k]) <= 255.001f);
    }
    kin_image_free(image);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_as_opencv),
        TEST(test_parts_are_the_whole),
        TEST(test_black_outside),
        TEST(test_far_and_wide),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
