/* SPDX-License-Identifier: Apache-2.0
 *
 * The journal: every change of the gallery leaves rows in the same transaction that say how to take it back (undo.c does). A
 * change is what one transaction did. Rows hold numbers, and of a person's row its fields as they were; vectors and crops stay
 * where they are, so that forgetting has only names to look for here.
 */
#include <string.h>
#include <time.h>

#include "gallery/store.h"

const char *const kin_trace_name[KIN_TRACES] = {
    [KIN_TRACE_PERSON_MADE] = "person made",       [KIN_TRACE_PERSON_FIELD] = "person field",
    [KIN_TRACE_PERSON_GONE] = "person gone",       [KIN_TRACE_FACE_MADE] = "face made",
    [KIN_TRACE_FACE_MOVED] = "face moved",         [KIN_TRACE_VECTOR_MADE] = "vector made",
    [KIN_TRACE_CROP_MADE] = "crop made",           [KIN_TRACE_MODEL_MADE] = "model made",
    [KIN_TRACE_REJECTION_MADE] = "rejection made", [KIN_TRACE_REJECTION_MOVED] = "rejection moved",
    [KIN_TRACE_REJECTION_VECTOR_MADE] = "rejection vector made",
};

kin_status kin_journal_need(kin_gallery *g, const char *verb)
{
    if (!g->change) {
        KIN_TRY(kin_sql_do(g, "INSERT INTO change(verb, made) VALUES(?, ?)", "ti", verb, (int64_t)time(NULL)));
        g->change = sqlite3_last_insert_rowid(g->db);
        g->change_depth = g->depth;
        g->change_verb = verb;
    }
    if (g->change_verb && strcmp(g->change_verb, verb) == 0) return KIN_OK;
    KIN_TRY(kin_sql_do(g, "UPDATE change SET verb = 'several' WHERE id = ?1 AND verb <> ?2", "it", g->change, verb));
    g->change_verb = verb;
    return KIN_OK;
}

kin_status kin_gallery_call_change(kin_gallery *g, const char *verb)
{
    kin_enter(g->ctx);
    kin_status status = g->change ? kin_sql_do(g, "UPDATE change SET verb = ?2 WHERE id = ?1", "it", g->change, verb) : KIN_OK;
    kin_leave(g->ctx);
    return status;
}

void kin_journal_settle(kin_gallery *g, bool kept)
{
    if (!kept) g->change_verb = NULL; /* perhaps taken back: asked of the database again */
    if (g->depth == 0 || (!kept && g->depth < g->change_depth)) g->change = 0;
    if (g->depth < g->change_depth) g->change_depth = g->depth;
}

kin_status kin_journal_note(kin_gallery *g, const char *verb, kin_trace what, int64_t person, int64_t other, int64_t item,
                            int64_t model)
{
    KIN_TRY(kin_journal_need(g, verb));
    return kin_sql_do(g,
                      "INSERT INTO trace(change, what, person, other, item, model)"
                      " VALUES(?, ?, ?, nullif(?, 0), nullif(?, 0), nullif(?, 0))",
                      "itiiii", g->change, kin_trace_name[what], person, other, item, model);
}

/* One row a column. Their names come from the open statement, the values never leave SQLite. */
static kin_status note_fields(kin_gallery *g, sqlite3_stmt *row, int64_t person, int64_t other)
{
    for (int i = 0; i < sqlite3_column_count(row); i++) {
        sqlite3_stmt *insert;
        const char   *field = sqlite3_column_name(row, i);
        bool          more;
        if (!field) return kin_sql_fail(g, SQLITE_NOMEM);
        if (strcmp(field, "id") == 0) continue;
        KIN_TRY(kin_sql_open(g, &insert,
                             "INSERT INTO trace(change, what, person, other, field, old) VALUES(?, ?, ?, nullif(?, 0), ?, ?)",
                             "itiit", g->change, kin_trace_name[KIN_TRACE_PERSON_FIELD], person, other, field));
        int        code = sqlite3_bind_value(insert, 6, sqlite3_column_value(row, i));
        kin_status status = code == SQLITE_OK ? kin_sql_step(g, insert, &more) : kin_sql_fail(g, code);
        kin_sql_close(insert);
        KIN_TRY(status);
    }
    return KIN_OK;
}

kin_status kin_journal_person(kin_gallery *g, const char *verb, int64_t person, int64_t other, bool gone)
{
    sqlite3_stmt *row;
    bool          there;
    KIN_TRY(kin_journal_need(g, verb));
    KIN_TRY(kin_sql_open(g, &row, "SELECT * FROM person WHERE id = ?", "i", person));
    kin_status status = kin_sql_step(g, row, &there);
    if (status == KIN_OK && there) status = note_fields(g, row, person, other);
    kin_sql_close(row);
    if (status == KIN_OK && gone) status = kin_journal_note(g, verb, KIN_TRACE_PERSON_GONE, person, other, 0, 0);
    return status;
}

/* Whoever is no more and stands in a row together with somebody to forget was merged into them, perhaps through others, and
 * is to be forgotten with them. Whoever is still there stays, but what was done with the forgotten cannot be taken back. */
kin_status kin_journal_forget(kin_gallery *g, int64_t person)
{
    KIN_TRY(kin_sql_do(g,
                       "WITH RECURSIVE pair(a, b) AS (SELECT person, other FROM trace WHERE other IS NOT NULL UNION"
                       "  SELECT other, person FROM trace WHERE other IS NOT NULL),"
                       " gone(id) AS (SELECT ?1 UNION SELECT b FROM gone JOIN pair ON a = gone.id"
                       "  WHERE b NOT IN (SELECT id FROM person))"
                       " DELETE FROM trace WHERE person IN (SELECT id FROM gone) OR other IN (SELECT id FROM gone)",
                       "i", person));
    return kin_sql_do(g, "DELETE FROM change WHERE NOT EXISTS (SELECT 1 FROM trace WHERE trace.change = change.id)", "");
}
