/* SPDX-License-Identifier: Apache-2.0
 *
 * A photo as the gallery is told of it, for enroll, reject and ignore: what was seen, with a picture of each face, from which
 * a later model makes its own vectors.
 */
#ifndef KIN_APP_LESSON_H
#define KIN_APP_LESSON_H

#include "app/photos.h"

typedef struct {
    kin_seen  seen;
    uint8_t **crop; /* [seen.faces.count], PNG with a margin; NULL with --no-crops */
    size_t   *crop_bytes;
} kin_lesson;

/* kin_photo_job.look: cuts the faces out. */
kin_status kin_lesson_cut(kin_worker *worker, kin_image *photo, kin_seen *seen, void *arg);
/* kin_photo_job.drop: of what nobody kept. */
void kin_lesson_drop(kin_seen *seen);
/* In kin_photo_job.tell: takes the photo's parts over. */
void kin_lesson_keep(kin_lesson *lesson, kin_seen *seen);
void kin_lesson_free(kin_lesson *lesson);

/* Whether the photo has a face of this number, from 1 (KIN_FACE_UNSAID: it has); else says so and raises EXIT_USAGE. */
bool kin_lesson_has(kin_app *app, const kin_lesson *lesson, size_t number);
/* Face `face` of the photo; its name and crop are the lesson's. */
kin_enrolment kin_lesson_enrolment(const kin_lesson *lesson, size_t face);

#endif
