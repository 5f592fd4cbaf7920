/* SPDX-License-Identifier: Apache-2.0
 *
 * The way of a photo with the real networks, from the file to vectors: the wall of eight, and the portraits of six
 * people who must come out nearer to themselves than to each other. Nobody here is real.
 */
#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#include <kin/kin.h>

#include "support/cmocka.h"

enum { PEOPLE = 6, PHOTOS = 5, ALL = PEOPLE * PHOTOS };
static const char *const names[PEOPLE] = {"amara", "bruno", "chen", "divya", "elena", "farid"};

static kin_context  *ctx;
static kin_detector *detector;
static kin_embedder *embedder;
static const char   *source;

static kin_image *read_sample(const char *name)
{
    char       path[1000];
    kin_image *image = NULL;
    snprintf(path, sizeof path, "%s/samples/%s", source, name);
    if (kin_image_read(ctx, path, &image) != KIN_OK) fail_msg("%s", kin_error(ctx));
    return image;
}

static float cosine(const float *a, const float *b)
{
    double sum = 0;
    for (size_t k = 0; k < kin_embedder_width(embedder); k++) sum += (double)a[k] * b[k];
    return (float)sum;
}

static void test_all_eight_on_the_wall(void **state)
{
    (void)state;
    kin_image *wall = read_sample("family-wall.jpg");
    kin_faces  faces, again;
    if (kin_detect(detector, wall, NULL, &faces) != KIN_OK) fail_msg("%s", kin_error(ctx));
    assert_int_equal(faces.count, 8);
    for (size_t i = 0; i < faces.count; i++) {
        const kin_face *face = &faces.face[i];
        assert_true(face->score >= 0.5f && (i == 0 || face->score <= faces.face[i - 1].score));
        assert_true(face->points[KIN_LEFT_EYE].x < face->points[KIN_NOSE].x);
        assert_true(face->points[KIN_NOSE].x < face->points[KIN_RIGHT_EYE].x);
        assert_true(face->points[KIN_NOSE].y < face->points[KIN_MOUTH_LEFT].y);
        assert_true(face->quality.size_px > 100 && face->quality.sharpness > 0.2f);
        assert_in_range((int)face->quality.yaw + 30, 0, 60);
        assert_in_range((int)face->quality.roll + 30, 0, 60);
    }
    assert_int_equal(kin_detect(detector, wall, NULL, &again), KIN_OK);
    assert_memory_equal(again.face, faces.face, faces.count * sizeof(kin_face));
    kin_faces_free(&again);
    kin_faces_free(&faces);
    if (kin_detect(detector, wall, &(kin_detect_options){.min_face_px = 20}, &faces) != KIN_OK)
        fail_msg("%s", kin_error(ctx));
    assert_int_equal(faces.count, 8);
    kin_faces_free(&faces);
    kin_image_free(wall);
}

static void test_people_lie_apart(void **state)
{
    (void)state;
    size_t width = kin_embedder_width(embedder);
    float *vectors = malloc(ALL * width * sizeof *vectors);
    assert_non_null(vectors);
    for (int i = 0; i < ALL; i++) {
        char name[100];
        snprintf(name, sizeof name, "people/%s/%s-%d.jpg", names[i / PHOTOS], names[i / PHOTOS], i % PHOTOS + 1);
        kin_image *photo = read_sample(name);
        kin_faces  faces;
        if (kin_detect(detector, photo, NULL, &faces) != KIN_OK) fail_msg("%s", kin_error(ctx));
        if (faces.count != 1) fail_msg("%s: %zu faces, there is one", name, faces.count);
        const kin_face *face = &faces.face[kin_faces_main(&faces, photo)];
        assert_int_equal(kin_embed(embedder, photo, face, vectors + (size_t)i * width), KIN_OK);
        assert_float_equal(cosine(vectors + (size_t)i * width, vectors + (size_t)i * width), 1, 1e-4);
        kin_faces_free(&faces);
        kin_image_free(photo);
    }
    double own = 0, other = 0;
    for (int i = 0; i < ALL; i++)
        for (int k = 0; k < i; k++) {
            double c = cosine(vectors + (size_t)i * width, vectors + (size_t)k * width);
            *(i / PHOTOS == k / PHOTOS ? &own : &other) += c;
        }
    own /= PEOPLE * PHOTOS * (PHOTOS - 1) / 2;
    other /= ALL * (ALL - 1) / 2 - PEOPLE * PHOTOS * (PHOTOS - 1) / 2;
    if (own < 0.6 || other > 0.4) fail_msg("mean cosine within people %.3f, between %.3f", own, other);
    free(vectors);
}

int main(void)
{
    source = getenv("KIN_SOURCE");
    ctx = kin_context_new(NULL);
    if (!source || !ctx) return 1;
    kin_status status = kin_detector_open(ctx, NULL, &detector);
    if (status == KIN_OK) status = kin_embedder_open(ctx, NULL, &embedder);
    if (status == KIN_E_NOT_FOUND) {
        puts("skipped: no models compiled in");
        return 77;
    }
    if (status != KIN_OK) return fprintf(stderr, "%s\n", kin_error(ctx)), 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_eight_on_the_wall),
        cmocka_unit_test(test_people_lie_apart),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    kin_embedder_free(embedder);
    kin_detector_free(detector);
    kin_context_free(ctx);
    return failed;
}
