/* SPDX-License-Identifier: Apache-2.0
 *
 * From a model's impostor tail and a gallery's size to the similarity from which on a face gets a name.
 *
 * FAR (false accept rate): the part of pairs of different people whose similarity reaches a threshold.
 * FPIR (false positive identification rate): the part of strangers for whom a search of the gallery returns a name.
 */
#ifndef KIN_GALLERY_DECIDE_H
#define KIN_GALLERY_DECIDE_H

#include "base/context.h"

typedef struct {
    double far, similarity;
} kin_impostor_row;

/* Rows of falling FAR and rising similarity, measured on pairs of different people. */
typedef struct {
    const kin_impostor_row *row;
    size_t                  count;
} kin_impostor_tail;

#define KIN_FPIR_DEFAULT 0.01

/* KIN_E_UNSUPPORTED: no rows. KIN_E_FORMAT: fewer than two, FAR not falling in (0, 1], similarity not rising in [-1, 1]. */
kin_status kin_tail_check(kin_context *ctx, const kin_impostor_tail *tail);

/* The similarity that a part `far` of impostor pairs reaches; for a checked tail. Linear in log10 FAR between rows.
 * Below the table's smallest FAR it goes on with the steeper of the last two slopes (the real tail bends the other way,
 * so this asks for too much rather than too little), at most 1; above the largest FAR it stays at the first row. */
double kin_tail_similarity(const kin_impostor_tail *tail, double far);

/* The other way round: the part of impostor pairs that reach `similarity`, never told smaller than the table supports. */
double kin_tail_far(const kin_impostor_tail *tail, double similarity);

/* FPIR = 1 - (1 - FAR)^n for n comparisons, and back. */
double kin_fpir_from_far(double far, size_t n);
double kin_far_from_fpir(double fpir, size_t n);

/* What a search met. */
typedef struct {
    size_t compared; /* enrolled faces, and one more for each person with several, whose mean is looked at too */
    size_t people;
    double alike; /* mean similarity of faces of different people; NAN where there are no two people */
} kin_crowd;

/* The threshold at which at most a part `fpir` of strangers are named by a search of `crowd`.
 *
 * Each comparison counts as an independent chance for a stranger to be taken for somebody. That is the careful end: the
 * faces of one person resemble each other and a stranger who is unlike one is unlike all of them, so the true number lies
 * between people and comparisons; and strangers differ in how easily they are mistaken, which by Jensen's inequality again
 * makes the formula an upper bound. A mean is somewhat easier to be taken for than a single face (docs/accuracy.md), which
 * this care pays for. None counts as one.
 *
 * What the card cannot know are strangers more like these people than the people of its pairs were like each other:
 * relatives, where the enrolled are relatives themselves. The crowd shows it: half of what `alike` is above the card's
 * median pair, and one standard error of the mean over so many pairs of people, is added (docs/accuracy.md: why half). */
double kin_decide_threshold(const kin_impostor_tail *tail, const kin_crowd *crowd, double fpir);

#endif
