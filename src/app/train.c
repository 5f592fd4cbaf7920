/* SPDX-License-Identifier: Apache-2.0
 *
 * kin train DIR -o MODEL: transfer learning (a base that stays as it is, and a new top that learns the people of a folder),
 * fine-tuning, and embeddings by metric losses or a teacher.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "api/open.h"
#include "app/card.h"
#include "app/train.h"
#include "base/context.h"
#include "base/number.h"
#include "learn/losses.h"
#include "os/clock.h"
#include "os/files.h"

/* Mean distance of two embeddings below which they say nothing any more; of unrelated directions it is 1.41. */
static const double COLLAPSED = 0.01;
static const double VALIDATION_MOST = 0.9;

/* --- while it runs --- */

static void pictures(void *user, size_t done, size_t count)
{
    kin_train *t = user;
    if (t->progress.total != count) {
        kin_progress_clear(&t->progress);
        t->progress = kin_progress_start("pictures through the base", count, t->app->set.quiet);
    }
    kin_progress_step(&t->progress, done);
}

static kin_status remember(kin_train *t, kin_train_epoch row)
{
    if (t->epochs == t->room) {
        size_t           room = t->room ? 2 * t->room : 64;
        kin_train_epoch *more = realloc(t->history, room * sizeof *more);
        if (!more) return kin_fail(t->app->ctx, KIN_E_MEMORY, "out of memory");
        t->history = more;
        t->room = room;
    }
    row.seconds = (double)(kin_clock_ns() - t->began_ns) * 1e-9;
    t->history[t->epochs++] = row;
    return KIN_OK;
}

static kin_status report(void *user, const kin_lesson_report *r)
{
    kin_train *t = user;
    if (!t->counting) {
        kin_progress_clear(&t->progress);
        t->progress = kin_progress_start("epochs", (size_t)r->epochs, t->app->set.quiet);
        t->counting = true;
    }
    if (t->app->set.verbose) {
        kin_progress_clear(&t->progress);
        kin_say("epoch %llu of %llu: loss %.4f, right %.1f %%, validation %.1f %%, rate %g", (unsigned long long)r->epoch + 1,
                (unsigned long long)r->epochs, r->loss, 100 * r->accuracy, 100 * r->validation, r->rate);
    }
    kin_progress_step(&t->progress, (size_t)r->epoch + 1);
    t->tops++;
    return remember(t, (kin_train_epoch){"top", r->epoch + 1, 0, r->loss, r->accuracy, r->validation, r->validation_loss, NAN, r->rate});
}

/* Said once: a metric loss that has made all embeddings one is at rest there, and would stay. */
static void look_for_collapse(kin_train *t, const kin_course_report *r)
{
    if (t->tuning || t->collapsed || !(r->spread < COLLAPSED)) return;
    t->collapsed = true;
    kin_progress_clear(&t->progress);
    kin_say("epoch %llu: the embeddings have collapsed, two of them are %.4f apart on average and tell nobody from anybody: "
            "a smaller --rate, another --loss or larger batches", (unsigned long long)r->epoch, r->spread);
}

static kin_status course_report(void *user, const kin_course_report *r)
{
    kin_train *t = user;
    if (t->progress.total != r->steps) {
        kin_progress_clear(&t->progress);
        t->progress = kin_progress_start("steps", (size_t)r->steps, t->app->set.quiet);
    }
    if (t->app->set.verbose && r->epoch_ends) {
        kin_progress_clear(&t->progress);
        kin_say("epoch %llu of %llu: loss %.4f, spread %.3f, rate %g, %.1f pictures a second%s", (unsigned long long)r->epoch,
                (unsigned long long)r->epochs, r->loss, r->spread, r->rate, r->pictures_per_second,
                r->again ? " (computing twice to save memory)" : "");
    }
    t->course = *r;
    kin_progress_step(&t->progress, (size_t)r->step);
    if (!r->epoch_ends) return KIN_OK;
    look_for_collapse(t, r);
    return remember(t, (kin_train_epoch){"network", r->epoch, 0, r->loss, NAN, NAN, NAN, t->tuning ? NAN : r->spread, r->rate});
}

/* --- the file --- */

/* What makes the base's card one of a classifier of these people. */
static void make_classifier(const kin_train *t, json_t *card)
{
    json_t *output = json_object(), *labels = json_array();
    json_object_set_new(output, "decode", json_string("softmax"));
    for (size_t k = 0; k < t->taught.classes; k++) json_array_append_new(labels, kin_json_text(t->folder.set->name[k]));
    json_object_set_new(card, "kind", json_string("classifier"));
    json_object_set_new(card, "output", output);
    json_object_set_new(card, "labels", labels);
}

/* The base's card: how faces are fed stays. What was measured of the base does not hold any more. */
static json_t *card_of(const kin_train *t)
{
    json_t *card = kin_card_json(t->folder.graph);
    char    text[200];
    if (!card) return NULL;
    static const char *const gone[] = {"fingerprints", "thresholds", "results"};
    for (size_t i = 0; i < sizeof gone / sizeof *gone; i++) json_object_del(card, gone[i]);
    snprintf(text, sizeof text, "kin train: %zu people on %s, %zu pictures, %s, seed %lld", t->folder.set->classes, t->folder.shown,
             kin_dataset_size(t->folder.set, KIN_PART_TRAINING, SIZE_MAX), t->app->set.distill ? "distil" : t->app->set.loss,
             (long long)t->app->set.seed);
    json_object_set_new(card, "training", kin_json_text(text));
    json_object_set_new(card, "trained_weights", json_integer((json_int_t)t->taught.trained));
    if (!t->embedder) make_classifier(t, card);
    return card;
}

static int write_model(kin_train *t)
{
    kin_app   *app = t->app;
    kin_graph *graph = t->embedder ? t->embedder : t->taught.graph;
    json_t    *card = card_of(t);
    kin_status status = card ? kin_card_put(graph, card) : kin_fail(app->ctx, KIN_E_UNSUPPORTED, "%s: no card to write", t->folder.shown);
    if (status == KIN_OK) status = kin_graph_write(graph, app->set.output);
    return status == KIN_OK ? EXIT_DONE : kin_fail_verb(app, app->ctx, status, KIN_ROLE_OUTPUT);
}

/* --- the verb --- */

static int done(kin_train *t, kin_status status)
{
    kin_app *app = t->app;
    kin_progress_clear(&t->progress);
    if (status == KIN_OK) return EXIT_DONE;
    if (status == KIN_E_CANCELLED && *t->checkpoint && kin_path_what(t->checkpoint) == KIN_PATH_FILE)
        kin_say("%s; --resume goes on from there (%s)", kin_error(app->ctx), t->checkpoint);
    if (status == KIN_E_LIMIT) return kin_fail_verb(app, app->ctx, status, KIN_ROLE_OUTPUT); /* of memory: nothing is wrong with the base */
    if (status != KIN_E_USAGE) return kin_fail_verb(app, app->ctx, status, KIN_ROLE_MODEL);
    kin_say("%s", kin_error(app->ctx));
    kin_raise(app, EXIT_USAGE);
    return app->exit;
}

static kin_network_options network_options(kin_train *t, const kin_recipe *recipe)
{
    const kin_settings *set = &t->app->set;
    return (kin_network_options){.loss = set->loss,
                                 .from = set->fine_tune,
                                 .epochs = (size_t)set->epochs,
                                 .batch = (size_t)set->batch,
                                 .optimiser = set->optimiser,
                                 .schedule = set->schedule,
                                 .rate = isnan(set->rate) ? 0 : set->rate,
                                 .seed = (uint64_t)set->seed,
                                 .recipe = recipe,
                                 .checkpoint = t->checkpoint,
                                 .minutes = set->minutes,
                                 .resume = set->resume,
                                 .name = set->augment,
                                 .report = course_report,
                                 .user = t};
}

static int teach_classifier(kin_train *t, const kin_recipe *recipe)
{
    const kin_settings *set = &t->app->set;
    kin_network_options tune = network_options(t, recipe);
    kin_teach_options   how = {.base = t->folder.graph,
                               .at = set->at,
                               .recipe = recipe,
                               .variants = (size_t)set->variants,
                               .epochs = (size_t)set->epochs,
                               .batch = (size_t)set->batch,
                               .patience = (size_t)set->patience,
                               .optimiser = set->optimiser,
                               .schedule = set->schedule,
                               .loss = set->loss,
                               .rate = isnan(set->rate) ? 0 : set->rate,
                               .seed = (uint64_t)set->seed,
                               .progress = pictures,
                               .report = report,
                               .user = t,
                               .tune = set->fine_tune ? &tune : NULL};
    tune.base_rate = set->tune_rate;
    tune.epochs = (size_t)set->tune_epochs;
    kin_status status = kin_teach_head(t->folder.set, &how, &t->taught);
    if (status == KIN_OK) t->last = t->history[t->taught.epoch - 1];
    if (status != KIN_OK || !set->fine_tune) return done(t, status);
    t->tuning = true;
    status = kin_teach_tune(t->folder.set, &tune, &t->taught, &t->last.validation);
    t->last.loss = t->course.loss;
    return done(t, status);
}

static int teach_embedder(kin_train *t, const kin_recipe *recipe)
{
    kin_app            *app = t->app;
    kin_network_options how = network_options(t, recipe);
    kin_teacher         teacher = {0};
    kin_status          status = KIN_OK;
    if (app->set.distill) {
        how.loss = "distil";
        how.teacher = &teacher;
        status = kin_model_open(app->ctx, app->set.distill, "recogniser", &t->teacher);
        if (status == KIN_OK) status = kin_model_card(t->teacher, app->set.distill, &teacher.card);
        teacher.graph = t->teacher;
    }
    if (status == KIN_OK) status = kin_teach_network(t->folder.set, t->folder.graph, &how, &t->taught.trained, &t->embedder);
    return done(t, status);
}

/* What the options say of the pictures that are asked about. An embedding has no answers to ask for. */
static kin_status read_validation(const kin_train *t, bool classifier, kin_dataset_options *out)
{
    const kin_settings *set = &t->app->set;
    bool                part = kin_number_read(set->validation, &out->validation);
    if (part && !(out->validation >= 0 && out->validation <= VALIDATION_MOST))
        return kin_fail(t->app->ctx, KIN_E_USAGE, "train: --validation %s: expected a part from 0 to %g, or a folder", set->validation, VALIDATION_MOST);
    if (!part) out->validation_dir = set->validation;
    if (!part && !classifier) return kin_fail(t->app->ctx, KIN_E_USAGE, "train: --validation DIR is for classifiers; kin evaluate asks a recogniser");
    if (!classifier) out->validation = 0;
    if (set->patience && !(out->validation > 0 || out->validation_dir))
        return kin_fail(t->app->ctx, KIN_E_USAGE, "train: --patience is for a new top and wants pictures for --validation");
    return KIN_OK;
}

static int run(kin_train *t, const char *dir, kin_html *html)
{
    kin_app            *app = t->app;
    bool                classifier = !app->set.distill && !strncmp(app->set.loss, "cross_entropy", 13);
    const kin_recipe   *recipe = strcmp(app->set.augment, "none") == 0 ? NULL : &t->recipe;
    kin_dataset_options options = {.unknown = app->set.unknown, .seed = (uint64_t)app->set.seed};
    kin_status          status = kin_recipe_read(app->ctx, app->set.augment, &t->recipe);
    const kin_loss     *loss;
    const char         *attributes;
    if (status == KIN_OK) status = kin_loss_find(app->ctx, app->set.loss, &loss, &attributes);
    if (status == KIN_OK && loss->target != KIN_TARGET_LABELS) status = kin_fail(app->ctx, KIN_E_USAGE, "train: --loss %s is for --distill TEACHER", loss->name);
    if (status == KIN_OK) status = read_validation(t, classifier, &options);
    if (status != KIN_OK) return done(t, status);
    if (kin_folder_list(&t->folder, dir, &options) != EXIT_DONE) return app->exit;
    if (kin_folder_models(&t->folder, app->set.base) != EXIT_DONE || kin_folder_prepare(&t->folder) != EXIT_DONE) return app->exit;
    if ((classifier ? teach_classifier : teach_embedder)(t, recipe) != EXIT_DONE) return app->exit;
    if (write_model(t) != EXIT_DONE) return app->exit;
    kin_train_tell(t);
    if (html->app) kin_train_html(t, html);
    return app->exit;
}

int kin_verb_train(kin_app *app)
{
    kin_train t = {.app = app, .folder = {.app = app}, .began_ns = kin_clock_ns()};
    kin_html  html;
    if (!app->set.output || kin_path_what(app->set.output) == KIN_PATH_FOLDER) {
        kin_say("train: -o MODEL.tflite is missing%s (kin help train)", app->set.output ? ": that is a folder" : "");
        return EXIT_USAGE;
    }
    if (snprintf(t.checkpoint, sizeof t.checkpoint, "%s.checkpoint", app->set.output) >= (int)sizeof t.checkpoint) {
        kin_say("train: -o: a path of %zu bytes", strlen(app->set.output));
        return EXIT_USAGE;
    }
    if (kin_html_begin(app, &html) != EXIT_DONE) return app->exit;
    kin_raise(app, run(&t, app->arg[0], &html));
    kin_html_end(&html);
    free(t.history);
    kin_taught_free(app->ctx, &t.taught);
    kin_graph_free(t.embedder);
    kin_graph_free(t.teacher);
    kin_folder_close(&t.folder);
    return app->exit;
}
