/* SPDX-License-Identifier: Apache-2.0
 *
 * Boxes, points and names on photos.
 */
#include "app/draw.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/answer.h"
#include "base/context.h"
#include "os/files.h"

enum { COLOUR_NAMED = 0x2FA84F, COLOUR_UNKNOWN = 0x9A9A9A, COLOUR_FACE = 0x2F7FE0 };

static bool is_folder(const char *path)
{
    return kin_path_what(path) == KIN_PATH_FOLDER;
}

static const char *const written[] = {".png", ".jpg", ".jpeg", NULL};
/* Pictures of kinds that kin does not write: nobody means a folder of that name. */
static const char *const foreign[] = {".gif",  ".bmp",  ".webp", ".tif", ".tiff", ".heic", ".heif",
                                      ".avif", ".jxl", ".pdf",  ".svg", ".ppm",  NULL};

bool kin_output_is_stream(const kin_app *app)
{
    return app->set.output && strcmp(app->set.output, "-") == 0;
}

/* What speaks against -o, NULL: nothing. */
static const char *objection(const kin_app *app, size_t photos, bool folder)
{
    const char *to = app->set.output;
    if (kin_output_is_stream(app))
        return folder || photos > 1            ? "needs a folder for more than one picture"
               : app->set.json || app->set.csv ? "the picture goes to standard output, so --json and --csv cannot"
               : isatty(STDOUT_FILENO)         ? "a terminal shows no pictures; redirect standard output"
                                               : NULL;
    if (is_folder(to)) return NULL;
    if ((photos > 1 || folder) && kin_path_ends(to, written)) return "needs a folder for more than one picture";
    return kin_path_ends(to, foreign) ? "pictures are written as .png or .jpg" : NULL;
}

int kin_output_check(kin_app *app, size_t photos, bool folder)
{
    const char *to = app->set.output;
    if (!to) return EXIT_DONE;
    const char *why = objection(app, photos, folder);
    if (why) {
        kin_say("-o %s: %s", to, why);
        kin_raise(app, EXIT_USAGE);
        return EXIT_USAGE;
    }
    if (kin_output_is_stream(app) || (kin_path_ends(to, written) && !is_folder(to))) return EXIT_DONE;
    kin_status status = kin_folder_make(app->ctx, to);
    return status == KIN_OK ? EXIT_DONE : kin_fail_verb(app, app->ctx, status, KIN_ROLE_OUTPUT);
}

bool kin_output_path(const char *folder, const kin_seen *photo, const char *suffix, char *out, size_t size)
{
    size_t      length;
    const char *stem = kin_photo_stem(photo->path, &length);
    char        twin[24] = "";
    if (photo->twin) snprintf(twin, sizeof twin, "~%zu", photo->twin + 1);
    int n = snprintf(out, size, "%s/%.*s%s%s", folder, (int)length, stem, twin, suffix);
    return n > 0 && (size_t)n < size;
}

kin_status kin_output_stream(kin_context *ctx, const kin_image *picture)
{
    uint8_t *bytes;
    size_t   size;
    KIN_TRY(kin_image_write_memory(ctx, picture, "png", &bytes, &size));
    bool whole = fwrite(bytes, 1, size, stdout) == size;
    kin_image_bytes_free(ctx, bytes);
    return whole ? KIN_OK : kin_fail(ctx, KIN_E_DISK, "standard output: cannot write the picture");
}

kin_status kin_output_write(kin_worker *worker, const kin_image *picture, const char *path)
{
    if (kin_paths_have(worker->app->photos, path))
        return kin_fail(worker->ctx, KIN_E_USAGE, "%s: is one of the photos and would be overwritten; -o needs another place", path);
    kin_status status = kin_image_write(worker->ctx, picture, path);
    return status == KIN_E_IO || status == KIN_E_NOT_FOUND ? KIN_E_DISK : status;
}

kin_status kin_draw_seen(kin_worker *worker, kin_image *photo, const kin_seen *seen)
{
    kin_app    *app = worker->app;
    const char *to = app->set.output;
    if (!to) return KIN_OK;
    kin_mark   *marks = calloc(seen->faces.count + 1, sizeof *marks);
    char(*label)[256] = calloc(seen->faces.count + 1, sizeof *label);
    kin_status status = marks && label ? KIN_OK : kin_fail(worker->ctx, KIN_E_MEMORY, "out of memory");
    for (size_t i = 0; status == KIN_OK && i < seen->faces.count; i++) {
        const kin_face *face = &seen->faces.face[i];
        const kin_who  *who = seen->who ? &seen->who[i] : NULL;
        const bool      named = who && who->name;
        if (named)
            snprintf(label[i], sizeof label[i], "%s %.2f", who->name, who->similarity);
        else if (who)
            kin_who_label(who, label[i], sizeof label[i]);
        marks[i] = (kin_mark){.box = {face->box.x0, face->box.y0, face->box.x1, face->box.y1},
                              .points = who ? NULL : (const float(*)[2]) & face->points[0].x,
                              .point_count = who ? 0 : KIN_POINTS,
                              .label = label[i],
                              .colour = !who ? COLOUR_FACE : named ? COLOUR_NAMED : COLOUR_UNKNOWN};
    }
    if (status == KIN_OK) status = kin_image_draw(photo, marks, seen->faces.count);
    char path[4096];
    if (is_folder(to)) {
        if (!kin_output_path(to, seen, seen->png ? ".png" : ".jpg", path, sizeof path))
            status = kin_fail(worker->ctx, KIN_E_USAGE, "%s: the path of its picture would be too long", seen->path);
        to = path;
    }
    if (status == KIN_OK) status = kin_output_is_stream(app) ? kin_output_stream(worker->ctx, photo) : kin_output_write(worker, photo, to);
    free(label);
    free(marks);
    return status;
}
