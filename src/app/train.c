/* SPDX-License-Identifier: Apache-2.0
 *
 * kin train DIR -o MODEL: transfer learning (a base that stays as it is, and a new top that learns the people of a folder),
 * fine-tuning, and embeddings by metric losses or a teacher.
 */
#include <jansson.h>
#include <math.h>
#include <string.h>

#include "api/open.h"
#include "app/answer.h"
#include "app/card.h"
#include "app/folder.h"
#include "app/progress.h"
#include "base/context.h"
#include "learn/losses.h"
#include "learn/teach.h"
#include "os/files.h"

typedef struct {
    kin_app          *app;
    kin_folder        folder;
    kin_recipe        recipe;
    kin_taught        taught;
    kin_lesson_report last;
    kin_course_report course; /* of the network as a whole */
    kin_graph        *teacher;
    kin_graph        *embedder; /* that learnt; NULL: a classifier did */
    char              checkpoint[4096];
    kin_progress      progress;
    bool              epochs; /* the progress line counts them now */
} course;

/* --- while it runs --- */

static void pictures(void *user, size_t done, size_t count)
{
    course *c = user;
    if (c->progress.total != count) {
        kin_progress_clear(&c->progress);
        c->progress = kin_progress_start("pictures through the base", count, c->app->set.quiet);
    }
    kin_progress_step(&c->progress, done);
}

static void report(void *user, const kin_lesson_report *r)
{
    course *c = user;
    c->last = *r;
    if (!c->epochs) {
        kin_progress_clear(&c->progress);
        c->progress = kin_progress_start("epochs", (size_t)r->epochs, c->app->set.quiet);
        c->epochs = true;
    }
    if (c->app->set.verbose) {
        kin_progress_clear(&c->progress);
        kin_say("epoch %llu of %llu: loss %.4f, right %.1f %%, validation %.1f %%, rate %g", (unsigned long long)r->epoch + 1,
                (unsigned long long)r->epochs, r->loss, 100 * r->accuracy, 100 * r->validation, r->rate);
    }
    kin_progress_step(&c->progress, (size_t)r->epoch + 1);
}

static kin_status course_report(void *user, const kin_course_report *r)
{
    course *c = user;
    if (c->progress.total != r->steps) {
        kin_progress_clear(&c->progress);
        c->progress = kin_progress_start("steps", (size_t)r->steps, c->app->set.quiet);
    }
    if (c->app->set.verbose && r->epoch_ends) {
        kin_progress_clear(&c->progress);
        kin_say("epoch %llu of %llu: loss %.4f, spread %.3f, rate %g, %.1f pictures a second%s", (unsigned long long)r->epoch,
                (unsigned long long)r->epochs, r->loss, r->spread, r->rate, r->pictures_per_second,
                r->again ? " (computing twice to save memory)" : "");
    }
    c->course = *r;
    kin_progress_step(&c->progress, (size_t)r->step);
    return KIN_OK;
}

/* --- what came of it --- */

static size_t pictures_of(const course *c, size_t label)
{
    return kin_dataset_size(c->folder.set, KIN_PART_TRAINING, label) + kin_dataset_size(c->folder.set, KIN_PART_VALIDATION, label);
}

static void tell_json(const course *c)
{
    json_t *document = json_object(), *people = json_array();
    json_object_set_new(document, "model", kin_json_text(c->app->set.output));
    json_object_set_new(document, "base", kin_json_text(c->folder.shown));
    json_object_set_new(document, "features", json_integer((json_int_t)c->taught.features));
    json_object_set_new(document, "trained_weights", json_integer((json_int_t)c->taught.trained));
    for (size_t k = 0; k < c->taught.classes; k++) {
        json_t *one = json_object();
        json_object_set_new(one, "name", kin_json_text(c->folder.set->name[k]));
        json_object_set_new(one, "pictures", json_integer((json_int_t)pictures_of(c, k)));
        json_object_set_new(one, "validated", json_integer((json_int_t)kin_dataset_size(c->folder.set, KIN_PART_VALIDATION, k)));
        if (c->taught.confusion) {
            json_t *row = json_array();
            for (size_t i = 0; i < c->taught.classes; i++)
                json_array_append_new(row, json_integer((json_int_t)c->taught.confusion[k * c->taught.classes + i]));
            json_object_set_new(one, "taken_for", row);
        }
        json_array_append_new(people, one);
    }
    json_object_set_new(document, "people", people);
    json_object_set_new(document, "loss", kin_json_number(c->last.loss, 1e-5));
    json_object_set_new(document, "accuracy", kin_json_number(c->last.accuracy, 1e-4));
    json_object_set_new(document, "validation", isnan(c->last.validation) ? json_null() : kin_json_number(c->last.validation, 1e-4));
    kin_json_print(c->app, document);
}

/* "Ben 2, unknown 1": whom the pictures were taken for. */
static void tell_mistakes(const course *c, size_t k)
{
    bool first = true;
    for (size_t i = 0; i < c->taught.classes; i++) {
        size_t count = c->taught.confusion[k * c->taught.classes + i];
        if (i == k || !count) continue;
        printf(first ? "   taken for " : ", ");
        kin_put_cell(c->folder.set->name[i], 0);
        printf(" (%zu)", count);
        first = false;
    }
}

static void tell_text(const course *c)
{
    printf("%-24s %9s %11s\n", "who", "pictures", "right");
    for (size_t k = 0; k < c->taught.classes; k++) {
        kin_put_cell(c->folder.set->name[k], 24);
        printf(" %9zu", pictures_of(c, k));
        size_t asked = kin_dataset_size(c->folder.set, KIN_PART_VALIDATION, k);
        if (asked) {
            printf(" %4zu of %-3zu", c->taught.confusion[k * c->taught.classes + k], asked);
            tell_mistakes(c, k);
        }
        putchar('\n');
    }
    printf("\n%zu numbers a face from %s, %llu trained weights; loss %.3f, %.1f %% of what it learnt from",
           c->taught.features, c->folder.shown, (unsigned long long)c->taught.trained, c->last.loss, 100 * c->last.accuracy);
    if (!isnan(c->last.validation)) printf(", %.1f %% of what it had not seen", 100 * c->last.validation);
    printf("\nwritten to ");
    kin_put_cell(c->app->set.output, 0);
    printf("; ask it:  kin recognize -m MODEL PHOTO...\n");
}

static void tell_embedder(const course *c)
{
    if (c->app->set.json) {
        json_t *document = json_object();
        json_object_set_new(document, "model", kin_json_text(c->app->set.output));
        json_object_set_new(document, "base", kin_json_text(c->folder.shown));
        json_object_set_new(document, "trained_weights", json_integer((json_int_t)c->taught.trained));
        json_object_set_new(document, "steps", json_integer((json_int_t)c->course.steps));
        json_object_set_new(document, "loss", kin_json_number(c->course.loss, 1e-5));
        json_object_set_new(document, "spread", kin_json_number(c->course.spread, 1e-4));
        kin_json_print(c->app, document);
        return;
    }
    printf("%llu trained weights of %s, %llu steps; loss %.4f, mean distance of two embeddings %.3f\nwritten to ",
           (unsigned long long)c->taught.trained, c->folder.shown, (unsigned long long)c->course.steps, c->course.loss, c->course.spread);
    kin_put_cell(c->app->set.output, 0);
    printf("; measure its thresholds:  kin calibrate MODEL PEOPLE -o BETTER\n");
}

/* --- the file --- */

/* What makes the base's card one of a classifier of these people. */
static void make_classifier(const course *c, json_t *card)
{
    json_t *output = json_object(), *labels = json_array();
    json_object_set_new(output, "decode", json_string("softmax"));
    for (size_t k = 0; k < c->taught.classes; k++) json_array_append_new(labels, kin_json_text(c->folder.set->name[k]));
    json_object_set_new(card, "kind", json_string("classifier"));
    json_object_set_new(card, "output", output);
    json_object_set_new(card, "labels", labels);
}

/* The base's card: how faces are fed stays. What was measured of the base does not hold any more. */
static json_t *card_of(const course *c)
{
    json_t *card = kin_card_json(c->folder.graph);
    char    text[200];
    if (!card) return NULL;
    static const char *const gone[] = {"fingerprints", "thresholds", "results"};
    for (size_t i = 0; i < sizeof gone / sizeof *gone; i++) json_object_del(card, gone[i]);
    snprintf(text, sizeof text, "kin train: %zu people on %s, %zu pictures, %s, seed %lld", c->folder.set->classes, c->folder.shown,
             kin_dataset_size(c->folder.set, KIN_PART_TRAINING, SIZE_MAX), c->app->set.distill ? "distil" : c->app->set.loss,
             (long long)c->app->set.seed);
    json_object_set_new(card, "training", kin_json_text(text));
    if (!c->embedder) make_classifier(c, card);
    return card;
}

static int write_model(course *c)
{
    kin_app *app = c->app;
    json_t  *card = card_of(c);
    char    *text = card ? json_dumps(card, JSON_COMPACT | JSON_REAL_PRECISION(9)) : NULL;
    kin_graph *graph = c->embedder ? c->embedder : c->taught.graph;
    kin_status status = text ? kin_graph_metadata_add(graph, "KIN_CARD", text, strlen(text))
                             : kin_fail(app->ctx, KIN_E_UNSUPPORTED, "%s: no card to write", c->folder.shown);
    if (status == KIN_OK) status = kin_graph_write(graph, app->set.output);
    free(text);
    json_decref(card);
    return status == KIN_OK ? EXIT_DONE : kin_fail_verb(app, app->ctx, status, KIN_ROLE_OUTPUT);
}

/* --- the verb --- */

static int done(course *c, kin_status status)
{
    kin_app *app = c->app;
    kin_progress_clear(&c->progress);
    if (status == KIN_OK) return EXIT_DONE;
    if (status == KIN_E_CANCELLED && *c->checkpoint && kin_path_what(c->checkpoint) == KIN_PATH_FILE)
        kin_say("%s; --resume goes on from there (%s)", kin_error(app->ctx), c->checkpoint);
    if (status == KIN_E_LIMIT) return kin_fail_verb(app, app->ctx, status, KIN_ROLE_OUTPUT); /* of memory: nothing is wrong with the base */
    if (status != KIN_E_USAGE) return kin_fail_verb(app, app->ctx, status, KIN_ROLE_MODEL);
    kin_say("%s", kin_error(app->ctx));
    kin_raise(app, EXIT_USAGE);
    return app->exit;
}

static kin_network_options network_options(course *c, const kin_recipe *recipe)
{
    const kin_settings *set = &c->app->set;
    return (kin_network_options){.loss = set->loss,
                                 .from = set->fine_tune,
                                 .epochs = (size_t)set->epochs,
                                 .batch = (size_t)set->batch,
                                 .optimiser = set->optimiser,
                                 .schedule = set->schedule,
                                 .rate = isnan(set->rate) ? 0 : set->rate,
                                 .seed = (uint64_t)set->seed,
                                 .recipe = recipe,
                                 .checkpoint = c->checkpoint,
                                 .minutes = set->minutes,
                                 .resume = set->resume,
                                 .name = set->augment,
                                 .report = course_report,
                                 .user = c};
}

static int teach_classifier(course *c, const kin_recipe *recipe)
{
    const kin_settings *set = &c->app->set;
    kin_network_options tune = network_options(c, recipe);
    kin_teach_options   how = {.base = c->folder.graph,
                               .at = set->at,
                               .recipe = recipe,
                               .variants = (size_t)set->variants,
                               .epochs = (size_t)set->epochs,
                               .batch = (size_t)set->batch,
                               .optimiser = set->optimiser,
                               .schedule = set->schedule,
                               .loss = set->loss,
                               .rate = isnan(set->rate) ? 0 : set->rate,
                               .seed = (uint64_t)set->seed,
                               .progress = pictures,
                               .report = report,
                               .user = c,
                               .tune = set->fine_tune ? &tune : NULL};
    tune.base_rate = set->tune_rate;
    tune.epochs = (size_t)set->tune_epochs;
    kin_status status = kin_teach_head(c->folder.set, &how, &c->taught);
    if (status != KIN_OK || !set->fine_tune) return done(c, status);
    status = kin_teach_tune(c->folder.set, &tune, &c->taught, &c->last.validation);
    c->last.loss = c->course.loss;
    return done(c, status);
}

static int teach_embedder(course *c, const kin_recipe *recipe)
{
    kin_app            *app = c->app;
    kin_network_options how = network_options(c, recipe);
    kin_teacher         teacher = {0};
    kin_status          status = KIN_OK;
    if (app->set.distill) {
        how.loss = "distil";
        how.teacher = &teacher;
        status = kin_model_open(app->ctx, app->set.distill, "recogniser", &c->teacher);
        if (status == KIN_OK) status = kin_model_card(c->teacher, app->set.distill, &teacher.card);
        teacher.graph = c->teacher;
    }
    if (status == KIN_OK) status = kin_teach_network(c->folder.set, c->folder.graph, &how, &c->taught.trained, &c->embedder);
    return done(c, status);
}

static int run(course *c, const char *dir)
{
    kin_app            *app = c->app;
    bool                classifier = !app->set.distill && !strncmp(app->set.loss, "cross_entropy", 13);
    const kin_recipe   *recipe = strcmp(app->set.augment, "none") == 0 ? NULL : &c->recipe;
    kin_dataset_options options = {.unknown = app->set.unknown, .validation = classifier ? app->set.validation : 0, .seed = (uint64_t)app->set.seed};
    kin_status          status = kin_recipe_read(app->ctx, app->set.augment, &c->recipe);
    const kin_loss     *loss;
    const char         *attributes;
    if (status == KIN_OK) status = kin_loss_find(app->ctx, app->set.loss, &loss, &attributes);
    if (status == KIN_OK && loss->target != KIN_TARGET_LABELS) status = kin_fail(app->ctx, KIN_E_USAGE, "train: --loss %s is for --distill TEACHER", loss->name);
    if (status != KIN_OK) return done(c, status);
    if (kin_folder_list(&c->folder, dir, &options) != EXIT_DONE) return app->exit;
    if (kin_folder_models(&c->folder, app->set.base) != EXIT_DONE || kin_folder_prepare(&c->folder) != EXIT_DONE) return app->exit;
    if ((classifier ? teach_classifier : teach_embedder)(c, recipe) != EXIT_DONE) return app->exit;
    if (write_model(c) != EXIT_DONE) return app->exit;
    if (!classifier)
        tell_embedder(c);
    else if (app->set.json)
        tell_json(c);
    else
        tell_text(c);
    return app->exit;
}

int kin_verb_train(kin_app *app)
{
    course c = {.app = app, .folder = {.app = app}};
    if (!app->set.output || kin_path_what(app->set.output) == KIN_PATH_FOLDER) {
        kin_say("train: -o MODEL.tflite is missing%s (kin help train)", app->set.output ? ": that is a folder" : "");
        return EXIT_USAGE;
    }
    if (snprintf(c.checkpoint, sizeof c.checkpoint, "%s.checkpoint", app->set.output) >= (int)sizeof c.checkpoint) {
        kin_say("train: -o: a path of %zu bytes", strlen(app->set.output));
        return EXIT_USAGE;
    }
    kin_raise(app, run(&c, app->arg[0]));
    kin_taught_free(app->ctx, &c.taught);
    kin_graph_free(c.embedder);
    kin_graph_free(c.teacher);
    kin_folder_close(&c.folder);
    return app->exit;
}
