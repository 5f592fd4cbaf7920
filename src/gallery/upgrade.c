/* SPDX-License-Identifier: Apache-2.0
 *
 * Another model's vectors of all that is kept: what lacks them, the table `fresh` where they wait beside those that count, and
 * the one transaction that makes them count. The room knows no network: api/upgrade.c embeds.
 */
#include <string.h>

#include "gallery/store.h"

/* What has no vector: of `face` (pictures in `crop`) and of `rejection` (with its own column). ?1 model, ?2 fingerprint. */
#define LACKS_FACE                                                                                           \
    " NOT EXISTS (SELECT 1 FROM embedding e WHERE e.model = ?1 AND e.face = t.id)"                           \
    " AND NOT EXISTS (SELECT 1 FROM fresh x WHERE x.face = t.id AND x.fingerprint = ?2)"
#define LACKS_REJECTION                                                                                      \
    " NOT EXISTS (SELECT 1 FROM rejection_vector v WHERE v.model = ?1 AND v.rejection = t.id)"               \
    " AND NOT EXISTS (SELECT 1 FROM fresh x WHERE x.rejection = t.id AND x.fingerprint = ?2)"
#define COLUMNS "SELECT t.id, t.x0, t.y0, t.x1, t.y1, t.points, t.photo_hash, t.photo_name, "
#define NEXT " AND t.id > ?3 ORDER BY t.id LIMIT 1"

static kin_status read_unembedded(kin_gallery *g, sqlite3_stmt *row, kin_unembedded *out)
{
    const void *points = sqlite3_column_blob(row, 5), *hash = sqlite3_column_blob(row, 6), *picture = sqlite3_column_blob(row, 8);
    const char *photo = (const char *)sqlite3_column_text(row, 7);
    size_t      bytes = (size_t)sqlite3_column_bytes(row, 8);
    if (!points || sqlite3_column_bytes(row, 5) != sizeof out->face.points || !hash ||
        sqlite3_column_bytes(row, 6) != KIN_HASH_BYTES || !photo || bytes > KIN_CROP_MAX_BYTES)
        return kin_sql_damaged(g, "%s %lld: points, photo or picture", out->rejection ? "rejection" : "face",
                               (long long)sqlite3_column_int64(row, 0));
    memcpy(out->face.points, points, sizeof out->face.points);
    memcpy(out->photo_hash, hash, KIN_HASH_BYTES);
    for (int i = 0; i < 4; i++) (&out->face.box.x0)[i] = (float)sqlite3_column_double(row, 1 + i);
    KIN_TRY(kin_copy_string(g->ctx, photo, strlen(photo), &out->photo));
    if (picture && bytes) {
        KIN_TRY(kin_alloc(g->ctx, bytes, &out->picture));
        memcpy(out->picture, picture, bytes);
        out->bytes = bytes;
    }
    out->id = sqlite3_column_int64(row, 0);
    return KIN_OK;
}

static kin_status next_unembedded(kin_gallery *g, const char *model, int64_t after, kin_unembedded *out)
{
    static const char *const sql[] = {
        COLUMNS "(SELECT picture FROM crop WHERE crop.face = t.id) FROM face t WHERE" LACKS_FACE NEXT,
        COLUMNS "t.picture FROM rejection t WHERE" LACKS_REJECTION NEXT,
    };
    sqlite3_stmt *row;
    uint8_t       fingerprint[KIN_HASH_BYTES];
    int64_t       number;
    bool          there;
    KIN_TRY(kin_model_find(g, model, &number, NULL));
    KIN_TRY(kin_model_parse(g->ctx, model, fingerprint));
    KIN_TRY(kin_sql_open(g, &row, sql[out->rejection], "ibi", number, fingerprint, sizeof fingerprint, after));
    kin_status status = kin_sql_step(g, row, &there);
    if (status == KIN_OK && there) status = read_unembedded(g, row, out);
    kin_sql_close(row);
    return status;
}

kin_status kin_gallery_unembedded(kin_gallery *g, const char *model, bool rejection, int64_t after, kin_unembedded *out)
{
    kin_enter(g->ctx);
    *out = (kin_unembedded){.rejection = rejection, .ctx = g->ctx};
    kin_status status = next_unembedded(g, model, after, out);
    if (status != KIN_OK) kin_unembedded_free(out);
    kin_leave(g->ctx);
    return status;
}

void kin_unembedded_free(kin_unembedded *item)
{
    kin_context *ctx = item->ctx;
    if (!ctx) return;
    kin_enter(ctx);
    kin_release(ctx, item->photo);
    kin_release(ctx, item->picture);
    *item = (kin_unembedded){0};
    kin_leave(ctx);
}

static kin_status count(kin_gallery *g, const char *model, int64_t *waiting, int64_t *fresh)
{
    uint8_t fingerprint[KIN_HASH_BYTES];
    int64_t number;
    KIN_TRY(kin_model_find(g, model, &number, NULL));
    KIN_TRY(kin_model_parse(g->ctx, model, fingerprint));
    KIN_TRY(kin_sql_number(g, waiting, 0,
                           "SELECT (SELECT count(*) FROM face t WHERE" LACKS_FACE ")"
                           " + (SELECT count(*) FROM rejection t WHERE" LACKS_REJECTION ")",
                           "ib", number, fingerprint, sizeof fingerprint));
    return kin_sql_number(g, fresh, 0, "SELECT count(*) FROM fresh WHERE fingerprint = ?", "b", fingerprint, sizeof fingerprint);
}

kin_status kin_gallery_unembedded_count(kin_gallery *g, const char *model, size_t *waiting, size_t *fresh)
{
    kin_enter(g->ctx);
    int64_t    w = 0, f = 0;
    kin_status status = count(g, model, &w, &f);
    *waiting = (size_t)w;
    *fresh = (size_t)f;
    kin_leave(g->ctx);
    return status;
}

/* --- beside those that count --- */

static kin_status keep(kin_gallery *g, const char *model, size_t width, const kin_unembedded *item, size_t items,
                       const float *vectors)
{
    static const char *const sql[] = {
        "INSERT OR REPLACE INTO fresh(fingerprint, face, vector) SELECT ?1, id, ?3 FROM face WHERE id = ?2",
        "INSERT OR REPLACE INTO fresh(fingerprint, rejection, vector) SELECT ?1, id, ?3 FROM rejection WHERE id = ?2",
    };
    uint8_t fingerprint[KIN_HASH_BYTES];
    KIN_TRY(kin_model_parse(g->ctx, model, fingerprint));
    for (size_t i = 0; i < items; i++) {
        const float *vector = vectors + i * width;
        if (width < 1 || width > KIN_EMBEDDING_MAX || !kin_vector_unit(vector, width))
            return kin_fail(g->ctx, KIN_E_USAGE, "vector of %zu numbers: not of unit length", width);
        KIN_TRY(kin_sql_do(g, sql[item[i].rejection], "bib", fingerprint, sizeof fingerprint, item[i].id, vector,
                           width * sizeof *vector));
    }
    return KIN_OK;
}

kin_status kin_gallery_fresh(kin_gallery *g, const char *model, size_t width, const kin_unembedded *items, size_t number,
                             const float *vectors)
{
    kin_enter(g->ctx);
    kin_status status = kin_gallery_begin(g);
    if (status == KIN_OK) status = kin_gallery_end(g, keep(g, model, width, items, number, vectors));
    kin_leave(g->ctx);
    return status;
}

/* --- the switch --- */

/* What waited goes from `fresh` into the table of those that count, and into the journal. ?1 change, ?2 kind of trace, ?3
 * model, ?4 fingerprint. */
static const struct {
    kin_trace   trace;
    const char *note, *move;
} part[] = {
    {KIN_TRACE_VECTOR_MADE,
     "INSERT INTO trace(change, what, person, item, model) SELECT ?1, ?2, f.person, f.id, ?3 FROM fresh x"
     " JOIN face f ON f.id = x.face WHERE x.fingerprint = ?4 AND NOT EXISTS (SELECT 1 FROM embedding e WHERE e.model = ?3 AND e.face = f.id)",
     "INSERT OR IGNORE INTO embedding(model, face, vector) SELECT ?1, face, vector FROM fresh"
     " WHERE fingerprint = ?2 AND face NOTNULL"},
    {KIN_TRACE_REJECTION_VECTOR_MADE,
     "INSERT INTO trace(change, what, person, item, model) SELECT ?1, ?2, r.person, r.id, ?3 FROM fresh x"
     " JOIN rejection r ON r.id = x.rejection WHERE x.fingerprint = ?4"
     " AND NOT EXISTS (SELECT 1 FROM rejection_vector v WHERE v.model = ?3 AND v.rejection = r.id)",
     "INSERT OR IGNORE INTO rejection_vector(model, rejection, vector) SELECT ?1, rejection, vector FROM fresh"
     " WHERE fingerprint = ?2 AND rejection NOTNULL"},
};

static kin_status switch_over(kin_gallery *g, const char *model, size_t width, size_t moved[2])
{
    uint8_t fingerprint[KIN_HASH_BYTES];
    int64_t person, number, odd;
    KIN_TRY(kin_model_parse(g->ctx, model, fingerprint));
    KIN_TRY(kin_sql_number(g, &person, 0,
                           "SELECT coalesce(f.person, r.person) FROM fresh x LEFT JOIN face f ON f.id = x.face"
                           " LEFT JOIN rejection r ON r.id = x.rejection WHERE x.fingerprint = ? LIMIT 1",
                           "b", fingerprint, sizeof fingerprint));
    if (!person) return KIN_OK; /* nothing waits */
    KIN_TRY(kin_sql_number(g, &odd, 0, "SELECT count(*) FROM fresh WHERE fingerprint = ? AND length(vector) <> ?", "bn",
                           fingerprint, sizeof fingerprint, width * sizeof(float)));
    if (odd) return kin_sql_damaged(g, "%lld vectors of another width among those of the new model", (long long)odd);
    KIN_TRY(kin_model_need(g, "upgrade", person, model, width, &number));
    KIN_TRY(kin_journal_need(g, "upgrade"));
    for (int i = 0; i < 2; i++) {
        KIN_TRY(kin_sql_do(g, part[i].note, "itib", g->change, kin_trace_name[part[i].trace], number, fingerprint,
                           sizeof fingerprint));
        KIN_TRY(kin_sql_do(g, part[i].move, "ib", number, fingerprint, sizeof fingerprint));
        moved[i] = (size_t)sqlite3_changes(g->db);
    }
    return kin_sql_do(g, "DELETE FROM fresh WHERE fingerprint = ?", "b", fingerprint, sizeof fingerprint);
}

kin_status kin_gallery_switch(kin_gallery *g, const char *model, size_t width, size_t *faces, size_t *rejections)
{
    kin_enter(g->ctx);
    size_t     moved[2] = {0, 0};
    kin_status status = kin_gallery_begin(g);
    if (status == KIN_OK) status = kin_gallery_end(g, switch_over(g, model, width, moved));
    if (faces) *faces = status == KIN_OK ? moved[0] : 0;
    if (rejections) *rejections = status == KIN_OK ? moved[1] : 0;
    kin_leave(g->ctx);
    return status;
}
