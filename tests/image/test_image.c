/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading pictures of every form (tests/image/data is made by scripts/make-pictures.py), drawing, writing, reading back.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <png.h>

#include "image/codec.h"
#include "image/picture.h"

static kin_image *read_ok(const char *path)
{
    kin_image *image = NULL;
    if (kin_image_read(ctx, path, &image) != KIN_OK) fail_msg("%s", kin_error(ctx));
    return image;
}

static void test_all_orientations_come_out_upright(void **state)
{
    (void)state;
    kin_image *want = ramp(1);
    for (int o = 1; o <= 8; o++) {
        char name[16];
        snprintf(name, sizeof name, "o%d.jpg", o);
        kin_image *got = read_ok(data(name));
        assert_same(got, want, 12, name);
        assert_int_equal(kin_image_orientation(got), o);
        assert_string_equal(kin_image_taken(got), "2024:07:31 18:02:11");
        kin_image_free(got);
    }
    kin_image *png = read_ok(data("o6.png"));
    assert_same(png, want, 0, "o6.png");
    assert_int_equal(kin_image_orientation(png), 6);
    kin_image_free(png);
    kin_image_free(want);
}

static void test_every_form_is_pillows(void **state)
{
    (void)state;
    static const char *const names[] = {"grey.png",     "grey1.png",      "palette.png",    "palette-trns.png",
                                        "alpha.png",    "grey-alpha.png", "rgb16.png",      "grey16.png",
                                        "grey.jpg",     "cmyk.jpg",       "progressive.jpg", "subsampled.jpg"};
    kin_image *want = ramp(1), *got = read_ok(data("rgb.png"));
    assert_same(got, want, 0, "rgb.png");
    kin_image_free(got);
    kin_image_free(want);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char expected[64];
        snprintf(expected, sizeof expected, "%s.expected.png", names[i]);
        *strchr(expected, '.') = '-';
        got = read_ok(data(names[i]));
        want = read_ok(data(expected));
        assert_same(got, want, strcmp(names[i], "cmyk.jpg") ? 1 : 6, names[i]);
        kin_image_free(got);
        kin_image_free(want);
    }
}

/* Interlaced files, which Pillow does not write. */
static void test_interlaced_png(void **state)
{
    (void)state;
    char       path[] = "/tmp/kin-interlaced-XXXXXX";
    kin_image *want = ramp(1);
    FILE      *f = fdopen(mkstemp(path), "wb");
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop  info = png_create_info_struct(png);
    png_bytep  rows[32];
    for (int y = 0; y < 32; y++) rows[y] = kin_pixels_row(want, y);
    png_init_io(png, f);
    png_set_IHDR(png, info, 48, 32, 8, PNG_COLOR_TYPE_RGB, PNG_INTERLACE_ADAM7, 0, 0);
    png_set_rows(png, info, rows);
    png_write_png(png, info, PNG_TRANSFORM_IDENTITY, NULL);
    png_destroy_write_struct(&png, &info);
    fclose(f);
    kin_image *got = read_ok(path);
    assert_same(got, want, 0, "interlaced");
    unlink(path);
    kin_image_free(got);
    kin_image_free(want);
}

static void test_shrunk_decoding(void **state)
{
    (void)state;
    kin_image *whole = read_ok(data("o6.jpg")), *want, *got;
    for (int shrink = 2; shrink <= 8; shrink *= 2) {
        assert_int_equal(kin_image_read_with(ctx, data("o6.jpg"), &(kin_image_options){.shrink = shrink}, &got), KIN_OK);
        assert_int_equal(kin_image_width(got), 48 / shrink);
        assert_int_equal(kin_image_height(got), 32 / shrink);
        assert_int_equal(kin_image_shrink(got), shrink);
        assert_int_equal(kin_image_full_width(got), 48);
        assert_int_equal(kin_image_full_height(got), 32);
        assert_int_equal(kin_pixels_new(ctx, 48 / shrink, 32 / shrink, &want), KIN_OK);
        assert_int_equal(kin_pixels_resize(ctx, whole, NULL, KIN_FILTER_AREA, want), KIN_OK);
        assert_same(got, want, 16, "shrunk");
        kin_image_free(got);
        kin_image_free(want);
    }
    assert_int_equal(kin_image_read_with(ctx, data("rgb.png"), &(kin_image_options){.shrink = 2}, &got), KIN_OK);
    assert_int_equal(kin_image_shrink(got), 1);
    kin_image_free(got);
    assert_int_equal(kin_image_read_with(ctx, data("rgb.png"), &(kin_image_options){.shrink = 3}, &got), KIN_E_USAGE);
    assert_null(got);
    kin_image_free(whole);
}

static void test_exif_of_both_byte_orders(void **state)
{
    (void)state;
    static const uint8_t little[] = "II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0";
    static const uint8_t big[] = "MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x08\0\0";
    assert_int_equal(kin_exif_read(little, sizeof little).orientation, 6);
    assert_int_equal(kin_exif_read(big, sizeof big).orientation, 8);
    for (size_t n = 0; n < 22; n++) assert_int_equal(kin_exif_read(big, n).orientation, n < 22 ? 1 : 8);
    uint8_t odd[sizeof big];
    for (size_t i = 0; i < sizeof big; i++) /* whatever a byte holds, the answer is an orientation */
        for (int v = 0; v < 256; v++) {
            memcpy(odd, big, sizeof big);
            odd[i] = (uint8_t)v;
            assert_in_range(kin_exif_read(odd, sizeof odd).orientation, 1, 8);
        }
}

/* What the time of an EXIF block comes to: of any length that says a year, month or day, never bytes behind the block. */
static void test_exif_time(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t      length; /* 0: of the text, with its NUL */
        const char *taken;
    } time[] = {
        {"2024:07:31 18:02:11", 0, "2024:07:31 18:02:11"}, {"2024:07:31 18:02:11 ", 0, "2024:07:31 18:02:11"},
        {"2024:07:31 18:02:11", 19, "2024:07:31 18:02:11"}, {"2024:07:31", 0, "2024:07:31"}, {"2024:07", 0, "2024:07"},
        {"2024", 0, "2024"}, {"2024:  :     :  :  ", 0, "2024:  :     :  :  "}, {"2024:00:00 00:00:00", 0, "2024:00:00 00:00:00"},
        {"2024:07:3", 0, ""}, {"0000:00:00 00:00:00", 0, ""}, {"    :  :     :  :  ", 0, ""}, {"202", 0, ""}, {"", 0, ""},
        {"2024-07-31", 0, ""}, {"2024", UINT32_MAX, ""},
    };
    for (size_t i = 0; i < sizeof time / sizeof *time; i++) {
        uint8_t      exif[44 + 24] = "II*\0\x08\0\0\0\x01\0\x69\x87\x04\0\x01\0\0\0\x1a\0\0\0\0\0\0\0"
                                     "\x01\0\x03\x90\x02\0....\x2c\0\0\0\0\0\0";
        const size_t size = strlen(time[i].text) + 1, length = time[i].length ? time[i].length : size;
        for (int b = 0; b < 4; b++) exif[32 + b] = (uint8_t)(length >> 8 * b);
        memcpy(exif + 44, time[i].text, size);
        const kin_exif got = kin_exif_read(exif, 44 + size);
        if (strcmp(got.taken, time[i].taken) != 0) fail_msg("\"%s\" of %zu: \"%s\"", time[i].text, length, got.taken);
        for (size_t n = 0; n < 44 + size - 1; n++) {
            uint8_t *cut = malloc(n + 1); /* its end is where the sanitizer looks */
            memcpy(cut, exif, n);
            (void)kin_exif_read(cut, n);
            free(cut);
        }
    }
}

static void test_written_pictures_read_back(void **state)
{
    (void)state;
    char folder[] = "/tmp/kin-image-XXXXXX", path[64];
    assert_non_null(mkdtemp(folder));
    static const char *const name[] = {"a.png", "b.JPG", "c.jpeg"};
    kin_image               *want = read_ok(data("o6.jpg"));
    for (int i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, name[i]);
        assert_int_equal(kin_image_write(ctx, want, path), KIN_OK);
        kin_image *got = read_ok(path);
        assert_same(got, want, i ? 12 : 0, name[i]);
        assert_int_equal(kin_image_orientation(got), 1);
        assert_string_equal(kin_image_taken(got), ""); /* no EXIF is written */
        kin_image_free(got);
        unlink(path);
    }
    snprintf(path, sizeof path, "%s/d.webp", folder);
    assert_int_equal(kin_image_write(ctx, want, path), KIN_E_USAGE);
    snprintf(path, sizeof path, "%s/png", folder);
    assert_int_equal(kin_image_write(ctx, want, path), KIN_E_USAGE);
    assert_int_equal(kin_image_write(ctx, want, "/nowhere/at/all.png"), KIN_E_NOT_FOUND);
    assert_int_equal(rmdir(folder), 0);
    kin_image_free(want);
}

static void test_drawing(void **state)
{
    (void)state;
    kin_image *image;
    assert_int_equal(kin_pixels_new(ctx, 300, 200, &image), KIN_OK);
    memset(image->data, 128, image->stride * 200);
    const float points[2][2] = {{130, 100}, {170, 100}};
    kin_mark    mark = {{100, 80, 200, 180}, points, 2, "Zo\xC3\xAB", 0x00FF00};
    kin_mark    outside = {{-50, -60, 500, 400}, NULL, 0, "a name that is far too long for a picture of this size", 0xFF0000};
    kin_mark    far_off = {{1000, 1000, 1100, 1100}, NULL, 0, "x", 0};
    assert_int_equal(kin_image_draw(image, &mark, 1), KIN_OK);
    const uint8_t green[3] = {0, 255, 0}, grey[3] = {128, 128, 128};
    assert_memory_equal(kin_pixels_row(image, 130) + 300, green, 3);    /* left edge */
    assert_memory_equal(kin_pixels_row(image, 180) + 150 * 3, green, 3); /* lower edge */
    assert_memory_equal(kin_pixels_row(image, 100) + 130 * 3, green, 3); /* a point */
    assert_memory_equal(kin_pixels_row(image, 140) + 150 * 3, grey, 3);  /* inside */
    int dark = 0, light = 0;
    for (int y = 62; y < 79; y++)
        for (int x = 100; x < 130; x++) {
            const uint8_t *p = kin_pixels_row(image, y) + x * 3;
            dark += p[1] < 90 && p[0] < 60;
            light += p[1] > 200 && p[0] < 60;
        }
    assert_true(dark > 20 && light > 100); /* letters on a plate */
    assert_int_equal(kin_image_draw(image, &outside, 1), KIN_OK);
    assert_int_equal(kin_image_draw(image, &far_off, 1), KIN_OK);
    mark.box[0] = 1e30f;
    assert_int_equal(kin_image_draw(image, &mark, 1), KIN_E_USAGE);
    kin_image *wrapped, *own;
    assert_int_equal(kin_image_wrap(ctx, image->data, 300, 200, 900, KIN_RGB8, &wrapped), KIN_OK);
    assert_int_equal(kin_image_draw(wrapped, &far_off, 1), KIN_E_USAGE);
    assert_int_equal(kin_image_copy(ctx, wrapped, &own), KIN_OK);
    assert_int_equal(kin_image_draw(own, &far_off, 1), KIN_OK);
    assert_same(own, image, 0, "copy");
    kin_image_free(own);
    kin_image_free(wrapped);
    kin_image_free(image);
}

static void test_codecs_are_named(void **state)
{
    (void)state;
    assert_non_null(strstr(kin_codecs(), "jpeg (libjpeg"));
    assert_non_null(strstr(kin_codecs(), "png (libpng 1."));
    assert_ptr_equal(kin_codec_by_ending("JPEG"), &kin_codec_jpeg);
    assert_null(kin_codec_by_ending("jp"));
    assert_null(kin_codec_by_ending(""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_all_orientations_come_out_upright),
        TEST(test_every_form_is_pillows),
        TEST(test_interlaced_png),
        TEST(test_shrunk_decoding),
        TEST(test_exif_of_both_byte_orders),
        TEST(test_exif_time),
        TEST(test_written_pictures_read_back),
        TEST(test_drawing),
        TEST(test_codecs_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
