/* SPDX-License-Identifier: Apache-2.0
 *
 * kin enroll NAME PHOTO... / kin enroll --from DIR: teach people. All photos of a person are seen first, then the faces are
 * chosen together (gallery/choose.h), judged (gallery/admit.h) and kept in one transaction a person.
 */
#include <dirent.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "app/answer.h"
#include "app/enroll.h"
#include "app/gallery.h"
#include "base/context.h"
#include "gallery/admit.h"
#include "gallery/choose.h"
#include "gallery/gallery.h"
#include "os/files.h"

/* --- seeing --- */

static void keep(kin_app *app, kin_seen *seen, void *arg)
{
    kin_school *s = arg;
    (void)app;
    kin_lesson_keep(&s->lesson[s->count++], seen);
}

static void free_lessons(kin_school *s)
{
    for (size_t i = 0; i < s->count; i++) kin_lesson_free(&s->lesson[i]);
    free(s->lesson);
    s->lesson = NULL;
    s->count = 0;
}

/* --- keeping --- */

void kin_school_remark(const kin_school *s, const char *photo, const char *name, const char *text)
{
    char shown[300], whom[KIN_NAME_MAX + 1];
    if (s->app->set.quiet) return;
    kin_shown(photo, shown, sizeof shown);
    if (s->several && name)
        kin_say("%s: %s: %s", shown, kin_shown(name, whom, sizeof whom), text);
    else
        kin_say("%s: %s", shown, text);
}

kin_status kin_school_learn(kin_school *s, const char *name, const kin_lesson *l, size_t face, size_t *added)
{
    kin_app        *app = s->app;
    const kin_face *f = &l->seen.faces.face[face];
    size_t          width = kin_embedder_width(s->models->embedder);
    if (!app->set.force && kin_gallery_admit(app->ctx, &f->quality) == KIN_E_REFUSED) {
        char why[400];
        snprintf(why, sizeof why, "declined: %s (--force takes it)", kin_error(app->ctx));
        kin_school_remark(s, l->seen.path, name, why);
        return KIN_OK;
    }
    kin_enrolment enrolment = kin_lesson_enrolment(l, face);
    kin_enrolled  result;
    kin_status    status = kin_gallery_add(s->home, name, kin_embedder_fingerprint(s->models->embedder), width,
                                           l->seen.vectors + face * width, &enrolment, &result);
    if (status == KIN_E_REFUSED) { /* kin reject said that it is not this person */
        kin_school_remark(s, l->seen.path, name, kin_error(app->ctx));
        return KIN_OK;
    }
    KIN_TRY(status);
    if (!result.new_face && !result.new_vector && (!s->several || app->set.verbose)) /* a library is gone through again and again */
        kin_school_remark(s, l->seen.path, name, "was enrolled before");
    if (result.other) kin_school_remark(s, l->seen.path, name, "this very face belongs to another person too");
    ++*added;
    return KIN_OK;
}

/* Whether it was said which of the photo's faces it is. */
static bool said(const kin_school *s, size_t i)
{
    return s->face[i] != KIN_FACE_UNSAID && s->lesson[i].seen.faces.count;
}

static kin_status learn_all(kin_school *s, const char *name, const kin_choice *choice, size_t *added)
{
    KIN_TRY(kin_gallery_begin(s->home));
    kin_status status = KIN_OK;
    for (size_t i = 0; i < s->count && status == KIN_OK; i++) {
        const kin_lesson *l = &s->lesson[i];
        if (l->seen.status != KIN_OK) continue;
        if (choice[i].reason != KIN_CHOICE_ALONE && choice[i].reason != KIN_CHOICE_AGREES)
            kin_school_remark(s, l->seen.path, name, kin_choice_text(choice[i].reason));
        if (choice[i].taken) status = kin_school_learn(s, name, l, said(s, i) ? s->face[i] - 1 : choice[i].face, added);
    }
    return kin_gallery_end(s->home, status);
}

/* By the model's card, else `otherwise`. */
static float similarity_at(const kin_embedder *embedder, double far, float otherwise)
{
    double similarity = kin_embedder_threshold(embedder, far);
    return similarity == similarity ? (float)similarity : otherwise;
}

/* As the choice sees a photo: all faces, or the one that was said alone. */
static kin_choice_photo faces_of(const kin_school *s, size_t i)
{
    const kin_seen *seen = &s->lesson[i].seen;
    if (!said(s, i)) return (kin_choice_photo){seen->vectors, seen->faces.count};
    return (kin_choice_photo){seen->vectors + (s->face[i] - 1) * kin_embedder_width(s->models->embedder), 1};
}

/* A number that no face has is a slip of the pen: nothing is taught. */
static bool have_faces(const kin_school *s)
{
    bool all = true;
    for (size_t i = 0; i < s->count; i++)
        if (said(s, i)) all = kin_lesson_has(s->app, &s->lesson[i], s->face[i]) && all;
    return all;
}

static kin_status choose_and_learn(kin_school *s, const char *name, size_t *added)
{
    kin_context      *ctx = s->app->ctx;
    kin_embedder     *embedder = s->models->embedder;
    kin_choice_rule   rule = {.limit = similarity_at(embedder, 1e-3, 0.4f), .doubt = similarity_at(embedder, 1e-2, 0.3f)};
    kin_vectors       known = {0};
    kin_choice_photo *photo = calloc(s->count + 1, sizeof *photo);
    kin_choice       *choice = calloc(s->count + 1, sizeof *choice);
    kin_status        status = photo && choice ? KIN_OK : kin_fail(ctx, KIN_E_MEMORY, "out of memory");
    for (size_t i = 0; photo && i < s->count; i++) photo[i] = faces_of(s, i);
    if (status == KIN_OK) status = kin_gallery_vectors(s->home, name, kin_embedder_fingerprint(embedder), &known);
    if (status == KIN_OK)
        status = kin_gallery_choose(ctx, kin_embedder_width(embedder), known.vector, known.count, photo, s->count,
                                    &rule, choice);
    if (status == KIN_OK) status = learn_all(s, name, choice, added);
    kin_vectors_free(&known);
    free(choice);
    free(photo);
    return status;
}

void kin_school_tell(kin_school *s, const char *name, size_t photos, size_t added)
{
    kin_app *app = s->app;
    char     shown[KIN_NAME_MAX + 1];
    if (!added) kin_raise(app, EXIT_NO);
    if (app->set.json) {
        json_t *one = json_object();
        json_object_set_new(one, "name", kin_json_text(name));
        json_object_set_new(one, "photos", json_integer((json_int_t)photos));
        json_object_set_new(one, "faces", json_integer((json_int_t)added));
        json_array_append_new(s->people, one);
    } else if (app->set.csv) {
        kin_csv_text(name, true);
        printf(",%zu,%zu\n", photos, added);
    } else
        printf("%s: %zu of %zu photo%s\n", kin_shown(name, shown, sizeof shown), added, photos, photos == 1 ? "" : "s");
    fflush(stdout); /* said when it is so, also into a file or pipe */
}

/* Teaches one person; false ends the whole. */
static bool teach(kin_school *s, const char *name, char **arg, int count)
{
    kin_app  *app = s->app;
    kin_paths paths;
    size_t    added = 0;
    char      shown[KIN_NAME_MAX + 1];
    kin_status status = kin_gallery_check_name(app->ctx, name);
    if (status != KIN_OK) {
        kin_say("%s", kin_error(app->ctx));
        kin_raise(app, EXIT_USAGE);
        return true;
    }
    kin_raise(app, kin_places_find(app, arg, count, &paths));
    s->face = paths.face;
    s->lesson = calloc(paths.count + 1, sizeof *s->lesson);
    if (s->lesson && paths.count)
        kin_photos_see(app, s->models, &(kin_photo_job){.look = kin_lesson_cut, .tell = keep, .drop = kin_lesson_drop, .arg = s}, &paths);
    status = s->lesson ? KIN_OK : kin_fail(app->ctx, KIN_E_MEMORY, "out of memory");
    if (status == KIN_OK && !kin_interrupted() && have_faces(s)) status = choose_and_learn(s, name, &added);
    size_t photos = paths.count;
    free_lessons(s);
    kin_paths_free(&paths);
    if (status != KIN_OK) {
        kin_fail_verb(app, app->ctx, status, KIN_ROLE_GALLERY);
        return false;
    }
    if (kin_interrupted()) {
        kin_say("interrupted: %s was not taught%s", kin_shown(name, shown, sizeof shown), s->taught ? ", those before are kept" : "");
        return false;
    }
    s->taught++;
    kin_school_tell(s, name, photos, added);
    return true;
}

/* --- a folder a person --- */

static int visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static void teach_folder(kin_school *s, const char *folder)
{
    struct dirent **entry;
    kin_app        *app = s->app;
    int             n = scandir(folder, &entry, visible, alphasort), people = 0;
    if (n < 0) {
        kin_say("%s: %s", folder, kin_path_what(folder) == KIN_PATH_FILE ? "a file; --from expects a folder with a folder a person" : "this folder cannot be read");
        kin_raise(app, EXIT_INPUT);
        return;
    }
    bool go = true;
    for (int i = 0; i < n; i++) {
        char path[4096], *arg = path;
        int  length = snprintf(path, sizeof path, "%s/%s", folder, entry[i]->d_name);
        if (go && length > 0 && length < (int)sizeof path && kin_path_what(path) == KIN_PATH_FOLDER) {
            people++;
            go = teach(s, entry[i]->d_name, &arg, 1);
        }
        free(entry[i]);
    }
    free(entry);
    if (!people) {
        kin_say("%s: no folders inside (one a person is expected; one person's own folder: kin enroll NAME %s)", folder, folder);
        kin_raise(app, EXIT_NO);
    }
}

int kin_verb_enroll(kin_app *app)
{
    bool from = app->set.from != NULL;
    if (from == (app->arg_count >= 2) || (from && app->arg_count)) {
        kin_say("enroll: expected NAME PHOTO... or --from DIR (kin help enroll)");
        return EXIT_USAGE;
    }
    if (app->set.tags && !from) {
        kin_say("enroll: --tags goes with --from DIR (kin help enroll)");
        return EXIT_USAGE;
    }
    signal(SIGPIPE, SIG_IGN); /* when nobody listens any more the teaching goes on; the status says that it was not heard */
    kin_models models = {0};
    kin_school s = {.app = app, .models = &models};
    if (kin_models_open(app, true, &models) != EXIT_DONE || kin_home_open(app, true, &s.home) != EXIT_DONE) {
        kin_models_close(&models);
        return app->exit;
    }
    if (app->set.json) s.people = json_array();
    if (app->set.csv) puts("name,photos,faces");
    if (app->set.tags)
        kin_enroll_tags(&s, app->set.from);
    else if (from)
        teach_folder(&s, app->set.from);
    else
        teach(&s, app->arg[0], app->arg + 1, app->arg_count - 1);
    if (app->set.json) {
        json_t *out = json_object();
        json_object_set_new(out, "people", s.people);
        kin_json_print(app, out);
    }
    kin_gallery_free(s.home);
    kin_models_close(&models);
    return app->exit;
}
