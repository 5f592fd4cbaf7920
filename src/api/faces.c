/* SPDX-License-Identifier: Apache-2.0
 *
 * Detectors and embedders by name; a vector against a gallery.
 */
#include <math.h>

#include "api/open.h"
#include "face/detect/detect.h"
#include "face/embed.h"
#include "gallery/gallery.h"
#include "nn/graph.h"

static kin_status open_model(kin_context *ctx, const char *model, const char *fallback, kin_card_kind kind, kin_graph **graph,
                             const kin_card **card)
{
    static const char *const kind_name[] = {"an embedder", "a detector", "a classifier"};
    const char              *shown = model ? model : fallback;
    KIN_TRY(kin_model_open(ctx, model, fallback, graph));
    kin_status status = kin_model_card(*graph, shown, card);
    if (status == KIN_OK && (*card)->kind != kind)
        status = kin_fail(ctx, KIN_E_UNSUPPORTED, "%s: its card says %s, expected %s", shown, kind_name[(*card)->kind], kind_name[kind]);
    if (status != KIN_OK) {
        kin_graph_free(*graph);
        *graph = NULL;
    }
    return status;
}

kin_status kin_detector_open(kin_context *ctx, const char *model, kin_detector **out)
{
    kin_graph      *graph;
    const kin_card *card;
    *out = NULL;
    kin_enter(ctx);
    kin_status status = open_model(ctx, model, "detector", KIN_CARD_DETECTOR, &graph, &card);
    if (status == KIN_OK) status = kin_detector_new(ctx, graph, card, out); /* takes the graph over, also when it fails */
    kin_leave(ctx);
    return status;
}

kin_status kin_embedder_open(kin_context *ctx, const char *model, kin_embedder **out)
{
    kin_graph      *graph;
    const kin_card *card;
    *out = NULL;
    kin_enter(ctx);
    kin_status status = open_model(ctx, model, "recogniser", KIN_CARD_EMBEDDER, &graph, &card);
    if (status == KIN_OK) status = kin_embedder_new(ctx, graph, card, out); /* takes the graph over, also when it fails */
    kin_leave(ctx);
    return status;
}

/* --- decisions --- */

_Static_assert(sizeof(kin_far_row) == sizeof(kin_impostor_row), "the card's table is the gallery's");

static kin_impostor_tail tail_of(const kin_embedder *embedder)
{
    const kin_card *card = kin_embedder_card(embedder);
    return (kin_impostor_tail){(const kin_impostor_row *)card->far_row, card->far_count};
}

double kin_embedder_threshold(const kin_embedder *embedder, double far)
{
    kin_impostor_tail tail = tail_of(embedder);
    return tail.count ? kin_tail_similarity(&tail, far) : NAN;
}

double kin_embedder_far(const kin_embedder *embedder, double similarity)
{
    kin_impostor_tail tail = tail_of(embedder);
    return tail.count ? kin_tail_far(&tail, similarity) : NAN;
}

kin_status kin_identify(kin_gallery *gallery, kin_embedder *embedder, const float *vector, kin_match *match)
{
    kin_impostor_tail tail = tail_of(embedder);
    return kin_gallery_match(gallery, kin_embedder_fingerprint(embedder), kin_embedder_width(embedder), vector, &tail, match);
}
