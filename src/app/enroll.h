/* SPDX-License-Identifier: Apache-2.0
 *
 * What the two ways of teaching share: by photos of one person at a time (enroll.c) and by named regions (enroll_tags.c).
 */
#ifndef KIN_APP_ENROLL_H
#define KIN_APP_ENROLL_H

#include <jansson.h>

#include "app/lesson.h"

typedef struct {
    kin_app     *app;
    kin_gallery *home;
    kin_models  *models;
    kin_lesson  *lesson; /* of the present person */
    const size_t *face;  /* [count]: as in kin_paths */
    size_t       count;
    size_t       taught; /* people who are done */
    bool         several; /* people in a photo: remarks say whom they are about */
    json_t      *people; /* --json: what became of each */
} kin_school;

/* "PHOTO: TEXT" on standard error, unless --quiet. */
void kin_school_remark(const kin_school *s, const char *photo, const char *name, const char *text);
/* Puts a face of the photo into the gallery; ++*added unless it was declined, with a remark. */
kin_status kin_school_learn(kin_school *s, const char *name, const kin_lesson *lesson, size_t face, size_t *added);
/* Answers for one person. Raises EXIT_NO when no face was added. */
void kin_school_tell(kin_school *s, const char *name, size_t photos, size_t added);

/* kin enroll --from FOLDER --tags */
void kin_enroll_tags(kin_school *s, const char *folder);

#endif
