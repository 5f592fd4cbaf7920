/* SPDX-License-Identifier: Apache-2.0
 *
 * Photos for the gallery: faces cut out where the picture is at hand, kept until all are seen.
 */
#include "app/lesson.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/context.h"
#include "gallery/gallery.h"

static kin_status cut_one(kin_worker *worker, kin_image *photo, const kin_face *found, uint8_t **out, size_t *out_bytes)
{
    kin_face       face = *found;
    const kin_box *box = &face.box;
    const float    longer = fmaxf(box->x1 - box->x0, box->y1 - box->y0) * (1 + 2 * KIN_KEPT_MARGIN);
    kin_image     *crop = NULL;
    uint8_t       *bytes = NULL;
    size_t         size = 0;
    face.turned = 0; /* as it stands in the photo: box and points, which the gallery keeps, are in its coordinates */
    const int  side = longer > KIN_KEPT_SIDE_PX ? KIN_KEPT_SIDE_PX : 0;
    kin_status status = kin_crop_margin(worker->ctx, photo, &face, KIN_KEPT_MARGIN, side, &crop);
    if (status == KIN_OK) status = kin_image_write_memory(worker->ctx, crop, "png", &bytes, &size);
    if (status == KIN_OK) { /* out of the worker's memory */
        *out = malloc(size);
        if (*out)
            memcpy(*out, bytes, *out_bytes = size);
        else
            status = kin_fail(worker->ctx, KIN_E_MEMORY, "out of memory");
    }
    kin_image_bytes_free(worker->ctx, bytes);
    kin_image_free(crop);
    return status;
}

kin_status kin_lesson_cut(kin_worker *worker, kin_image *photo, kin_seen *seen, void *arg)
{
    (void)arg;
    if (worker->app->set.no_crops || !seen->faces.count) return KIN_OK;
    kin_lesson *l = calloc(1, sizeof *l);
    seen->extra = l;
    if (l) {
        l->crop = calloc(seen->faces.count, sizeof *l->crop);
        l->crop_bytes = calloc(seen->faces.count, sizeof *l->crop_bytes);
    }
    if (!l || !l->crop || !l->crop_bytes) return kin_fail(worker->ctx, KIN_E_MEMORY, "out of memory");
    for (size_t i = 0; i < seen->faces.count; i++)
        KIN_TRY(cut_one(worker, photo, &seen->faces.face[i], &l->crop[i], &l->crop_bytes[i]));
    return KIN_OK;
}

static void free_crops(kin_lesson *l, size_t faces)
{
    for (size_t i = 0; l->crop && i < faces; i++) free(l->crop[i]);
    free(l->crop);
    free(l->crop_bytes);
}

void kin_lesson_drop(kin_seen *seen)
{
    if (!seen->extra) return;
    free_crops(seen->extra, seen->faces.count);
    free(seen->extra);
}

void kin_lesson_keep(kin_lesson *l, kin_seen *seen)
{
    *l = seen->extra ? *(kin_lesson *)seen->extra : (kin_lesson){0};
    free(seen->extra);
    l->seen = *seen;
    l->seen.extra = NULL;
    seen->vectors = NULL;
    seen->faces = (kin_faces){0};
    seen->extra = NULL;
}

void kin_lesson_free(kin_lesson *l)
{
    free_crops(l, l->seen.faces.count);
    kin_seen_clear(&l->seen);
}

bool kin_lesson_has(kin_app *app, const kin_lesson *l, size_t number)
{
    const size_t count = l->seen.faces.count;
    if (number == KIN_FACE_UNSAID || (number >= 1 && number <= count)) return true;
    kin_say("%s#%zu: the photo has %zu face%s, counted from 1 as kin identify lists them", l->seen.path, number, count,
            count == 1 ? "" : "s");
    kin_raise(app, EXIT_USAGE);
    return false;
}

kin_enrolment kin_lesson_enrolment(const kin_lesson *l, size_t face)
{
    kin_enrolment e = {.photo_name = l->seen.path,
                       .photo_width = l->seen.width,
                       .photo_height = l->seen.height,
                       .photo_date = l->seen.date,
                       .face = l->seen.faces.face[face],
                       .crop = l->crop ? l->crop[face] : NULL,
                       .crop_bytes = l->crop ? l->crop_bytes[face] : 0};
    memcpy(e.photo_hash, l->seen.hash, sizeof e.photo_hash);
    return e;
}
