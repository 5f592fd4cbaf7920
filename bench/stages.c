/* SPDX-License-Identifier: Apache-2.0
 *
 * stages PHOTO GALLERY [THREADS]: where the time of one cold `kin identify` goes, stage by stage, then the same photo
 * again with everything warm.
 */
#include <stdio.h>
#include <stdlib.h>

#include "bench/timing.h"
#include "kin/kin.h"

static double last;

static void stage(const char *name)
{
    double now = now_ms();
    printf("  %-22s %8.2f ms\n", name, now - last);
    last = now_ms();
}

static kin_status look(kin_context *ctx, const char *path, kin_detector *detector, kin_embedder *embedder, kin_gallery *gallery)
{
    kin_image *photo;
    kin_faces  faces;
    kin_match  match;
    kin_status status = kin_image_read(ctx, path, &photo);
    if (status != KIN_OK) return status;
    stage("read and decode");
    status = kin_detect(detector, photo, NULL, &faces);
    if (status == KIN_OK) {
        stage("detect");
        float *vectors = malloc((faces.count + 1) * kin_embedder_width(embedder) * sizeof *vectors);
        for (size_t i = 0; i < faces.count && status == KIN_OK; i++) {
            status = kin_embed(embedder, photo, &faces.face[i], vectors + i * kin_embedder_width(embedder));
            if (i == 0) stage("embed the first face");
        }
        stage("embed the others");
        for (size_t i = 0; i < faces.count && status == KIN_OK; i++)
            status = kin_identify(gallery, embedder, vectors + i * kin_embedder_width(embedder), &match);
        stage("search the gallery");
        printf("  %zu faces\n", faces.count);
        free(vectors);
        kin_faces_free(&faces);
    }
    kin_image_free(photo);
    return status;
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fprintf(stderr, "usage: stages PHOTO GALLERY [THREADS]\n");
        return 2;
    }
    last = now_ms();
    kin_context  *ctx = kin_context_new(&(kin_options){.threads = argc > 3 ? strtoul(argv[3], NULL, 10) : 0});
    kin_detector *detector = NULL;
    kin_embedder *embedder = NULL;
    kin_gallery  *gallery = NULL;
    double        start = last;
    kin_status    status = kin_detector_open(ctx, NULL, &detector);
    if (status == KIN_OK) status = kin_embedder_open(ctx, NULL, &embedder);
    stage("open the models");
    if (status == KIN_OK) status = kin_gallery_open_reading(ctx, argv[2], &gallery);
    stage("open the gallery");
    if (status == KIN_OK) status = look(ctx, argv[1], detector, embedder, gallery);
    printf("cold: %.2f ms\n", now_ms() - start);
    start = last = now_ms();
    if (status == KIN_OK) status = look(ctx, argv[1], detector, embedder, gallery);
    printf("warm: %.2f ms\n", now_ms() - start);
    if (status != KIN_OK) fprintf(stderr, "stages: %s\n", kin_error(ctx));
    kin_gallery_free(gallery);
    kin_embedder_free(embedder);
    kin_detector_free(detector);
    kin_context_free(ctx);
    return status != KIN_OK;
}
