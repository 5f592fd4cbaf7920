/* SPDX-License-Identifier: Apache-2.0
 *
 * kin evaluate: how good a model is on labelled photos. The model's card says by which protocol.
 */
#include "app/evaluate.h"

#include <math.h>
#include <string.h>

#include "api/open.h"

enum { PAIRS_MIN_FACE_PX = 20 };

static void by_card(kin_app *app, kin_html *html)
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
        (closed ? kin_evaluate_closed_set : kin_evaluate_open_set)(app, html);
}

static void put_photo(kin_html *h, const kin_samples *s, size_t photo)
{
    const char *path = s->paths.path[photo], *slash = strrchr(path, '/');
    kin_html_put(h, "<figure class=\"face\">");
    kin_html_photo(h, path, &s->face[photo]);
    kin_html_put(h, "<figcaption>%s</figcaption></figure>", slash ? slash + 1 : path);
}

void kin_html_mistake(kin_html *h, const kin_samples *s, const char *what, size_t photo, size_t other)
{
    kin_html_put(h, "<div class=\"card\"><p>%s</p><div class=\"strip\">", what);
    put_photo(h, s, photo);
    if (other != KIN_NO_INDEX) put_photo(h, s, other);
    kin_html_put(h, "</div></div>\n");
}

int kin_verb_evaluate(kin_app *app)
{
    kin_html html;
    if (app->arg_count != (app->set.pairs ? 1 : 2) || (!app->set.pairs && app->set.model)) {
        kin_say("evaluate: expected MODEL DIR or --pairs FILE DIR (kin help evaluate)");
        return EXIT_USAGE;
    }
    if (kin_html_begin(app, &html) != EXIT_DONE) return app->exit;
    if (!app->set.pairs)
        by_card(app, &html);
    else {
        if (isnan(app->set.min_face)) app->set.min_face = PAIRS_MIN_FACE_PX;
        kin_evaluate_pairs(app, &html);
    }
    kin_html_end(&html);
    return app->exit;
}
