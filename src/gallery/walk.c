/* SPDX-License-Identifier: Apache-2.0
 *
 * All that is kept of a person, row by row, for an export.
 */
#include <string.h>

#include "base/hash.h"
#include "gallery/store.h"

static kin_status read_kept(kin_gallery *g, sqlite3_stmt *row, kin_kept *out)
{
    const void    *hash = sqlite3_column_blob(row, 1), *points = sqlite3_column_blob(row, 9), *crop = sqlite3_column_blob(row, 16);
    const char    *photo = (const char *)sqlite3_column_text(row, 2);
    kin_enrolment *e = &out->face;
    kin_quality   *q = &e->face.quality;
    *out = (kin_kept){.id = sqlite3_column_int64(row, 0)};
    if (!hash || sqlite3_column_bytes(row, 1) != KIN_HASH_BYTES || !points || sqlite3_column_bytes(row, 9) != sizeof e->face.points || !photo)
        return kin_sql_damaged(g, "face or rejection %lld: photo or points", (long long)out->id);
    memcpy(e->photo_hash, hash, KIN_HASH_BYTES);
    memcpy(e->face.points, points, sizeof e->face.points);
    e->photo_name = photo;
    e->photo_width = (int)sqlite3_column_int64(row, 3);
    e->photo_height = (int)sqlite3_column_int64(row, 4);
    e->photo_date = kin_row_date(row, 17);
    e->taught = sqlite3_column_int64(row, 18);
    float *const number[] = {&e->face.box.x0, &e->face.box.y0, &e->face.box.x1, &e->face.box.y1, NULL,
                             &e->face.score,  &q->size_px,     &q->sharpness,   &q->yaw,         &q->pitch, &q->roll};
    for (int i = 0; i < 11; i++)
        if (number[i]) *number[i] = (float)sqlite3_column_double(row, 5 + i);
    e->crop = crop;
    e->crop_bytes = (size_t)sqlite3_column_bytes(row, 16);
    return KIN_OK;
}

#define ROW                                                                                                          \
    "SELECT t.id, t.photo_hash, t.photo_name, t.photo_width, t.photo_height, t.x0, t.y0, t.x1, t.y1, t.points, t.score," \
    " t.size_px, t.sharpness, t.yaw, t.pitch, t.roll, "

static kin_status walk(kin_gallery *g, int64_t person, bool rejections, kin_kept_visit visit, void *arg)
{
    static const char *const sql[] = {
        ROW "(SELECT picture FROM crop WHERE crop.face = t.id), t.photo_date, t.created FROM face t WHERE t.person = ? ORDER BY t.id",
        ROW "t.picture, t.photo_date, t.created FROM rejection t WHERE t.person = ? ORDER BY t.id",
    };
    sqlite3_stmt *row;
    KIN_TRY(kin_sql_open(g, &row, sql[rejections], "i", person));
    kin_status status = KIN_OK;
    while (kin_sql_next(g, row, &status)) {
        kin_kept kept;
        status = read_kept(g, row, &kept);
        if (status == KIN_OK) status = visit(arg, &kept);
    }
    kin_sql_close(row);
    return status;
}

kin_status kin_gallery_kept(kin_gallery *g, int64_t person, bool rejections, kin_kept_visit visit, void *arg)
{
    kin_enter(g->ctx);
    kin_status status = walk(g, person, rejections, visit, arg);
    kin_leave(g->ctx);
    return status;
}

static kin_status walk_vectors(kin_gallery *g, int64_t id, bool rejection, kin_vector_visit visit, void *arg)
{
    static const char *const sql[] = {
        "SELECT m.fingerprint, e.vector FROM embedding e JOIN model m ON m.id = e.model WHERE e.face = ? ORDER BY m.id",
        "SELECT m.fingerprint, v.vector FROM rejection_vector v JOIN model m ON m.id = v.model WHERE v.rejection = ? ORDER BY m.id",
    };
    sqlite3_stmt *row;
    KIN_TRY(kin_sql_open(g, &row, sql[rejection], "i", id));
    kin_status status = KIN_OK;
    while (kin_sql_next(g, row, &status)) {
        char        model[KIN_FINGERPRINT_CHARS + 1];
        const void *fingerprint = sqlite3_column_blob(row, 0), *vector = sqlite3_column_blob(row, 1);
        if (!fingerprint || sqlite3_column_bytes(row, 0) != KIN_HASH_BYTES || !vector)
            status = kin_sql_damaged(g, "a vector of %lld", (long long)id);
        else
            status = visit(arg, kin_hash_text(fingerprint, model), vector, (size_t)sqlite3_column_bytes(row, 1));
    }
    kin_sql_close(row);
    return status;
}

kin_status kin_gallery_kept_vectors(kin_gallery *g, int64_t id, bool rejection, kin_vector_visit visit, void *arg)
{
    kin_enter(g->ctx);
    kin_status status = walk_vectors(g, id, rejection, visit, arg);
    kin_leave(g->ctx);
    return status;
}

static kin_status read_picture(kin_gallery *g, int64_t face, uint8_t **bytes, size_t *size)
{
    sqlite3_stmt *row;
    bool          found;
    KIN_TRY(kin_sql_open(g, &row, "SELECT picture FROM crop WHERE face = ?", "i", face));
    kin_status  status = kin_sql_step(g, row, &found);
    const void *picture = status == KIN_OK && found ? sqlite3_column_blob(row, 0) : NULL;
    if (picture) {
        *size = (size_t)sqlite3_column_bytes(row, 0);
        status = kin_alloc(g->ctx, *size, bytes);
        if (status == KIN_OK) memcpy(*bytes, picture, *size);
    }
    kin_sql_close(row);
    return status;
}

kin_status kin_gallery_picture(kin_gallery *g, int64_t face, uint8_t **bytes, size_t *size)
{
    kin_enter(g->ctx);
    *bytes = NULL;
    *size = 0;
    kin_status status = read_picture(g, face, bytes, size);
    kin_leave(g->ctx);
    return status;
}
