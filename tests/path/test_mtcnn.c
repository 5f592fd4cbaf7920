/* SPDX-License-Identifier: Apache-2.0
 *
 * MTCNN on all sample photos, beside the reference's answers (tests/golden/mtcnn/samples.txt): no face more or less, boxes
 * and points within a pixel. The networks are those of KIN_SHARED (default ../shared beside the checkout).
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
static char          folder[1000];
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

int main(void)
{
    const char *shared = getenv("KIN_SHARED");
    source = getenv("KIN_SOURCE") ? getenv("KIN_SOURCE") : ".";
    snprintf(folder, sizeof folder, "%s%s/weights/mtcnn", shared ? shared : source, shared ? "" : "/../shared");
    ctx = kin_context_new(NULL);
    kin_status status = kin_detector_open(ctx, folder, &detector);
    if (status != KIN_OK) {
        const bool absent = status == KIN_E_NOT_FOUND || strstr(kin_error(ctx), "cannot open");
        fprintf(absent ? stdout : stderr, "%s: %s\n", absent ? "MTCNN was not tried" : "MTCNN", kin_error(ctx));
        kin_context_free(ctx);
        return absent ? SKIPPED : 1;
    }
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_as_the_reference)};
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    kin_detector_free(detector);
    kin_context_free(ctx);
    return failed;
}
