/* SPDX-License-Identifier: Apache-2.0
 *
 * Two people who are one, and one who is two: faces change hands.
 */
#include <string.h>
#include <time.h>

#include "gallery/store.h"

/* Notes a row of the journal for each number that `sql` finds for `from` (?1), ?2 being a photo's hash. */
static kin_status note_each(kin_gallery *g, const char *verb, kin_trace what, int64_t to, int64_t from, const char *sql,
                            const uint8_t *hash, size_t *count)
{
    sqlite3_stmt *row;
    KIN_TRY(hash ? kin_sql_open(g, &row, sql, "ib", from, hash, (size_t)KIN_HASH_BYTES) : kin_sql_open(g, &row, sql, "i", from));
    kin_status status = KIN_OK;
    for (*count = 0; kin_sql_next(g, row, &status); ++*count)
        status = kin_journal_note(g, verb, what, to, from, sqlite3_column_int64(row, 0), 0);
    kin_sql_close(row);
    return status;
}

static kin_status merge(kin_gallery *g, const char *name, const char *other, size_t *faces)
{
    int64_t to, from;
    size_t  rejections;
    KIN_TRY(kin_person_find(g, name, &to));
    KIN_TRY(kin_person_find(g, other, &from));
    if (to == from) return kin_fail(g->ctx, KIN_E_REFUSED, "%s: they are the same person", g->path);
    KIN_TRY(kin_rejection_refuse(g, from, to, name, NULL));
    KIN_TRY(kin_rejection_refuse(g, to, from, other, NULL));
    KIN_TRY(note_each(g, "merge", KIN_TRACE_FACE_MOVED, to, from, "SELECT id FROM face WHERE person = ?", NULL, faces));
    KIN_TRY(note_each(g, "merge", KIN_TRACE_REJECTION_MOVED, to, from, "SELECT id FROM rejection WHERE person = ?", NULL,
                      &rejections));
    KIN_TRY(kin_sql_do(g, "UPDATE face SET person = ?1 WHERE person = ?2", "ii", to, from));
    KIN_TRY(kin_sql_do(g, "UPDATE rejection SET person = ?1 WHERE person = ?2", "ii", to, from));
    KIN_TRY(kin_person_join(g, "merge", to, from));
    KIN_TRY(kin_journal_person(g, "merge", from, to, true));
    return kin_sql_do(g, "DELETE FROM person WHERE id = ?", "i", from);
}

kin_status kin_gallery_merge(kin_gallery *g, const char *name, const char *other, size_t *faces)
{
    size_t moved = 0;
    kin_enter(g->ctx);
    kin_status status = kin_gallery_begin(g);
    if (status == KIN_OK) status = kin_gallery_end(g, merge(g, name, other, &moved));
    if (faces) *faces = status == KIN_OK ? moved : 0;
    kin_leave(g->ctx);
    return status;
}

/* --- split --- */

static kin_status make_person(kin_gallery *g, const char *name, int64_t *person)
{
    KIN_TRY(kin_sql_number(g, person, 0, "SELECT id FROM person WHERE name = ?", "t", name));
    if (*person) return KIN_OK;
    KIN_TRY(kin_sql_do(g, "INSERT INTO person(name, created) VALUES(?, ?)", "ti", name, (int64_t)time(NULL)));
    *person = sqlite3_last_insert_rowid(g->db);
    return kin_journal_note(g, "split", KIN_TRACE_PERSON_MADE, *person, 0, 0, 0);
}

static kin_status split(kin_gallery *g, const char *name, const char *to, const uint8_t *hash, size_t *faces)
{
    int64_t from, person;
    KIN_TRY(kin_gallery_check_name(g->ctx, to));
    KIN_TRY(kin_person_find(g, name, &from));
    KIN_TRY(make_person(g, to, &person));
    if (person == from) return kin_fail(g->ctx, KIN_E_REFUSED, "%s: they are the same person", g->path);
    KIN_TRY(kin_rejection_refuse(g, from, person, to, hash));
    KIN_TRY(note_each(g, "split", KIN_TRACE_FACE_MOVED, person, from, "SELECT id FROM face WHERE person = ? AND photo_hash = ?",
                      hash, faces));
    if (!*faces) return kin_fail(g->ctx, KIN_E_NOT_FOUND, "%s was not taught with this photo", name);
    return kin_sql_do(g, "UPDATE face SET person = ?1 WHERE person = ?2 AND photo_hash = ?3", "iib", person, from, hash,
                      (size_t)KIN_HASH_BYTES);
}

kin_status kin_gallery_split(kin_gallery *g, const char *name, const char *to, const uint8_t photo_hash[KIN_HASH_BYTES],
                             size_t *faces)
{
    size_t moved = 0;
    kin_enter(g->ctx);
    kin_status status = kin_gallery_begin(g);
    if (status == KIN_OK) status = kin_gallery_end(g, split(g, name, to, photo_hash, &moved));
    if (faces) *faces = status == KIN_OK ? moved : 0;
    kin_leave(g->ctx);
    return status;
}
