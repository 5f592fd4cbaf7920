/* SPDX-License-Identifier: Apache-2.0
 *
 * kin: who is in a photo. This header includes all of the public ones.
 *
 *     kin_context  *ctx = kin_context_new(NULL);
 *     kin_image    *photo = NULL;
 *     kin_detector *detector = NULL;
 *     kin_embedder *embedder = NULL;
 *     kin_gallery  *home = NULL;
 *     kin_faces     faces = {0};
 *     if (kin_image_read(ctx, "beach.jpg", &photo) || kin_detector_open(ctx, NULL, &detector) ||
 *         kin_embedder_open(ctx, NULL, &embedder) || kin_gallery_open(ctx, NULL, &home) ||
 *         kin_detect(detector, photo, NULL, &faces))
 *         fprintf(stderr, "%s\n", kin_error(ctx));
 *     for (size_t i = 0; i < faces.count; i++) {
 *         float     vector[KIN_EMBEDDING_MAX];
 *         kin_match who;
 *         if (!kin_embed(embedder, photo, &faces.face[i], vector) && !kin_identify(home, embedder, vector, &who))
 *             printf("%s %.3f\n", who.name ? who.name : "unknown", who.similarity);
 *     }
 */
#ifndef KIN_KIN_H
#define KIN_KIN_H

#include "base.h"
#include "face.h"
#include "gallery.h"
#include "image.h"
#include "learn.h"
#include "model.h"

#endif
