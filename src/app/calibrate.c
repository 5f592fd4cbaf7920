/* SPDX-License-Identifier: Apache-2.0
 *
 * kin calibrate MODEL DIR: the impostor tail of a recogniser, measured on labelled photos, into its card.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "api/open.h"
#include "app/answer.h"
#include "app/card.h"
#include "app/samples.h"
#include "base/context.h"
#include "format/tflite/recard.h"
#include "gallery/tail.h"
#include "os/files.h"

typedef struct {
    kin_app     *app;
    kin_models   models;
    kin_samples  samples;
    float       *strangers, *same; /* similarities of pairs of two people, of one */
    size_t       stranger_count, same_count, used;
    kin_tail_fit tail;
    bool         made; /* the new model's bytes; what fails then is the output */
} measuring;

/* --- measuring --- */

static kin_status compare(measuring *m)
{
    kin_context *ctx = m->app->ctx;
    size_t       count = m->samples.paths.count, seen = 0, pairs = 0, bytes = 0;
    size_t      *list;
    KIN_TRY(kin_alloc(ctx, (count + 1) * sizeof *list, &list));
    for (size_t i = 0; i < count; i++)
        if (m->samples.seen[i]) list[seen++] = i; /* a middle is no face */
    m->used = seen;
    kin_status status = kin_mul_size(seen, seen, &pairs) && kin_mul_size(pairs / 2 + 1, sizeof(float), &bytes)
                            ? kin_alloc(ctx, bytes, &m->strangers)
                            : kin_fail(ctx, KIN_E_LIMIT, "too many photos");
    if (status == KIN_OK) status = kin_alloc(ctx, bytes, &m->same);
    for (size_t a = 0; status == KIN_OK && a < seen; a++) {
        if (kin_interrupted()) status = kin_fail(ctx, KIN_E_CANCELLED, "interrupted");
        for (size_t b = a + 1; status == KIN_OK && b < seen; b++) {
            float similarity = (float)kin_samples_similarity(&m->samples, list[a], list[b]);
            if (m->samples.person[list[a]] == m->samples.person[list[b]])
                m->same[m->same_count++] = similarity;
            else
                m->strangers[m->stranger_count++] = similarity;
        }
    }
    kin_release(ctx, list);
    return status == KIN_OK ? kin_tail_measure(ctx, m->strangers, m->stranger_count, &m->tail) : status;
}

/* The part of one person's pairs above a similarity. */
static double accepted(const measuring *m, double similarity)
{
    size_t count = 0;
    for (size_t i = 0; i < m->same_count; i++) count += (double)m->same[i] > similarity;
    return m->same_count ? (double)count / (double)m->same_count : (double)NAN;
}

/* --- the card --- */

static void fit_text(const measuring *m, char *out, size_t size)
{
    const kin_tail_fit *t = &m->tail;
    char                from[32] = "no row";
    if (t->counted < t->rows) snprintf(from, sizeof from, "from %g on", t->row[t->counted].far);
    snprintf(out, size,
             "%s: generalised Pareto fitted by maximum likelihood to the %zu pairs above the %.3g %% quantile %.4f: "
             "shape %.3f, scale %.4f (greatest of all pairs %.3f)", from, t->fitted, 100 * t->part, t->start, t->shape,
             t->scale, t->greatest);
}

static json_t *thresholds_json(const measuring *m)
{
    json_t *out = json_object(), *table = json_array();
    char    text[400];
    for (size_t i = 0; i < m->tail.rows; i++) {
        json_t *row = json_object();
        json_object_set_new(row, "far", json_real(m->tail.row[i].far));
        json_object_set_new(row, "similarity", kin_json_number(m->tail.row[i].similarity, 0.0001));
        json_array_append_new(table, row);
    }
    json_object_set_new(out, "pairs", json_integer((json_int_t)m->stranger_count));
    const kin_settings *set = &m->app->set;
    char                smallest[40] = "";
    if (!isnan(set->min_face)) snprintf(smallest, sizeof smallest, ", min-face %g", set->min_face);
    snprintf(text, sizeof text, "%zu photos of %zu people; %s%s; by kin %s", m->used, m->samples.people,
             set->detector ? "a detector of one's own" : "kin's detector", smallest, kin_version());
    json_object_set_new(out, "measured_on", json_string(text));
    fit_text(m, text, sizeof text);
    json_object_set_new(out, "tail_fit", json_string(text));
    json_object_set_new(out, "table", table);
    return out;
}

static kin_status write_model(measuring *m, kin_graph *graph)
{
    json_t  *card = kin_card_json(graph);
    uint8_t *bytes = NULL;
    size_t   size;
    if (!card) return kin_fail(m->app->ctx, KIN_E_UNSUPPORTED, "%s: no card to write into", m->app->arg[0]);
    json_object_del(card, "fingerprints"); /* of files without a card: this one has it inside */
    json_object_set_new(card, "thresholds", thresholds_json(m));
    char      *text = json_dumps(card, JSON_COMPACT | JSON_REAL_PRECISION(9));
    kin_status status = text ? kin_tflite_with_card(graph, text, strlen(text), &bytes, &size)
                             : kin_fail(m->app->ctx, KIN_E_MEMORY, "out of memory");
    m->made = status == KIN_OK;
    if (m->made) status = kin_file_replace(m->app->ctx, m->app->set.output, bytes, size);
    kin_release(m->app->ctx, bytes);
    free(text);
    json_decref(card);
    return status;
}

/* --- telling --- */

static void tell(const measuring *m)
{
    if (m->app->set.json) {
        kin_json_print(m->app, thresholds_json(m));
        return;
    }
    if (m->app->set.csv)
        puts("far,similarity,tar,by");
    else
        printf("%zu photos of %zu people, %zu without a face; %zu pairs of two people, %zu of one\n", m->used,
               m->samples.people, m->samples.faceless, m->stranger_count, m->same_count);
    for (size_t i = 0; i < m->tail.rows; i++) {
        const kin_impostor_row *row = &m->tail.row[i];
        bool                    counted = i < m->tail.counted;
        if (m->app->set.csv) {
            printf("%g", row->far);
            kin_csv_number(row->similarity, 0.0001, false);
            kin_csv_number(accepted(m, row->similarity), 0.0001, false);
            puts(counted ? ",counted" : ",fitted");
        } else
            printf("FAR %-6g similarity %.4f, TAR %5.1f %%%s\n", row->far, row->similarity,
                   100 * accepted(m, row->similarity), counted ? "" : "  (fitted)");
    }
    if (m->app->set.csv) return;
    char text[400];
    fit_text(m, text, sizeof text);
    puts(text);
}

/* --- the verb --- */

/* -o must not be the model itself. */
static bool is_model(const char *output, const char *model)
{
    struct stat a, b;
    return stat(output, &a) == 0 && stat(model, &b) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

static void run(measuring *m)
{
    kin_app   *app = m->app;
    kin_graph *graph = NULL;
    kin_status status = compare(m);
    if (status != KIN_OK) {
        kin_fail_verb(app, app->ctx, status, KIN_ROLE_PHOTO);
        return;
    }
    if (app->set.output) {
        status = kin_model_open(app->ctx, app->arg[0], NULL, &graph);
        if (status == KIN_OK) status = write_model(m, graph);
        kin_graph_free(graph);
        if (status != KIN_OK) kin_fail_verb(app, app->ctx, status, m->made ? KIN_ROLE_OUTPUT : KIN_ROLE_MODEL);
    }
    if (status == KIN_OK) tell(m);
}

int kin_verb_calibrate(kin_app *app)
{
    measuring m = {.app = app};
    if (app->set.output && is_model(app->set.output, app->arg[0])) {
        kin_say("%s: is the model itself; -o needs another place", app->set.output);
        return EXIT_USAGE;
    }
    app->set.model = app->arg[0];
    kin_samples_find(app, app->arg[1], &m.samples);
    if (m.samples.people && kin_models_open(app, true, &m.models) == EXIT_DONE) {
        kin_samples_embed(app, &m.models, &m.samples);
        if (m.samples.told == m.samples.paths.count && m.samples.vector) run(&m);
    }
    kin_release(app->ctx, m.strangers);
    kin_release(app->ctx, m.same);
    kin_models_close(&m.models);
    kin_samples_free(&m.samples);
    return app->exit;
}
