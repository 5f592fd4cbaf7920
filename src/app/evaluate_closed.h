/* SPDX-License-Identifier: Apache-2.0
 *
 * What kin evaluate CLASSIFIER DIR found, for the forms in which it is told.
 */
#ifndef KIN_APP_EVALUATE_CLOSED_H
#define KIN_APP_EVALUATE_CLOSED_H

#include "app/evaluate.h"

/* What the classifier said of one photo. */
typedef struct {
    size_t   rank; /* of the right label, 1: the likeliest; 0: no such label, or nothing was said */
    float    probability;
    char     said[300]; /* the likeliest label, cut; "" for a photo without a face */
    kin_face face;      /* that was looked at; the whole picture where it was that */
} kin_verdict;

typedef struct {
    kin_samples  samples;
    kin_verdict *verdict; /* [photos]; NULL without --html */
    size_t       told, faceless, failed, foreign, of, first, few; /* foreign: in a folder that is no label */
    size_t      *photos, *right;                                  /* [people] */
} kin_tally;

/* evaluate_closed_html.c: the report. */
void kin_closed_set_html(kin_html *h, const kin_tally *tally);

#endif
