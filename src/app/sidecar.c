/* SPDX-License-Identifier: Apache-2.0
 *
 * Sidecars and Picasa's files: found by name, read with a limit.
 */
#include "app/sidecar.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/context.h"
#include "os/files.h"

static kin_status put_together(kin_context *ctx, const char *photo, size_t length, char **out)
{
    static const char ending[] = ".xmp";
    KIN_TRY(kin_alloc(ctx, length + sizeof ending, out));
    memcpy(*out, photo, length);
    memcpy(*out + length, ending, sizeof ending);
    return KIN_OK;
}

kin_status kin_sidecar_read(kin_context *ctx, const char *path, uint8_t **bytes, size_t *size)
{
    return kin_file_read(ctx, path, KIN_XMP_MAX_BYTES, bytes, size);
}

/* "photo.xmp", NULL: it is not there or another file's. */
static kin_status short_name(kin_context *ctx, const char *photo, char **out)
{
    const char *slash = strrchr(photo, '/'), *name = slash ? slash + 1 : photo, *dot = strrchr(name, '.');
    uint8_t    *bytes = NULL;
    size_t      size = 0;
    *out = NULL;
    if (!dot || dot == name) return KIN_OK;
    KIN_TRY(put_together(ctx, photo, (size_t)(dot - photo), out));
    bool ours = kin_path_what(*out) == KIN_PATH_FILE;
    if (ours && kin_sidecar_read(ctx, *out, &bytes, &size) == KIN_OK) {
        ours = !kin_xmp_of_other(ctx, bytes, size, dot + 1);
        kin_release(ctx, bytes);
    }
    if (ours) return KIN_OK;
    kin_release(ctx, *out);
    *out = NULL;
    return KIN_OK;
}

kin_status kin_sidecar_find(kin_context *ctx, const char *photo, char **path, bool *there)
{
    char *other = NULL;
    *path = NULL;
    KIN_TRY(put_together(ctx, photo, strlen(photo), path));
    *there = kin_path_what(*path) != KIN_PATH_NONE;
    if (*there) return KIN_OK;
    kin_status status = short_name(ctx, photo, &other);
    if (status != KIN_OK || !other) return status;
    kin_release(ctx, *path);
    *path = other;
    *there = true;
    return KIN_OK;
}

kin_status kin_inside_read(kin_context *ctx, const char *photo, uint8_t **bytes, const uint8_t **packet, size_t *size)
{
    size_t whole;
    *packet = NULL;
    *size = 0;
    KIN_TRY(kin_file_read(ctx, photo, 0, bytes, &whole));
    if (!kin_xmp_find(*bytes, whole, packet, size)) *packet = NULL;
    return KIN_OK;
}

kin_status kin_picasa_find(kin_context *ctx, const char *photo, kin_regions *out, size_t *unnamed)
{
    static const char *const names[] = {".picasa.ini", "Picasa.ini"};
    const char              *slash = strrchr(photo, '/'), *name = slash ? slash + 1 : photo;
    kin_status               status = KIN_OK;
    char                    *folder = NULL;
    if (slash) KIN_TRY(kin_copy_string(ctx, photo, (size_t)(slash - photo) + (slash == photo), &folder));
    for (size_t i = 0; i < sizeof names / sizeof *names && status == KIN_OK; i++) {
        char    *path = NULL;
        uint8_t *bytes = NULL;
        size_t   size = 0;
        status = kin_path_join(ctx, folder ? folder : ".", names[i], &path);
        if (status == KIN_OK && kin_path_what(path) == KIN_PATH_FILE) {
            status = kin_file_read(ctx, path, KIN_PICASA_MAX_BYTES, &bytes, &size);
            if (status == KIN_OK && (status = kin_picasa_read(ctx, bytes, size, name, out, unnamed)) != KIN_OK)
                kin_fail_prefix(ctx, status, path);
        }
        kin_release(ctx, bytes);
        kin_release(ctx, path);
    }
    kin_release(ctx, folder);
    return status;
}

kin_area kin_seen_area(const kin_seen *seen, size_t face)
{
    const kin_box *box = &seen->faces.face[face].box;
    const double   w = seen->width, h = seen->height;
    return (kin_area){fmax(box->x0 / w, 0), fmax(box->y0 / h, 0), fmin(box->x1 / w, 1), fmin(box->y1 / h, 1)};
}
