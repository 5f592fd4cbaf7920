/* SPDX-License-Identifier: Apache-2.0
 *
 * The inside of an embedder: a network, its card, the plans of one picture and of a picture with its mirror image.
 */
#ifndef KIN_FACE_EMBED_H
#define KIN_FACE_EMBED_H

#include "face/card.h"
#include "face/plans.h"
#include "kin/face.h"

struct kin_embedder {
    kin_context *ctx;
    kin_graph   *graph;
    bool         owns_graph;
    kin_card     card; /* its strings and tables belong to the graph */
    kin_plans    plans;
    size_t       width; /* numbers of a vector */
    char         fingerprint[33];
};

/* An embedder of a network and its card. Both are borrowed and must outlive it (the card's struct is copied, its strings
 * are not), unless kin_embedder_own says otherwise. Makes the first plan, to learn the vector's width. */
kin_status kin_embedder_new(kin_context *ctx, kin_graph *graph, const kin_card *card, kin_embedder **out);
/* From now on kin_embedder_free frees the graph too (with which the card's strings go). */
void kin_embedder_own(kin_embedder *embedder);

const kin_card *kin_embedder_card(const kin_embedder *embedder);

#endif
