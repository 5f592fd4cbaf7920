/* SPDX-License-Identifier: Apache-2.0
 *
 * kin merge NAME OTHER, kin split NAME NEW PHOTO...: two people are one, one is two.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/answer.h"
#include "app/gallery.h"
#include "base/context.h"
#include "base/hash.h"
#include "base/memory.h"
#include "gallery/gallery.h"
#include "os/files.h"

int kin_verb_merge(kin_app *app)
{
    kin_gallery *home;
    const char  *name = app->arg[0], *other = app->arg[1];
    size_t       faces;
    char         shown[KIN_NAME_MAX + 1], merged[KIN_NAME_MAX + 1];
    if (kin_home_change(app, &home) != EXIT_DONE) return app->exit;
    kin_status status = kin_gallery_merge(home, name, other, &faces);
    if (status != KIN_OK)
        kin_home_fail(app, status);
    else if (app->set.json) {
        json_t *out = json_object();
        json_object_set_new(out, "name", kin_json_text(name));
        json_object_set_new(out, "merged", kin_json_text(other));
        json_object_set_new(out, "faces", json_integer((json_int_t)faces));
        kin_json_print(app, out);
    } else if (app->set.csv) {
        puts("name,merged,faces");
        kin_csv_text(name, true);
        kin_csv_text(other, false);
        printf(",%zu\n", faces);
    } else
        printf("%s is %s: %zu face%s\n", kin_shown(other, merged, sizeof merged), kin_shown(name, shown, sizeof shown), faces,
               faces == 1 ? "" : "s");
    kin_gallery_free(home);
    return app->exit;
}

/* --- split --- */

typedef uint8_t photo_hash[KIN_HASH_BYTES];

static kin_status hash_of(kin_context *ctx, const char *path, photo_hash hash)
{
    uint8_t   *bytes;
    size_t     size;
    const bool stream = strcmp(path, "-") == 0;
    KIN_TRY(stream ? kin_file_read_stream(ctx, STDIN_FILENO, "standard input", 0, &bytes, &size)
                   : kin_file_read(ctx, path, 0, &bytes, &size));
    kin_hash128(bytes, size, 0, hash);
    kin_release(ctx, bytes);
    return KIN_OK;
}

static kin_status move_all(kin_app *app, kin_gallery *home, const kin_paths *paths, photo_hash *hash, size_t *faces)
{
    for (size_t i = 0; i < paths->count; i++) {
        size_t     moved;
        kin_status status = kin_gallery_split(home, app->arg[0], app->arg[1], hash[i], &moved);
        if (status != KIN_OK) {
            kin_fail_prefix(app->ctx, status, paths->path[i]);
            return status;
        }
        *faces += moved;
    }
    return KIN_OK;
}

/* All photos or, where something is wrong with one, none. They are read first: nobody else can write in between. */
static bool split(kin_app *app, kin_gallery *home, const kin_paths *paths, size_t *faces)
{
    photo_hash *hash = calloc(paths->count + 1, sizeof *hash);
    kin_status  status = hash ? KIN_OK : kin_fail(app->ctx, KIN_E_MEMORY, "out of memory");
    for (size_t i = 0; i < paths->count && status == KIN_OK; i++) status = hash_of(app->ctx, paths->path[i], hash[i]);
    if (status != KIN_OK) {
        free(hash);
        kin_fail_verb(app, app->ctx, status, KIN_ROLE_PHOTO);
        return false;
    }
    status = kin_gallery_begin(home);
    if (status == KIN_OK) status = kin_gallery_end(home, move_all(app, home, paths, hash, faces));
    free(hash);
    if (status != KIN_OK) kin_home_fail(app, status);
    return status == KIN_OK;
}

static void tell_split(kin_app *app, size_t photos, size_t faces)
{
    const char *name = app->arg[0], *to = app->arg[1];
    char        shown[KIN_NAME_MAX + 1], made[KIN_NAME_MAX + 1];
    if (app->set.json) {
        json_t *out = json_object();
        json_object_set_new(out, "name", kin_json_text(name));
        json_object_set_new(out, "to", kin_json_text(to));
        json_object_set_new(out, "photos", json_integer((json_int_t)photos));
        json_object_set_new(out, "faces", json_integer((json_int_t)faces));
        kin_json_print(app, out);
    } else if (app->set.csv) {
        puts("name,to,photos,faces");
        kin_csv_text(name, true);
        kin_csv_text(to, false);
        printf(",%zu,%zu\n", photos, faces);
    } else
        printf("%s: %zu face%s that was thought %s's\n", kin_shown(to, made, sizeof made), faces, faces == 1 ? "" : "s",
               kin_shown(name, shown, sizeof shown));
}

int kin_verb_split(kin_app *app)
{
    kin_gallery *home;
    kin_paths    paths;
    size_t       faces = 0;
    if (kin_gallery_check_name(app->ctx, app->arg[1]) != KIN_OK) {
        kin_say("%s", kin_error(app->ctx));
        return EXIT_USAGE;
    }
    if (kin_home_change(app, &home) != EXIT_DONE) return app->exit;
    bool found = kin_paths_find(app, app->arg + 2, app->arg_count - 2, &paths) == EXIT_DONE;
    if (found && split(app, home, &paths, &faces)) tell_split(app, paths.count, faces);
    kin_paths_free(&paths);
    kin_gallery_free(home);
    return app->exit;
}
