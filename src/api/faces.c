/* SPDX-License-Identifier: Apache-2.0
 *
 * Detectors, embedders and classifiers by name; a vector against a gallery.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "api/open.h"
#include "face/classify.h"
#include "face/detect/detect.h"
#include "face/embed.h"
#include "format/card/card.h"
#include "format/card/labels.h"
#include "format/tflite/metadata.h"
#include "gallery/doctor.h"
#include "gallery/gallery.h"
#include "nn/graph.h"
#include "os/files.h"

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

/* --- MTCNN: three files in a folder --- */

/* The files' names say what they are and how they are fed; a card, where one is inside, must not say otherwise. */
static kin_status check_part(kin_graph *graph)
{
    kin_context *ctx = graph->ctx;
    kin_card     card;
    if (!kin_graph_metadata_find(graph, "KIN_CARD")) return KIN_OK;
    KIN_TRY(kin_graph_card(graph, &card));
    if (card.kind != KIN_CARD_DETECTOR || strcmp(card.decode, "mtcnn") != 0)
        return kin_fail(ctx, KIN_E_UNSUPPORTED, "card: output.decode: \"%s\", expected \"mtcnn\" of a detector", card.decode);
    for (int i = 0; i < 3; i++)
        if (card.mean[i] != 127.5f || card.scale[i] != 128 || card.bgr)
            return kin_fail(ctx, KIN_E_UNSUPPORTED, "card: input: MTCNN's is RGB, mean 127.5, scale 128");
    return KIN_OK;
}

static kin_status read_part(kin_context *ctx, const char *folder, const char *file, kin_graph **out)
{
    char *path;
    KIN_TRY(kin_path_join(ctx, folder, file, &path));
    kin_status status;
    if (kin_path_what(path) == KIN_PATH_NONE)
        status = kin_fail(ctx, KIN_E_NOT_FOUND,
                          "%s: no %s in it; a detector's folder holds MTCNN's pnet.tflite, rnet.tflite and onet.tflite "
                          "(scripts/make-mtcnn.py makes them)", folder, file);
    else
        status = kin_graph_read(ctx, path, out);
    if (status == KIN_OK) {
        status = check_part(*out);
        if (status != KIN_OK) kin_fail_prefix(ctx, status, path);
    }
    kin_release(ctx, path);
    return status;
}

static kin_status open_mtcnn(kin_context *ctx, const char *folder, kin_detector **out)
{
    kin_graph *part[KIN_MTCNN_NETWORKS] = {NULL};
    for (int i = 0; i < KIN_MTCNN_NETWORKS; i++) {
        kin_status status = read_part(ctx, folder, kin_mtcnn_file[i], &part[i]);
        if (status == KIN_OK) continue;
        for (int k = 0; k <= i; k++) kin_graph_free(part[k]);
        return status;
    }
    kin_status status = kin_detector_new_mtcnn(ctx, part, out); /* takes them over, also when it fails */
    return status == KIN_OK ? status : kin_fail_prefix(ctx, status, folder);
}

/* What is asked for most and not inside: where it belongs and who makes it. */
static kin_status no_mtcnn(kin_context *ctx)
{
    char place[4096];
    if (!kin_model_place("mtcnn", place, sizeof place)) snprintf(place, sizeof place, "$KIN_MODELS/mtcnn");
    return kin_fail(ctx, KIN_E_NOT_FOUND,
                    "no model 'mtcnn': pnet.tflite, rnet.tflite and onet.tflite belong into %s (scripts/make-mtcnn.py makes them)",
                    place);
}

static kin_status open_detector(kin_context *ctx, const char *model, kin_detector **out)
{
    kin_graph      *graph;
    const kin_card *card;
    char            folder[4096];
    if (model && kin_model_folder(model, folder, sizeof folder)) return open_mtcnn(ctx, folder, out);
    kin_status status = open_model(ctx, model, "detector", KIN_CARD_DETECTOR, &graph, &card);
    if (status == KIN_E_NOT_FOUND && model && strcmp(model, "mtcnn") == 0) return no_mtcnn(ctx);
    KIN_TRY(status);
    if (strcmp(card->decode, "mtcnn") == 0) {
        kin_graph_free(graph);
        return kin_fail(ctx, KIN_E_UNSUPPORTED, "%s: one of MTCNN's three networks; the detector is the folder with all of them", model);
    }
    return kin_detector_new(ctx, graph, card, out); /* takes the graph over, also when it fails */
}

kin_status kin_detector_open(kin_context *ctx, const char *model, kin_detector **out)
{
    *out = NULL;
    kin_enter(ctx);
    kin_status status = open_detector(ctx, model, out);
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

/* --- classifiers --- */

/* Labels from a text file into `card`. */
static kin_status read_labels(kin_graph *graph, const char *path, kin_card *card)
{
    enum { LABELS_BYTES_MAX = 64 << 20 };
    uint8_t *bytes;
    size_t   size;
    KIN_TRY(kin_file_read(graph->ctx, path, LABELS_BYTES_MAX, &bytes, &size));
    kin_status status = kin_labels_read(&graph->arena, bytes, size, &card->label, &card->label_count);
    kin_release(graph->ctx, bytes);
    return status == KIN_OK ? status : kin_fail_prefix(graph->ctx, status, path);
}

static kin_status open_classifier(kin_context *ctx, const char *model, const char *labels, kin_classifier **out)
{
    kin_graph      *graph;
    const kin_card *found;
    if (!model) return kin_fail(ctx, KIN_E_USAGE, "no classifier is inside this program: name one");
    KIN_TRY(open_model(ctx, model, NULL, KIN_CARD_CLASSIFIER, &graph, &found));
    kin_card   card = *found;
    kin_status status = KIN_OK;
    if (labels)
        status = read_labels(graph, labels, &card);
    else if (card.label_count == 0 && (status = kin_tflite_labels(graph, &card.label, &card.label_count)) != KIN_OK)
        kin_fail_prefix(ctx, status, model);
    if (status != KIN_OK) {
        kin_graph_free(graph);
        return status;
    }
    status = kin_classifier_new(ctx, graph, &card, out); /* takes the graph over, also when it fails */
    return status == KIN_OK ? status : kin_fail_prefix(ctx, status, model);
}

kin_status kin_classifier_open(kin_context *ctx, const char *model, const char *labels, kin_classifier **out)
{
    *out = NULL;
    kin_enter(ctx);
    kin_status status = open_classifier(ctx, model, labels, out);
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

kin_status kin_identify_photo(kin_gallery *gallery, kin_embedder *embedder, const float *vectors, size_t count,
                              const kin_occasion *occasion, kin_match *match)
{
    kin_impostor_tail tail = tail_of(embedder);
    return kin_gallery_match_photo(gallery, kin_embedder_fingerprint(embedder), kin_embedder_width(embedder), vectors, count, &tail,
                                   occasion, match);
}

kin_status kin_diagnose(kin_gallery *gallery, kin_embedder *embedder, kin_diagnosis *diagnosis)
{
    kin_impostor_tail tail = tail_of(embedder);
    return kin_gallery_diagnose(gallery, kin_embedder_fingerprint(embedder), &tail, diagnosis);
}
