/* SPDX-License-Identifier: Apache-2.0
 *
 * kin version: what is in this program.
 */
#include "api/builtin.h"
#include "api/open.h"
#include "app/answer.h"
#include "tags/tags.h"

/* Calls `each` with every model that is compiled in and its card. */
static void for_models(kin_app *app, void (*each)(const kin_builtin *model, const kin_card *card, void *arg), void *arg)
{
    kin_builtin model;
    for (size_t i = 0; kin_builtin_at(i, &model); i++) {
        kin_graph      *graph;
        const kin_card *card;
        kin_status status = kin_model_open(app->ctx, NULL, model.name, &graph); /* what is inside, not a file of that name */
        if (status == KIN_OK) status = kin_model_card(graph, model.name, &card);
        if (status == KIN_OK)
            each(&model, card, arg);
        else
            kin_fail_verb(app, app->ctx, status, KIN_ROLE_MODEL);
        kin_graph_free(graph);
    }
}

static void as_text(const kin_builtin *model, const kin_card *card, void *arg)
{
    (void)arg;
    printf("model    %s: %s %s, %.1f MB; %s\n", model->name, card->name, card->version, (double)model->size / 1e6, card->licence);
}

/* One line; `what` is a word. */
static void csv_row(const char *what, const char *name, const char *version, const char *licence)
{
    kin_csv_text(what, true);
    kin_csv_text(name, false);
    kin_csv_text(version, false);
    kin_csv_text(licence, false);
    putchar('\n');
}

static void as_csv(const kin_builtin *model, const kin_card *card, void *arg)
{
    (void)arg;
    csv_row(model->name, card->name, card->version, card->licence);
}

static void as_json(const kin_builtin *model, const kin_card *card, void *arg)
{
    json_t *one = json_object();
    json_object_set_new(one, "name", kin_json_text(model->name));
    json_object_set_new(one, "title", kin_json_text(card->name));
    json_object_set_new(one, "version", kin_json_text(card->version));
    json_object_set_new(one, "licence", kin_json_text(card->licence));
    json_object_set_new(one, "bytes", json_integer((json_int_t)model->size));
    json_array_append_new(arg, one);
}

/* The detector that is known by name but not inside. */
static bool mtcnn_is_there(char *place, size_t size)
{
    if (kin_model_folder("mtcnn", place, size)) return true;
    if (!kin_model_place("mtcnn", place, size)) snprintf(place, size, "$KIN_MODELS/mtcnn");
    return false;
}

int kin_verb_version(kin_app *app)
{
    char       mtcnn[4096], shown[4096];
    const bool there = mtcnn_is_there(mtcnn, sizeof mtcnn);
    const char *xmp = kin_xmp_library();
    if (app->set.json) {
        json_t *out = json_object(), *models = json_array();
        for_models(app, as_json, models);
        json_object_set_new(out, "version", kin_json_text(kin_version()));
        json_object_set_new(out, "abi", json_integer(KIN_ABI));
        json_object_set_new(out, "cpu", kin_json_text(kin_cpu_name(app->ctx)));
        json_object_set_new(out, "codecs", kin_json_text(kin_codecs()));
        json_object_set_new(out, "xmp", xmp ? json_string(xmp) : json_null());
        json_object_set_new(out, "models", models);
        json_object_set_new(out, "mtcnn", there ? kin_json_text(mtcnn) : json_null());
        kin_json_print(app, out);
        return app->exit;
    }
    if (app->set.csv) {
        puts("what,name,version,licence");
        csv_row("program", "kin", kin_version(), "Apache-2.0");
        csv_row("cpu", kin_cpu_name(app->ctx), "", "");
        csv_row("codecs", kin_codecs(), "", "");
        csv_row("xmp", xmp ? xmp : "", "", "");
        for_models(app, as_csv, NULL);
        return app->exit;
    }
    printf("kin %s, Apache-2.0\n", kin_version());
    printf("cpu      %s\n", kin_cpu_name(app->ctx));
    printf("photos   %s\n", kin_codecs());
    printf("names    %s\n", xmp ? xmp : "no XMP: built without exempi");
    for_models(app, as_text, NULL);
    printf(there ? "model    mtcnn: in %s\n" : "model    mtcnn: not here; its files belong into %s\n", kin_shown(mtcnn, shown, sizeof shown));
    return app->exit;
}
