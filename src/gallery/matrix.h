/* SPDX-License-Identifier: Apache-2.0
 *
 * All vectors of a model as rows of one matrix in memory, sorted by person, with what a search needs to know of each person.
 */
#ifndef KIN_GALLERY_MATRIX_H
#define KIN_GALLERY_MATRIX_H

#include "gallery/crowd.h"
#include "gallery/sketch.h"
#include "gallery/store.h"

struct kin_matrix {
    kin_matrix *next;
    int64_t     model;
    uint64_t    changes; /* of the gallery, and of the database, when it was loaded */
    int64_t     version;
    size_t      width, stride; /* floats; stride a multiple of a cache line, the rest is zero */
    size_t      rows, room, people, people_room;
    kin_crowd   crowd;
    float      *data;   /* [rows, stride] */
    kin_sketch  sketch; /* of data */
    float      *score;  /* [rows], of the search that runs: a bound, or the similarity itself */
    size_t     *first;  /* [people + 1]: first row */
    int64_t    *person; /* [people], rising */
    const char **name;  /* [people] */
    double     *mean;   /* [people]: what the sum of a person's scores is multiplied by */
    bool       *ignored; /* [people] */
    int        *born;   /* [people]: a date, 0: not known */
    int        *date;   /* [rows]: of the photo, 0: not known */
    float      *best;   /* [people], of the search that runs: likewise */
    size_t      rejections, rejections_room;
    float      *rejected; /* [rejections, stride]: faces that are not somebody */
    size_t     *barred;   /* [rejections]: who that is, an index of person */
};

/* The present matrix of a model that is in the database: loaded at the first call and again when this or another program has
 * changed the gallery. Lives until the next call of this or kin_matrix_forget; the names in it until the gallery is freed. */
kin_status kin_matrix_of(kin_gallery *g, int64_t model, size_t width, kin_matrix **out);

#endif
