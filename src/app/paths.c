/* SPDX-License-Identifier: Apache-2.0
 *
 * Files and folders of the command line -> photos.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "app/answer.h"
#include "app/photos.h"
#include "image/codec.h"
#include "os/files.h"

bool kin_path_ends(const char *path, const char *const *endings)
{
    const char *dot = strrchr(path, '.');
    while (dot && *endings && strcasecmp(dot, *endings) != 0) endings++;
    return dot && *endings;
}

static bool add(kin_paths *paths, const char *path, size_t length, size_t face)
{
    if ((paths->count & (paths->count - 1)) == 0) { /* full at powers of two */
        size_t  room = paths->count ? paths->count * 2 : 1;
        char  **more = realloc(paths->path, room * sizeof *more);
        if (more) paths->path = more;
        size_t *faces = realloc(paths->face, room * sizeof *faces);
        if (faces) paths->face = faces;
        if (!more || !faces) return false;
    }
    char *copy = strndup(path, length);
    if (!copy) return false;
    paths->face[paths->count] = face;
    paths->path[paths->count++] = copy;
    return true;
}

enum { DEEPEST = 64, WIDEST = 60 /* longer paths stand out of their column */ };

static kin_status found(void *arg, const char *path, int depth)
{
    kin_paths *paths = arg;
    (void)depth;
    kin_picture_kind kind = kin_picture_by_path(path);
    if (kind == KIN_PICTURE) return add(paths, path, strlen(path), KIN_FACE_UNSAID) ? KIN_OK : KIN_E_MEMORY;
    if (kind == KIN_OTHER_PICTURE && paths->others++ == 0)
        snprintf(paths->other, sizeof paths->other, "%s", strrchr(path, '.'));
    return KIN_OK;
}

/* The name without folder and ending, that output files are called after. */
const char *kin_photo_stem(const char *path, size_t *length)
{
    const char *slash = strrchr(path, '/'), *name = strcmp(path, "-") == 0 ? "stdin" : slash ? slash + 1 : path;
    const char *dot = strrchr(name, '.');
    *length = dot && dot != name ? (size_t)(dot - name) : strlen(name);
    return name;
}

typedef struct {
    const char *stem;
    size_t      length, index;
} named;

static int same_stem(const named *a, const named *b)
{
    return a->length == b->length && memcmp(a->stem, b->stem, a->length) == 0;
}

static int by_stem(const void *left, const void *right)
{
    const named *a = left, *b = right;
    int          order = memcmp(a->stem, b->stem, a->length < b->length ? a->length : b->length);
    if (order == 0 && a->length != b->length) order = a->length < b->length ? -1 : 1;
    return order ? order : (a->index > b->index) - (a->index < b->index);
}

static bool count_twins(kin_paths *paths)
{
    named *all = calloc(paths->count + 1, sizeof *all);
    paths->twin = calloc(paths->count + 1, sizeof *paths->twin);
    if (all && paths->twin) {
        for (size_t i = 0; i < paths->count; i++) {
            all[i].stem = kin_photo_stem(paths->path[i], &all[i].length);
            all[i].index = i;
        }
        qsort(all, paths->count, sizeof *all, by_stem);
        for (size_t i = 1; i < paths->count; i++)
            if (same_stem(&all[i - 1], &all[i])) paths->twin[all[i].index] = paths->twin[all[i - 1].index] + 1;
    }
    free(all);
    return all && paths->twin;
}

/* --- which files they are --- */

struct kin_file_id {
    dev_t device;
    ino_t number;
};

static int by_file(const void *left, const void *right)
{
    const struct kin_file_id *a = left, *b = right;
    if (a->device != b->device) return a->device < b->device ? -1 : 1;
    return (a->number > b->number) - (a->number < b->number);
}

static bool note_files(kin_paths *paths)
{
    paths->file = calloc(paths->count + 1, sizeof *paths->file);
    if (!paths->file) return false;
    struct stat s;
    for (size_t i = 0; i < paths->count; i++)
        if (stat(paths->path[i], &s) == 0) paths->file[paths->files++] = (struct kin_file_id){s.st_dev, s.st_ino};
    qsort(paths->file, paths->files, sizeof *paths->file, by_file);
    return true;
}

bool kin_paths_have(const kin_paths *paths, const char *path)
{
    struct stat s;
    if (!paths || !paths->files || stat(path, &s) != 0) return false;
    struct kin_file_id one = {s.st_dev, s.st_ino};
    return bsearch(&one, paths->file, paths->files, sizeof one, by_file);
}

/* "beach.jpg#2": its second face. A file that is called so itself is that file. */
static size_t read_place(const char *arg, size_t *length)
{
    const char *hash = strrchr(arg, '#');
    size_t      digits = hash ? strspn(hash + 1, "0123456789") : 0;
    const bool  place = digits > 0 && digits < 7 && hash[1 + digits] == '\0' && kin_path_what(arg) == KIN_PATH_NONE;
    *length = place ? (size_t)(hash - arg) : strlen(arg);
    return place ? strtoul(hash + 1, NULL, 10) : KIN_FACE_UNSAID;
}

static int find(kin_app *app, char **arg, int count, bool places, kin_paths *out)
{
    *out = (kin_paths){0};
    for (int i = 0; i < count; i++) {
        kin_status  status = KIN_OK;
        if (strcmp(arg[i], "-") != 0 && kin_path_what(arg[i]) == KIN_PATH_FOLDER) {
            size_t before = out->count, others = out->others;
            status = kin_folder_walk(app->ctx, arg[i], DEEPEST, found, out);
            if (status == KIN_OK && out->count == before) {
                kin_say("%s: no photos in this folder", arg[i]);
                kin_raise(app, EXIT_NO);
            }
            if (out->others > others && !app->set.quiet)
                kin_say("%s: passed over %zu picture%s that this kin cannot read (%s ...; kin version lists the formats)", arg[i],
                        out->others - others, out->others - others == 1 ? "" : "s", out->other);
        } else {
            size_t length = strlen(arg[i]), face = places ? read_place(arg[i], &length) : KIN_FACE_UNSAID;
            if (!add(out, arg[i], length, face)) status = KIN_E_MEMORY;
        }
        if (status == KIN_E_MEMORY) {
            kin_say("out of memory");
            kin_raise(app, EXIT_RESOURCES);
        } else if (status != KIN_OK)
            kin_fail_verb(app, app->ctx, status, KIN_ROLE_PHOTO);
    }
    for (size_t i = 0; i < out->count; i++) {
        int columns = kin_columns(out->path[i]);
        if (columns > app->path_columns && columns <= WIDEST) app->path_columns = columns;
    }
    if (!count_twins(out) || (app->set.output && !note_files(out))) {
        kin_say("out of memory");
        kin_raise(app, EXIT_RESOURCES);
    }
    return app->exit;
}

int kin_paths_find(kin_app *app, char **arg, int count, kin_paths *out)
{
    return find(app, arg, count, false, out);
}

int kin_places_find(kin_app *app, char **arg, int count, kin_paths *out)
{
    return find(app, arg, count, true, out);
}

void kin_paths_free(kin_paths *paths)
{
    for (size_t i = 0; i < paths->count; i++) free(paths->path[i]);
    free(paths->path);
    free(paths->face);
    free(paths->twin);
    free(paths->file);
    *paths = (kin_paths){0};
}
