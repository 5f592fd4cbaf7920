/* SPDX-License-Identifier: Apache-2.0
 *
 * From a face, or a whole picture, to the likeliest of the labels that a network was trained on.
 */
#include "face/classify.h"

#include <math.h>
#include <string.h>

#include "face/crop.h"
#include "nn/graph.h"

/* --- making one --- */

static kin_status check_card(kin_context *ctx, const kin_card *card)
{
    if (card->kind != KIN_CARD_CLASSIFIER) return kin_fail(ctx, KIN_E_UNSUPPORTED, "card: kind: not a classifier");
    if (strcmp(card->decode, "softmax") != 0 && strcmp(card->decode, "logits") != 0)
        return kin_fail(ctx, KIN_E_UNSUPPORTED, "card: output.decode: \"%s\", expected \"softmax\" or \"logits\"", card->decode);
    if (card->label_count == 0)
        return kin_fail(ctx, KIN_E_UNSUPPORTED, "no labels in the model: give a file with one a line (--labels)");
    return kin_crop_check(ctx, card);
}

static kin_status check_width(kin_classifier *c)
{
    size_t width;
    KIN_TRY(kin_plans_width(&c->plans, c->card.height, c->card.width, &width));
    if (width == c->card.label_count) return KIN_OK;
    return kin_fail(c->ctx, KIN_E_UNSUPPORTED, "%zu labels, but the output has %zu numbers", c->card.label_count, width);
}

/* Borrows the graph. */
static kin_status make(kin_context *ctx, kin_graph *graph, const kin_card *card, kin_classifier **out)
{
    *out = NULL;
    KIN_TRY(kin_plans_check(ctx, graph, "classifier"));
    KIN_TRY(check_card(ctx, card));
    kin_classifier *c;
    KIN_TRY(kin_alloc_zero(ctx, 1, sizeof *c, &c));
    *c = (kin_classifier){.ctx = ctx, .graph = graph, .card = *card, .logits = strcmp(card->decode, "logits") == 0,
                          .plans = {.ctx = ctx, .graph = graph}};
    kin_status status = check_width(c);
    if (status == KIN_OK)
        *out = c;
    else
        kin_classifier_free(c);
    return status;
}

kin_status kin_classifier_new(kin_context *ctx, kin_graph *graph, const kin_card *card, kin_classifier **out)
{
    kin_status status = make(ctx, graph, card, out);
    if (status == KIN_OK)
        (*out)->owns_graph = true;
    else
        kin_graph_free(graph);
    return status;
}

kin_status kin_classifier_share(kin_context *ctx, kin_classifier *first, kin_classifier **out)
{
    kin_enter(ctx);
    kin_status status = make(ctx, first->graph, &first->card, out);
    kin_leave(ctx);
    return status;
}

void kin_classifier_free(kin_classifier *classifier)
{
    if (!classifier) return;
    kin_context *ctx = classifier->ctx;
    kin_enter(ctx);
    kin_plans_free(&classifier->plans);
    if (classifier->owns_graph) kin_graph_free(classifier->graph);
    kin_release(ctx, classifier);
    kin_leave(ctx);
}

kin_status kin_classifier_prepare(kin_classifier *classifier)
{
    kin_plan *plan;
    kin_enter(classifier->ctx);
    kin_status status = kin_plans_get(&classifier->plans, 1, classifier->card.height, classifier->card.width, &plan);
    kin_leave(classifier->ctx);
    return status;
}

size_t kin_classifier_labels(const kin_classifier *classifier)
{
    return classifier->card.label_count;
}

bool kin_classifier_wants_faces(const kin_classifier *classifier)
{
    return classifier->card.align != KIN_ALIGN_NONE;
}

/* --- guessing --- */

static kin_status run(kin_classifier *c, const kin_image *picture, const kin_face *face, const float **y)
{
    kin_plan  *plan;
    kin_image *crop = NULL;
    KIN_TRY(kin_plans_get(&c->plans, 1, c->card.height, c->card.width, &plan));
    if (face) KIN_TRY(kin_crop_for(c->ctx, &c->card, picture, face, &crop));
    kin_status status = kin_crop_feed(c->ctx, &c->card, face ? crop : picture, kin_plan_input(plan, 0));
    kin_image_free(crop);
    KIN_TRY(status);
    return kin_plans_run(&c->plans, plan, 1, c->card.label_count, y);
}

/* The largest first, of equals the first in the output. NaN comes behind all. `count` is small: no sort of all labels. */
static size_t best_of(const float *y, size_t labels, size_t count, kin_guess *guesses)
{
    size_t n = 0;
    for (size_t i = 0; i < labels && count; i++) {
        float  v = isnan(y[i]) ? -INFINITY : y[i];
        size_t k = n < count ? n : count - 1;
        if (n == count && !(v > guesses[k].probability)) continue;
        for (; k > 0 && v > guesses[k - 1].probability; k--) guesses[k] = guesses[k - 1];
        guesses[k] = (kin_guess){NULL, v, i};
        if (n < count) n++;
    }
    return n;
}

/* Softmax of the few that are shown; its sum is over all. */
static void to_probabilities(const float *y, size_t labels, kin_guess *guesses, size_t n)
{
    double sum = 0, largest = n ? guesses[0].probability : 0;
    for (size_t i = 0; i < labels; i++) sum += exp((double)y[i] - largest);
    for (size_t k = 0; k < n; k++) guesses[k].probability = (float)(exp(guesses[k].probability - largest) / sum);
}

kin_status kin_classify(kin_classifier *classifier, const kin_image *picture, const kin_face *face, size_t count,
                        kin_guess *guesses, size_t *found)
{
    const kin_card *card = &classifier->card;
    const float    *y;
    *found = 0;
    kin_enter(classifier->ctx);
    kin_status status = run(classifier, picture, face, &y);
    if (status == KIN_OK) {
        *found = best_of(y, card->label_count, count, guesses);
        if (classifier->logits) to_probabilities(y, card->label_count, guesses, *found);
        for (size_t k = 0; k < *found; k++) guesses[k].label = card->label[guesses[k].number];
    }
    kin_leave(classifier->ctx);
    return status;
}
