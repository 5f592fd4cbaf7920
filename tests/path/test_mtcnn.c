/* SPDX-License-Identifier: Apache-2.0
 *
 * MTCNN on all sample photos, beside the reference's answers (tests/golden/mtcnn/samples.txt): no face more or less, boxes
 * and points within a pixel; and on the photo for which a face was published. The networks are those of KIN_SHARED (default ../shared beside the checkout).
 */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <kin/kin.h>

#include "support/cmocka.h"

enum { SKIPPED = 77, MOST = 64, NUMBERS = 1 + 4 + 2 * KIN_POINTS };

static const char   *source;
static char          shared[900], folder[1000];
static kin_context  *ctx;
static kin_detector *detector;

typedef struct {
    double number[NUMBERS]; /* score, box, points */
    bool   taken;
} wanted;

static double apart(const kin_face *face, const wanted *w)
{
    const float *found = &face->box.x0;
    double       most = 0;
    for (int k = 0; k < 4; k++) most = fmax(most, fabs((double)found[k] - w->number[1 + k]));
    for (int k = 0; k < KIN_POINTS; k++) {
        most = fmax(most, fabs((double)face->points[k].x - w->number[5 + 2 * k]));
        most = fmax(most, fabs((double)face->points[k].y - w->number[6 + 2 * k]));
    }
    return most;
}

static void one_photo(const char *name, wanted *want, size_t count)
{
    char       path[2000];
    kin_image *photo;
    kin_faces  faces;
    snprintf(path, sizeof path, "%s/samples/%s", source, name);
    if (kin_image_read(ctx, path, &photo) || kin_detect(detector, photo, &(kin_detect_options){.min_face_px = 20}, &faces))
        fail_msg("%s", kin_error(ctx));
    if (faces.count != count) fail_msg("%s: %zu faces, expected %zu", name, faces.count, count);
    for (size_t i = 0; i < faces.count; i++) {
        wanted *best = NULL;
        for (size_t k = 0; k < count; k++)
            if (!want[k].taken && (!best || apart(&faces.face[i], &want[k]) < apart(&faces.face[i], best))) best = &want[k];
        assert_non_null(best);
        best->taken = true;
        if (apart(&faces.face[i], best) > 1 || fabs((double)faces.face[i].score - best->number[0]) > 2e-3)
            fail_msg("%s: face %zu is %.2f px off, score %.4f", name, i, apart(&faces.face[i], best), (double)faces.face[i].score);
    }
    kin_faces_free(&faces);
    kin_image_free(photo);
}

static void test_as_the_reference(void **state)
{
    (void)state;
    char   path[2000], line[1000], name[500];
    size_t count, photos = 0, all = 0;
    snprintf(path, sizeof path, "%s/tests/golden/mtcnn/samples.txt", source);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file)) {
        if (sscanf(line, "photo %499s %zu", name, &count) != 2) continue;
        wanted want[MOST] = {0};
        assert_true(count <= MOST);
        for (size_t i = 0; i < count; i++)
            for (int k = 0; k < NUMBERS; k++) assert_int_equal(fscanf(file, "%lf", &want[i].number[k]), 1);
        one_photo(name, want, count);
        photos++, all += count;
    }
    fclose(file);
    assert_true(photos >= 30 && all >= photos);
}

/* The test photo of the package mtcnn, from data/photos.tar; false when that is not there. */
static bool read_ivan(kin_image **photo)
{
    static uint8_t bytes[100000];
    char           command[1000];
    snprintf(command, sizeof command, "tar xOf '%s/data/photos.tar' photos/mtcnn/ivan.jpg 2>/dev/null", shared);
    FILE  *pipe = popen(command, "r");
    size_t size = pipe ? fread(bytes, 1, sizeof bytes, pipe) : 0;
    if (pipe) pclose(pipe);
    return size > 0 && kin_image_read_memory(ctx, bytes, size, photo) == KIN_OK;
}

static double iou(const kin_box *a, const double b[4])
{
    double w = fmin(a->x1, b[2]) - fmax(a->x0, b[0]), h = fmin(a->y1, b[3]) - fmax(a->y0, b[1]);
    double first = ((double)a->x1 - a->x0) * ((double)a->y1 - a->y0), second = (b[2] - b[0]) * (b[3] - b[1]);
    return w > 0 && h > 0 ? w * h / (first + second - w * h) : 0;
}

/* What the package's README gives for it, [277, 90, 48, 63] and five points, comes of the photo as OpenCV reads it: with red
 * and blue exchanged. Confidence 0.99852 then. As it is, the points are as near, the box is not (IoU 0.86). */
static void test_the_published_face(void **state)
{
    (void)state;
    static const double box[4] = {277, 90, 277 + 48, 90 + 63};
    static const double points[KIN_POINTS][2] = {{291, 117}, {314, 114}, {303, 131}, {296, 143}, {313, 141}};
    kin_image          *photo, *exchanged;
    if (!read_ivan(&photo)) skip();
    assert_int_equal(kin_image_wrap(ctx, kin_image_data(photo), kin_image_width(photo), kin_image_height(photo),
                                    kin_image_stride(photo), KIN_BGR8, &exchanged), KIN_OK);
    for (int pass = 0; pass < 2; pass++) {
        kin_faces faces;
        assert_int_equal(kin_detect(detector, pass ? exchanged : photo, &(kin_detect_options){.min_face_px = 20}, &faces), KIN_OK);
        assert_true(faces.count > 0);
        const kin_face *face = faces.face;
        assert_true(iou(&face->box, box) > (pass ? 0.9 : 0.85));
        if (pass) assert_float_equal(face->score, 0.99852, 2e-5);
        for (int k = 0; k < KIN_POINTS; k++)
            assert_true(fabs((double)face->points[k].x - points[k][0]) < 2.5 && fabs((double)face->points[k].y - points[k][1]) < 2.5);
        kin_faces_free(&faces);
    }
    kin_image_free(exchanged);
    kin_image_free(photo);
}

int main(void)
{
    const char *named = getenv("KIN_SHARED");
    source = getenv("KIN_SOURCE") ? getenv("KIN_SOURCE") : ".";
    snprintf(shared, sizeof shared, "%s%s", named ? named : source, named ? "" : "/../shared");
    snprintf(folder, sizeof folder, "%s/weights/mtcnn", shared);
    ctx = kin_context_new(NULL);
    kin_status status = kin_detector_open(ctx, folder, &detector);
    if (status != KIN_OK) {
        const bool absent = status == KIN_E_NOT_FOUND || strstr(kin_error(ctx), "cannot open");
        fprintf(absent ? stdout : stderr, "%s: %s\n", absent ? "MTCNN was not tried" : "MTCNN", kin_error(ctx));
        kin_context_free(ctx);
        return absent ? SKIPPED : 1;
    }
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_as_the_reference), cmocka_unit_test(test_the_published_face)};
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    kin_detector_free(detector);
    kin_context_free(ctx);
    return failed;
}
