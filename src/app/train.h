/* SPDX-License-Identifier: Apache-2.0
 *
 * What kin train holds while it runs and tells at the end: train.c fills it, train_tell.c prints it, train_html.c draws it.
 */
#ifndef KIN_APP_TRAIN_H
#define KIN_APP_TRAIN_H

#include "app/folder.h"
#include "app/html.h"
#include "app/progress.h"
#include "learn/teach.h"

/* A line of the history. NAN: not of this part. */
typedef struct {
    const char *part;    /* "top": a new top on a base that stays; "network": the base learns */
    uint64_t    epoch;   /* of the part, from 1 */
    double      seconds; /* since the verb began */
    double      loss, accuracy;               /* of what is learnt from */
    double      validation, validation_loss;  /* of what is not */
    double      spread;  /* mean distance of two embeddings */
    double      rate;
} kin_train_epoch;

typedef struct {
    kin_app          *app;
    kin_folder        folder;
    kin_recipe        recipe;
    kin_taught        taught;
    kin_train_epoch   last;     /* of the weights that were kept */
    kin_course_report course;   /* of the network as a whole */
    kin_graph        *teacher;
    kin_graph        *embedder; /* that learnt; NULL: a classifier did */
    char              checkpoint[4096];
    kin_train_epoch  *history;  /* [epochs] */
    size_t            epochs, room;
    size_t            tops;     /* of them the new top's */
    int64_t           began_ns;
    kin_progress      progress;
    bool              counting; /* the progress line counts epochs now */
    bool              tuning;   /* the base learns behind a new top */
    bool              collapsed;
} kin_train;

/* Pictures of a label, learnt from or not; whom the pictures of --validation were taken for. `said` and `right` lead to precision,
 * `asked` and `right` to recall. */
typedef struct {
    size_t pictures, asked, right, said;
} kin_train_label;
kin_train_label kin_train_label_of(const kin_train *t, size_t label);

void kin_train_tell(const kin_train *t);
void kin_train_html(const kin_train *t, kin_html *h);

#endif
