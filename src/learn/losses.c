/* SPDX-License-Identifier: Apache-2.0
 */
#include "learn/losses.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

static kin_status put(kin_training *t, const char *op, const char *attributes, int x, int y, int *out)
{
    int in[2] = {x, y};
    return kin_graph_add_op(t->graph, op, NULL, attributes, in, y < 0 ? 1 : 2, out, 1);
}

/* The logits: what a softmax at the end of a classifier reads. */
static int before_softmax(const kin_graph *graph, int x)
{
    for (size_t n = 0; n < graph->node_count; n++)
        if (graph->node[n].out[0] == x && !strcmp(graph->node[n].op->name, "softmax")) return graph->node[n].in[0];
    return x;
}

static kin_status cross_entropy(kin_training *t, const char *attributes, int x, const kin_trainer_options *o, int *loss)
{
    (void)o;
    return put(t, "sparse_cross_entropy", attributes, before_softmax(t->graph, x), t->target, loss);
}

/* Embeddings and one vector a class, all of length 1: their products are cosines. */
static kin_status margin(kin_training *t, const char *attributes, int x, const kin_trainer_options *o, const char *preset,
                         int *loss)
{
    char words[160];
    int  e, w, unit, cosine, logits;
    if (snprintf(words, sizeof words, "%s%s%s", preset, *preset && *attributes ? " " : "", attributes) >= (int)sizeof words)
        return kin_fail(t->graph->ctx, KIN_E_USAGE, "loss: attributes of %zu bytes", strlen(attributes));
    const kin_shape *last = &t->graph->tensor[x].shape; /* the source says how wide it is */
    int64_t          width = last->rank ? last->dim[last->rank - 1] : -1;
    if (width < 1 || o->classes < 2)
        return kin_fail(t->graph->ctx, KIN_E_UNSUPPORTED, "loss: a margin needs an output of known width, and two classes");
    KIN_TRY(kin_training_add_weight(t, "class vectors", (kin_shape){2, {(int64_t)o->classes, width}}, 0.1, &w));
    KIN_TRY(put(t, "l2_normalize", "", x, -1, &e));
    KIN_TRY(put(t, "l2_normalize", "", w, -1, &unit));
    KIN_TRY(put(t, "dense", "", e, unit, &cosine));
    KIN_TRY(put(t, "angular_margin", words, cosine, t->target, &logits));
    return put(t, "sparse_cross_entropy", "", logits, t->target, loss);
}

static kin_status arcface(kin_training *t, const char *attributes, int x, const kin_trainer_options *o, int *loss)
{
    return margin(t, attributes, x, o, "", loss);
}

static kin_status cosface(kin_training *t, const char *attributes, int x, const kin_trainer_options *o, int *loss)
{
    return margin(t, attributes, x, o, "angle=0 cosine=0.35", loss);
}

static kin_status on_unit(kin_training *t, const char *op, const char *attributes, int x, int *loss)
{
    int unit;
    KIN_TRY(put(t, "l2_normalize", "", x, -1, &unit));
    return put(t, op, attributes, unit, t->target, loss);
}

static kin_status triplet(kin_training *t, const char *attributes, int x, const kin_trainer_options *o, int *loss)
{
    (void)o;
    return on_unit(t, "triplet", *attributes ? attributes : "margin=0.2", x, loss);
}

static kin_status contrastive(kin_training *t, const char *attributes, int x, const kin_trainer_options *o, int *loss)
{
    (void)o;
    return on_unit(t, "contrastive", attributes, x, loss);
}

static kin_status distil(kin_training *t, const char *attributes, int x, const kin_trainer_options *o, int *loss)
{
    (void)o;
    return put(t, "cosine_distance", attributes, x, t->target, loss);
}

static kin_status squares(kin_training *t, const char *attributes, int x, const kin_trainer_options *o, int *loss)
{
    (void)o;
    return put(t, "mean_squared_error", attributes, x, t->target, loss);
}

static const kin_loss losses[] = {
    {"cross_entropy", "softmax over the people (smoothing)", KIN_TARGET_LABELS, cross_entropy},
    {"arcface", "an embedding by an angular margin (angle, cosine, scale)", KIN_TARGET_LABELS, arcface},
    {"cosface", "an embedding by a cosine margin (cosine, scale)", KIN_TARGET_LABELS, cosface},
    {"triplet", "an embedding by triplets (margin, mining, squared)", KIN_TARGET_LABELS, triplet},
    {"contrastive", "an embedding by pairs (margin, pairing)", KIN_TARGET_LABELS, contrastive},
    {"distil", "an embedding like the teacher's, by their cosine", KIN_TARGET_VALUES, distil},
    {"squares", "an output like the teacher's, by squared differences", KIN_TARGET_VALUES, squares},
};

const kin_loss *kin_loss_at(size_t i)
{
    return i < sizeof losses / sizeof *losses ? &losses[i] : NULL;
}

kin_status kin_loss_find(kin_context *ctx, const char *text, const kin_loss **loss, const char **attributes)
{
    size_t length = strcspn(text, " ");
    char   shown[40];
    *attributes = text + length + strspn(text + length, " ");
    for (size_t i = 0; (*loss = kin_loss_at(i)) != NULL; i++)
        if (strlen((*loss)->name) == length && !memcmp((*loss)->name, text, length)) return KIN_OK;
    return kin_fail(ctx, KIN_E_USAGE,
                    "loss: '%s', expected cross_entropy, arcface, cosface, triplet, contrastive, distil or squares",
                    kin_printable(text, length, shown, sizeof shown));
}
