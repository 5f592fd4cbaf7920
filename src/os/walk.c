/* SPDX-License-Identifier: Apache-2.0
 *
 * Walking a folder in byte order of the names, a folder's files before its folders.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
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
} walk;

static int by_kind_and_name(const void *a, const void *b)
{
    const entry *x = a, *y = b;
    if (x->folder != y->folder) return x->folder - y->folder;
    return strcmp(x->path, y->path);
}

/* Whether the entry is to be listed, and as what. */
static bool wanted(const char *path, bool *folder)
{
    struct stat status;
    if (lstat(path, &status) != 0) return false;
    *folder = S_ISDIR(status.st_mode);
    if (S_ISLNK(status.st_mode) && stat(path, &status) != 0) return false;
    return *folder || S_ISREG(status.st_mode);
}

static kin_status add_entry(walk *w, const char *folder, const char *name, kin_buffer *list)
{
    entry e = {0};
    KIN_TRY(kin_path_join(w->ctx, folder, name, &e.path));
    kin_status status = KIN_OK;
    bool       keep = wanted(e.path, &e.folder);
    if (keep) status = kin_buffer_add(list, &e, sizeof e);
    if (!keep || status != KIN_OK) kin_release(w->ctx, e.path);
    return status;
}

static kin_status list_folder(walk *w, const char *folder, int depth, kin_buffer *list)
{
    DIR *dir = opendir(folder);
    if (!dir) {
        if (depth > 0) return KIN_OK; /* a folder below that we may not look into */
        return kin_fail(w->ctx, errno == ENOENT ? KIN_E_NOT_FOUND : KIN_E_IO, "%s: cannot open the folder", folder);
    }
    kin_status     status = KIN_OK;
    struct dirent *d;
    while (status == KIN_OK && (d = readdir(dir)))
        if (d->d_name[0] != '.') status = add_entry(w, folder, d->d_name, list);
    closedir(dir);
    return status;
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
    walk w = {ctx, max_depth < DEPTH_MAX ? max_depth : DEPTH_MAX, found, arg};
    return walk_folder(&w, folder, 0);
}
