/* SPDX-License-Identifier: Apache-2.0
 *
 * kin gallery upgrade -m MODEL: another model's vectors for everybody who is known.
 */
#include "app/gallery_part.h"
#include "app/progress.h"

typedef struct {
    kin_app     *app;
    kin_progress progress;
    bool         started;
} watcher;

static void step(void *arg, size_t done, size_t of)
{
    watcher *w = arg;
    if (!w->started) w->progress = kin_progress_start("faces", of, w->app->set.quiet);
    w->started = true;
    kin_progress_step(&w->progress, done);
}

static void left(void *arg, const char *photo, const char *why)
{
    watcher *w = arg;
    char     shown[300];
    if (w->app->set.quiet) return;
    if (w->started) kin_progress_clear(&w->progress);
    kin_say("%s: this face stays without: no picture of it was kept, and %s", kin_shown(photo, shown, sizeof shown), why);
}

static void tell(kin_app *app, const kin_upgraded *u)
{
    if (app->set.json) {
        json_t *out = json_object();
        json_object_set_new(out, "faces", json_integer((json_int_t)u->faces));
        json_object_set_new(out, "rejections", json_integer((json_int_t)u->rejections));
        json_object_set_new(out, "resumed", json_integer((json_int_t)u->resumed));
        json_object_set_new(out, "left", json_integer((json_int_t)u->left));
        kin_json_print(app, out);
    } else if (app->set.csv)
        printf("faces,rejections,resumed,left\n%zu,%zu,%zu,%zu\n", u->faces, u->rejections, u->resumed, u->left);
    else if (!u->faces && !u->rejections && !u->left)
        puts("nothing to do: every face has a vector of this model");
    else {
        printf("%zu faces and %zu rejections have a vector of this model now", u->faces, u->rejections);
        if (u->resumed) printf(" (%zu of them from an upgrade that was cut short)", u->resumed);
        putchar('\n');
    }
    if (u->left && !app->set.quiet)
        kin_say("%zu faces stay without and are nobody to this model: kin enroll%s%s NAME PHOTO...", u->left,
                app->set.model ? " -m " : "", app->set.model ? app->set.model : "");
}

int kin_part_upgrade(kin_app *app, kin_gallery *home)
{
    kin_embedder *embedder = NULL;
    kin_upgraded  u;
    watcher       w = {.app = app};
    kin_status    status = kin_embedder_open(app->ctx, app->set.model, &embedder);
    if (status != KIN_OK) return kin_fail_verb(app, app->ctx, status, KIN_ROLE_MODEL);
    status = kin_gallery_upgrade(home, embedder, &(kin_upgrade_watch){&w, step, left}, &u);
    if (w.started) kin_progress_clear(&w.progress);
    if (status == KIN_OK)
        tell(app, &u);
    else {
        kin_fail_verb(app, app->ctx, status, KIN_ROLE_GALLERY);
        if (u.embedded && !app->set.quiet)
            kin_say("%zu vectors are kept; kin gallery upgrade goes on with the rest", u.embedded + u.resumed);
    }
    if (status == KIN_OK && u.left) kin_raise(app, EXIT_NO);
    kin_embedder_free(embedder);
    return app->exit;
}
