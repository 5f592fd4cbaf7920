/* SPDX-License-Identifier: Apache-2.0
 *
 * kin_diagnose inside the room: loading (doctor.c), faces against faces (doctor_faces.c), what follows for people and
 * for the gallery (doctor_people.c). Needs no network: a model's fingerprint and impostor tail come in.
 */
#ifndef KIN_GALLERY_DOCTOR_H
#define KIN_GALLERY_DOCTOR_H

#include "gallery/gallery.h"

/* kin_diagnose for the vectors of `model`. */
kin_status kin_gallery_diagnose(kin_gallery *gallery, const char *model, const kin_impostor_tail *tail,
                                kin_diagnosis *out);

/* The rule; what it finds stands in docs/accuracy.md, "Doctor" (scripts/measure-doctor.py). A face is somebody else's
 * when it agrees with another person by at least the similarity that strangers reach in 1 of 100 pairs and by
 * KIN_LABEL_MARGIN more than with its own; it is unlike its own when it agrees less than the most alike 5 of 100 pairs
 * of strangers. */
#define KIN_LABEL_MARGIN 0.1
#define KIN_LABEL_OTHER_FAR 0.01
#define KIN_LABEL_UNLIKE_FAR 0.05
/* (Nearly) the same picture: of 9,526 pairs of photos of one person in people.tar 13 are this similar. */
#define KIN_TWIN_SIMILARITY 0.95f
/* Two names are one person's when their means are as similar as strangers' would be in this part of such galleries, and
 * at least as similar as one in so many pairs of strangers. */
#define KIN_PAIR_CHANCE 0.05
#define KIN_PAIR_FAR 1e-4

/* All that is looked at. Rows are the diagnosis' faces, in its order. */
typedef struct {
    kin_context             *ctx;
    const kin_impostor_tail *tail;
    kin_diagnosis           *d;
    size_t                   width, stride;
    float                   *data;   /* [faces, stride], rows padded by zeros */
    double                  *sum;    /* [people, stride]: of each person's rows */
    double                  *length; /* [people]: of that sum; 0 for people without rows */
    kin_crowd                crowd;  /* what a search of all of them meets */
} kin_ward;

/* Sums, then each face's similarities, label, twin, scores. KIN_E_CANCELLED in between. */
kin_status kin_ward_faces(kin_ward *ward);
/* Pairs, needs, rates. `given`: a threshold that takes the place of the rule, or NAN. */
kin_status kin_ward_people(kin_ward *ward, double fpir, double given);

#endif
