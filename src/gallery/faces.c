/* SPDX-License-Identifier: Apache-2.0
 *
 * Faces and their vectors: add one under a person, read a person's, count.
 */
#include <math.h>
#include <string.h>
#include <time.h>

#include "base/date.h"
#include "base/text.h"
#include "gallery/store.h"

#define VERB "enroll" /* of the journal */

static int hex(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

kin_status kin_model_parse(kin_context *ctx, const char *text, uint8_t out[KIN_HASH_BYTES])
{
    bool ok = strlen(text) == KIN_FINGERPRINT_CHARS;
    for (size_t i = 0; ok && i < KIN_HASH_BYTES; i++) {
        int high = hex(text[2 * i]), low = hex(text[2 * i + 1]);
        ok = high >= 0 && low >= 0;
        out[i] = (uint8_t)((unsigned)high << 4 | (unsigned)low);
    }
    return ok ? KIN_OK : kin_fail(ctx, KIN_E_USAGE, "model fingerprint: expected 32 hexadecimal characters");
}

bool kin_vector_unit(const float *vector, size_t width)
{
    double sum = 0;
    for (size_t i = 0; i < width; i++) sum += (double)vector[i] * vector[i];
    return fabs(sqrt(sum) - 1) <= 1e-3; /* false for NaN and infinity too */
}

kin_status kin_model_find(kin_gallery *g, const char *model, int64_t *id, size_t *width)
{
    uint8_t       bytes[KIN_HASH_BYTES];
    sqlite3_stmt *row;
    bool          there;
    *id = 0;
    KIN_TRY(kin_model_parse(g->ctx, model, bytes));
    KIN_TRY(kin_sql_open(g, &row, "SELECT id, width FROM model WHERE fingerprint = ?", "b", bytes, sizeof bytes));
    kin_status status = kin_sql_step(g, row, &there);
    if (status == KIN_OK && there) {
        int64_t w = sqlite3_column_int64(row, 1);
        if (w < 1 || w > KIN_EMBEDDING_MAX)
            status = kin_sql_damaged(g, "model %s: width %lld", model, (long long)w);
        else {
            *id = sqlite3_column_int64(row, 0);
            if (width) *width = (size_t)w;
        }
    }
    kin_sql_close(row);
    return status;
}

/* --- add --- */

float kin_box_overlap(const kin_box *a, const kin_box *b)
{
    float w = fminf(a->x1, b->x1) - fmaxf(a->x0, b->x0), h = fminf(a->y1, b->y1) - fmaxf(a->y0, b->y0);
    if (!(w > 0 && h > 0)) return 0;
    float both = (a->x1 - a->x0) * (a->y1 - a->y0) + (b->x1 - b->x0) * (b->y1 - b->y0) - w * h;
    return both > 0 ? w * h / both : 0;
}

kin_status kin_face_check(kin_context *ctx, size_t width, const float *vector, const kin_enrolment *e)
{
    const kin_face *f = &e->face;
    bool            numbers = f->box.x1 > f->box.x0 && f->box.y1 > f->box.y0 && isfinite(f->box.x0) && isfinite(f->box.y0) &&
                   isfinite(f->box.x1) && isfinite(f->box.y1) && isfinite(f->score) && isfinite(f->quality.size_px) &&
                   isfinite(f->quality.sharpness) && isfinite(f->quality.yaw) && isfinite(f->quality.pitch) &&
                   isfinite(f->quality.roll);
    for (int i = 0; i < KIN_POINTS; i++) numbers = numbers && isfinite(f->points[i].x) && isfinite(f->points[i].y);
    if (e->taught < 0) return kin_fail(ctx, KIN_E_USAGE, "face: taught before 1970");
    if (e->photo_date && !kin_date_valid(e->photo_date)) return kin_fail(ctx, KIN_E_USAGE, "photo: %d is no date", e->photo_date);
    if (!numbers) return kin_fail(ctx, KIN_E_USAGE, "face: box, points, score or quality are no numbers");
    if (width < 1 || width > KIN_EMBEDDING_MAX)
        return kin_fail(ctx, KIN_E_USAGE, "vector: width %zu, expected 1 to %d", width, KIN_EMBEDDING_MAX);
    if (!kin_vector_unit(vector, width)) return kin_fail(ctx, KIN_E_USAGE, "vector: not of unit length");
    if (e->crop && e->crop_bytes > KIN_CROP_MAX_BYTES)
        return kin_fail(ctx, KIN_E_LIMIT, "crop: %zu bytes, at most %d", e->crop_bytes, KIN_CROP_MAX_BYTES);
    return KIN_OK;
}

static kin_status person_of(kin_gallery *g, const char *name, kin_enrolled *r)
{
    KIN_TRY(kin_sql_number(g, &r->person, 0, "SELECT id FROM person WHERE name = ?", "t", name));
    if (r->person) return KIN_OK;
    KIN_TRY(kin_sql_do(g, "INSERT INTO person(name, created) VALUES(?, ?)", "ti", name, (int64_t)time(NULL)));
    r->person = sqlite3_last_insert_rowid(g->db);
    r->new_person = true;
    return kin_journal_note(g, VERB, KIN_TRACE_PERSON_MADE, r->person, 0, 0, 0);
}

kin_status kin_model_need(kin_gallery *g, const char *verb, int64_t person, const char *model, size_t width, int64_t *id)
{
    size_t  there = width;
    uint8_t bytes[KIN_HASH_BYTES];
    KIN_TRY(kin_model_find(g, model, id, &there));
    if (there != width)
        return kin_fail(g->ctx, KIN_E_USAGE, "%s: vector of %zu numbers, those of this model have %zu", g->path, width, there);
    if (*id) return KIN_OK;
    KIN_TRY(kin_model_parse(g->ctx, model, bytes));
    KIN_TRY(kin_sql_do(g, "INSERT INTO model(fingerprint, width) VALUES(?, ?)", "bn", bytes, sizeof bytes, width));
    *id = sqlite3_last_insert_rowid(g->db);
    return kin_journal_note(g, verb, KIN_TRACE_MODEL_MADE, person, 0, *id, 0);
}

/* Looks for the same place of the same photo: the person's own face (best overlap), or somebody else's. */
static kin_status same_face(kin_gallery *g, const kin_enrolment *e, kin_enrolled *r)
{
    sqlite3_stmt *row;
    float         best = 0.5f;
    KIN_TRY(kin_sql_open(g, &row, "SELECT id, person, x0, y0, x1, y1 FROM face WHERE photo_hash = ? ORDER BY id", "b",
                         e->photo_hash, sizeof e->photo_hash));
    kin_status status = KIN_OK;
    while (kin_sql_next(g, row, &status)) {
        kin_box box = {(float)sqlite3_column_double(row, 2), (float)sqlite3_column_double(row, 3),
                       (float)sqlite3_column_double(row, 4), (float)sqlite3_column_double(row, 5)};
        float   same = kin_box_overlap(&box, &e->face.box);
        int64_t person = sqlite3_column_int64(row, 1);
        if (person != r->person && same >= 0.5f) r->other = person;
        if (person == r->person && same >= best) {
            best = same;
            r->face = sqlite3_column_int64(row, 0);
        }
    }
    kin_sql_close(row);
    return status;
}

kin_status kin_face_insert(kin_gallery *g, const char *table, int64_t person, const kin_enrolment *e, int64_t *id)
{
    char               name[KIN_PHOTO_NAME_MAX + 1], sql[400];
    const kin_face    *f = &e->face;
    const kin_quality *q = &f->quality;
    const char        *given = e->photo_name ? e->photo_name : "";
    kin_printable(given, strlen(given), name, sizeof name);
    sqlite3_snprintf(sizeof sql, sql,
                     "INSERT INTO %s(" KIN_FACE_COLUMNS ", created) VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
                     table);
    KIN_TRY(kin_sql_do(g, sql, "ibtiiddddbddddddii", person, e->photo_hash, sizeof e->photo_hash, name, (int64_t)e->photo_width,
                       (int64_t)e->photo_height, (double)f->box.x0, (double)f->box.y0, (double)f->box.x1, (double)f->box.y1,
                       f->points, sizeof f->points, (double)f->score, (double)q->size_px, (double)q->sharpness,
                       (double)q->yaw, (double)q->pitch, (double)q->roll, (int64_t)e->photo_date, e->taught ? e->taught : (int64_t)time(NULL)));
    *id = sqlite3_last_insert_rowid(g->db);
    return KIN_OK;
}

static kin_status refuse_rejected(kin_gallery *g, const char *name, int64_t person, int64_t model, size_t width,
                                  const float *vector, const kin_enrolment *e)
{
    bool rejected;
    KIN_TRY(kin_rejection_find(g, person, model, width, vector, e, &rejected));
    if (!rejected) return KIN_OK;
    return kin_fail(g->ctx, KIN_E_REFUSED, "was rejected: this face is not %s's", name);
}

static kin_status add(kin_gallery *g, const char *name, const char *model, size_t width, const float *vector,
                      const kin_enrolment *e, kin_enrolled *r)
{
    int64_t id;
    KIN_TRY(person_of(g, name, r));
    KIN_TRY(kin_model_need(g, VERB, r->person, model, width, &id));
    if (!r->new_person) KIN_TRY(refuse_rejected(g, name, r->person, id, width, vector, e));
    KIN_TRY(same_face(g, e, r));
    if (!r->face) {
        KIN_TRY(kin_face_insert(g, "face", r->person, e, &r->face));
        KIN_TRY(kin_journal_note(g, VERB, KIN_TRACE_FACE_MADE, r->person, 0, r->face, 0));
        r->new_face = true;
    }
    KIN_TRY(kin_sql_do(g, "INSERT OR IGNORE INTO embedding(model, face, vector) VALUES(?, ?, ?)", "iib", id, r->face,
                       vector, width * sizeof *vector));
    r->new_vector = sqlite3_changes(g->db) > 0;
    if (r->new_vector && !r->new_face) KIN_TRY(kin_journal_note(g, VERB, KIN_TRACE_VECTOR_MADE, r->person, 0, r->face, id));
    if (!e->crop || !e->crop_bytes) return KIN_OK;
    KIN_TRY(kin_sql_do(g, "INSERT OR IGNORE INTO crop(face, picture) VALUES(?, ?)", "ib", r->face, e->crop, e->crop_bytes));
    if (r->new_face || !sqlite3_changes(g->db)) return KIN_OK;
    return kin_journal_note(g, VERB, KIN_TRACE_CROP_MADE, r->person, 0, r->face, 0);
}

kin_status kin_gallery_add(kin_gallery *g, const char *name, const char *model, size_t width, const float *vector,
                           const kin_enrolment *enrolment, kin_enrolled *result)
{
    kin_enter(g->ctx);
    kin_enrolled r = {0};
    kin_status   status = kin_gallery_check_name(g->ctx, name);
    if (status == KIN_OK) status = kin_face_check(g->ctx, width, vector, enrolment);
    if (status == KIN_OK) status = kin_gallery_begin(g);
    if (status == KIN_OK) status = kin_gallery_end(g, add(g, name, model, width, vector, enrolment, &r));
    if (result) *result = status == KIN_OK ? r : (kin_enrolled){0};
    kin_leave(g->ctx);
    return status;
}

/* --- read --- */

/* One row (face, vector) behind the others. */
static kin_status read_vector(kin_gallery *g, sqlite3_stmt *row, size_t width, kin_buffer *vectors, kin_buffer *faces)
{
    int64_t face = sqlite3_column_int64(row, 0);
    float   vector[KIN_EMBEDDING_MAX];
    KIN_TRY(kin_row_vector(g, row, 1, width, width, vector));
    KIN_TRY(kin_buffer_add(vectors, vector, width * sizeof *vector));
    return kin_buffer_add(faces, &face, sizeof face);
}

static kin_status read_vectors(kin_gallery *g, const char *name, const char *model, size_t *width, kin_buffer *vectors,
                               kin_buffer *faces)
{
    int64_t       id;
    sqlite3_stmt *row;
    KIN_TRY(kin_model_find(g, model, &id, width));
    if (!id) return KIN_OK;
    KIN_TRY(kin_sql_open(g, &row,
                         "SELECT f.id, e.vector FROM person p JOIN face f ON f.person = p.id"
                         " JOIN embedding e ON e.face = f.id AND e.model = ?2 WHERE p.name = ?1 ORDER BY f.id",
                         "ti", name, id));
    kin_status status = KIN_OK;
    while (kin_sql_next(g, row, &status))
        status = read_vector(g, row, *width, vectors, faces);
    kin_sql_close(row);
    return status;
}

kin_status kin_gallery_vectors(kin_gallery *g, const char *name, const char *model, kin_vectors *out)
{
    kin_enter(g->ctx);
    kin_buffer vectors = kin_buffer_make(g->ctx), faces = kin_buffer_make(g->ctx);
    size_t     width = 0;
    *out = (kin_vectors){.ctx = g->ctx};
    kin_status status = read_vectors(g, name, model, &width, &vectors, &faces);
    if (status == KIN_OK) {
        *out = (kin_vectors){faces.size / sizeof(int64_t), width, (float *)(void *)vectors.data,
                             (int64_t *)(void *)faces.data, g->ctx};
    } else {
        kin_buffer_free(&vectors);
        kin_buffer_free(&faces);
    }
    kin_leave(g->ctx);
    return status;
}

void kin_vectors_free(kin_vectors *vectors)
{
    if (vectors->ctx) {
        kin_enter(vectors->ctx);
        kin_release(vectors->ctx, vectors->vector);
        kin_release(vectors->ctx, vectors->face);
        kin_leave(vectors->ctx);
    }
    *vectors = (kin_vectors){.ctx = vectors->ctx};
}

static kin_status count(kin_gallery *g, const char *model, int64_t *people, int64_t *faces, int64_t *others)
{
    int64_t id;
    KIN_TRY(kin_model_find(g, model, &id, NULL));
    KIN_TRY(kin_sql_number(g, faces, 0, "SELECT count(*) FROM embedding WHERE model = ?", "i", id));
    KIN_TRY(kin_sql_number(g, people, 0,
                           "SELECT count(DISTINCT f.person) FROM embedding e JOIN face f ON f.id = e.face WHERE e.model = ?",
                           "i", id));
    return kin_sql_number(g, others, 0,
                          "SELECT count(*) FROM face f WHERE NOT EXISTS"
                          " (SELECT 1 FROM embedding e WHERE e.model = ? AND e.face = f.id)",
                          "i", id);
}

kin_status kin_gallery_count(kin_gallery *g, const char *model, size_t *people, size_t *faces, size_t *others)
{
    kin_enter(g->ctx);
    int64_t    p = 0, f = 0, o = 0;
    kin_status status = count(g, model, &p, &f, &o);
    if (people) *people = (size_t)p;
    if (faces) *faces = (size_t)f;
    if (others) *others = (size_t)o;
    kin_leave(g->ctx);
    return status;
}
