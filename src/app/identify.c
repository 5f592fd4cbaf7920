/* SPDX-License-Identifier: Apache-2.0
 *
 * kin identify PHOTO...: who is there.
 */
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "app/answer.h"
#include "app/draw.h"
#include "app/gallery.h"
#include "app/identify.h"
#include "base/context.h"
#include "base/date.h"
#include "gallery/gallery.h"

typedef struct {
    kin_gallery    *home; /* NULL: nobody is known */
    kin_models     *models;
    pthread_mutex_t lock; /* the gallery belongs to the main context */
    size_t          named;
    void (*tell)(kin_app *app, kin_seen *seen, void *arg);
    void *arg;
} household;

enum { NAME_COLUMNS = 12 };

/* A copy of a name, NULL for NULL; *ok is false where memory is out. */
static char *copy_name(const char *name, bool *ok)
{
    char *copy = name ? strdup(name) : NULL;
    if (name && !copy) *ok = false;
    return copy;
}

static bool tell_who(const kin_match *match, kin_who *who)
{
    bool ok = true;
    who->threshold = match->threshold;
    who->ignored = match->ignored;
    who->name = copy_name(match->name, &ok);
    who->similarity = match->nearest.name ? match->similarity : NAN;
    who->runner_up = copy_name(match->runner_up.name, &ok);
    who->runner_up_similarity = match->runner_up.similarity;
    who->taken = copy_name(match->taken ? match->nearest.name : NULL, &ok);
    who->unborn = copy_name(match->unborn.name, &ok);
    who->candidates = match->candidates;
    for (size_t i = 0; i < match->candidates; i++) {
        who->candidate[i].name = copy_name(match->candidate[i].name, &ok);
        who->candidate[i].similarity = match->candidate[i].similarity;
    }
    return ok;
}

static kin_status who_are(household *h, kin_worker *worker, kin_seen *seen)
{
    const size_t count = seen->faces.count;
    for (size_t i = 0; i < count; i++) seen->who[i] = (kin_who){.similarity = NAN, .threshold = NAN, .runner_up_similarity = NAN};
    if (!h->home || !count) return KIN_OK;
    kin_match *match = calloc(count, sizeof *match);
    if (!match) return kin_fail(worker->ctx, KIN_E_MEMORY, "out of memory");
    pthread_mutex_lock(&h->lock);
    kin_status status = kin_identify_photo(h->home, h->models->embedder, seen->vectors, count,
                                           &(kin_occasion){worker->app->set.repeat, seen->date}, match);
    if (status != KIN_OK) kin_fail(worker->ctx, status, "%s", kin_error(worker->app->ctx));
    bool ok = true;
    for (size_t i = 0; i < count && status == KIN_OK; i++) ok = tell_who(&match[i], &seen->who[i]) && ok;
    pthread_mutex_unlock(&h->lock);
    free(match);
    return ok ? status : kin_fail(worker->ctx, KIN_E_MEMORY, "out of memory");
}

/* The first search loads the gallery. */
static void prepare(void *arg)
{
    static const float any[KIN_EMBEDDING_MAX] = {1};
    household *h = arg;
    kin_match  match;
    pthread_mutex_lock(&h->lock);
    if (h->home) kin_identify(h->home, h->models->embedder, any, &match);
    pthread_mutex_unlock(&h->lock);
}

static kin_status look(kin_worker *worker, kin_image *photo, kin_seen *seen, void *arg)
{
    seen->who = calloc(seen->faces.count + 1, sizeof *seen->who);
    if (!seen->who) return kin_fail(worker->ctx, KIN_E_MEMORY, "out of memory");
    KIN_TRY(who_are(arg, worker, seen));
    return kin_draw_seen(worker, photo, seen);
}

static void tell_text(const kin_app *app, const kin_seen *seen)
{
    if (seen->faces.count == 0) {
        kin_put_path(app, seen->path);
        puts("no face");
    }
    for (size_t i = 0; i < seen->faces.count; i++) {
        const kin_who *who = &seen->who[i];
        const kin_box *box = &seen->faces.face[i].box;
        char           label[KIN_LABEL_BYTES], shown[KIN_NAME_MAX + 1], date[KIN_DATE_BYTES];
        kin_put_path(app, seen->path);
        kin_colour_on(who->name ? KIN_INK_GOOD : KIN_INK_FAINT);
        kin_put_cell(kin_who_label(who, label, sizeof label), NAME_COLUMNS);
        kin_colour_off();
        if (isfinite(who->similarity)) printf("  %6.3f (from %.3f)", who->similarity, who->threshold);
        printf("  at x %4.0f..%-4.0f y %4.0f..%.0f", box->x0, box->x1, box->y0, box->y1);
        if (seen->faces.face[i].turned) printf("  turned %d", seen->faces.face[i].turned);
        if (who->taken) printf("  (%s is another face)", kin_shown(who->taken, shown, sizeof shown));
        if (who->unborn)
            printf("  (%s was not born: photo of %s)", kin_shown(who->unborn, shown, sizeof shown), kin_date_write(seen->date, date, sizeof date));
        if (seen->faces.count > 1) printf("  #%zu", i + 1); /* as reject and ignore want it */
        putchar('\n');
    }
}

static void tell_csv(const kin_seen *seen)
{
    for (size_t i = 0; i < seen->faces.count; i++) {
        const kin_who *who = &seen->who[i];
        char           label[KIN_LABEL_BYTES];
        kin_csv_face(seen, i);
        kin_csv_text(who->name ? who->name : "", false);
        kin_csv_number(who->similarity, 0.001, false);
        kin_csv_number(who->threshold, 0.001, false);
        kin_csv_text(who->runner_up ? who->runner_up : "", false);
        kin_csv_number(who->runner_up_similarity, 0.001, false);
        kin_csv_text(who->candidates ? kin_who_label(who, label, sizeof label) : "", false);
        kin_csv_text(who->taken ? who->taken : "", false);
        printf(",%d", who->ignored);
        kin_csv_text(who->unborn ? who->unborn : "", false);
        putchar('\n');
    }
}

static void count_and_tell(kin_app *app, kin_seen *seen, void *arg)
{
    household *h = arg;
    for (size_t i = 0; seen->who && i < seen->faces.count; i++) h->named += seen->who[i].name != NULL;
    h->tell(app, seen, h->arg);
}

static void tell(kin_app *app, kin_seen *seen, void *arg)
{
    (void)arg;
    if (kin_output_is_stream(app)) return;
    if (app->set.json)
        kin_json_print(app, kin_seen_json(seen, 0));
    else if (seen->status == KIN_OK && app->set.csv)
        tell_csv(seen);
    else if (seen->status == KIN_OK)
        tell_text(app, seen);
}

/* Who was taught with another model only is nobody for this one, and those who are left take their place: say so. */
static void say_untaught(kin_app *app, household *h)
{
    const char *model = app->set.model;
    size_t      people, untaught, faces = 0;
    const char *fingerprint = kin_embedder_fingerprint(h->models->embedder);
    if (kin_gallery_count(h->home, fingerprint, NULL, NULL, &faces) != KIN_OK || !faces) return;
    if (kin_gallery_untaught(h->home, fingerprint, &people, &untaught) == KIN_OK)
        kin_say("%zu face%s of other models only, %zu of %zu people cannot be named by this one: kin gallery upgrade%s%s", faces,
                faces == 1 ? " is" : "s are", untaught, people, model ? " -m " : "", model ? model : "");
}

int kin_identify_photos(kin_app *app, void (*tell_photo)(kin_app *app, kin_seen *seen, void *arg), void *arg)
{
    kin_paths  paths;
    kin_models models = {0};
    household  h = {.models = &models, .lock = PTHREAD_MUTEX_INITIALIZER, .tell = tell_photo, .arg = arg};
    kin_raise(app, kin_paths_find(app, app->arg, app->arg_count, &paths));
    if (paths.count && kin_output_check(app, paths.count, false) == EXIT_DONE && kin_models_open(app, true, &models) == EXIT_DONE &&
        kin_home_open(app, false, &h.home) == EXIT_DONE) {
        kin_status status = h.home ? kin_gallery_set_decision(h.home, app->set.fpir, app->set.threshold) : KIN_OK;
        if (app->set.verbose && h.home) kin_say("gallery %s", kin_gallery_path(h.home));
        if (status == KIN_OK)
            kin_photos_see(app, &models, &(kin_photo_job){.prepare = prepare, .look = look, .tell = count_and_tell, .arg = &h}, &paths);
        else
            kin_fail_verb(app, app->ctx, status, KIN_ROLE_GALLERY);
        if (!h.home && !app->set.quiet) kin_say("nobody is known yet: kin enroll NAME PHOTO...");
        if (h.home && !app->set.quiet && !kin_interrupted()) {
            say_untaught(app, &h);
            kin_home_warn(app, h.home);
        }
    }
    kin_gallery_free(h.home);
    kin_models_close(&models);
    kin_paths_free(&paths);
    if (!h.named) kin_raise(app, EXIT_NO);
    return app->exit;
}

int kin_verb_identify(kin_app *app)
{
    if (app->set.csv) {
        kin_csv_header_faces();
        printf(",name,similarity,threshold,runner_up,runner_up_similarity,candidates,taken,ignored,unborn\n");
    }
    return kin_identify_photos(app, tell, NULL);
}
