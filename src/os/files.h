/* SPDX-License-Identifier: Apache-2.0
 *
 * Files: read whole, map, replace in one step, walk folders, environment. Nothing here blocks on a FIFO or a device:
 * they are refused by name. Error texts begin with the path.
 */
#ifndef KIN_OS_FILES_H
#define KIN_OS_FILES_H

#include "base/memory.h"

/* Reads a regular file into *bytes (kin_release). KIN_E_IO: cannot be read, or is no regular file; KIN_E_NOT_FOUND: no
 * such file; KIN_E_LIMIT: longer than max_size (0: only the context's memory limits it). */
kin_status kin_file_read(kin_context *ctx, const char *path, uint64_t max_size, uint8_t **bytes, size_t *size);
/* Reads standard input (or another open descriptor) to its end; the same statuses. `name` is for the error text. */
kin_status kin_file_read_stream(kin_context *ctx, int descriptor, const char *name, uint64_t max_size,
                                uint8_t **bytes, size_t *size);

typedef struct {
    const uint8_t *data; /* never NULL, page aligned when size > 0 */
    size_t         size;
    void          *map;
} kin_map;

/* Maps a regular file read-only. The pages are private, but a file that somebody cuts short meanwhile ends the program
 * (SIGBUS): for models, which are replaced by rename, not for photos. */
kin_status kin_file_map(kin_context *ctx, const char *path, kin_map *out);
void       kin_file_unmap(kin_map *map); /* takes one of zeros */

/* Writes a file under another name in the same folder, syncs it, renames it into place: whole or not at all.
 * An existing file keeps its permissions; new ones get 0666 less the umask. KIN_E_DISK: disk full, no permission,
 * read-only; nothing is left behind. */
kin_status kin_file_replace(kin_context *ctx, const char *path, const void *bytes, size_t size);

/* A private file (0600) that is written piece by piece and appears whole or not at all. */
typedef struct {
    char *path, *temporary; /* written under a name in the same folder that nobody has */
    int   descriptor;       /* may be closed and set to -1 by whoever opens `temporary` otherwise */
    bool  replace;          /* what stands there by then gives way */
} kin_new_file;
/* KIN_E_USAGE: something stands there already and `replace` is false. KIN_E_NOT_FOUND: no such folder. Ends with kin_file_end in
 * any case. */
kin_status kin_file_begin(kin_context *ctx, const char *path, bool replace, kin_new_file *out);
kin_status kin_file_append(kin_context *ctx, kin_new_file *file, const void *bytes, size_t size);
/* Syncs it and gives it its name; `keep` false: takes it away. KIN_E_USAGE: something stands there by now. */
kin_status kin_file_end(kin_context *ctx, kin_new_file *file, bool keep);

/* A folder and its parents, as far as missing, with permissions 0777 less the umask, as for any other program. */
kin_status kin_folder_make(kin_context *ctx, const char *path);

typedef enum { KIN_PATH_NONE, KIN_PATH_FILE, KIN_PATH_FOLDER, KIN_PATH_OTHER } kin_path_kind;
/* What stands there (symbolic links followed). */
kin_path_kind kin_path_what(const char *path);

/* Called for each regular file; `depth` 0: directly in the folder walked. A status other than KIN_OK ends the walk and is
 * returned. */
typedef kin_status (*kin_walk_file)(void *arg, const char *path, int depth);
/* Every regular file below `folder`, in byte order of the names, a folder's files before its folders. Names that begin with
 * a dot, FIFOs, sockets and devices are passed over; symbolic links to files are followed, to folders not, so there are no
 * loops. At most `max_depth` levels down (0: only the folder itself). KIN_E_IO when a folder could not be looked into: the
 * others were walked all the same, the text names the first and says how many. */
kin_status kin_folder_walk(kin_context *ctx, const char *folder, int max_depth, kin_walk_file found, void *arg);

/* An environment variable, NULL when unset or empty: the one place of the library that looks. */
const char *kin_os_env(const char *name);

/* "DIR/NAME" in memory of its own (kin_release). */
kin_status kin_path_join(kin_context *ctx, const char *folder, const char *name, char **out);

#endif
