/* SPDX-License-Identifier: Apache-2.0
 *
 * "This is not Anna" and "never ask about this one". A rejection keeps what is kept of a face: vectors, and a picture from which
 * another model makes its own. search.c reads them; an ignored one is a person with a number for a name.
 */
#include <string.h>
#include <time.h>

#include "gallery/store.h"
#include "kern/registry.h"

/* --- the same face --- */

/* Whether columns `at` and on (x0, y0, x1, y1) are about the box of `e`. */
static bool same_box(sqlite3_stmt *row, int at, const kin_enrolment *e)
{
    kin_box box = {(float)sqlite3_column_double(row, at), (float)sqlite3_column_double(row, at + 1),
                   (float)sqlite3_column_double(row, at + 2), (float)sqlite3_column_double(row, at + 3)};
    return kin_box_overlap(&box, &e->face.box) >= 0.5f;
}

/* Whether column `at` is a vector nearly the same as `vector`. No vector (NULL) is none. */
static kin_status near_vector(kin_gallery *g, sqlite3_stmt *row, int at, size_t width, const float *vector, bool *near)
{
    float       copy[KIN_EMBEDDING_MAX]; /* SQLite's bytes lie anywhere */
    const void *bytes = sqlite3_column_blob(row, at);
    *near = false;
    if (!bytes) return KIN_OK;
    if ((size_t)sqlite3_column_bytes(row, at) != width * sizeof *copy) return kin_sql_damaged(g, "a vector of another width");
    memcpy(copy, bytes, width * sizeof *copy);
    *near = kin_kernels_for(g->ctx->cpu)->dot->dot(width, copy, vector) >= KIN_NEAR_DUPLICATE;
    return KIN_OK;
}

typedef struct {
    kin_buffer place; /* int64_t numbers, of those with the same place of the same photo: they are this face */
    size_t     near;  /* how many others have a near-duplicate vector */
} likeness;

/* `sql` gives rows of number, hash, x0, y0, x1, y1, vector or NULL for ?1 person, ?2 model. */
static kin_status find_same(kin_gallery *g, const char *sql, int64_t person, int64_t model, size_t width, const float *vector,
                            const kin_enrolment *e, likeness *out)
{
    sqlite3_stmt *row;
    bool          near;
    KIN_TRY(kin_sql_open(g, &row, sql, "ii", person, model));
    kin_status status = KIN_OK;
    while (kin_sql_next(g, row, &status)) {
        int64_t     id = sqlite3_column_int64(row, 0);
        const void *hash = sqlite3_column_blob(row, 1);
        bool        place = hash && sqlite3_column_bytes(row, 1) == KIN_HASH_BYTES &&
                     memcmp(hash, e->photo_hash, KIN_HASH_BYTES) == 0 && same_box(row, 2, e);
        status = near_vector(g, row, 6, width, vector, &near);
        if (status == KIN_OK && place) status = kin_buffer_add(&out->place, &id, sizeof id);
        out->near += near && !place;
    }
    kin_sql_close(row);
    return status;
}

#define REJECTIONS                                                                                                  \
    "SELECT r.id, r.photo_hash, r.x0, r.y0, r.x1, r.y1, v.vector FROM rejection r"                                  \
    " LEFT JOIN rejection_vector v ON v.rejection = r.id AND v.model = ?2 WHERE r.person = ?1 ORDER BY r.id"
#define FACES                                                                                                       \
    "SELECT f.id, f.photo_hash, f.x0, f.y0, f.x1, f.y1, e.vector FROM face f"                                       \
    " LEFT JOIN embedding e ON e.face = f.id AND e.model = ?2 WHERE f.person = ?1 ORDER BY f.id"

kin_status kin_rejection_find(kin_gallery *g, int64_t person, int64_t model, size_t width, const float *vector,
                              const kin_enrolment *e, bool *found)
{
    likeness   like = {kin_buffer_make(g->ctx), 0};
    kin_status status = find_same(g, REJECTIONS, person, model, width, vector, e, &like);
    *found = like.place.size > 0 || like.near > 0;
    kin_buffer_free(&like.place);
    return status;
}

/* --- reject --- */

/* A face of the person becomes a rejection. */
static kin_status take_out(kin_gallery *g, int64_t person, int64_t face)
{
    KIN_TRY(kin_sql_do(g,
                       "INSERT INTO rejection(" KIN_FACE_COLUMNS ", face, taught, created, picture) SELECT " KIN_FACE_COLUMNS
                       ", id, created, ?2, (SELECT picture FROM crop WHERE crop.face = face.id) FROM face WHERE id = ?1",
                       "ii", face, (int64_t)time(NULL)));
    int64_t id = sqlite3_last_insert_rowid(g->db);
    KIN_TRY(kin_sql_do(g,
                       "INSERT INTO rejection_vector(model, rejection, vector) SELECT model, ?2, vector FROM embedding"
                       " WHERE face = ?1",
                       "ii", face, id));
    KIN_TRY(kin_sql_do(g, "DELETE FROM face WHERE id = ?", "i", face));
    return kin_journal_note(g, "reject", KIN_TRACE_REJECTION_MADE, person, 0, id, 0);
}

/* The same face alone: a near-duplicate is another photo, and may well be the person's. */
static kin_status take_out_all(kin_gallery *g, int64_t person, int64_t model, size_t width, const float *vector,
                               const kin_enrolment *e, size_t *count)
{
    likeness       like = {kin_buffer_make(g->ctx), 0};
    kin_status     status = find_same(g, FACES, person, model, width, vector, e, &like);
    const int64_t *face = (const int64_t *)(const void *)like.place.data;
    *count = status == KIN_OK ? like.place.size / sizeof *face : 0;
    for (size_t i = 0; i < *count && status == KIN_OK; i++) status = take_out(g, person, face[i]);
    kin_buffer_free(&like.place);
    return status;
}

/* The rejection of this very face, the newest; 0: there is none. */
static kin_status find_rejection(kin_gallery *g, int64_t person, int64_t model, size_t width, const float *vector,
                                 const kin_enrolment *e, int64_t *id)
{
    likeness   like = {kin_buffer_make(g->ctx), 0};
    kin_status status = find_same(g, REJECTIONS, person, model, width, vector, e, &like);
    *id = 0;
    if (status == KIN_OK && like.place.size) memcpy(id, like.place.data + like.place.size - sizeof *id, sizeof *id);
    kin_buffer_free(&like.place);
    return status;
}

static kin_status reject(kin_gallery *g, const char *name, const char *model, size_t width, const float *vector,
                         const kin_enrolment *e, kin_rejected *r)
{
    int64_t person, number, id;
    KIN_TRY(kin_person_find(g, name, &person));
    KIN_TRY(kin_model_need(g, "reject", person, model, width, &number));
    KIN_TRY(take_out_all(g, person, number, width, vector, e, &r->taken_out));
    KIN_TRY(find_rejection(g, person, number, width, vector, e, &id));
    const bool there = id != 0;
    r->new_rejection = !there || r->taken_out;
    if (!there) {
        KIN_TRY(kin_face_insert(g, "rejection", person, e, &id));
        if (e->crop && e->crop_bytes)
            KIN_TRY(kin_sql_do(g, "UPDATE rejection SET picture = ?2 WHERE id = ?1", "ib", id, e->crop, e->crop_bytes));
        KIN_TRY(kin_journal_note(g, "reject", KIN_TRACE_REJECTION_MADE, person, 0, id, 0));
    }
    KIN_TRY(kin_sql_do(g, "INSERT OR IGNORE INTO rejection_vector(model, rejection, vector) VALUES(?, ?, ?)", "iib", number, id,
                       vector, width * sizeof *vector));
    if (!there || !sqlite3_changes(g->db)) return KIN_OK;
    return kin_journal_note(g, "reject", KIN_TRACE_REJECTION_VECTOR_MADE, person, 0, id, number);
}

kin_status kin_gallery_reject(kin_gallery *g, const char *name, const char *model, size_t width, const float *vector,
                              const kin_enrolment *face, kin_rejected *result)
{
    kin_enter(g->ctx);
    kin_rejected r = {0};
    kin_status   status = kin_face_check(g->ctx, width, vector, face);
    if (status == KIN_OK) status = kin_gallery_begin(g);
    if (status == KIN_OK) status = kin_gallery_end(g, reject(g, name, model, width, vector, face, &r));
    if (result) *result = status == KIN_OK ? r : (kin_rejected){0};
    kin_leave(g->ctx);
    return status;
}

/* --- ignore --- */

/* The person who has this place of this photo: *id 0 for nobody. */
static kin_status owner(kin_gallery *g, const kin_enrolment *e, int64_t *id)
{
    sqlite3_stmt *row;
    *id = 0;
    KIN_TRY(kin_sql_open(g, &row, "SELECT person, x0, y0, x1, y1 FROM face WHERE photo_hash = ? ORDER BY id", "b",
                         e->photo_hash, sizeof e->photo_hash));
    kin_status status = KIN_OK;
    while (!*id && kin_sql_next(g, row, &status))
        if (same_box(row, 1, e)) *id = sqlite3_column_int64(row, 0);
    kin_sql_close(row);
    return status;
}

/* Whether the person is an ignored one; the name too. */
static kin_status look_at(kin_gallery *g, int64_t person, char *name, bool *ignored)
{
    sqlite3_stmt *row;
    bool          there;
    KIN_TRY(kin_sql_open(g, &row, "SELECT name, ignored FROM person WHERE id = ?", "i", person));
    kin_status  status = kin_sql_step(g, row, &there);
    const char *text = there ? (const char *)sqlite3_column_text(row, 0) : NULL;
    sqlite3_snprintf(KIN_NAME_MAX + 1, name, "%s", text ? text : "");
    *ignored = there && sqlite3_column_int64(row, 1);
    kin_sql_close(row);
    return status;
}

static kin_status make_ignored(kin_gallery *g, char *name, int64_t *person)
{
    for (int64_t number = 1, taken = 1; taken; number++) {
        sqlite3_snprintf(KIN_NAME_MAX + 1, name, "ignored %lld", (long long)number);
        KIN_TRY(kin_sql_number(g, &taken, 0, "SELECT count(*) FROM person WHERE name = ?", "t", name));
    }
    KIN_TRY(kin_sql_do(g, "INSERT INTO person(name, created, ignored) VALUES(?, ?, 1)", "ti", name, (int64_t)time(NULL)));
    *person = sqlite3_last_insert_rowid(g->db);
    return kin_journal_note(g, "ignore", KIN_TRACE_PERSON_MADE, *person, 0, 0, 0);
}

static kin_status ignore(kin_gallery *g, const char *model, size_t width, const float *vector, const kin_enrolment *e, char *name)
{
    int64_t person, face, number;
    bool    ignored;
    KIN_TRY(owner(g, e, &person));
    if (person) {
        KIN_TRY(look_at(g, person, name, &ignored));
        return ignored ? KIN_OK : kin_fail(g->ctx, KIN_E_REFUSED, "%s was taught with this very face", name);
    }
    KIN_TRY(make_ignored(g, name, &person));
    KIN_TRY(kin_model_need(g, "ignore", person, model, width, &number));
    KIN_TRY(kin_face_insert(g, "face", person, e, &face));
    KIN_TRY(kin_journal_note(g, "ignore", KIN_TRACE_FACE_MADE, person, 0, face, 0));
    KIN_TRY(kin_sql_do(g, "INSERT INTO embedding(model, face, vector) VALUES(?, ?, ?)", "iib", number, face, vector,
                       width * sizeof *vector));
    if (!e->crop || !e->crop_bytes) return KIN_OK;
    return kin_sql_do(g, "INSERT INTO crop(face, picture) VALUES(?, ?)", "ib", face, e->crop, e->crop_bytes);
}

kin_status kin_gallery_ignore(kin_gallery *g, const char *model, size_t width, const float *vector, const kin_enrolment *face,
                              char *name)
{
    kin_enter(g->ctx);
    char       called[KIN_NAME_MAX + 1] = "";
    kin_status status = kin_face_check(g->ctx, width, vector, face);
    if (status == KIN_OK) status = kin_gallery_begin(g);
    if (status == KIN_OK) status = kin_gallery_end(g, ignore(g, model, width, vector, face, called));
    if (name) memcpy(name, status == KIN_OK ? called : "", status == KIN_OK ? sizeof called : 1);
    kin_leave(g->ctx);
    return status;
}

/* --- faces of one that are rejections of another --- */

/* Of faces at the same place of the same photo: 3 x common area >= sum of areas is an IoU of at least 0.5. */
#define COMMON "max(0, min(f.x1, r.x1) - max(f.x0, r.x0)) * max(0, min(f.y1, r.y1) - max(f.y0, r.y0))"
#define AREAS "(f.x1 - f.x0) * (f.y1 - f.y0) + (r.x1 - r.x0) * (r.y1 - r.y0)"
#define PLACE_PAIRS " FROM face f JOIN rejection r ON r.photo_hash = f.photo_hash AND 3 * " COMMON " >= " AREAS " WHERE f.person = ?1"
#define VECTOR_PAIRS                                                                    \
    ", v.vector, e.vector FROM face f JOIN embedding e ON e.face = f.id"               \
    " JOIN rejection_vector v ON v.model = e.model JOIN rejection r ON r.id = v.rejection WHERE f.person = ?1"

/* `sql` gives rows of number and two vectors, for ?1 person, ?2 other and ?3 hash of a photo (NULL: all) as far as it takes them;
 * the numbers of those whose vectors are near-duplicates. */
static kin_status find_near(kin_gallery *g, const char *sql, const char *types, int64_t person, int64_t other, const uint8_t *hash,
                            kin_buffer *out)
{
    sqlite3_stmt *row;
    bool          near;
    KIN_TRY(kin_sql_open(g, &row, sql, types, person, other, hash, hash ? (size_t)KIN_HASH_BYTES : (size_t)0));
    kin_status status = KIN_OK;
    while (kin_sql_next(g, row, &status)) {
        float       vector[KIN_EMBEDDING_MAX];
        int64_t     id = sqlite3_column_int64(row, 0);
        const void *bytes = sqlite3_column_blob(row, 1);
        size_t      size = (size_t)sqlite3_column_bytes(row, 1);
        if (!bytes || size > sizeof vector || size % sizeof *vector)
            status = kin_sql_damaged(g, "%lld: vector of %zu bytes", (long long)id, size);
        else {
            memcpy(vector, bytes, size);
            status = near_vector(g, row, 2, size / sizeof *vector, vector, &near);
            if (status == KIN_OK && near) status = kin_buffer_add(out, &id, sizeof id);
        }
    }
    kin_sql_close(row);
    return status;
}

#define OF_OTHER " AND r.person = ?2 AND (?3 IS NULL OR f.photo_hash = ?3)"

static kin_status find_barred(kin_gallery *g, int64_t person, int64_t other, const uint8_t *hash, int64_t *face)
{
    kin_buffer near = kin_buffer_make(g->ctx);
    KIN_TRY(kin_sql_number(g, face, 0, "SELECT f.id" PLACE_PAIRS OF_OTHER " ORDER BY f.id LIMIT 1", "iib", person, other, hash,
                           hash ? (size_t)KIN_HASH_BYTES : (size_t)0));
    if (*face) return KIN_OK;
    kin_status status = find_near(g, "SELECT f.id" VECTOR_PAIRS OF_OTHER " ORDER BY f.id", "iib", person, other, hash, &near);
    if (status == KIN_OK && near.size) memcpy(face, near.data, sizeof *face);
    kin_buffer_free(&near);
    return status;
}

/* "The face in beach.jpg" */
static kin_status refuse(kin_gallery *g, int64_t face, const char *name)
{
    sqlite3_stmt *row;
    bool          there;
    KIN_TRY(kin_sql_open(g, &row, "SELECT photo_name FROM face WHERE id = ?", "i", face));
    kin_status  status = kin_sql_step(g, row, &there);
    const char *photo = there ? (const char *)sqlite3_column_text(row, 0) : NULL;
    if (status == KIN_OK) status = kin_fail(g->ctx, KIN_E_REFUSED, "was rejected: the face in %s is not %s's", photo ? photo : "a photo", name);
    kin_sql_close(row);
    return status;
}

kin_status kin_rejection_refuse(kin_gallery *g, int64_t person, int64_t other, const char *name, const uint8_t *photo_hash)
{
    int64_t face;
    KIN_TRY(find_barred(g, person, other, photo_hash, &face));
    return face ? refuse(g, face, name) : KIN_OK;
}

kin_status kin_rejection_forget(kin_gallery *g, int64_t person)
{
    KIN_TRY(kin_sql_do(g, "DELETE FROM rejection WHERE id IN (SELECT r.id" PLACE_PAIRS ")", "i", person));
    kin_buffer     near = kin_buffer_make(g->ctx);
    kin_status     status = find_near(g, "SELECT r.id" VECTOR_PAIRS, "i", person, 0, NULL, &near);
    const int64_t *id = (const int64_t *)(const void *)near.data;
    for (size_t i = 0; i < near.size / sizeof *id && status == KIN_OK; i++)
        status = kin_sql_do(g, "DELETE FROM rejection WHERE id = ?", "i", id[i]);
    kin_buffer_free(&near);
    return status;
}
