/* SPDX-License-Identifier: Apache-2.0
 *
 * kin reject NAME PHOTO[#face], kin ignore PHOTO[#face]: what is to be known of one face of one photo.
 */
#include <stdlib.h>
#include <string.h>

#include "app/answer.h"
#include "app/gallery.h"
#include "app/lesson.h"
#include "gallery/gallery.h"
#include "os/files.h"

typedef struct {
    kin_app     *app;
    const char  *name; /* reject: who it is not; NULL: ignore */
    kin_models   models;
    kin_gallery *home;
    const char  *path;
    size_t       wanted; /* "#2": 2; or KIN_FACE_UNSAID */
    kin_lesson   lesson;
} correction;

static void keep(kin_app *app, kin_seen *seen, void *arg)
{
    correction *c = arg;
    (void)app;
    kin_lesson_keep(&c->lesson, seen);
}

static const float *vector_of(const correction *c, size_t face)
{
    return c->lesson.seen.vectors + face * kin_embedder_width(c->models.embedder);
}

/* How many faces identify calls by the name that is rejected, and the last of them. */
static kin_status count_named(const correction *c, size_t *count, size_t *face)
{
    *count = 0;
    if (!c->name) return KIN_OK;
    const size_t faces = c->lesson.seen.faces.count;
    kin_match   *who = calloc(faces, sizeof *who);
    if (!who) return kin_fail(c->app->ctx, KIN_E_MEMORY, "out of memory");
    kin_status status = kin_gallery_set_decision(c->home, c->app->set.fpir, c->app->set.threshold);
    if (status == KIN_OK) status = kin_identify_photo(c->home, c->models.embedder, vector_of(c, 0), faces,
                                                       &(kin_occasion){.date = c->lesson.seen.date}, who);
    for (size_t i = 0; i < faces && status == KIN_OK; i++)
        if (who[i].name && strcmp(who[i].name, c->name) == 0) ++*count, *face = i;
    free(who);
    return status;
}

/* The face that was said; else the only one; else the only one that has the name. */
static bool choose(correction *c, size_t *face)
{
    const size_t count = c->lesson.seen.faces.count;
    size_t       named = 0;
    const bool   said = c->wanted != KIN_FACE_UNSAID;
    *face = said ? c->wanted - 1 : 0;
    if (c->lesson.seen.status != KIN_OK) return false;
    if (!count) {
        kin_say("%s: no face", c->path);
        kin_raise(c->app, EXIT_NO);
        return false;
    }
    if (!kin_lesson_has(c->app, &c->lesson, c->wanted)) return false;
    if (said || count == 1) return true;
    kin_status status = count_named(c, &named, face);
    if (status != KIN_OK) {
        kin_home_fail(c->app, status);
        return false;
    }
    if (named == 1) return true;
    kin_say("%s: %zu faces; which one? %s#1 to %s#%zu, as kin identify numbers them", c->path, count, c->path, c->path, count);
    kin_raise(c->app, EXIT_USAGE);
    return false;
}

static void tell_reject(const correction *c, size_t face, const kin_rejected *r)
{
    kin_app *app = c->app;
    char     name[KIN_NAME_MAX + 1], path[300];
    if (app->set.json) {
        json_t *out = json_object();
        json_object_set_new(out, "name", kin_json_text(c->name));
        json_object_set_new(out, "file", kin_json_text(c->path));
        json_object_set_new(out, "face", json_integer((json_int_t)face + 1));
        json_object_set_new(out, "new", json_boolean(r->new_rejection));
        json_object_set_new(out, "taken_out", json_integer((json_int_t)r->taken_out));
        kin_json_print(app, out);
    } else if (app->set.csv) {
        puts("name,file,face,new,taken_out");
        kin_csv_text(c->name, true);
        kin_csv_text(c->path, false);
        printf(",%zu,%d,%zu\n", face + 1, r->new_rejection, r->taken_out);
    } else {
        printf("%s#%zu is not %s", kin_shown(c->path, path, sizeof path), face + 1, kin_shown(c->name, name, sizeof name));
        if (!r->new_rejection) printf(": that was known");
        if (r->taken_out) printf(", who is no longer taught by it");
        putchar('\n');
    }
}

static void tell_ignore(const correction *c, size_t face, const char *called)
{
    kin_app *app = c->app;
    char     name[KIN_NAME_MAX + 1], path[300];
    if (app->set.json) {
        json_t *out = json_object();
        json_object_set_new(out, "name", kin_json_text(called));
        json_object_set_new(out, "file", kin_json_text(c->path));
        json_object_set_new(out, "face", json_integer((json_int_t)face + 1));
        kin_json_print(app, out);
    } else if (app->set.csv) {
        puts("name,file,face");
        kin_csv_text(called, true);
        kin_csv_text(c->path, false);
        printf(",%zu\n", face + 1);
    } else
        printf("%s#%zu is ignored, as \"%s\"\n", kin_shown(c->path, path, sizeof path), face + 1,
               kin_shown(called, name, sizeof name));
}

static void act(const correction *c, size_t face)
{
    kin_enrolment e = kin_lesson_enrolment(&c->lesson, face);
    const char   *model = kin_embedder_fingerprint(c->models.embedder);
    size_t        width = kin_embedder_width(c->models.embedder);
    kin_rejected  r;
    char          called[KIN_NAME_MAX + 1];
    kin_status    status = c->name ? kin_gallery_reject(c->home, c->name, model, width, vector_of(c, face), &e, &r)
                                   : kin_gallery_ignore(c->home, model, width, vector_of(c, face), &e, called);
    if (status != KIN_OK)
        kin_home_fail(c->app, status);
    else if (c->name)
        tell_reject(c, face, &r);
    else
        tell_ignore(c, face, called);
}

/* Whom to reject must be there; whom to ignore may be the first. */
static int open_home(correction *c)
{
    return c->name ? kin_home_change(c->app, &c->home) : kin_home_open(c->app, true, &c->home);
}

static int correct(kin_app *app, const char *name, char *place)
{
    correction c = {.app = app, .name = name};
    kin_paths  paths = {0};
    size_t     face;
    const kin_photo_job job = {.look = kin_lesson_cut, .tell = keep, .drop = kin_lesson_drop, .arg = &c};
    if (kin_path_what(place) == KIN_PATH_FOLDER) {
        kin_say("%s: a folder; expected one photo", place);
        return EXIT_USAGE;
    }
    if (kin_places_find(app, &place, 1, &paths) == EXIT_DONE && open_home(&c) == EXIT_DONE &&
        kin_models_open(app, true, &c.models) == EXIT_DONE) {
        c.path = paths.path[0];
        c.wanted = paths.face[0];
        kin_photos_see(app, &c.models, &job, &paths);
        if (!kin_interrupted() && choose(&c, &face)) act(&c, face);
    }
    kin_lesson_free(&c.lesson);
    kin_paths_free(&paths);
    kin_gallery_free(c.home);
    kin_models_close(&c.models);
    return app->exit;
}

int kin_verb_reject(kin_app *app)
{
    return correct(app, app->arg[0], app->arg[1]);
}

int kin_verb_ignore(kin_app *app)
{
    return correct(app, NULL, app->arg[0]);
}
