/* SPDX-License-Identifier: Apache-2.0
 *
 * Somebody else's program, C11 and C++17 alike: prints the length and width of the vector of the photo's main face.
 */
#include <kin/kin.h>
#include <math.h>
#include <stdio.h>

int main(int argc, char **argv)
{
    kin_context  *ctx = kin_context_new(NULL);
    kin_image    *photo = NULL;
    kin_detector *detector = NULL;
    kin_embedder *embedder = NULL;
    kin_faces     faces = {0, NULL, NULL};
    static float  vector[KIN_EMBEDDING_MAX];
    double        sum = 0;
    int           bad = argc != 2 || kin_image_read(ctx, argv[1], &photo) || kin_detector_open(ctx, NULL, &detector) ||
              kin_embedder_open(ctx, NULL, &embedder) || kin_detect(detector, photo, NULL, &faces) || faces.count == 0 ||
              kin_embed(embedder, photo, &faces.face[kin_faces_main(&faces, photo)], vector);
    if (bad)
        fprintf(stderr, "name: %s\n", kin_error(ctx));
    else {
        for (size_t i = 0; i < kin_embedder_width(embedder); i++) sum += vector[i] * vector[i];
        printf("%s %.4f %zu\n", kin_version(), sqrt(sum), kin_embedder_width(embedder));
    }
    kin_faces_free(&faces);
    kin_embedder_free(embedder);
    kin_detector_free(detector);
    kin_image_free(photo);
    kin_context_free(ctx);
    return bad;
}
