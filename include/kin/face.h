/* SPDX-License-Identifier: Apache-2.0
 *
 * Faces: find them in a picture, judge them, align them, turn them into vectors.
 *
 * Boxes and points are in pixels of the upright picture, origin at its top left corner, x to the right; a pixel's middle
 * is at +0.5. "Left" is the left of the picture.
 */
#ifndef KIN_FACE_H
#define KIN_FACE_H

#include "base.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct kin_image kin_image; /* image.h */

typedef struct {
    float x, y;
} kin_point;

typedef struct {
    float x0, y0, x1, y1;
} kin_box;

enum { KIN_LEFT_EYE, KIN_RIGHT_EYE, KIN_NOSE, KIN_MOUTH_LEFT, KIN_MOUTH_RIGHT, KIN_POINTS };

typedef struct {
    float size_px;          /* the shorter side of the box */
    float sharpness;        /* 0 blurred .. 1 sharp */
    /* Degrees, estimated from the five points; 0 looks into the camera. Positive: yaw turned to the picture's right,
     * pitch looking up, roll clockwise in the picture. */
    float yaw, pitch, roll;
} kin_quality;

typedef struct {
    kin_box     box;   /* not rounded; reaches past the picture's edge where the face does */
    float       score; /* 0 .. 1 */
    kin_point   points[KIN_POINTS];
    kin_quality quality;
    /* 0, 90, 180 or 270 degrees that the face stands turned clockwise (kin_detect_options.rotations). Its "left" points are on
     * the left of the face seen upright. */
    int turned;
} kin_face;

typedef struct {
    size_t       count;
    kin_face    *face; /* best score first */
    kin_context *ctx;  /* whose memory this is */
} kin_faces;

KIN_API void kin_faces_free(kin_faces *faces);

/* Index of the face that counts where one is wanted: the one with the greatest (width * height of its box) - 2 d^2, where
 * d is the distance in pixels from the box's middle to the picture's middle; of equals the first. (The rule of facenet's
 * align_dataset_mtcnn.py, the usual one for LFW.) faces->count must not be 0. */
KIN_API size_t kin_faces_main(const kin_faces *faces, const kin_image *picture);

typedef struct kin_detector kin_detector;
typedef struct kin_embedder kin_embedder;

typedef struct {
    float min_face_px; /* smallest face to look for, in pixels of the photo; 0: 40, with `small` 8 */
    float score;       /* least score; 0: the card's */
    bool  rotations;   /* where no face is surely upright, look for faces that stand sideways or upside down too */
    bool  small;       /* look for faces below 40 pixels in enlarged tiles: slow, in memory that does not grow with the photo */
} kin_detect_options;

/* Opens a detector or embedder by file or name, NULL: the one compiled in. KIN_E_NOT_FOUND, KIN_E_FORMAT, or
 * KIN_E_UNSUPPORTED for a model without a card. */
KIN_API kin_status kin_detector_open(kin_context *ctx, const char *model, kin_detector **out);
KIN_API kin_status kin_embedder_open(kin_context *ctx, const char *model, kin_embedder **out);
/* A second handle on the same network for another thread's context: weights are shared, working memory is not.
 * The first one must outlive it. */
KIN_API kin_status kin_detector_share(kin_context *ctx, kin_detector *first, kin_detector **out);
KIN_API kin_status kin_embedder_share(kin_context *ctx, kin_embedder *first, kin_embedder **out);
/* Do now what the first kin_detect and kin_embed would: pack the weights, plan the memory. Handles that share the network
 * have a part in it, so this may run in another thread, on the first handle, while a photo is being read. */
KIN_API kin_status kin_detector_prepare(kin_detector *detector);
KIN_API kin_status kin_embedder_prepare(kin_embedder *embedder);
KIN_API void       kin_detector_free(kin_detector *detector);
KIN_API void       kin_embedder_free(kin_embedder *embedder);

/* Finds the faces of a picture. No face is KIN_OK with count 0. *faces is overwritten; free it with kin_faces_free. */
KIN_API kin_status kin_detect(kin_detector *detector, const kin_image *picture, const kin_detect_options *options,
                              kin_faces *faces);

/* No vector is longer. */
enum { KIN_EMBEDDING_MAX = 4096 };

KIN_API size_t kin_embedder_width(const kin_embedder *embedder); /* numbers of a vector */
/* 32 hexadecimal characters that stand for the model's file. */
KIN_API const char *kin_embedder_fingerprint(const kin_embedder *embedder);

/* The similarity from which on a part `far` of pairs of different people are taken for the same, by the model's card, and
 * back. NAN for a model whose card has no table. */
KIN_API double kin_embedder_threshold(const kin_embedder *embedder, double far);
KIN_API double kin_embedder_far(const kin_embedder *embedder, double similarity);

/* The vector of a face: aligned crop, mean with its mirror image where the card says so, unit length.
 * `vector` holds kin_embedder_width numbers. */
KIN_API kin_status kin_embed(kin_embedder *embedder, const kin_image *picture, const kin_face *face, float *vector);
/* The same without the mirror image. */
KIN_API kin_status kin_embed_single(kin_embedder *embedder, const kin_image *picture, const kin_face *face,
                                    float *vector);
/* The vector of a picture that is a crop already (resized to the model's input if it has another size). */
KIN_API kin_status kin_embed_crop(kin_embedder *embedder, const kin_image *crop, float *vector);

/* The crop that the embedder sees. */
KIN_API kin_status kin_crop_aligned(kin_embedder *embedder, const kin_image *picture, const kin_face *face,
                                    kin_image **out);
/* The face's box, made square and grown by `margin` of its side all around (0.5: twice the face), black outside the
 * picture, upright where the face stands `turned`; scaled to size_px x size_px, 0: as it is. */
KIN_API kin_status kin_crop_margin(kin_context *ctx, const kin_image *picture, const kin_face *face, float margin,
                                   int size_px, kin_image **out);

/* --- closed sets: which of the people that a classifier was trained on --- */

typedef struct kin_classifier kin_classifier;

typedef struct {
    const char *label; /* the classifier's, as long as it lives */
    float       probability;
    size_t      number; /* of the output, from 0 */
} kin_guess;

/* Opens a classifier by file or name. Its labels are those of `labels`, a text file with one a line, else (NULL) those in
 * the model: of its card, or of the TensorFlow Lite metadata. KIN_E_UNSUPPORTED: no classifier, no labels, or another
 * number of them than the output has. */
KIN_API kin_status kin_classifier_open(kin_context *ctx, const char *model, const char *labels, kin_classifier **out);
/* As kin_embedder_share, kin_embedder_prepare. */
KIN_API kin_status kin_classifier_share(kin_context *ctx, kin_classifier *first, kin_classifier **out);
KIN_API kin_status kin_classifier_prepare(kin_classifier *classifier);
KIN_API void       kin_classifier_free(kin_classifier *classifier);

KIN_API size_t kin_classifier_labels(const kin_classifier *classifier);
/* Whether it wants faces cut out of photos, as its card says; else it looks at whole pictures. */
KIN_API bool kin_classifier_wants_faces(const kin_classifier *classifier);
/* The `count` likeliest labels, the best first; all of them where there are fewer: *found says how many. `face` NULL: the
 * whole picture. */
KIN_API kin_status kin_classify(kin_classifier *classifier, const kin_image *picture, const kin_face *face, size_t count,
                                kin_guess *guesses, size_t *found);

#ifdef __cplusplus
}
#endif
#endif
