/* SPDX-License-Identifier: Apache-2.0
 *
 * Turned and small faces with the real networks: sample portraits (nobody is real) turned by 90, 180, 270 are found there, with
 * the vector and crop of the upright one; upright photos give what they gave; small faces are found in tiles, once each.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <kin/kin.h>

#include "pixels/pixels.h"
#include "support/cmocka.h"
#include "support/oom.h"

static const char *const names[] = {"amara", "bruno", "chen", "divya", "elena", "farid"};
enum { PEOPLE = sizeof names / sizeof *names };

static kin_context  *ctx;
static kin_detector *detector;
static kin_embedder *embedder;

static kin_image *portrait(int person)
{
    char       path[1000];
    kin_image *image = NULL;
    snprintf(path, sizeof path, "%s/samples/people/%s/%s-1.jpg", getenv("KIN_SOURCE"), names[person], names[person]);
    if (kin_image_read(ctx, path, &image) != KIN_OK) fail_msg("%s", kin_error(ctx));
    return image;
}

static kin_faces find(const kin_image *picture, kin_detect_options options)
{
    kin_faces faces;
    if (kin_detect(detector, picture, &options, &faces) != KIN_OK) fail_msg("%s", kin_error(ctx));
    return faces;
}

/* Turned clockwise by quarters: as a photo of EXIF's 6, 3, 8 is put upright. */
static kin_image *turned(const kin_image *in, int degrees)
{
    kin_image *out;
    bool       swaps = degrees != 180;
    assert_int_equal(kin_pixels_new(ctx, swaps ? in->height : in->width, swaps ? in->width : in->height, &out), KIN_OK);
    kin_pixels_turn_rows(in->data, in->stride, 0, in->height, in->width, in->height, degrees == 90 ? 6 : degrees == 180 ? 3 : 8, out);
    return out;
}

static void test_turned_faces_are_found_and_come_out_upright(void **state)
{
    (void)state;
    size_t width = kin_embedder_width(embedder);
    for (int p = 0; p < PEOPLE; p++) {
        kin_image *upright = portrait(p), *crop, *other;
        kin_faces  one = find(upright, (kin_detect_options){0});
        float     *a = malloc(2 * width * sizeof *a), *b = a + width;
        assert_int_equal(one.count, 1);
        assert_int_equal(kin_embed(embedder, upright, one.face, a), KIN_OK);
        assert_int_equal(kin_crop_margin(ctx, upright, one.face, 0.2f, 100, &crop), KIN_OK);
        for (int degrees = 90; degrees < 360; degrees += 90) {
            kin_image *picture = turned(upright, degrees);
            kin_faces  faces = find(picture, (kin_detect_options){.rotations = true});
            double     sum = 0, off = 0;
            if (faces.count != 1 || faces.face->turned != degrees)
                fail_msg("%s turned by %d: %zu faces, turned %d", names[p], degrees, faces.count, faces.count ? faces.face->turned : -1);
            double roll = faces.face->quality.roll - one.face->quality.roll - degrees;
            assert_true(fabs(remainder(roll, 360)) < 5); /* points are where the face is */
            assert_true(faces.face->box.x0 > -9 && faces.face->box.x1 < (float)picture->width + 9);
            assert_int_equal(kin_embed(embedder, picture, faces.face, b), KIN_OK);
            for (size_t k = 0; k < width; k++) sum += (double)a[k] * b[k];
            if (sum < 0.97) fail_msg("%s turned by %d: cosine %.3f", names[p], degrees, sum);
            assert_int_equal(kin_crop_margin(ctx, picture, faces.face, 0.2f, 100, &other), KIN_OK);
            for (int y = 0; y < 100; y++)
                for (int x = 0; x < 300; x++) off += abs(kin_pixels_row(crop, y)[x] - kin_pixels_row(other, y)[x]);
            if (off / 30000 > 12) fail_msg("%s turned by %d: crops differ by %.1f", names[p], degrees, off / 30000);
            kin_image_free(other);
            kin_faces_free(&faces);
            kin_image_free(picture);
        }
        free(a);
        kin_image_free(crop);
        kin_faces_free(&one);
        kin_image_free(upright);
    }
}

static void test_upright_photos_give_what_they_gave(void **state)
{
    (void)state;
    for (int p = 0; p < PEOPLE; p++) {
        kin_image *picture = portrait(p);
        kin_faces  a = find(picture, (kin_detect_options){0}), b = find(picture, (kin_detect_options){.rotations = true});
        assert_int_equal(a.count, b.count);
        assert_memory_equal(a.face, b.face, a.count * sizeof *a.face);
        kin_faces_free(&a);
        kin_faces_free(&b);
        kin_image_free(picture);
    }
}

/* Portraits whose faces have some 14 pixels, over a picture of several tiles: found in tiles, each once. */
static void test_small_faces_in_tiles(void **state)
{
    (void)state;
    enum { COLUMNS = 6, ROWS = 4, STEP = 190 };
    kin_image *picture;
    size_t     usual, tiles = 0;
    assert_int_equal(kin_pixels_new(ctx, COLUMNS * STEP, ROWS * STEP, &picture), KIN_OK);
    memset(picture->data, 120, picture->stride * (size_t)picture->height);
    for (int k = 0; k < COLUMNS * ROWS; k++) {
        kin_image *one = portrait(k % PEOPLE);
        kin_faces  face = find(one, (kin_detect_options){0});
        double     scale = 14 / ((double)face.face->box.y1 - face.face->box.y0);
        kin_image  part = kin_pixels_part(picture, k % COLUMNS * STEP + k * 5, k / COLUMNS * STEP + k * 5, (int)(one->width * scale), (int)(one->height * scale));
        assert_int_equal(kin_pixels_resize(ctx, one, NULL, KIN_FILTER_TRIANGLE, &part), KIN_OK);
        kin_faces_free(&face);
        kin_image_free(one);
    }
    kin_faces plain = find(picture, (kin_detect_options){0}), faces = find(picture, (kin_detect_options){.small = true});
    usual = plain.count;
    tiles = faces.count;
    for (size_t i = 0; i < faces.count; i++)
        for (size_t k = 0; k < i; k++)
            assert_true(fabsf(faces.face[i].points[KIN_NOSE].x - faces.face[k].points[KIN_NOSE].x) +
                            fabsf(faces.face[i].points[KIN_NOSE].y - faces.face[k].points[KIN_NOSE].y) > 20);
    if (usual > 2 || tiles < 20 || tiles > 25) fail_msg("%zu faces without tiles, %zu with, of 24", usual, tiles);
    kin_faces_free(&plain);
    kin_faces_free(&faces);
    kin_image_free(picture);
}

/* Plans are made, so that what is left is the turning's and the tiles' own; every third allocation fails, with all behind it. The
 * last look, which nothing fails in, is as the first, and with the detector all is given back. */
static void test_no_memory(void **state)
{
    (void)state;
    const kin_detect_options ways[] = {{.rotations = true}, {.small = true}};
    kin_context             *one = kin_context_new(&(kin_options){.threads = 1});
    kin_detector            *its = NULL;
    kin_faces                faces = {0};
    kin_image               *upright = portrait(0), *picture = turned(upright, 90);
    assert_int_equal(kin_detector_open(one, NULL, &its), KIN_OK);
    one->allocate = oom_allocate;
    for (int way = 0; way < 2; way++) {
        assert_int_equal(kin_detect(its, picture, &ways[way], &faces), KIN_OK);
        kin_faces_free(&faces);
        for (long n = 1;; n += 3) { /* a run of the networks each: a third of all */
            oom.calls = 0, oom.failed = false, oom.first = n, oom.last = LONG_MAX;
            kin_status status = kin_detect(its, picture, &ways[way], &faces);
            oom_end();
            if (status != (oom.failed ? KIN_E_MEMORY : KIN_OK)) fail_msg("allocation %ld: %d, %s", n, (int)status, kin_error(one));
            kin_faces_free(&faces);
            if (!oom.failed) break;
        }
    }
    kin_image_free(picture);
    kin_image_free(upright);
    kin_detector_free(its);
    assert_int_equal(one->memory, 0); /* plans are kept until then, and not the same ones after a failure */
    kin_context_free(one);
}

int main(void)
{
    ctx = kin_context_new(NULL);
    if (!getenv("KIN_SOURCE") || !ctx) return 1;
    kin_status status = kin_detector_open(ctx, NULL, &detector);
    if (status == KIN_OK) status = kin_embedder_open(ctx, NULL, &embedder);
    if (status == KIN_E_NOT_FOUND) {
        puts("skipped: no models compiled in");
        return 77;
    }
    if (status != KIN_OK) return fprintf(stderr, "%s\n", kin_error(ctx)), 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_turned_faces_are_found_and_come_out_upright),
        cmocka_unit_test(test_upright_photos_give_what_they_gave),
        cmocka_unit_test(test_small_faces_in_tiles),
        cmocka_unit_test(test_no_memory),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    kin_embedder_free(embedder);
    kin_detector_free(detector);
    kin_context_free(ctx);
    return failed;
}
