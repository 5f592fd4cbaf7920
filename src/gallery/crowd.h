/* SPDX-License-Identifier: Apache-2.0
 *
 * How many people and faces a search meets, and how alike they are: the kin_crowd that kin_decide_threshold wants.
 *
 * Sums of vectors give the mean over all pairs of rows of different people without looking at a pair: |sum of all|^2 is
 * that of all pairs, from which each person's |sum|^2 goes.
 */
#ifndef KIN_GALLERY_CROWD_H
#define KIN_GALLERY_CROWD_H

#include "gallery/decide.h"

typedef struct {
    size_t  width;
    double *all;                 /* [width]: sum of all rows */
    double  within;              /* sum of |sum of a person's rows|^2 */
    double  pairs_within;        /* ordered pairs of rows of one person, each with itself too */
    size_t  rows, people, means; /* people: with rows; means: with several */
} kin_count;

/* Nobody yet. `all`: `width` numbers of the caller. */
kin_count kin_count_begin(size_t width, double *all);
/* One more person with `count` rows [count, stride] of unit length (0: nobody is added). sum[width] gets the sum of the
 * rows; returns its length: the similarity of a vector to the person's mean is the sum of its similarities to the rows
 * over that. */
double kin_count_add(kin_count *c, const float *rows, size_t count, size_t stride, double *sum);
kin_crowd kin_count_end(const kin_count *c);

#endif
