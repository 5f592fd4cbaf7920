/* SPDX-License-Identifier: Apache-2.0
 *
 * Files and folders of the command line -> photos.
 */
#include <stdlib.h>
#include <string.h>

#include "app/photos.h"
#include "os/files.h"

/* In folders only these are looked at (a photo library is full of sidecars and videos); files that are named are always
 * opened, whatever their name. */
static const char *const endings[] = {".jpg", ".jpeg", ".jpe", ".jfif", ".png"};

static bool is_photo_name(const char *path)
{
    const char *dot = strrchr(path, '.');
    for (size_t i = 0; dot && i < sizeof endings / sizeof *endings; i++)
        if (strcasecmp(dot, endings[i]) == 0) return true;
    return false;
}

static bool add(kin_paths *paths, const char *path)
{
    if ((paths->count & (paths->count - 1)) == 0) { /* full at powers of two */
        char **more = realloc(paths->path, (paths->count ? paths->count * 2 : 1) * sizeof *more);
        if (!more) return false;
        paths->path = more;
    }
    char *copy = strdup(path);
    if (!copy) return false;
    paths->path[paths->count++] = copy;
    return true;
}

enum { DEEPEST = 64 };

static kin_status found(void *arg, const char *path, int depth)
{
    (void)depth;
    return !is_photo_name(path) || add(arg, path) ? KIN_OK : KIN_E_MEMORY;
}

int kin_paths_find(kin_app *app, char **arg, int count, kin_paths *out)
{
    *out = (kin_paths){0};
    for (int i = 0; i < count; i++) {
        kin_status  status = KIN_OK;
        if (strcmp(arg[i], "-") != 0 && kin_path_what(arg[i]) == KIN_PATH_FOLDER) {
            size_t before = out->count;
            status = kin_folder_walk(app->ctx, arg[i], DEEPEST, found, out);
            if (status == KIN_OK && out->count == before) {
                kin_say("%s: no photos in this folder", arg[i]);
                kin_raise(app, EXIT_NO);
            }
        } else if (!add(out, arg[i]))
            status = KIN_E_MEMORY;
        if (status == KIN_E_MEMORY) {
            kin_say("out of memory");
            kin_raise(app, EXIT_RESOURCES);
        } else if (status != KIN_OK)
            kin_fail_verb(app, app->ctx, status, KIN_ROLE_PHOTO);
    }
    return app->exit;
}

void kin_paths_free(kin_paths *paths)
{
    for (size_t i = 0; i < paths->count; i++) free(paths->path[i]);
    free(paths->path);
    *paths = (kin_paths){0};
}
