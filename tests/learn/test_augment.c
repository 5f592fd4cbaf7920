/* SPDX-License-Identifier: Apache-2.0
 *
 * Augmentations one by one: no strength changes nothing, small cases by hand, and what Keras, TensorFlow, OpenCV and Pillow
 * make of the same pictures (scripts/golden-learn.py).
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "learn/augment/augment.h"
#include "support/context.h"
#include "support/oom.h"

enum { W = 48, H = 40, BYTES = W * H * 3 };

static kin_image *make(int width, int height)
{
    kin_image *image;
    assert_int_equal(kin_pixels_new(&ctx, width, height, &image), KIN_OK);
    memset(image->data, 0, image->stride * (size_t)height);
    return image;
}

/* The formula of scripts/golden-learn.py. */
static kin_image *busy(void)
{
    kin_image *image = make(W, H);
    for (int y = 0; y < H; y++)
        for (int x = 0; x < W; x++) {
            uint8_t *p = kin_pixels_row(image, y) + x * 3;
            p[0] = (uint8_t)(x * 7 + y * 13 + x * y * 3);
            p[1] = (uint8_t)(x * x * 5 + y * 31);
            p[2] = (uint8_t)((x ^ y) * 11);
        }
    return image;
}

static void read_file(const char *folder, const char *name, uint8_t *bytes, size_t size)
{
    char path[512];
    snprintf(path, sizeof path, "%s/tests/%s/data/%s.rgb", getenv("KIN_SOURCE") ? getenv("KIN_SOURCE") : ".", folder, name);
    FILE *f = fopen(path, "rb");
    if (!f) fail_msg("%s is not there", path);
    assert_int_equal(fread(bytes, 1, size, f), size);
    fclose(f);
}

static kin_image *smooth(void)
{
    static uint8_t whole[120 * 100 * 3];
    kin_image     *image = make(W, H);
    read_file("pixels", "smooth-120x100", whole, sizeof whole);
    for (int y = 0; y < H; y++) memcpy(kin_pixels_row(image, y), whole + ((size_t)(y + 10) * 120 + 10) * 3, W * 3);
    return image;
}

static const kin_augment *named(const char *name)
{
    for (size_t i = 0; i < kin_augment_count; i++)
        if (strcmp(kin_augments[i].name, name) == 0) return &kin_augments[i];
    fail_msg("no augmentation %s", name);
    return NULL;
}

/* `in` by one augmentation; `in` is freed. */
static kin_image *by(const char *name, const kin_drawn *draw, kin_image *in)
{
    const kin_augment *a = named(name);
    assert_true(!a->move != !a->touch);
    if (a->touch) {
        assert_int_equal(a->touch(draw, in), KIN_OK);
        return in;
    }
    double     m[6] = {1, 0, 0, 0, 1, 0};
    kin_image *out = make(in->width, in->height);
    a->move(draw, in->width, in->height, m);
    assert_int_equal(kin_pixels_warp(&ctx, in, m, KIN_FILL_REFLECT, out), KIN_OK);
    kin_image_free(in);
    return out;
}

/* --- others' --- */

static void test_goldens(void **state)
{
    (void)state;
    static const struct {
        const char *golden, *name;
        double      x, y;
        bool        smooth;
        int         most; /* levels */
        double      mean;
    } cases[] = {
        {"rotation", "rotation", 30, 0, true, 1, 0.1},
        {"rotation-back", "rotation", -100, 0, true, 1, 0.1},
        {"translation", "translation", 0.13, -0.2, true, 1, 0.1},
        {"zoom-out", "zoom", 0.3, 0, true, 1, 0.1},
        {"zoom-in", "zoom", -0.4, 0, true, 1, 0.1},
        {"shear", "shear", 0.2, 0.1, true, 1, 0.1},
        {"brightness", "brightness", 0.2, 0, false, 0, 0},
        {"brightness-down", "brightness", -0.35, 0, false, 1, 0.1}, /* 255 x is no whole number: halves round either way */
        {"contrast", "contrast", 0.5, 0, false, 1, 0.1},
        {"contrast-down", "contrast", -0.5, 0, false, 1, 0.1},
        {"saturation", "saturation", 0.6, 0, false, 1, 0.1},
        {"saturation-down", "saturation", -0.6, 0, false, 1, 0.1},
        {"hue", "hue", 0.1, 0, false, 1, 0.1},
        {"hue-back", "hue", -0.3, 0, false, 1, 0.1},
        {"grey", "grey", 1, 0, false, 1, 0.1},
        {"gamma", "gamma", 0.5, 0, false, 1, 0.1},
        {"gamma-down", "gamma", -0.5, 0, false, 1, 0.1},
        {"jpeg", "jpeg", 70, 0, true, 2, 0.2}, /* another libjpeg */
        {"blur", "blur", 1.5, 0, false, 1, 0.5}, /* rounded twice */
        {"downscale", "downscale", 2, 0, false, 1, 0.1},
    };
    uint8_t golden[BYTES];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        kin_drawn   draw = {cases[i].x, cases[i].y, kin_random_make(1, 1)};
        kin_image *out = by(cases[i].name, &draw, cases[i].smooth ? smooth() : busy());
        int        worst = 0;
        double     sum = 0;
        read_file("learn", cases[i].golden, golden, BYTES);
        for (int k = 0; k < BYTES; k++) {
            int d = abs(out->data[k] - golden[k]);
            if (d > worst) worst = d;
            sum += d;
        }
        kin_image_free(out);
        if (worst > cases[i].most || sum / BYTES > cases[i].mean)
            fail_msg("%s: off by %d levels (mean %.3f), allowed are %d (%.3f)", cases[i].golden, worst, sum / BYTES, cases[i].most,
                     cases[i].mean);
    }
}

/* --- every one --- */

static void test_no_strength_changes_nothing(void **state)
{
    (void)state;
    for (size_t i = 0; i < kin_augment_count; i++) {
        kin_recipe recipe = {.count = 1};
        kin_image *in = busy(), *out = make(W, H);
        recipe.step[0].what = i;
        recipe.step[0].probability = 1;
        kin_random chance = kin_recipe_chance(1, 2, 3, 0);
        assert_int_equal(kin_recipe_apply(&recipe, &chance, in, out), KIN_OK);
        if (memcmp(in->data, out->data, BYTES)) fail_msg("%s", kin_augments[i].name);
        /* nor does a strength as small as chance may draw, but for those that have none or only begin at 1 */
        kin_drawn draw = {1e-9, 1e-9, kin_random_make(4, i)};
        kin_image_free(in);
        in = busy();
        bool strong = kin_augments[i].range == KIN_DRAW_NONE || strcmp(kin_augments[i].name, "jpeg") == 0;
        if (!strong) {
            kin_image *little = by(kin_augments[i].name, &draw, in);
            for (int k = 0; k < BYTES; k++)
                if (abs(little->data[k] - out->data[k]) > 1) fail_msg("%s at next to nothing", kin_augments[i].name);
            in = little;
        }
        kin_image_free(in);
        kin_image_free(out);
    }
}

/* At any strength, on pictures of any shape, pixels stay inside and something changes. */
static void test_greatest_strengths(void **state)
{
    (void)state;
    static const int size[][2] = {{W, H}, {1, 1}, {1, 9}, {33, 2}, {7, 7}};
    for (size_t s = 0; s < sizeof size / sizeof *size; s++)
        for (size_t i = 0; i < kin_augment_count; i++)
            for (int sign = -1; sign <= 1; sign += 2) {
                const kin_augment *a = &kin_augments[i];
                if (sign < 0 && a->range != KIN_DRAW_AROUND) continue;
                kin_drawn   draw = {sign * a->most, a->most, kin_random_make(9, i)};
                kin_image *in = make(size[s][0], size[s][1]), *twin = make(size[s][0], size[s][1]);
                kin_random random = kin_random_make(3, s);
                for (size_t k = 0; k < in->stride * (size_t)in->height; k++) in->data[k] = (uint8_t)kin_random_below(&random, 256);
                memcpy(twin->data, in->data, in->stride * (size_t)in->height);
                in = by(a->name, &draw, in);
                bool changed = memcmp(in->data, twin->data, in->stride * (size_t)in->height) != 0;
                if (s == 0 && !changed) fail_msg("%s at %g does nothing", a->name, draw.x);
                kin_image_free(in);
                kin_image_free(twin);
            }
}

/* A flat picture stays flat under moves and blurs. */
static void test_flat_stays_flat(void **state)
{
    (void)state;
    static const char *const names[] = {"flip", "rotation", "translation", "zoom", "shear", "crop", "blur", "motion", "downscale"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        for (int v = 0; v < 256; v += 51) {
            const kin_augment *a = named(names[i]);
            kin_drawn           draw = {0.7 * a->most, 0.4 * a->most, kin_random_make(7, i)};
            kin_image         *in = make(W, H);
            memset(in->data, v, BYTES);
            in = by(names[i], &draw, in);
            for (int k = 0; k < BYTES; k++)
                if (in->data[k] != v) fail_msg("%s: %d became %d", names[i], v, in->data[k]);
            kin_image_free(in);
        }
}

/* --- by hand --- */

static void test_flip_and_quarter_turn(void **state)
{
    (void)state;
    kin_drawn   draw = {1, 1, kin_random_make(1, 1)};
    kin_image *in = busy(), *out = by("flip", &draw, busy());
    for (int y = 0; y < H; y++)
        for (int x = 0; x < W; x++)
            assert_memory_equal(kin_pixels_row(out, y) + x * 3, kin_pixels_row(in, y) + (W - 1 - x) * 3, 3);
    kin_image_free(out);
    kin_image_free(in);
    /* counterclockwise: what was at the right end stands at the top */
    kin_image *square = make(5, 5);
    for (int i = 0; i < 75; i++) square->data[i] = (uint8_t)(3 * i);
    kin_image *twin = make(5, 5);
    memcpy(twin->data, square->data, 75);
    draw.x = 90;
    out = by("rotation", &draw, square);
    for (int y = 0; y < 5; y++)
        for (int x = 0; x < 5; x++) assert_memory_equal(kin_pixels_row(out, y) + x * 3, kin_pixels_row(twin, x) + (4 - y) * 3, 3);
    kin_image_free(out);
    kin_image_free(twin);
}

static void test_whole_pixels_and_crop(void **state)
{
    (void)state;
    kin_drawn   draw = {3.0 / W, -2.0 / H, kin_random_make(1, 1)};
    kin_image *in = busy(), *out = by("translation", &draw, busy());
    for (int y = 0; y < H; y++)
        for (int x = 0; x < W; x++) /* outside: the mirror image */
            assert_memory_equal(kin_pixels_row(out, y) + x * 3,
                                kin_pixels_row(in, kin_mirror_index(y + 2, H)) + kin_mirror_index(x - 3, W) * 3, 3);
    kin_image_free(out);
    kin_image_free(in);
    /* a crop's edges lie inside the picture's, and it has the sides that were asked for */
    for (uint64_t i = 0; i < 100; i++) {
        double m[6] = {1, 0, 0, 0, 1, 0};
        draw = (kin_drawn){0.3, 0, kin_random_make(i, 0)};
        kin_augment_crop(&draw, W, H, m);
        double left = m[0] * -0.5 + m[2], right = m[0] * (W - 0.5) + m[2], top = m[4] * -0.5 + m[5], low = m[4] * (H - 0.5) + m[5];
        assert_true(left >= -0.5 - 1e-9 && right <= W - 0.5 + 1e-9 && top >= -0.5 - 1e-9 && low <= H - 0.5 + 1e-9);
        assert_true(fabs(right - left - 0.7 * W) < 1e-9 && fabs(low - top - 0.7 * H) < 1e-9);
    }
}

/* One white point becomes a straight line of the length asked for, through its middle, with all of its light. */
static void test_motion_draws_a_line(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < 50; i++) {
        kin_drawn   draw = {9, 9, kin_random_make(i, 0)};
        kin_random random = draw.random;
        double     angle = 3.14159265358979 * kin_random_unit(&random), sum = 0, along = 0, across = 0;
        kin_image *image = make(41, 41);
        memset(kin_pixels_row(image, 20) + 20 * 3, 255, 3);
        image = by("motion", &draw, image);
        for (int y = 0; y < 41; y++)
            for (int x = 0; x < 41; x++) {
                double v = kin_pixels_row(image, y)[x * 3], u = cos(angle) * (x - 20) + sin(angle) * (y - 20);
                double w = cos(angle) * (y - 20) - sin(angle) * (x - 20);
                sum += v, along += v * u * u, across += v * w * w;
                if (v > 0) assert_true(fabs(u) <= 4 + 1.5 && fabs(w) <= 1.5);
            }
        assert_true(fabs(sum - 255) < 20); /* each of some thirty bytes rounded */
        assert_true(fabs(sqrt(along / sum) - sqrt(60.0 / 9)) < 0.35); /* of -4 .. 4 */
        assert_true(sqrt(across / sum) < 0.7);
        kin_image_free(image);
    }
}

static void test_noise_is_normal(void **state)
{
    (void)state;
    kin_image *image = make(200, 200);
    size_t     n = 200 * 200 * 3;
    double     sum = 0, square = 0;
    memset(image->data, 128, n);
    kin_drawn draw = {0.05, 0, kin_random_make(11, 0)};
    image = by("noise", &draw, image);
    size_t within = 0;
    for (size_t i = 0; i < n; i++) {
        double d = image->data[i] - 128.0;
        sum += d, square += d * d;
        within += fabs(d) <= 12; /* of the normal one 67.3 % */
    }
    assert_true(fabs(sum / (double)n) < 0.15);
    assert_true(fabs(sqrt(square / (double)n) - 12.75) < 0.15);
    assert_true(fabs((double)within / (double)n - 0.673) < 0.015);
    kin_image_free(image);
}

static size_t changed(const kin_image *a, const kin_image *b)
{
    size_t n = 0;
    for (int y = 0; y < a->height; y++)
        for (int x = 0; x < a->width; x++) n += memcmp(kin_pixels_row(a, y) + x * 3, kin_pixels_row(b, y) + x * 3, 3) != 0;
    return n;
}

static void test_covers(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < 50; i++) {
        kin_drawn   draw = {0.25, 0, kin_random_make(i, 3)};
        kin_image *in = make(W, H), *out = by("cutout", &draw, make(W, H));
        assert_true(fabs((double)changed(in, out) / (W * H) - 0.25) < 0.03);
        kin_image_free(out);
        out = by("occlusion", &draw, make(W, H));
        double part = (double)changed(in, out) / (W * H);
        assert_true(part > 0.1 && part < 0.28); /* a corner has less than a side */
        kin_image_free(out);
        kin_image_free(in);
    }
}

static kin_status all_touches(kin_context *walked)
{
    kin_image *image;
    kin_status status = KIN_OK;
    KIN_TRY(kin_pixels_new(walked, 16, 12, &image));
    memset(image->data, 77, image->stride * 12);
    for (size_t i = 0; i < kin_augment_count && status == KIN_OK; i++) {
        kin_drawn draw = {kin_augments[i].usual, kin_augments[i].usual, kin_random_make(1, i)};
        if (kin_augments[i].touch) status = kin_augments[i].touch(&draw, image);
    }
    kin_image_free(image);
    return status;
}

static void test_out_of_memory(void **state)
{
    (void)state;
    oom_walk(&ctx, all_touches, 12, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_goldens),         TEST(test_no_strength_changes_nothing), TEST(test_greatest_strengths),
        TEST(test_flat_stays_flat), TEST(test_flip_and_quarter_turn),       TEST(test_whole_pixels_and_crop),
        TEST(test_motion_draws_a_line), TEST(test_noise_is_normal),         TEST(test_covers),
        TEST(test_out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
