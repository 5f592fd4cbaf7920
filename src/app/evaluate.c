/* SPDX-License-Identifier: Apache-2.0
 *
 * kin evaluate: how good a model is on labelled photos. The model's card says by which protocol.
 */
#include "app/evaluate.h"

#include <math.h>

#include "api/open.h"

enum { PAIRS_MIN_FACE_PX = 20 };

static void by_card(kin_app *app)
{
    kin_graph      *graph = NULL;
    const kin_card *card;
    app->set.model = app->arg[0];
    kin_status status = kin_model_open(app->ctx, app->set.model, NULL, &graph);
    if (status == KIN_OK) status = kin_model_card(graph, app->set.model, &card);
    /* a classifier with TensorFlow Lite's metadata needs no card */
    bool closed = status == KIN_E_UNSUPPORTED || (status == KIN_OK && card->kind == KIN_CARD_CLASSIFIER);
    kin_graph_free(graph);
    if (!graph || (status != KIN_OK && status != KIN_E_UNSUPPORTED))
        kin_fail_verb(app, app->ctx, status, KIN_ROLE_MODEL);
    else
        (closed ? kin_evaluate_closed_set : kin_evaluate_open_set)(app);
}

int kin_verb_evaluate(kin_app *app)
{
    if (app->arg_count != (app->set.pairs ? 1 : 2) || (!app->set.pairs && app->set.model)) {
        kin_say("evaluate: expected MODEL DIR or --pairs FILE DIR (kin help evaluate)");
        return EXIT_USAGE;
    }
    if (!app->set.pairs)
        by_card(app);
    else {
        if (isnan(app->set.min_face)) app->set.min_face = PAIRS_MIN_FACE_PX;
        kin_evaluate_pairs(app);
    }
    return app->exit;
}
