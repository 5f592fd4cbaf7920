/* SPDX-License-Identifier: Apache-2.0
 *
 * A model's impostor tail, from the similarities of pairs of different people.
 */
#ifndef KIN_GALLERY_TAIL_H
#define KIN_GALLERY_TAIL_H

#include "gallery/decide.h"

enum { KIN_TAIL_ROWS = 7, KIN_TAIL_LEAST_PAIRS = 300 };

typedef struct {
    kin_impostor_row row[KIN_TAIL_ROWS]; /* FAR 0.5, 1e-1, 1e-2 .. 1e-6 */
    size_t           rows, counted;      /* counted: the first are quantiles, those behind are read off the fit */
    double           part, start;        /* the fit is to the pairs above `start`, the quantile 1 - part */
    size_t           fitted;             /* how many those are */
    double           shape, scale;       /* of a generalised Pareto distribution of what is above `start` */
    double           greatest;           /* of all similarities */
} kin_tail_fit;

/* Quantiles as long as ten pairs lie above them (FAR of 1e-5 at least), then the fit by maximum likelihood to the top
 * 0.1 %, or the top hundred, of the pairs. Rows end at a FAR of a tenth of a pair, and where the fit leaves [-1, 1]:
 * kin_tail_similarity then goes on with care. Sorts `similarity`. KIN_E_REFUSED: fewer than
 * KIN_TAIL_LEAST_PAIRS pairs, or none that differ. */
kin_status kin_tail_measure(kin_context *ctx, float *similarity, size_t count, kin_tail_fit *out);

#endif
