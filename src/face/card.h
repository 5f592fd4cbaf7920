/* SPDX-License-Identifier: Apache-2.0
 *
 * The card of a model as a struct: how to feed it, what its output is, how far to trust it. format/card reads it from
 * the JSON in the model file (models/README.md documents the fields); preprocessing is never guessed.
 */
#ifndef KIN_FACE_CARD_H
#define KIN_FACE_CARD_H

#include "base/memory.h"

typedef enum { KIN_CARD_EMBEDDER, KIN_CARD_DETECTOR, KIN_CARD_CLASSIFIER } kin_card_kind;
typedef enum { KIN_RESIZE_ANTIALIAS, KIN_RESIZE_TENSORFLOW, KIN_RESIZE_AREA } kin_resize_kind;
typedef enum { KIN_ALIGN_NONE, KIN_ALIGN_FIVE_POINTS, KIN_ALIGN_MARGIN } kin_align_kind;

typedef struct { /* one row of the impostor tail: at this similarity `far` of impostor pairs are accepted */
    double far, similarity;
} kin_far_row;

enum { KIN_CARD_POINTS = 5 };

typedef struct {
    kin_card_kind kind;
    const char   *name, *version, *licence, *training, *results, *credit; /* never NULL, "" when not given */

    /* input: (pixel - mean) / scale a channel */
    int             width, height;  /* 0: any (a detector) */
    bool            bgr;            /* else RGB */
    float           mean[3], scale[3];
    kin_resize_kind resize;
    kin_align_kind  align;
    float           points[KIN_CARD_POINTS][2]; /* KIN_ALIGN_FIVE_POINTS: the template in input pixels */
    float           margin;                     /* KIN_ALIGN_MARGIN: part of the box's size added around it */
    int             multiple, pad; /* a detector's sides are padded right and below to a multiple, with this value */

    /* output */
    const char *decode; /* "embedding", "ssd", "softmax" ...: which code reads the output */
    bool        normalise, mirror;  /* embedding: to unit length; mean with the mirror image's */
    int         strides[8], stride_count; /* ssd */
    float       score, nms;
    float       smallest_face_px, largest_face_px; /* faces the detector was trained on, in its input's pixels */
    int         longer_side_px;                    /* a photo is not shrunk below this longer side */

    kin_far_row *far_row; /* falling far, rising similarity */
    size_t       far_count;
    uint64_t     pairs; /* impostor pairs behind the table */

    const char **label; /* classifier */
    size_t       label_count;
} kin_card;

#endif
