/* SPDX-License-Identifier: Apache-2.0
 *
 * kin recognize PHOTO... -m MODEL: the likeliest labels of a classifier, for each face or for the whole picture.
 */
#include <stdlib.h>

#include "app/answer.h"
#include "base/context.h"

/* Guesses of one photo: `top` places for each face, or for the picture. Labels are the classifier's. */
typedef struct {
    size_t    top, *found;
    kin_guess guess[];
} guesses;

typedef struct {
    const kin_models *models;
    size_t            recognized;
} tally;

static size_t subjects(const kin_seen *seen, bool faces)
{
    return faces ? seen->faces.count : 1;
}

static guesses *make_room(size_t count, size_t top)
{
    guesses *g = calloc(1, sizeof *g + count * top * sizeof *g->guess);
    if (!g) return NULL;
    g->top = top;
    g->found = calloc(count + 1, sizeof *g->found);
    if (g->found) return g;
    free(g);
    return NULL;
}

static void drop(kin_seen *seen)
{
    guesses *g = seen->extra;
    if (g) free(g->found);
    free(g);
    seen->extra = NULL;
}

static kin_status look(kin_worker *worker, kin_image *photo, kin_seen *seen, void *arg)
{
    (void)arg;
    bool   faces = kin_classifier_wants_faces(worker->classifier);
    size_t count = subjects(seen, faces), top = (size_t)worker->app->set.top, labels = kin_classifier_labels(worker->classifier);
    if (top > labels) top = labels;
    guesses *g = seen->extra = make_room(count, top);
    if (!g) return kin_fail(worker->ctx, KIN_E_MEMORY, "%s: out of memory", seen->path);
    for (size_t i = 0; i < count; i++) {
        kin_status status = kin_classify(worker->classifier, photo, faces ? &seen->faces.face[i] : NULL, top, g->guess + i * top, &g->found[i]);
        if (status != KIN_OK) return kin_fail_prefix(worker->ctx, status, seen->path);
    }
    return KIN_OK;
}

/* --- telling --- */

static void add_json(json_t *to, const guesses *g, size_t i)
{
    const kin_guess *guess = g->guess + i * g->top;
    json_t          *top = json_array();
    for (size_t k = 0; k < g->found[i]; k++) {
        json_t *one = json_object();
        json_object_set_new(one, "label", kin_json_text(guess[k].label));
        json_object_set_new(one, "probability", kin_json_number(guess[k].probability, 0.0001));
        json_array_append_new(top, one);
    }
    json_object_set_new(to, "label", kin_json_text(guess[0].label));
    json_object_set_new(to, "probability", kin_json_number(guess[0].probability, 0.0001));
    json_object_set_new(to, "top", top);
}

static void tell_json(kin_app *app, const kin_seen *seen, bool faces)
{
    json_t        *document = kin_seen_json(seen, 0), *list = json_object_get(document, "faces");
    const guesses *g = seen->extra;
    for (size_t i = 0; seen->status == KIN_OK && i < subjects(seen, faces); i++) add_json(faces ? json_array_get(list, i) : document, g, i);
    if (!faces) json_object_del(document, "faces");
    kin_json_print(app, document);
}

static void tell_csv(const kin_seen *seen, size_t i, bool faces)
{
    const guesses *g = seen->extra;
    for (size_t k = 0; k < g->found[i]; k++) {
        const kin_guess *guess = g->guess + i * g->top + k;
        if (faces)
            kin_csv_face(seen, i);
        else
            kin_csv_text(seen->path, true);
        kin_csv_number((double)k + 1, 1, false);
        kin_csv_text(guess->label, false);
        kin_csv_number(guess->probability, 0.0001, false);
        putchar('\n');
    }
}

static void tell_text(const kin_app *app, const kin_seen *seen, size_t i, bool faces)
{
    const guesses *g = seen->extra;
    kin_put_path(app, seen->path);
    if (faces) {
        const kin_box *box = &seen->faces.face[i].box;
        printf("face %zu at x %4.0f..%-4.0f y %4.0f..%.0f\n", i + 1, box->x0, box->x1, box->y0, box->y1);
    } else
        puts("the picture");
    for (size_t k = 0; k < g->found[i]; k++) {
        const kin_guess *guess = g->guess + i * g->top + k;
        printf("  %.4f  ", guess->probability);
        kin_put_cell(guess->label, 0);
        putchar('\n');
    }
}

static void tell(kin_app *app, kin_seen *seen, void *arg)
{
    tally *t = arg;
    bool   faces = kin_classifier_wants_faces(t->models->classifier);
    if (seen->status == KIN_OK) t->recognized += subjects(seen, faces);
    if (app->set.json) {
        tell_json(app, seen, faces);
        return;
    }
    if (seen->status == KIN_OK && !app->set.csv && subjects(seen, faces) == 0) {
        kin_put_path(app, seen->path);
        puts("no face");
    }
    for (size_t i = 0; seen->status == KIN_OK && i < subjects(seen, faces); i++) {
        if (app->set.csv)
            tell_csv(seen, i, faces);
        else
            tell_text(app, seen, i, faces);
    }
}

/* --- the verb --- */

static void prepare(void *arg)
{
    const tally *t = arg;
    kin_classifier_prepare(t->models->classifier);
}

int kin_verb_recognize(kin_app *app)
{
    if (!app->set.model) {
        kin_say("recognize: -m MODEL is missing: no classifier is inside kin (kin help recognize)");
        return EXIT_USAGE;
    }
    kin_paths  paths;
    kin_models models = {0};
    tally      t = {.models = &models};
    kin_raise(app, kin_paths_find(app, app->arg, app->arg_count, &paths));
    if (paths.count && kin_models_open_classifier(app, &models) == EXIT_DONE) {
        if (app->set.csv) {
            if (models.detector)
                kin_csv_header_faces();
            else
                printf("file");
            puts(",rank,label,probability");
        }
        kin_photos_see(app, &models, &(kin_photo_job){.prepare = prepare, .look = look, .tell = tell, .drop = drop, .arg = &t}, &paths);
    }
    kin_models_close(&models);
    kin_paths_free(&paths);
    if (!t.recognized) kin_raise(app, EXIT_NO);
    return app->exit;
}
