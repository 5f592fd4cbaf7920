/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading, mapping and replacing files with POSIX calls. Files are opened with O_NONBLOCK and asked what they are
 * before a byte is read, so nothing waits for the other end of a FIFO.
 */
#include "os/files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/clock.h"

static const char *kind_name(mode_t mode)
{
    return S_ISDIR(mode)    ? "a folder"
           : S_ISFIFO(mode) ? "a FIFO"
           : S_ISSOCK(mode) ? "a socket"
           : S_ISCHR(mode)  ? "a device"
           : S_ISBLK(mode)  ? "a device"
                            : "something else";
}

static kin_status fail_errno(kin_context *ctx, const char *path, const char *what, int error)
{
    static const struct {
        int         error;
        kin_status  status;
        const char *text;
    } known[] = {
        {ENOENT, KIN_E_NOT_FOUND, "no such file"},      {ENOTDIR, KIN_E_NOT_FOUND, "a part of the path is no folder"},
        {ENOSPC, KIN_E_DISK, "the disk is full"},       {EDQUOT, KIN_E_DISK, "the disk quota is used up"},
        {EACCES, KIN_E_DISK, "no permission"},          {EPERM, KIN_E_DISK, "no permission"},
        {EROFS, KIN_E_DISK, "the disk is read-only"},   {ENOMEM, KIN_E_MEMORY, "out of memory"},
        {ELOOP, KIN_E_IO, "symbolic links in a circle"}, {EFBIG, KIN_E_DISK, "larger than the file system allows"},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (known[i].error == error) return kin_fail(ctx, known[i].status, "%s: %s: %s", path, what, known[i].text);
    char text[128] = "";
    return kin_fail(ctx, KIN_E_IO, "%s: %s: %s", path, what, strerror_r(error, text, sizeof text));
}

/* Opens a regular file for reading; *size is its length now. */
static kin_status open_regular(kin_context *ctx, const char *path, int *descriptor, uint64_t *size)
{
    *descriptor = -1;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0) {
        struct stat s; /* a socket cannot be opened, say that rather than "no such device" */
        if (errno == ENXIO && stat(path, &s) == 0)
            return kin_fail(ctx, KIN_E_IO, "%s: is %s, expected a file", path, kind_name(s.st_mode));
        kin_status failed = fail_errno(ctx, path, "cannot open", errno);
        return failed == KIN_E_DISK ? KIN_E_IO : failed; /* the disk is well, this file may not be read */
    }
    struct stat status;
    kin_status  result = KIN_OK;
    if (fstat(fd, &status) != 0)
        result = fail_errno(ctx, path, "cannot open", errno);
    else if (!S_ISREG(status.st_mode))
        result = kin_fail(ctx, KIN_E_IO, "%s: is %s, expected a file", path, kind_name(status.st_mode));
    if (result != KIN_OK) {
        close(fd);
        return result;
    }
    *descriptor = fd;
    *size = (uint64_t)status.st_size;
    return KIN_OK;
}

/* Up to `size` bytes; *got may be less at the end of the file. Sets errno when it returns false. */
static bool read_all(int fd, uint8_t *bytes, size_t size, size_t *got)
{
    *got = 0;
    while (*got < size) {
        ssize_t n = read(fd, bytes + *got, size - *got);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return false;
        if (n == 0) break;
        *got += (size_t)n;
    }
    return true;
}

kin_status kin_file_read(kin_context *ctx, const char *path, uint64_t max_size, uint8_t **bytes, size_t *size)
{
    int      fd;
    uint64_t length;
    *bytes = NULL;
    *size = 0;
    KIN_TRY(open_regular(ctx, path, &fd, &length));
    kin_status status = KIN_OK;
    if ((max_size && length > max_size) || length > SIZE_MAX / 2)
        status = kin_fail(ctx, KIN_E_LIMIT, "%s: %llu bytes, allowed are %llu", path, (unsigned long long)length,
                          (unsigned long long)max_size);
    else if ((status = kin_alloc(ctx, (size_t)length, bytes)) != KIN_OK)
        status = kin_fail_prefix(ctx, status, path);
    else if (!read_all(fd, *bytes, (size_t)length, size))
        status = fail_errno(ctx, path, "cannot read", errno);
    close(fd);
    if (status != KIN_OK) {
        kin_release(ctx, *bytes);
        *bytes = NULL;
        *size = 0;
    }
    return status;
}

kin_status kin_file_read_stream(kin_context *ctx, int descriptor, const char *name, uint64_t max_size, uint8_t **bytes,
                                size_t *size)
{
    kin_buffer buffer = kin_buffer_make(ctx);
    kin_status status;
    size_t     got = 0;
    *bytes = NULL;
    *size = 0;
    do {
        if ((status = kin_buffer_reserve(&buffer, buffer.size + 65536)) != KIN_OK) break;
        if (!read_all(descriptor, buffer.data + buffer.size, buffer.capacity - buffer.size, &got))
            status = fail_errno(ctx, name, "cannot read", errno);
        buffer.size += got;
        if (max_size && buffer.size > max_size)
            status = kin_fail(ctx, KIN_E_LIMIT, "%s: more than the allowed %llu bytes", name,
                              (unsigned long long)max_size);
    } while (status == KIN_OK && got);
    if (status != KIN_OK) {
        kin_buffer_free(&buffer);
        return status;
    }
    *bytes = buffer.data;
    *size = buffer.size;
    return KIN_OK;
}

kin_status kin_file_map(kin_context *ctx, const char *path, kin_map *out)
{
    int      fd;
    uint64_t length;
    *out = (kin_map){(const uint8_t *)"", 0, NULL};
    KIN_TRY(open_regular(ctx, path, &fd, &length));
    kin_status status = KIN_OK;
    if (length > SIZE_MAX / 2)
        status = kin_fail(ctx, KIN_E_LIMIT, "%s: %llu bytes", path, (unsigned long long)length);
    else if (length) {
        void *map = mmap(NULL, (size_t)length, PROT_READ, MAP_PRIVATE, fd, 0);
        if (map == MAP_FAILED)
            status = fail_errno(ctx, path, "cannot map", errno);
        else
            *out = (kin_map){map, (size_t)length, map};
    }
    close(fd);
    return status;
}

void kin_file_unmap(kin_map *map)
{
    if (map->map) munmap(map->map, map->size);
    *map = (kin_map){0};
}

/* Sets errno when it returns false. */
static bool write_all(int fd, const uint8_t *bytes, size_t size)
{
    while (size) {
        ssize_t n = write(fd, bytes, size);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return false;
        bytes += n;
        size -= (size_t)n;
    }
    return true;
}

static bool sync_file(int fd)
{
    return fsync(fd) == 0 || errno == EINVAL; /* EINVAL: a file system that cannot sync */
}

/* Makes the rename last: the folder's entry is on disk too. Not every file system can; that is no error. */
static void sync_folder(const char *temporary, size_t folder_length)
{
    char folder[4096] = ".";
    if (folder_length >= sizeof folder) return;
    if (folder_length) memcpy(folder, temporary, folder_length), folder[folder_length] = '\0';
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return;
    (void)fsync(fd);
    close(fd);
}

/* Makes a file of a name that nobody has in `path`'s folder: "FOLDER/.kin-HEX". The system takes the umask off `mode`:
 * asking for the umask would change it for a moment, in all threads. */
static int make_temporary(const char *path, size_t folder_length, mode_t mode, char *out, size_t size)
{
    int fd = -1;
    for (uint64_t attempt = 0; attempt < 100; attempt++) {
        uint64_t here = kin_clock_ns() ^ (uint64_t)getpid() << 40 ^ (uint64_t)(uintptr_t)&fd ^ attempt; /* &fd: the thread */
        snprintf(out, size, "%.*s.kin-%016llx", (int)folder_length, path, (unsigned long long)here);
        fd = open(out, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
        if (fd >= 0 || errno != EEXIST) break;
    }
    return fd;
}

/* How much of the path names the folder, its slash with it. */
static size_t folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? (size_t)(slash + 1 - path) : 0;
}

kin_status kin_file_replace(kin_context *ctx, const char *path, const void *bytes, size_t size)
{
    struct stat old;
    bool        replaces = stat(path, &old) == 0;
    if (replaces && !S_ISREG(old.st_mode))
        return kin_fail(ctx, KIN_E_IO, "%s: is %s, expected a file", path, kind_name(old.st_mode));
    size_t folder_length = folder_of(path), room = folder_length + 32;
    char  *temporary;
    KIN_TRY(kin_alloc(ctx, room, &temporary));
    int        fd = make_temporary(path, folder_length, replaces ? 0600 : 0666, temporary, room);
    kin_status status = KIN_OK;
    if (fd < 0 && errno == ENOENT) {
        status = kin_fail(ctx, KIN_E_NOT_FOUND, "%s: cannot write: its folder is not there", path);
    } else if (fd < 0) {
        status = fail_errno(ctx, path, "cannot write", errno);
    } else {
        bool written = write_all(fd, bytes, size) && sync_file(fd) && (!replaces || fchmod(fd, old.st_mode & 07777) == 0);
        int  error = errno;
        if (close(fd) != 0 && written) written = false, error = errno;
        if (written && rename(temporary, path) != 0) written = false, error = errno;
        if (!written) {
            unlink(temporary);
            status = fail_errno(ctx, path, "cannot write", error);
        } else
            sync_folder(temporary, folder_length);
    }
    kin_release(ctx, temporary);
    return status;
}

/* --- a private file, piece by piece --- */

static kin_status fail_there(kin_context *ctx, const char *path)
{
    return kin_fail(ctx, KIN_E_USAGE, "%s: is there already; nothing is overwritten", path);
}

kin_status kin_file_begin(kin_context *ctx, const char *path, bool replace, kin_new_file *out)
{
    struct stat there;
    size_t      room = folder_of(path) + 32;
    *out = (kin_new_file){.descriptor = -1, .replace = replace};
    if (!replace && lstat(path, &there) == 0) return fail_there(ctx, path);
    KIN_TRY(kin_copy_string(ctx, path, strlen(path), &out->path));
    kin_status status = kin_alloc(ctx, room, &out->temporary);
    if (status == KIN_OK) {
        out->descriptor = make_temporary(path, folder_of(path), 0600, out->temporary, room);
        if (out->descriptor >= 0) return KIN_OK;
        status = fail_errno(ctx, path, "cannot write", errno);
    }
    kin_release(ctx, out->temporary);
    kin_release(ctx, out->path);
    *out = (kin_new_file){.descriptor = -1};
    return status;
}

kin_status kin_file_append(kin_context *ctx, kin_new_file *file, const void *bytes, size_t size)
{
    return write_all(file->descriptor, bytes, size) ? KIN_OK : fail_errno(ctx, file->path, "cannot write", errno);
}

/* link, not rename: it overwrites nothing. Where a file system has no links a rename must do. */
static bool give_name(const kin_new_file *file)
{
    struct stat there;
    if (file->replace) return rename(file->temporary, file->path) == 0;
    if (link(file->temporary, file->path) == 0) return true;
    if (errno == EEXIST || (errno != EPERM && errno != ENOSYS && errno != EOPNOTSUPP)) return false;
    if (lstat(file->path, &there) == 0) {
        errno = EEXIST;
        return false;
    }
    return rename(file->temporary, file->path) == 0;
}

kin_status kin_file_end(kin_context *ctx, kin_new_file *file, bool keep)
{
    if (!file->path) return KIN_OK;
    if (file->descriptor < 0) file->descriptor = open(file->temporary, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    kin_status status = KIN_OK;
    if (keep && (file->descriptor < 0 || !sync_file(file->descriptor) || !give_name(file)))
        status = errno == EEXIST ? fail_there(ctx, file->path) : fail_errno(ctx, file->path, "cannot write", errno);
    if (file->descriptor >= 0) close(file->descriptor);
    unlink(file->temporary);
    if (keep && status == KIN_OK) sync_folder(file->temporary, folder_of(file->path));
    kin_release(ctx, file->temporary);
    kin_release(ctx, file->path);
    *file = (kin_new_file){.descriptor = -1};
    return status;
}

kin_status kin_folder_make(kin_context *ctx, const char *path)
{
    char  *part;
    size_t length = strlen(path);
    KIN_TRY(kin_copy_string(ctx, path, length, &part));
    kin_status status = KIN_OK;
    for (size_t i = 1; i <= length && status == KIN_OK; i++) {
        if (part[i] != '/' && part[i] != '\0') continue;
        part[i] = '\0';
        if (mkdir(part, 0777) != 0 && errno != EEXIST) status = fail_errno(ctx, part, "cannot make the folder", errno);
        part[i] = path[i];
    }
    kin_release(ctx, part);
    if (status == KIN_OK && length && kin_path_what(path) != KIN_PATH_FOLDER)
        status = kin_fail(ctx, KIN_E_IO, "%s: is there, but is no folder", path);
    return status;
}

kin_path_kind kin_path_what(const char *path)
{
    struct stat status;
    if (stat(path, &status) != 0) return KIN_PATH_NONE;
    return S_ISREG(status.st_mode) ? KIN_PATH_FILE : S_ISDIR(status.st_mode) ? KIN_PATH_FOLDER : KIN_PATH_OTHER;
}

const char *kin_os_env(const char *name)
{
    const char *value = getenv(name);
    return value && *value ? value : NULL;
}

kin_status kin_path_join(kin_context *ctx, const char *folder, const char *name, char **out)
{
    size_t length = strlen(folder), more = strlen(name);
    KIN_TRY(kin_alloc(ctx, length + more + 2, out));
    bool slash = length && folder[length - 1] != '/';
    memcpy(*out, folder, length);
    if (slash) (*out)[length] = '/';
    memcpy(*out + length + slash, name, more + 1);
    return KIN_OK;
}
