/* SPDX-License-Identifier: Apache-2.0
 *
 * The inside of an embedder: a network, its card, the width of its vectors, the plans of a few batch sizes.
 */
#ifndef KIN_FACE_EMBED_H
#define KIN_FACE_EMBED_H

#include "face/card.h"
#include "face/plans.h"
#include "kin/face.h"

enum { KIN_EMBED_BATCH = 8 }; /* most crops in one run */

struct kin_embedder {
    kin_context *ctx;
    kin_graph   *graph;
    bool         owns_graph; /* not that of kin_embedder_share */
    kin_card     card; /* its strings belong to the graph */
    size_t       width;
    char         fingerprint[33];
    kin_plans    plans;
};

/* An embedder of a network and its card. The graph is taken over, also when this fails; the card's strings belong to
 * it. KIN_E_FORMAT or KIN_E_UNSUPPORTED with the field's name when card or network are not usable. */
kin_status kin_embedder_new(kin_context *ctx, kin_graph *graph, const kin_card *card, kin_embedder **out);
/* Valid as long as the embedder. */
const kin_card *kin_embedder_card(const kin_embedder *embedder);

/* The vectors of `count` faces, each of its picture, one after another in `vectors` [count, width]. The same numbers as
 * kin_embed gives one by one, in fewer runs. */
kin_status kin_embed_batch(kin_embedder *embedder, const kin_image *const *pictures, const kin_face *faces, size_t count,
                           float *vectors);

#endif
