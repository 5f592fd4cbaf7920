/* SPDX-License-Identifier: Apache-2.0
 *
 * What a recogniser is worth, from similarities of pairs whose truth is known.
 */
#ifndef KIN_GALLERY_TRIAL_H
#define KIN_GALLERY_TRIAL_H

#include "base/context.h"
#include "kin/gallery.h"

/* `count` of `of` with its 95 % interval (Wilson). */
kin_rate kin_rate_of(size_t count, size_t of);

typedef struct {
    double similarity;
    bool   same; /* the truth: one person */
    int    fold;
    bool   right; /* out: judged rightly by the threshold that is best on the other folds */
} kin_pair_trial;

enum { KIN_PAIR_FARS = 3 };
extern const double kin_pair_far[KIN_PAIR_FARS]; /* 1e-1, 1e-2, 1e-3 */

typedef struct {
    double accuracy, standard_error;   /* mean over folds; of that mean */
    double tar[KIN_PAIR_FARS];         /* part of the pairs of one person above threshold[i] ... */
    double threshold[KIN_PAIR_FARS];   /* ... which is the quantile 1 - kin_pair_far[i] of all pairs of two */
    double area;                       /* under the curve: chance that a pair of one is more similar than one of two */
} kin_pairs_result;

/* LFW's protocol: for each fold 0 .. folds - 1 the threshold (accepted: above it) that is right most often on the
 * others, halfway between two similarities. KIN_E_USAGE: fewer than two folds, or a fold without pairs, or none of one kind. */
kin_status kin_pairs_judge(kin_context *ctx, kin_pair_trial *trial, size_t count, int folds, kin_pairs_result *out);

#endif
