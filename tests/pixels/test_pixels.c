/* SPDX-License-Identifier: Apache-2.0
 *
 * The room pixels against what Pillow, OpenCV and TensorFlow make of the same picture (scripts/make-pictures.py).
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pixels/pixels.h"
#include "support/context.h"

/* The formula of scripts/make-pictures.py. */
static kin_image *busy(int width, int height)
{
    kin_image *image;
    assert_int_equal(kin_pixels_new(&ctx, width, height, &image), KIN_OK);
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) {
            uint8_t *p = kin_pixels_row(image, y) + x * 3;
            p[0] = (uint8_t)(x * 7 + y * 13 + x * y * 3);
            p[1] = (uint8_t)(x * x * 5 + y * 31);
            p[2] = (uint8_t)((x ^ y) * 11);
        }
    return image;
}

static kin_image *blank(int width, int height)
{
    kin_image *image;
    assert_int_equal(kin_pixels_new(&ctx, width, height, &image), KIN_OK);
    memset(image->data, 0x5A, image->stride * (size_t)height);
    return image;
}

static void read_golden(const char *name, void *bytes, size_t size)
{
    char path[512];
    snprintf(path, sizeof path, "%s/tests/pixels/data/%s", getenv("KIN_SOURCE") ? getenv("KIN_SOURCE") : ".", name);
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    assert_int_equal(fread(bytes, 1, size, f), size);
    fclose(f);
}

static void assert_like_golden(const kin_image *image, const char *name, int most)
{
    size_t   bytes = image->stride * (size_t)image->height;
    uint8_t *golden = malloc(bytes);
    int      worst = 0;
    read_golden(name, golden, bytes);
    for (size_t i = 0; i < bytes; i++) {
        int d = abs(image->data[i] - golden[i]);
        if (d > worst) worst = d;
    }
    free(golden);
    if (worst > most) fail_msg("%s: off by %d levels, allowed are %d", name, worst, most);
}

static void test_resize_is_pillows(void **state)
{
    (void)state;
    static const int size[][2] = {{20, 15}, {61, 30}, {33, 47}, {90, 70}, {1, 1}};
    kin_image       *in = busy(61, 47);
    char             name[64];
    for (size_t i = 0; i < sizeof size / sizeof *size; i++) {
        kin_image *out = blank(size[i][0], size[i][1]);
        assert_int_equal(kin_pixels_resize(&ctx, in, NULL, KIN_FILTER_TRIANGLE, out), KIN_OK);
        snprintf(name, sizeof name, "pillow-%dx%d.rgb", size[i][0], size[i][1]);
        assert_like_golden(out, name, 1);
        kin_image_free(out);
    }
    kin_image *out = blank(20, 15);
    assert_int_equal(kin_pixels_resize(&ctx, in, (double[]){10.25, 5.5, 50.75, 40}, KIN_FILTER_TRIANGLE, out), KIN_OK);
    assert_like_golden(out, "pillow-box.rgb", 1);
    assert_int_equal(kin_pixels_resize(&ctx, in, (double[]){0, 0, 62, 1}, KIN_FILTER_TRIANGLE, out), KIN_E_USAGE);
    assert_int_equal(kin_pixels_resize(&ctx, in, (double[]){NAN, 0, 6, 1}, KIN_FILTER_TRIANGLE, out), KIN_E_USAGE);
    kin_image_free(out);
    kin_image_free(in);
}

static void test_area_is_opencvs(void **state)
{
    (void)state;
    kin_image *in = busy(61, 47), *a = blank(20, 15), *b = blank(30, 20);
    assert_int_equal(kin_pixels_resize(&ctx, in, NULL, KIN_FILTER_AREA, a), KIN_OK);
    assert_int_equal(kin_pixels_resize(&ctx, in, NULL, KIN_FILTER_AREA, b), KIN_OK);
    assert_like_golden(a, "area-20x15.rgb", 1);
    assert_like_golden(b, "area-30x20.rgb", 1);
    kin_image_free(a);
    kin_image_free(b);
    kin_image_free(in);
}

static void test_same_size_changes_nothing_and_flat_stays_flat(void **state)
{
    (void)state;
    kin_image *in = busy(61, 47), *out = blank(61, 47);
    assert_int_equal(kin_pixels_resize(&ctx, in, NULL, KIN_FILTER_TRIANGLE, out), KIN_OK);
    assert_memory_equal(in->data, out->data, in->stride * 47);
    for (int v = 0; v < 256; v += 51) {
        memset(in->data, v, in->stride * 47);
        for (int f = KIN_FILTER_TRIANGLE; f <= KIN_FILTER_AREA; f++) {
            kin_image *small = blank(13, 50);
            assert_int_equal(kin_pixels_resize(&ctx, in, NULL, (kin_filter)f, small), KIN_OK);
            for (size_t i = 0; i < small->stride * 50; i++) assert_int_equal(small->data[i], v);
            kin_image_free(small);
        }
    }
    kin_image_free(in);
    kin_image_free(out);
}

/* A part of a picture has a stride of its own; nothing beside it may be read into the result or written. */
static void test_parts(void **state)
{
    (void)state;
    kin_image *in = busy(61, 47), *own = blank(20, 10), *a = blank(9, 9), *frame = blank(15, 15);
    for (int y = 0; y < 10; y++) memcpy(kin_pixels_row(own, y), kin_pixels_row(in, y + 5) + 7 * 3, 60);
    kin_image part = kin_pixels_part(in, 7, 5, 20, 10), hole = kin_pixels_part(frame, 3, 3, 9, 9);
    assert_int_equal(kin_pixels_resize(&ctx, own, NULL, KIN_FILTER_TRIANGLE, a), KIN_OK);
    assert_int_equal(kin_pixels_resize(&ctx, &part, NULL, KIN_FILTER_TRIANGLE, &hole), KIN_OK);
    for (int y = 0; y < 15; y++)
        for (int x = 0; x < 45; x++) {
            bool inside = y >= 3 && y < 12 && x >= 9 && x < 36;
            assert_int_equal(kin_pixels_row(frame, y)[x], inside ? kin_pixels_row(a, y - 3)[x - 9] : 0x5A);
        }
    kin_image_free(in);
    kin_image_free(own);
    kin_image_free(a);
    kin_image_free(frame);
}

static void test_warp_is_opencvs(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        double      m[6];
    } cases[] = {
        {"warp-turn-40x30.rgb", {0.9, -0.3, 20, 0.3, 0.9, 5}},
        {"warp-enlarge-40x30.rgb", {0.4, 0.1, 30.5, -0.1, 0.4, 40.25}},
        {"warp-shrink-40x30.rgb", {1.4, 0.1, -8, -0.1, 1.4, 3}},
    };
    kin_image *in = blank(120, 100), *out = blank(40, 30);
    read_golden("smooth-120x100.rgb", in->data, 36000);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(kin_pixels_warp(&ctx, in, cases[i].m, KIN_FILL_BLACK, out), KIN_OK);
        assert_like_golden(out, cases[i].name, 1);
    }
    assert_int_equal(kin_pixels_warp(&ctx, in, (double[]){1, 0, NAN, 0, 1, 0}, KIN_FILL_BLACK, out), KIN_E_USAGE);
    assert_int_equal(kin_pixels_warp(&ctx, in, (double[]){3, 0, 5000, 0, 3, 0}, KIN_FILL_BLACK, out), KIN_OK); /* sees nothing */
    for (size_t i = 0; i < out->stride * 30; i++) assert_int_equal(out->data[i], 0);
    kin_image_free(in);
    kin_image_free(out);
}

/* Stripes of one pixel are grey when they are shrunk, at any angle; a warp that skips pixels shows moire instead. */
static void test_a_large_face_does_not_alias(void **state)
{
    (void)state;
    kin_image *in = blank(900, 900), *out = blank(112, 112);
    for (int y = 0; y < 900; y++)
        for (int x = 0; x < 2700; x++) kin_pixels_row(in, y)[x] = (x / 3) % 2 ? 255 : 0;
    for (double s = 2; s < 7; s += 0.7)
        for (double a = 0; a < 1; a += 0.3) {
            double c = s * cos(a), d = s * sin(a), o = 450 - 56 * c + 56 * d, p = 450 - 56 * d - 56 * c;
            assert_int_equal(kin_pixels_warp(&ctx, in, (double[]){c, -d, o, d, c, p}, KIN_FILL_BLACK, out), KIN_OK);
            for (int y = 20; y < 92; y++)
                for (int x = 60; x < 276; x++) assert_in_range(kin_pixels_row(out, y)[x], 128 - 65, 127 + 65);
        }
    /* and a ramp stays where it is: the shrunk part is placed to the fraction of a pixel */
    for (int y = 0; y < 900; y++)
        for (int x = 0; x < 900; x++) memset(kin_pixels_row(in, y) + x * 3, x * 255 / 899, 3);
    assert_int_equal(kin_pixels_warp(&ctx, in, (double[]){4.3, 0, 201.7, 0, 4.3, 33}, KIN_FILL_BLACK, out), KIN_OK);
    for (int x = 0; x < 112; x++) {
        double want = (4.3 * x + 201.7) * 255 / 899;
        assert_true(fabs(kin_pixels_row(out, 50)[x * 3] - want) < 1.5);
    }
    kin_image_free(in);
    kin_image_free(out);
}

/* Mean difference in levels of two warps about the middle of a picture: scales s and t, turned by 0.2, the second moved by
 * `move` pixels. */
static double unlike(const kin_image *in, double s, double t, double move)
{
    kin_image   *out[2] = {blank(112, 112), blank(112, 112)};
    const double scale[2] = {s, t};
    double       sum = 0;
    for (int i = 0; i < 2; i++) {
        double c = scale[i] * cos(0.2), d = scale[i] * sin(0.2), by = i ? move : 0;
        double m[6] = {c, -d, 450.3 + by - 56 * c + 56 * d, d, c, 450.6 + by - 56 * d - 56 * c};
        assert_int_equal(kin_pixels_warp(&ctx, in, m, KIN_FILL_BLACK, out[i]), KIN_OK);
    }
    for (size_t i = 0; i < out[0]->stride * 112; i++) sum += abs(out[0]->data[i] - out[1]->data[i]);
    kin_image_free(out[0]);
    kin_image_free(out[1]);
    return sum / (112 * 112 * 3);
}

/* A face a twentieth of a pixel further on, or one part in a thousand larger, gives nearly the same crop. The picture is
 * noise, the hardest case; one bilinear sample a pixel changes by 1 level for 0.01 px. */
static void test_a_warp_is_steady(void **state)
{
    (void)state;
    kin_image *in = blank(900, 900);
    uint32_t   noise = 1;
    for (size_t i = 0; i < in->stride * 900; i++) {
        noise = noise * 1664525 + 1013904223;
        in->data[i] = (uint8_t)(noise >> 24);
    }
    for (double s = 1; s < 7.5; s += 0.24)
        for (double move = 0.01; move < 0.06; move += 0.02) {
            double levels = unlike(in, s, s, move);
            if (levels > 110 * move) fail_msg("scale %g, moved by %g px: %g levels", s, move, levels);
        }
    /* and where one treatment ends and the next begins: the growth alone moves the corners by a tenth of a pixel */
    static const double edge[] = {1.5, 2, 3, 4, 6};
    for (size_t i = 0; i < sizeof edge / sizeof *edge; i++) {
        double levels = unlike(in, edge[i] - 0.001, edge[i] + 0.001, 0);
        if (levels > 7) fail_msg("from scale %g - 0.001 to + 0.001: %g levels", edge[i], levels);
    }
    kin_image_free(in);
}

static void test_affine_inverse(void **state)
{
    (void)state;
    double m[6] = {0.9, -0.3, 20, 0.3, 1.2, 5}, n[6];
    assert_true(kin_affine_invert(m, n));
    double x = m[0] * 3 + m[1] * 7 + m[2], y = m[3] * 3 + m[4] * 7 + m[5];
    assert_true(fabs(n[0] * x + n[1] * y + n[2] - 3) < 1e-9 && fabs(n[3] * x + n[4] * y + n[5] - 7) < 1e-9);
    assert_false(kin_affine_invert((double[]){1, 2, 0, 2, 4, 0}, n));
}

static void test_tensorflows_resize(void **state)
{
    (void)state;
    static const char *const form[] = {"half", "legacy", "corners"};
    static const int         size[][2] = {{17, 11}, {70, 50}};
    kin_feed                 feed = {false, {0, 0, 0}, {1, 1, 1}};
    kin_image               *in = busy(61, 47);
    for (int f = 0; f < 3; f++)
        for (int s = 0; s < 2; s++) {
            int    w = size[s][0], h = size[s][1];
            size_t n = (size_t)w * (size_t)h * 3;
            float *got = malloc(n * 4), *want = malloc(n * 4);
            char   name[64];
            snprintf(name, sizeof name, "tf-%s-%dx%d.f32", form[f], w, h);
            read_golden(name, want, n * 4);
            kin_pixels_to_tensor_tf(in, (kin_tf_resize)f, &feed, w, h, got);
            for (size_t i = 0; i < n; i++)
                if (!(fabsf(got[i] - want[i]) <= 1e-3f))
                    fail_msg("%s: number %zu is %g, expected %g", name, i, (double)got[i], (double)want[i]);
            free(got);
            free(want);
        }
    kin_image_free(in);
}

static void test_tensor_has_order_mean_scale_and_padding(void **state)
{
    (void)state;
    kin_image *in = busy(5, 4);
    float      out[8 * 6 * 3];
    kin_feed   feed = {true, {10, 20, 30}, {2, 4, 8}};
    for (size_t i = 0; i < 144; i++) out[i] = NAN;
    kin_pixels_to_tensor(in, &feed, 8, 6, 7, out);
    for (int y = 0; y < 6; y++)
        for (int x = 0; x < 8; x++)
            for (int c = 0; c < 3; c++) {
                int pixel = y < 4 && x < 5 ? kin_pixels_row(in, y)[x * 3 + 2 - c] : 7;
                assert_true(out[(y * 8 + x) * 3 + c] == ((float)pixel - feed.mean[c]) / feed.scale[c]);
            }
    assert_int_equal(kin_round_up(321, 32), 352);
    assert_int_equal(kin_round_up(320, 32), 320);
    kin_image_free(in);
}

static void test_turns(void **state)
{
    (void)state;
    /* 3 x 2 pixels, letters a..f; how the stored picture looks upright */
    static const char *const want[9] = {NULL, "abcdef", "cbafed", "fedcba", "defabc", "adbecf", "daebfc", "fcebda", "cfbead"};
    uint8_t                  stored[18];
    for (int i = 0; i < 18; i++) stored[i] = (uint8_t)('a' + i / 3);
    for (int o = 1; o <= 8; o++) {
        kin_image *out = kin_orientation_swaps(o) ? blank(2, 3) : blank(3, 2);
        for (int y = 0; y < 2; y++) kin_pixels_turn_rows(stored + y * 9, 9, y, 1, 3, 2, o, out);
        for (int i = 0; i < 18; i++) assert_int_equal(out->data[i], want[o][i / 3]);
        kin_image_free(out);
    }
    kin_image *in = busy(5, 2), *again = busy(5, 2);
    kin_pixels_mirror(in);
    for (int y = 0; y < 2; y++)
        for (int x = 0; x < 5; x++) assert_memory_equal(kin_pixels_row(in, y) + x * 3, kin_pixels_row(again, y) + (4 - x) * 3, 3);
    kin_image_free(in);
    kin_image_free(again);
}

static void test_wrapped_layouts(void **state)
{
    (void)state;
    static const uint8_t pixel[4] = {10, 20, 30, 51}; /* alpha a fifth */
    static const uint8_t want[][3] = {{10, 20, 30}, {30, 20, 10}, {206, 208, 210}, {210, 208, 206}, {10, 10, 10}};
    for (int f = KIN_RGB8; f <= KIN_GRAY8; f++) {
        kin_image *image;
        assert_int_equal(kin_image_wrap(&ctx, pixel, 1, 1, 4, (kin_pixel_format)f, &image), KIN_OK);
        assert_memory_equal(kin_image_data(image), want[f], 3);
        assert_int_equal(kin_image_data(image) == pixel, f == KIN_RGB8); /* in place */
        kin_image_free(image);
        assert_int_equal(kin_image_wrap(&ctx, pixel, 2, 1, 1, (kin_pixel_format)f, &image), KIN_E_USAGE);
        assert_null(image);
    }
    ctx.max_pixels = 10;
    kin_image *image;
    assert_int_equal(kin_image_wrap(&ctx, pixel, 11, 1, 40, KIN_RGB8, &image), KIN_E_LIMIT);
    uint8_t out[3];
    kin_row_cmyk((const uint8_t[]){255, 0, 0, 51}, out, 1);
    assert_memory_equal(out, ((uint8_t[]){0, 204, 204}), 3);
    kin_row_cmyk_inverted((const uint8_t[]){0, 255, 255, 204}, out, 1);
    assert_memory_equal(out, ((uint8_t[]){0, 204, 204}), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_resize_is_pillows),
        TEST(test_area_is_opencvs),
        TEST(test_same_size_changes_nothing_and_flat_stays_flat),
        TEST(test_parts),
        TEST(test_warp_is_opencvs),
        TEST(test_a_large_face_does_not_alias),
        TEST(test_a_warp_is_steady),
        TEST(test_affine_inverse),
        TEST(test_tensorflows_resize),
        TEST(test_tensor_has_order_mean_scale_and_padding),
        TEST(test_turns),
        TEST(test_wrapped_layouts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
