/* SPDX-License-Identifier: Apache-2.0
 *
 * What kin evaluate EMBEDDER DIR found, for the forms in which it is told.
 */
#ifndef KIN_APP_EVALUATE_OPEN_H
#define KIN_APP_EVALUATE_OPEN_H

#include "app/evaluate.h"

enum { KIN_RATES = 2, KIN_SIDES = 2 };
extern const double kin_fpirs[KIN_RATES];

/* One question to one gallery. */
typedef struct {
    size_t photo, nearest; /* nearest: person */
    bool   stranger, hit;  /* hit: the nearest is the right person */
    int    side;
    double similarity;
} kin_trial;

/* FNIR, FPIR and wrong names at a threshold a side. */
typedef struct {
    double   threshold[KIN_SIDES];
    kin_rate missed, named, wrong;
} kin_outcome;

/* A threshold is that of these very strangers, or that of the model's card, which may have none. */
enum { KIN_MEASURED, KIN_BY_CARD, KIN_WAYS };
extern const char *const kin_way_words[KIN_WAYS];

typedef struct {
    kin_app      *app;
    kin_models    models;
    kin_samples   samples;
    int          *side;     /* [people]: in whose gallery they are */
    bool         *enrolled; /* [photos] */
    kin_trial    *trial;
    size_t        trials, probes, strangers, taught;
    double        threshold[KIN_SIDES][KIN_RATES]; /* of the card; NAN without a table */
    kin_outcome   result[KIN_RATES][KIN_WAYS];
} kin_sitting;

/* KIN_WAYS, or KIN_BY_CARD where the card has no table. */
int kin_ways(const kin_sitting *sitting);
/* evaluate_open_html.c: the report. */
void kin_open_set_html(kin_html *h, const kin_sitting *sitting);

#endif
