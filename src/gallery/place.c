/* SPDX-License-Identifier: Apache-2.0
 *
 * Where the gallery lies and who may see it: folders 0700, files 0600 (SQLite gives -wal and -shm the mode of the
 * database). What exists keeps its mode: somebody may share a gallery on purpose.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gallery/store.h"

kin_status kin_place_default(kin_context *ctx, char **path)
{
    /* The XDG base directory specification: a relative path there is to be ignored. */
    const char *data = getenv("XDG_DATA_HOME"), *home = getenv("HOME"), *rest = "/kin/gallery.db";
    if (!data || data[0] != '/') {
        data = home;
        rest = "/.local/share/kin/gallery.db";
    }
    *path = NULL;
    if (!data || data[0] != '/')
        return kin_fail(ctx, KIN_E_NOT_FOUND, "no place for the gallery: HOME is not set; name a gallery file");
    kin_buffer buffer = kin_buffer_make(ctx);
    kin_status status = kin_buffer_text(&buffer, "%s%s", data, rest);
    if (status == KIN_OK) status = kin_copy_string(ctx, (char *)buffer.data, buffer.size, path);
    kin_buffer_free(&buffer);
    return status;
}

static kin_status fail(kin_context *ctx, const char *path)
{
    int why = errno;
    return kin_fail(ctx, why == ENOENT ? KIN_E_NOT_FOUND : KIN_E_DISK, "%s: %s", path, strerror(why));
}

/* Makes the folders above `path`, which is changed and put back. */
static kin_status make_folders(kin_context *ctx, char *path)
{
    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        bool ok = mkdir(path, 0700) == 0 || errno == EEXIST || access(path, F_OK) == 0;
        kin_status status = ok ? KIN_OK : kin_fail(ctx, KIN_E_DISK, "%s: cannot make the folder: %s", path, strerror(errno));
        *slash = '/';
        KIN_TRY(status);
    }
    return KIN_OK;
}

kin_status kin_place_make(kin_context *ctx, const char *path)
{
    if (access(path, F_OK) == 0) return KIN_OK;
    char *copy;
    KIN_TRY(kin_copy_string(ctx, path, strlen(path), &copy));
    kin_status status = make_folders(ctx, copy);
    kin_release(ctx, copy);
    KIN_TRY(status);
    int file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0 && errno == EEXIST) return KIN_OK; /* another program was faster */
    if (file < 0) {
        int why = errno;
        return kin_fail(ctx, KIN_E_DISK, "%s: cannot make the gallery: %s", path, strerror(why));
    }
    close(file);
    return KIN_OK;
}

kin_status kin_place_look(kin_context *ctx, const char *path)
{
    struct stat about;
    if (stat(path, &about) != 0) return fail(ctx, path);
    if (S_ISDIR(about.st_mode)) return kin_fail(ctx, KIN_E_DATABASE, "%s: is a folder, expected a gallery file", path);
    if (!S_ISREG(about.st_mode)) return kin_fail(ctx, KIN_E_DATABASE, "%s: is no plain file, expected a gallery", path);
    return KIN_OK;
}
