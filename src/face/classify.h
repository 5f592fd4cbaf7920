/* SPDX-License-Identifier: Apache-2.0
 *
 * The inside of a classifier: a network, its card, a label for each number of its output.
 */
#ifndef KIN_FACE_CLASSIFY_H
#define KIN_FACE_CLASSIFY_H

#include "face/card.h"
#include "face/plans.h"
#include "kin/face.h"

struct kin_classifier {
    kin_context *ctx;
    kin_graph   *graph;
    bool         owns_graph; /* not that of kin_classifier_share */
    kin_card     card; /* with the labels; its strings belong to the graph */
    bool         logits; /* the output is brought to probabilities here */
    kin_plans    plans;
};

/* A classifier of a network and its card, whose labels must be as many as the output's numbers. The graph is taken over,
 * also when this fails; the card's strings belong to it. */
kin_status kin_classifier_new(kin_context *ctx, kin_graph *graph, const kin_card *card, kin_classifier **out);

#endif
