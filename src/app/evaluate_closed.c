/* SPDX-License-Identifier: Apache-2.0
 *
 * kin evaluate CLASSIFIER DIR: the closed set. A photo's truth is the name of its folder, which has to be a label.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "app/evaluate_closed.h"
#include "base/context.h"
#include "gallery/trial.h"

enum { FEW = 5 };

static kin_status look(kin_worker *worker, kin_image *photo, kin_seen *seen, void *arg)
{
    const kin_tally *t = arg;
    bool         faces = kin_classifier_wants_faces(worker->classifier);
    size_t       labels = kin_classifier_labels(worker->classifier), found = 0, index = 0;
    seen->extra = NULL;
    if (faces && !seen->faces.count) return KIN_OK;
    while (t->samples.paths.path[index] != seen->path) index++;
    const char *truth = t->samples.name[t->samples.person[index]];
    kin_seen_main_first(worker, photo, seen);
    kin_guess *guess = malloc((labels + 1) * sizeof *guess);
    kin_verdict *v = seen->extra = calloc(1, sizeof *v);
    kin_status status = guess && v ? KIN_OK : kin_fail(worker->ctx, KIN_E_MEMORY, "out of memory");
    if (status == KIN_OK)
        status = kin_classify(worker->classifier, photo, faces ? &seen->faces.face[0] : NULL, labels, guess, &found);
    for (size_t i = 0; status == KIN_OK && i < found; i++) {
        if (i == 0) snprintf(v->said, sizeof v->said, "%s", guess[i].label), v->probability = guess[i].probability;
        if (!v->rank && strcmp(guess[i].label, truth) == 0) v->rank = i + 1;
    }
    if (v && faces) v->face = seen->faces.face[0];
    if (v && !faces) v->face.box = (kin_box){0, 0, (float)kin_image_width(photo), (float)kin_image_height(photo)};
    free(guess);
    return status;
}

static void drop(kin_seen *seen)
{
    free(seen->extra);
    seen->extra = NULL;
}

static void tell(kin_app *app, kin_seen *seen, void *arg)
{
    kin_tally         *t = arg;
    const kin_verdict *v = seen->extra;
    size_t         photo = t->told++, person = t->samples.person[photo];
    if (seen->status != KIN_OK) {
        t->failed++;
        return;
    }
    t->faceless += !v;
    if (v && !v->rank)
        t->foreign++;
    else { /* without a face nobody is recognized */
        t->of++, t->photos[person]++;
        if (v) t->first += v->rank == 1, t->right[person] += v->rank == 1, t->few += v->rank <= FEW;
    }
    if (v && t->verdict) t->verdict[photo] = *v, t->samples.face[photo] = v->face;
    if (!app->set.csv) return;
    kin_csv_text(seen->path, true);
    kin_csv_text(t->samples.name[person], false);
    kin_csv_text(v ? v->said : "", false);
    kin_csv_number(v ? (double)v->probability : (double)NAN, 0.0001, false);
    if (v && v->rank)
        printf(",%zu\n", v->rank);
    else
        puts(",");
}

static void tell_json(kin_app *app, const kin_tally *t)
{
    json_t  *out = json_object(), *people = json_array();
    kin_rate first = kin_rate_of(t->first, t->of), few = kin_rate_of(t->few, t->of);
    for (size_t i = 0; i < t->samples.people; i++) {
        json_t *one = json_object();
        json_object_set_new(one, "name", kin_json_text(t->samples.name[i]));
        json_object_set_new(one, "photos", json_integer((json_int_t)t->photos[i]));
        json_object_set_new(one, "right", json_integer((json_int_t)t->right[i]));
        json_array_append_new(people, one);
    }
    json_object_set_new(out, "photos", json_integer((json_int_t)t->samples.paths.count));
    json_object_set_new(out, "without_face", json_integer((json_int_t)t->faceless));
    json_object_set_new(out, "no_such_label", json_integer((json_int_t)t->foreign));
    json_object_set_new(out, "top1", kin_rate_json(&first));
    json_object_set_new(out, "top5", kin_rate_json(&few));
    json_object_set_new(out, "people", people);
    kin_json_print(app, out);
}

static void tell_text(const kin_tally *t)
{
    kin_rate first = kin_rate_of(t->first, t->of), few = kin_rate_of(t->few, t->of);
    int      columns = 0;
    printf("the likeliest label is right: ");
    kin_put_rate(&first);
    printf("\none of the first five is:     ");
    kin_put_rate(&few);
    printf("\n%zu photos, %zu without a face (not recognized), %zu in folders that are no label (left out)\n",
           t->samples.paths.count, t->faceless, t->foreign);
    for (size_t i = 0; i < t->samples.people; i++)
        if (t->photos[i] && kin_columns(t->samples.name[i]) > columns) columns = kin_columns(t->samples.name[i]);
    for (size_t i = 0; i < t->samples.people; i++) {
        if (!t->photos[i]) continue;
        printf("  ");
        kin_put_cell(t->samples.name[i], columns);
        printf("  %zu of %zu\n", t->right[i], t->photos[i]);
    }
}

void kin_evaluate_closed_set(kin_app *app, kin_html *html)
{
    kin_models models = {0};
    kin_tally  t = {0};
    kin_samples_find(app, app->arg[1], &t.samples);
    t.photos = calloc(t.samples.people + 1, sizeof *t.photos);
    t.right = calloc(t.samples.people + 1, sizeof *t.right);
    t.samples.face = calloc(t.samples.paths.count + 1, sizeof *t.samples.face);
    if (html->app) t.verdict = calloc(t.samples.paths.count + 1, sizeof *t.verdict);
    if (!t.photos || !t.right || !t.samples.face || (html->app && !t.verdict)) {
        kin_say("out of memory");
        kin_raise(app, EXIT_RESOURCES);
    } else if (t.samples.people && kin_models_open_classifier(app, &models) == EXIT_DONE) {
        if (app->set.csv) puts("file,label,said,probability,rank");
        kin_photos_see(app, &models, &(kin_photo_job){.look = look, .tell = tell, .drop = drop, .arg = &t}, &t.samples.paths);
        if (t.told < t.samples.paths.count)
            ; /* interrupted */
        else {
            if (app->set.json)
                tell_json(app, &t);
            else if (!app->set.csv)
                tell_text(&t);
            if (html->app) kin_closed_set_html(html, &t);
        }
        if (!t.of) kin_raise(app, EXIT_NO);
    }
    kin_models_close(&models);
    kin_samples_free(&t.samples);
    free(t.verdict);
    free(t.photos);
    free(t.right);
}
