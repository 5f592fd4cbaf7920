/* SPDX-License-Identifier: Apache-2.0
 *
 * Walking a folder in byte order of the names, a folder's files before its folders.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/files.h"

enum { DEPTH_MAX = 64 }; /* open folders are few, and no path grows without end */

typedef struct {
    char *path;
    bool  folder;
} entry;

typedef struct {
    kin_context  *ctx;
    int           max_depth;
    kin_walk_file found;
    void         *arg;
    char         *closed; /* the first folder that could not be looked into */
    int           reason;
    size_t        closed_count;
} walk;

static int by_kind_and_name(const void *a, const void *b)
{
    const entry *x = a, *y = b;
    if (x->folder != y->folder) return x->folder - y->folder;
    return strcmp(x->path, y->path);
}

/* Remembers a folder that cannot be looked into; the walk goes on. */
static kin_status note_closed(walk *w, const char *folder, int reason)
{
    if (w->closed_count++) return KIN_OK;
    w->reason = reason;
    return kin_copy_string(w->ctx, folder, strlen(folder), &w->closed);
}

/* Whether the entry is to be listed, and as what. Sets errno when it cannot be told. */
static bool wanted(const char *path, bool *folder)
{
    struct stat status;
    errno = 0;
    if (lstat(path, &status) != 0) return false;
    errno = 0;
    *folder = S_ISDIR(status.st_mode);
    if (S_ISLNK(status.st_mode) && stat(path, &status) != 0) {
        errno = 0; /* a link to nothing */
        return false;
    }
    return *folder || S_ISREG(status.st_mode);
}

/* *closed: a folder that gives names but not what stands behind them. */
static kin_status add_entry(walk *w, const char *folder, const char *name, kin_buffer *list, int *closed)
{
    entry e = {0};
    KIN_TRY(kin_path_join(w->ctx, folder, name, &e.path));
    kin_status status = KIN_OK;
    bool       keep = wanted(e.path, &e.folder);
    if (!keep && errno == EACCES) *closed = errno;
    if (keep) status = kin_buffer_add(list, &e, sizeof e);
    if (!keep || status != KIN_OK) kin_release(w->ctx, e.path);
    return status;
}

static kin_status list_folder(walk *w, const char *folder, int depth, kin_buffer *list)
{
    DIR *dir = opendir(folder);
    if (!dir && errno == ENOENT)
        return depth > 0 ? KIN_OK : kin_fail(w->ctx, KIN_E_NOT_FOUND, "%s: cannot open the folder: no such file", folder);
    if (!dir) return note_closed(w, folder, errno);
    kin_status     status = KIN_OK;
    struct dirent *d;
    int            closed = 0;
    while (status == KIN_OK && (errno = 0, d = readdir(dir)))
        if (d->d_name[0] != '.') status = add_entry(w, folder, d->d_name, list, &closed);
    if (!d && errno) closed = errno; /* a disk that fails, not the end */
    closedir(dir);
    return status == KIN_OK && closed ? note_closed(w, folder, closed) : status;
}

static kin_status walk_folder(walk *w, const char *folder, int depth)
{
    kin_buffer list = kin_buffer_make(w->ctx);
    kin_status status = list_folder(w, folder, depth, &list);
    entry     *e = (entry *)(void *)list.data;
    size_t     count = list.size / sizeof *e;
    if (count) qsort(e, count, sizeof *e, by_kind_and_name);
    for (size_t i = 0; i < count; i++) {
        if (status == KIN_OK && kin_cancelled(w->ctx)) status = kin_fail(w->ctx, KIN_E_CANCELLED, "interrupted");
        if (status == KIN_OK && !e[i].folder) status = w->found(w->arg, e[i].path, depth);
        if (status == KIN_OK && e[i].folder && depth < w->max_depth) status = walk_folder(w, e[i].path, depth + 1);
        kin_release(w->ctx, e[i].path);
    }
    kin_buffer_free(&list);
    return status;
}

kin_status kin_folder_walk(kin_context *ctx, const char *folder, int max_depth, kin_walk_file found, void *arg)
{
    walk       w = {.ctx = ctx, .max_depth = max_depth < DEPTH_MAX ? max_depth : DEPTH_MAX, .found = found, .arg = arg};
    kin_status status = walk_folder(&w, folder, 0);
    if (status == KIN_OK && w.closed_count) {
        char more[40] = "", text[128] = "";
        if (w.closed_count > 1) snprintf(more, sizeof more, " (and %zu more)", w.closed_count - 1);
        status = kin_fail(ctx, KIN_E_IO, "%s: cannot look into the folder: %s%s", w.closed,
                          w.reason == EACCES ? "no permission" : strerror_r(w.reason, text, sizeof text), more);
    }
    kin_release(ctx, w.closed);
    return status;
}
