/* SPDX-License-Identifier: Apache-2.0
 *
 * Takes the last change back: the rows that journal.c wrote of it, the last one first, each by the statements below.
 */
#include <string.h>

#include "base/text.h"
#include "gallery/store.h"

enum { STATEMENTS = 4 };

/* ?1 person, ?2 other, ?3 item, ?4 model. What is no longer there, because somebody was forgotten since, is passed over.
 * A person comes back under a name that nobody has until the fields behind (written before) give theirs. */
static const char *const back[KIN_TRACES][STATEMENTS] = {
    [KIN_TRACE_PERSON_MADE] = {"DELETE FROM person WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM face WHERE person = ?1)"
                               " AND NOT EXISTS (SELECT 1 FROM rejection WHERE person = ?1)"},
    [KIN_TRACE_PERSON_GONE] = {"INSERT INTO person(id, name, created) VALUES(?1, char(1) || ?1, 0)"},
    [KIN_TRACE_FACE_MADE] = {"DELETE FROM face WHERE id = ?3"},
    [KIN_TRACE_FACE_MOVED] = {"UPDATE face SET person = ?2 WHERE id = ?3 AND person = ?1"
                              " AND EXISTS (SELECT 1 FROM person WHERE id = ?2)"},
    [KIN_TRACE_VECTOR_MADE] = {"DELETE FROM embedding WHERE model = ?4 AND face = ?3"},
    [KIN_TRACE_CROP_MADE] = {"DELETE FROM crop WHERE face = ?3"},
    [KIN_TRACE_MODEL_MADE] = {"DELETE FROM model WHERE id = ?3 AND NOT EXISTS (SELECT 1 FROM embedding WHERE model = ?3)"
                              " AND NOT EXISTS (SELECT 1 FROM rejection_vector WHERE model = ?3)"},
    [KIN_TRACE_REJECTION_MADE] = {"INSERT INTO face(id, created, " KIN_FACE_COLUMNS ") SELECT face, taught, " KIN_FACE_COLUMNS
                                  " FROM rejection WHERE id = ?3 AND face IS NOT NULL",
                                  "INSERT INTO embedding(model, face, vector) SELECT v.model, r.face, v.vector FROM rejection r"
                                  " JOIN rejection_vector v ON v.rejection = r.id WHERE r.id = ?3 AND r.face IS NOT NULL",
                                  "INSERT INTO crop(face, picture) SELECT face, picture FROM rejection"
                                  " WHERE id = ?3 AND face IS NOT NULL AND picture IS NOT NULL",
                                  "DELETE FROM rejection WHERE id = ?3"},
    [KIN_TRACE_REJECTION_MOVED] = {"UPDATE rejection SET person = ?2 WHERE id = ?3 AND person = ?1"
                                   " AND EXISTS (SELECT 1 FROM person WHERE id = ?2)"},
    [KIN_TRACE_REJECTION_VECTOR_MADE] = {"DELETE FROM rejection_vector WHERE model = ?4 AND rejection = ?3"},
};

static kin_status run_back(kin_gallery *g, const char *sql, const int64_t value[4])
{
    sqlite3_stmt *statement;
    bool          more;
    KIN_TRY(kin_sql_open(g, &statement, sql, ""));
    int code = SQLITE_OK;
    for (int i = 1; i <= sqlite3_bind_parameter_count(statement) && code == SQLITE_OK; i++)
        code = sqlite3_bind_int64(statement, i, value[i - 1]);
    kin_status status = code == SQLITE_OK ? kin_sql_step(g, statement, &more) : kin_sql_fail(g, code);
    kin_sql_close(statement);
    return status;
}

/* A name that somebody else has by now (only possible where a change in between went with somebody forgotten) gets a number. */
static kin_status free_name(kin_gallery *g, int64_t trace, int64_t person)
{
    for (int64_t number = 1;; number++) {
        int64_t taken;
        KIN_TRY(kin_sql_do(g,
                           "UPDATE OR IGNORE person SET name = (SELECT CASE ?3 WHEN 1 THEN old ELSE"
                           " substr(old, 1, 40) || ' (' || ?3 || ')' END FROM trace WHERE id = ?1) WHERE id = ?2",
                           "iii", trace, person, number));
        KIN_TRY(kin_sql_number(g, &taken, 0,
                               "SELECT count(*) FROM person p, trace t WHERE t.id = ?1 AND p.id = ?2 AND p.name <>"
                               " CASE ?3 WHEN 1 THEN t.old ELSE substr(t.old, 1, 40) || ' (' || ?3 || ')' END",
                               "iii", trace, person, number));
        if (!taken) return KIN_OK;
    }
}

/* The columns' names stand in the file, which may be anybody's: only one that is a column of the table goes into a statement. */
static kin_status field_back(kin_gallery *g, int64_t trace, int64_t person, const char *field)
{
    int64_t there;
    char    sql[200];
    if (field && strcmp(field, "name") == 0) return free_name(g, trace, person);
    KIN_TRY(kin_sql_number(g, &there, 0, "SELECT count(*) FROM pragma_table_info('person') WHERE name = ? AND name <> 'id'", "t",
                           field ? field : ""));
    if (!there) return kin_sql_damaged(g, "journal: a person has no such field");
    sqlite3_snprintf(sizeof sql, sql, "UPDATE person SET \"%w\" = (SELECT old FROM trace WHERE id = ?1) WHERE id = ?2", field);
    return kin_sql_do(g, sql, "ii", trace, person);
}

/* Row: id, what, person, other, item, model, field. */
static kin_status row_back(kin_gallery *g, sqlite3_stmt *row)
{
    const char *what = (const char *)sqlite3_column_text(row, 1);
    int64_t     value[4];
    for (int i = 0; i < 4; i++) value[i] = sqlite3_column_int64(row, 2 + i);
    int kind = 0;
    while (kind < KIN_TRACES && (!what || strcmp(what, kin_trace_name[kind]) != 0)) kind++;
    if (kind == KIN_TRACES) return kin_sql_damaged(g, "journal: a row of no known kind");
    if (kind == KIN_TRACE_PERSON_FIELD)
        return field_back(g, sqlite3_column_int64(row, 0), value[0], (const char *)sqlite3_column_text(row, 6));
    for (int i = 0; i < STATEMENTS && back[kind][i]; i++) KIN_TRY(run_back(g, back[kind][i], value));
    return KIN_OK;
}

static kin_status rows_back(kin_gallery *g, int64_t change)
{
    sqlite3_stmt *row;
    KIN_TRY(kin_sql_open(g, &row,
                         "SELECT id, what, person, other, item, model, field FROM trace WHERE change = ? ORDER BY id DESC", "i",
                         change));
    kin_status status = KIN_OK;
    while (kin_sql_next(g, row, &status))
        status = row_back(g, row);
    kin_sql_close(row);
    return status;
}

/* --- in words --- */

/* The first text of the first row, "" for none. */
static kin_status text_of(kin_gallery *g, char *out, size_t size, const char *sql, int64_t id)
{
    sqlite3_stmt *row;
    bool          there;
    *out = '\0';
    KIN_TRY(kin_sql_open(g, &row, sql, "i", id));
    kin_status status = kin_sql_step(g, row, &there);
    if (status == KIN_OK && there) {
        const char *text = (const char *)sqlite3_column_text(row, 0);
        if (text) kin_printable(text, strlen(text), out, size);
    }
    kin_sql_close(row);
    return status;
}

#define NAME_OF "SELECT name FROM person WHERE id = ?"
#define LAST_OF(column) "SELECT coalesce(" column ", 0) FROM trace WHERE change = ? ORDER BY id DESC LIMIT 1"

static kin_status take_back(kin_gallery *g, int64_t change, kin_undone *u)
{
    int64_t person, other, faces, people;
    char    before[KIN_NAME_MAX + 1];
    KIN_TRY(text_of(g, u->verb, sizeof u->verb, "SELECT verb FROM change WHERE id = ?", change));
    KIN_TRY(kin_sql_number(g, &u->made, 0, "SELECT made FROM change WHERE id = ?", "i", change));
    KIN_TRY(kin_sql_number(g, &person, 0, LAST_OF("person"), "i", change));
    KIN_TRY(kin_sql_number(g, &other, 0, LAST_OF("other"), "i", change));
    KIN_TRY(kin_sql_number(g, &faces, 0,
                           "SELECT count(*) FROM trace WHERE change = ? AND what IN ('face made', 'face moved', 'vector made',"
                           " 'rejection made')",
                           "i", change));
    KIN_TRY(kin_sql_number(g, &people, 0, "SELECT count(DISTINCT person) FROM trace WHERE change = ?", "i", change));
    KIN_TRY(text_of(g, before, sizeof before, NAME_OF, person));
    KIN_TRY(rows_back(g, change));
    KIN_TRY(text_of(g, u->name, sizeof u->name, NAME_OF, person));
    KIN_TRY(text_of(g, u->other, sizeof u->other, NAME_OF, other));
    u->gone = !*u->name;
    if (u->gone) memcpy(u->name, before, sizeof u->name);
    if (!other) memcpy(u->other, strcmp(before, u->name) == 0 ? "" : before, strcmp(before, u->name) == 0 ? 1 : sizeof before);
    u->faces = (size_t)faces;
    u->people = (size_t)people;
    return kin_sql_do(g, "DELETE FROM change WHERE id = ?", "i", change);
}

static kin_status undo(kin_gallery *g, kin_undone *u)
{
    int64_t change;
    KIN_TRY(kin_sql_number(g, &change, 0, "SELECT id FROM change ORDER BY id DESC LIMIT 1", ""));
    if (!change) return kin_fail(g->ctx, KIN_E_NOT_FOUND, "%s: nothing is left to take back", g->path);
    return take_back(g, change, u);
}

kin_status kin_gallery_undo(kin_gallery *g, kin_undone *undone)
{
    kin_enter(g->ctx);
    kin_undone u = {0};
    kin_status status = KIN_OK;
    if (g->depth > 0) status = kin_fail(g->ctx, KIN_E_USAGE, "%s: undo inside a transaction", g->path);
    if (status == KIN_OK) status = kin_gallery_begin(g);
    if (status == KIN_OK) status = kin_gallery_end(g, undo(g, &u));
    if (undone) *undone = status == KIN_OK ? u : (kin_undone){0};
    kin_leave(g->ctx);
    return status;
}
