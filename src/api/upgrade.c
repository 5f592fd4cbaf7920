/* SPDX-License-Identifier: Apache-2.0
 *
 * kin_gallery_upgrade: the pictures that the gallery keeps become vectors of another model. A kept picture is the square around
 * the face's box, so box and points, which are the photo's, are first brought into the picture.
 */
#include <math.h>
#include <string.h>

#include "base/hash.h"
#include "face/embed.h"
#include "gallery/gallery.h"
#include "kin/image.h"
#include "os/files.h"
#include "pixels/pixels.h"

enum { BATCH = KIN_EMBED_BATCH }; /* faces a transaction: what a kill costs */

typedef struct {
    kin_gallery             *gallery;
    kin_context             *ctx; /* the embedder's: pictures live there */
    kin_embedder            *embedder;
    const kin_upgrade_watch *watch;
    size_t                   width, done, of;
    kin_upgraded             result;
    size_t                   count; /* of the batch */
    kin_unembedded           item[BATCH];
    kin_image               *picture[BATCH];
    kin_face                 face[BATCH]; /* in the picture */
    float                   *vectors;     /* [BATCH, width] */
} work;

/* How far the face stands turned: the nearest quarter of the way from between the eyes to between the mouth's corners. */
static int turned(const kin_point p[KIN_POINTS])
{
    float x = p[KIN_MOUTH_LEFT].x + p[KIN_MOUTH_RIGHT].x - p[KIN_LEFT_EYE].x - p[KIN_RIGHT_EYE].x;
    float y = p[KIN_MOUTH_LEFT].y + p[KIN_MOUTH_RIGHT].y - p[KIN_LEFT_EYE].y - p[KIN_RIGHT_EYE].y;
    if (fabsf(y) >= fabsf(x)) return y >= 0 ? 0 : 180;
    return x < 0 ? 90 : 270;
}

/* From the photo into the picture that is kept of the face. */
static void into_picture(kin_face *face, const kin_image *picture)
{
    kin_box *box = &face->box;
    float    side = fmaxf(box->x1 - box->x0, box->y1 - box->y0) * (1 + 2 * KIN_KEPT_MARGIN);
    float    scale = (float)picture->width / side;
    float    x = 0.5f * (box->x0 + box->x1 - side), y = 0.5f * (box->y0 + box->y1 - side);
    *box = (kin_box){scale * (box->x0 - x), scale * (box->y0 - y), scale * (box->x1 - x), scale * (box->y1 - y)};
    for (int i = 0; i < KIN_POINTS; i++)
        face->points[i] = (kin_point){scale * (face->points[i].x - x), scale * (face->points[i].y - y)};
}

static kin_status read_kept(kin_context *ctx, const kin_unembedded *item, kin_face *face, kin_image **out)
{
    KIN_TRY(kin_image_read_memory(ctx, item->picture, item->bytes, out));
    if ((*out)->width == (*out)->height) {
        into_picture(face, *out);
        return KIN_OK;
    }
    kin_image_free(*out);
    *out = NULL;
    return kin_fail(ctx, KIN_E_FORMAT, "picture kept of the face: not square");
}

/* The photo, where it still lies under its name and is the same file. */
static kin_status read_photo(kin_context *ctx, const kin_unembedded *item, kin_image **out)
{
    uint8_t *bytes, hash[KIN_HASH_BYTES];
    size_t   size;
    KIN_TRY(kin_file_read(ctx, item->photo, 0, &bytes, &size));
    kin_hash128(bytes, size, 0, hash);
    kin_status status = KIN_OK;
    if (memcmp(hash, item->photo_hash, sizeof hash) != 0)
        status = kin_fail(ctx, KIN_E_FORMAT, "%s: is another file than at enrolment", item->photo);
    else
        status = kin_image_read_memory(ctx, bytes, size, out);
    kin_release(ctx, bytes);
    return status;
}

static bool hopeless(kin_status status)
{
    return status == KIN_E_MEMORY || status == KIN_E_CANCELLED;
}

/* Embeds what the batch holds and keeps it. */
static kin_status flush(work *w)
{
    const kin_image *picture[BATCH];
    memcpy(picture, w->picture, w->count * sizeof *picture);
    kin_status status = KIN_OK;
    if (kin_cancelled(w->ctx)) status = kin_fail(w->ctx, KIN_E_CANCELLED, "cancelled");
    if (status == KIN_OK && w->count) status = kin_embed_batch(w->embedder, picture, w->face, w->count, w->vectors);
    const char *model = kin_embedder_fingerprint(w->embedder);
    if (status == KIN_OK && w->count) status = kin_gallery_fresh(w->gallery, model, w->width, w->item, w->count, w->vectors);
    if (status == KIN_OK) w->result.embedded += w->count;
    for (size_t i = 0; i < w->count; i++) {
        kin_image_free(w->picture[i]);
        kin_unembedded_free(&w->item[i]);
    }
    w->count = 0;
    if (status == KIN_OK && w->watch->step) w->watch->step(w->watch->arg, w->done, w->of);
    return status;
}

/* Takes the item over. A photo, which may be large, is embedded at once. */
static kin_status take(work *w, kin_unembedded *item)
{
    kin_face   face = item->face;
    kin_image *picture = NULL;
    kin_status status = KIN_E_NOT_FOUND;
    bool       kept = false;
    face.turned = turned(face.points);
    w->done++;
    if (item->picture) kept = (status = read_kept(w->ctx, item, &face, &picture)) == KIN_OK;
    if (!kept && !hopeless(status)) status = read_photo(w->ctx, item, &picture);
    if (status == KIN_OK) {
        w->item[w->count] = *item;
        w->picture[w->count] = picture;
        w->face[w->count++] = face;
        return w->count == BATCH || !kept ? flush(w) : KIN_OK;
    }
    if (!hopeless(status)) {
        w->result.left++;
        if (w->watch->left) w->watch->left(w->watch->arg, item->photo, w->ctx->error);
        status = KIN_OK;
    }
    kin_unembedded_free(item);
    return status;
}

static kin_status take_all(work *w, bool rejections)
{
    const char *model = kin_embedder_fingerprint(w->embedder);
    for (int64_t after = 0;;) {
        kin_unembedded item;
        KIN_TRY(kin_gallery_unembedded(w->gallery, model, rejections, after, &item));
        if (!item.id) return flush(w);
        after = item.id;
        KIN_TRY(take(w, &item));
    }
}

static kin_status upgrade(work *w)
{
    const char *model = kin_embedder_fingerprint(w->embedder);
    KIN_TRY(kin_gallery_unembedded_count(w->gallery, model, &w->of, &w->result.resumed));
    kin_status status = kin_alloc_zero(w->ctx, BATCH * w->width, sizeof *w->vectors, &w->vectors);
    for (int rejections = 0; rejections < 2 && status == KIN_OK; rejections++) status = take_all(w, rejections);
    for (size_t i = 0; i < w->count; i++) {
        kin_image_free(w->picture[i]);
        kin_unembedded_free(&w->item[i]);
    }
    kin_release(w->ctx, w->vectors);
    KIN_TRY(status);
    return kin_gallery_switch(w->gallery, model, w->width, &w->result.faces, &w->result.rejections);
}

kin_status kin_gallery_upgrade(kin_gallery *gallery, kin_embedder *embedder, const kin_upgrade_watch *watch, kin_upgraded *upgraded)
{
    static const kin_upgrade_watch nobody = {0};
    work *w;
    kin_enter(embedder->ctx);
    kin_status status = kin_alloc_zero(embedder->ctx, 1, sizeof *w, &w);
    if (upgraded) *upgraded = (kin_upgraded){0};
    if (status == KIN_OK) {
        *w = (work){.gallery = gallery, .ctx = embedder->ctx, .embedder = embedder, .watch = watch ? watch : &nobody,
                    .width = kin_embedder_width(embedder)};
        status = upgrade(w);
        if (upgraded) *upgraded = w->result;
        kin_release(embedder->ctx, w);
    }
    kin_leave(embedder->ctx);
    return status;
}
