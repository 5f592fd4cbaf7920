/* SPDX-License-Identifier: Apache-2.0
 *
 * What the gallery's tests share: a folder of their own under the build folder, made-up vectors and faces.
 */
#ifndef KIN_TESTS_GALLERY_FIXTURE_H
#define KIN_TESTS_GALLERY_FIXTURE_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/random.h"
#include "gallery/gallery.h"
#include "support/cmocka.h"

#define MODEL_A "00112233445566778899aabbccddeeff"
#define MODEL_B "ffeeddccbbaa99887766554433221100"

enum { WIDTH = 128 };

static kin_context ctx;
static char        folder[180], file[300];

/* A fresh folder in $TMPDIR, else in memory where there is such a place (the tests commit thousands of times); `file` is
 * where its gallery shall be. */
static inline int fresh(void **state)
{
    (void)state;
    kin_context_init(&ctx);
    const char *tmp = getenv("TMPDIR");
    if (!tmp || !*tmp || strlen(tmp) > 150) tmp = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    snprintf(folder, sizeof folder, "%s/kin-gallery-XXXXXX", tmp);
    if (!mkdtemp(folder)) return -1;
    snprintf(file, sizeof file, "%s/gallery.db", folder);
    return 0;
}

static inline int clean(void **state)
{
    (void)state;
    char command[600];
    snprintf(command, sizeof command, "chmod -R u+rwx '%s'; rm -rf '%s'", folder, folder);
    if (system(command) != 0) return -1;
    return ctx.memory == 0 ? 0 : -1; /* nothing may leak */
}

/* The `i`-th made-up vector of unit length. Two of them have a similarity near 0. */
static inline void make_vector(float *out, size_t width, uint64_t i)
{
    kin_random random = kin_random_make(7, i);
    double     sum = 0;
    for (size_t k = 0; k < width; k++) {
        out[k] = (float)kin_random_normal(&random);
        sum += (double)out[k] * out[k];
    }
    for (size_t k = 0; k < width; k++) out[k] = (float)(out[k] / sqrt(sum));
}

/* Another photo of the same person: `out` has about `similarity` to vector `i`. */
static inline void make_alike(float *out, size_t width, uint64_t i, double similarity, uint64_t noise)
{
    float  other[KIN_EMBEDDING_MAX];
    double sum = 0, rest = sqrt(1 - similarity * similarity);
    make_vector(out, width, i);
    make_vector(other, width, 1000000 + noise);
    for (size_t k = 0; k < width; k++) {
        out[k] = (float)(similarity * out[k] + rest * other[k]);
        sum += (double)out[k] * out[k];
    }
    for (size_t k = 0; k < width; k++) out[k] = (float)(out[k] / sqrt(sum));
}

static inline kin_enrolment make_enrolment(uint64_t photo)
{
    kin_enrolment e = {.photo_name = "photo.jpg", .photo_width = 178, .photo_height = 218};
    memcpy(e.photo_hash, "photo...hash....", KIN_HASH_BYTES);
    memcpy(e.photo_hash + 8, &photo, sizeof photo);
    e.face = (kin_face){.box = {40, 50, 120, 160}, .score = 0.99f, .quality = {80, 0.7f, 1, 2, 3}};
    for (int i = 0; i < KIN_POINTS; i++) e.face.points[i] = (kin_point){60 + (float)i, 80 + (float)i};
    return e;
}

static inline kin_gallery *open_gallery(void)
{
    kin_gallery *g = NULL;
    if (kin_gallery_open(&ctx, file, &g) != KIN_OK) fail_msg("%s", kin_error(&ctx));
    return g;
}

/* Puts photo `photo` with vector `i` under `name`. */
static inline kin_enrolled put(kin_gallery *g, const char *name, uint64_t photo, uint64_t i)
{
    float         vector[WIDTH];
    kin_enrolled  r;
    kin_enrolment e = make_enrolment(photo);
    make_vector(vector, WIDTH, i);
    if (kin_gallery_add(g, name, MODEL_A, WIDTH, vector, &e, &r) != KIN_OK) fail_msg("%s", kin_error(&ctx));
    return r;
}

static inline size_t faces_of(kin_gallery *g, const char *model)
{
    size_t faces = 0;
    if (kin_gallery_count(g, model, NULL, &faces, NULL) != KIN_OK) fail_msg("%s", kin_error(&ctx));
    return faces;
}

#endif
