/* SPDX-License-Identifier: Apache-2.0
 *
 * People: list, rename, forget so that nothing stays. What else is known of them: person.c.
 */
#include <string.h>
#include <time.h>

#include "base/date.h"
#include "base/text.h"
#include "gallery/store.h"

#define LIST                                                                                             \
    "SELECT p.id, p.name, p.created,"                                                                    \
    " (SELECT count(*) FROM face f WHERE f.person = p.id),"                                              \
    " (SELECT count(*) FROM face f JOIN embedding e ON e.face = f.id AND e.model = ?1 WHERE f.person = p.id)," \
    " (SELECT count(DISTINCT e.model) FROM face f JOIN embedding e ON e.face = f.id WHERE f.person = p.id)," \
    " p.ignored, p.born, p.consent, p.until FROM person p "

static kin_status read_person(kin_gallery *g, sqlite3_stmt *row, kin_person *out)
{
    const char *text;
    size_t      length;
    memset(out, 0, sizeof *out);
    out->id = sqlite3_column_int64(row, 0);
    KIN_TRY(kin_row_text(g, row, 1, "name", KIN_NAME_MAX, &text, &length));
    memcpy(out->name, text, length);
    out->created = sqlite3_column_int64(row, 2);
    out->faces = (size_t)sqlite3_column_int64(row, 3);
    out->usable = (size_t)sqlite3_column_int64(row, 4);
    out->models = (size_t)sqlite3_column_int64(row, 5);
    out->ignored = sqlite3_column_int64(row, 6) != 0;
    out->born = kin_row_date(row, 7);
    KIN_TRY(kin_row_text(g, row, 8, "consent", KIN_CONSENT_MAX, &text, &length));
    memcpy(out->consent, text, length);
    out->until = kin_row_date(row, 9);
    return KIN_OK;
}

/* Those whose time is over on day `today`; 0: all. */
static kin_status list(kin_gallery *g, const char *model, int today, kin_buffer *out)
{
    int64_t       id = 0;
    sqlite3_stmt *row;
    if (today && !kin_date_valid(today)) return kin_fail(g->ctx, KIN_E_USAGE, "%d is no date", today);
    if (model) KIN_TRY(kin_model_find(g, model, &id, NULL));
    KIN_TRY(kin_sql_open(g, &row, LIST "WHERE ?2 = 0 OR (p.until > 0 AND p.until < ?2) ORDER BY p.name", "ii", id, (int64_t)today));
    kin_status status = KIN_OK;
    while (kin_sql_next(g, row, &status)) {
        kin_person person;
        status = read_person(g, row, &person);
        if (status == KIN_OK && (!today || person.until)) status = kin_buffer_add(out, &person, sizeof person);
    }
    kin_sql_close(row);
    return status;
}

static kin_status list_people(kin_gallery *g, const char *model, int today, kin_people *people)
{
    kin_enter(g->ctx);
    kin_buffer buffer = kin_buffer_make(g->ctx);
    *people = (kin_people){0, NULL, g->ctx};
    kin_status status = list(g, model, today, &buffer);
    if (status == KIN_OK)
        *people = (kin_people){buffer.size / sizeof(kin_person), (kin_person *)(void *)buffer.data, g->ctx};
    else
        kin_buffer_free(&buffer);
    kin_leave(g->ctx);
    return status;
}

kin_status kin_gallery_people(kin_gallery *g, const char *model, kin_people *people)
{
    return list_people(g, model, 0, people);
}

/* As the clock on the wall says. */
static int day_now(void)
{
    const time_t now = time(NULL);
    struct tm    t;
    return localtime_r(&now, &t) ? (t.tm_year + 1900) * 10000 + (t.tm_mon + 1) * 100 + t.tm_mday : 0;
}

kin_status kin_gallery_expired(kin_gallery *g, int today, kin_people *people)
{
    return list_people(g, NULL, today ? today : day_now(), people);
}

void kin_people_free(kin_people *people)
{
    if (people->ctx) {
        kin_enter(people->ctx);
        kin_release(people->ctx, people->person);
        kin_leave(people->ctx);
    }
    people->count = 0;
    people->person = NULL;
}

static kin_status count_untaught(kin_gallery *g, const char *model, size_t *people, size_t *untaught)
{
    int64_t       id = 0;
    sqlite3_stmt *row;
    bool          there;
    KIN_TRY(kin_model_find(g, model, &id, NULL));
    KIN_TRY(kin_sql_open(g, &row,
                         "SELECT (SELECT count(*) FROM person), (SELECT count(*) FROM person p WHERE NOT EXISTS"
                         " (SELECT 1 FROM face f JOIN embedding e ON e.face = f.id AND e.model = ?1 WHERE f.person = p.id))",
                         "i", id));
    kin_status status = kin_sql_step(g, row, &there);
    if (status == KIN_OK && there) {
        *people = (size_t)sqlite3_column_int64(row, 0);
        *untaught = (size_t)sqlite3_column_int64(row, 1);
    }
    kin_sql_close(row);
    return status;
}

kin_status kin_gallery_untaught(kin_gallery *g, const char *model, size_t *people, size_t *untaught)
{
    *people = *untaught = 0;
    kin_enter(g->ctx);
    kin_status status = count_untaught(g, model, people, untaught);
    kin_leave(g->ctx);
    return status;
}

kin_status kin_person_not_found(kin_gallery *g, const char *name)
{
    char shown[KIN_NAME_MAX + 4];
    return kin_fail(g->ctx, KIN_E_NOT_FOUND, "%s: nobody is called \"%s\"", g->path,
                    kin_printable(name, strlen(name), shown, sizeof shown));
}

kin_status kin_person_find(kin_gallery *g, const char *name, int64_t *person)
{
    KIN_TRY(kin_sql_number(g, person, 0, "SELECT id FROM person WHERE name = ?", "t", name));
    return *person ? KIN_OK : kin_person_not_found(g, name);
}

static kin_status find(kin_gallery *g, const char *name, const char *model, kin_person *person)
{
    int64_t       id = 0;
    sqlite3_stmt *row;
    bool          there;
    if (model) KIN_TRY(kin_model_find(g, model, &id, NULL));
    KIN_TRY(kin_sql_open(g, &row, LIST "WHERE p.name = ?2", "it", id, name));
    kin_status status = kin_sql_step(g, row, &there);
    if (status == KIN_OK) status = there ? read_person(g, row, person) : kin_person_not_found(g, name);
    kin_sql_close(row);
    return status;
}

kin_status kin_gallery_person(kin_gallery *g, const char *name, const char *model, kin_person *person)
{
    kin_enter(g->ctx);
    memset(person, 0, sizeof *person);
    kin_status status = find(g, name, model, person);
    kin_leave(g->ctx);
    return status;
}

static kin_status rename_person(kin_gallery *g, const char *from, const char *to)
{
    int64_t id, other;
    KIN_TRY(kin_gallery_check_name(g->ctx, to));
    KIN_TRY(kin_person_find(g, from, &id));
    KIN_TRY(kin_sql_number(g, &other, 0, "SELECT id FROM person WHERE name = ?", "t", to));
    if (other && other != id)
        return kin_fail(g->ctx, KIN_E_REFUSED, "%s: somebody is called \"%s\" already", g->path, to);
    if (other == id) return KIN_OK;
    KIN_TRY(kin_journal_person(g, "rename", id, 0, false));
    return kin_sql_do(g, "UPDATE person SET name = ?, ignored = 0 WHERE id = ?", "ti", to, id); /* named: no longer ignored */
}

kin_status kin_gallery_rename(kin_gallery *g, const char *from, const char *to)
{
    kin_enter(g->ctx);
    kin_status status = kin_gallery_begin(g);
    if (status == KIN_OK) status = kin_gallery_end(g, rename_person(g, from, to));
    kin_leave(g->ctx);
    return status;
}

/* --- forget --- */

/* What the receipt counts, in the whole gallery: forgetting takes also what others' rejections keep of the person's faces, and
 * vectors that wait for an upgrade's end. */
static const struct {
    size_t      at;
    const char *sql;
} counted[] = {
    {offsetof(kin_forgotten, faces), "SELECT count(*) FROM face"},
    {offsetof(kin_forgotten, vectors),
     "SELECT (SELECT count(*) FROM embedding) + (SELECT count(*) FROM rejection_vector) + (SELECT count(*) FROM fresh)"},
    {offsetof(kin_forgotten, crops), "SELECT (SELECT count(*) FROM crop) + (SELECT count(picture) FROM rejection)"},
    {offsetof(kin_forgotten, rejections), "SELECT count(*) FROM rejection"},
    {offsetof(kin_forgotten, journal), "SELECT count(*) FROM trace"},
};

/* Adds `sign` times what is there. */
static kin_status count_all(kin_gallery *g, int64_t sign, kin_forgotten *receipt)
{
    for (size_t i = 0; i < sizeof counted / sizeof *counted; i++) {
        int64_t value;
        KIN_TRY(kin_sql_number(g, &value, 0, counted[i].sql, ""));
        *(size_t *)((char *)receipt + counted[i].at) += (size_t)(sign * value);
    }
    return KIN_OK;
}

static kin_status delete_person(kin_gallery *g, const char *name, kin_forgotten *receipt)
{
    int64_t id;
    KIN_TRY(kin_person_find(g, name, &id));
    KIN_TRY(count_all(g, 1, receipt));
    KIN_TRY(kin_rejection_forget(g, id));
    KIN_TRY(kin_journal_forget(g, id));
    KIN_TRY(kin_sql_do(g, "DELETE FROM person WHERE id = ?", "i", id)); /* the rest cascades */
    /* Stays until the files are clean: a program killed in between leaves the work to the next. */
    KIN_TRY(kin_sql_do(g, "INSERT OR REPLACE INTO meta(key, value) VALUES('purge', 1)", ""));
    return count_all(g, -1, receipt);
}

/* Everything in the journal goes into the database and the journal is cut to nothing. */
static kin_status empty_journal(kin_gallery *g)
{
    int64_t busy;
    KIN_TRY(kin_sql_number(g, &busy, 0, "PRAGMA wal_checkpoint(TRUNCATE)", ""));
    if (!busy) return KIN_OK;
    return kin_fail(g->ctx, KIN_E_DATABASE, "%s: another program is reading: old pages stay in the journal until it ends",
                    g->path);
}

/* secure_delete has overwritten the deleted rows; VACUUM leaves not even their places. The journal is emptied before, so
 * that a VACUUM for which the disk has no room still finds the rows gone, and after. */
static kin_status purge(kin_gallery *g)
{
    KIN_TRY(empty_journal(g));
    KIN_TRY(kin_sql_run(g, "VACUUM"));
    KIN_TRY(kin_sql_do(g, "DELETE FROM meta WHERE key = 'purge'", ""));
    return empty_journal(g);
}

kin_status kin_gallery_purge(kin_gallery *g)
{
    sqlite3_busy_timeout(g->db, KIN_PURGE_BUSY_MS); /* a reader may stay for long, and this can wait for the next time */
    kin_status status = purge(g);
    sqlite3_busy_timeout(g->db, KIN_BUSY_MS);
    return status;
}

kin_status kin_gallery_forget(kin_gallery *g, const char *name, kin_forgotten *receipt)
{
    kin_enter(g->ctx);
    kin_forgotten done = {0};
    kin_status    status = KIN_OK;
    if (g->depth > 0) status = kin_fail(g->ctx, KIN_E_USAGE, "%s: forget inside a transaction", g->path);
    if (status == KIN_OK) status = kin_gallery_begin(g);
    if (status == KIN_OK) status = kin_gallery_end(g, delete_person(g, name, &done));
    if (status == KIN_OK) {
        kin_matrix_forget(g); /* the memory of this program holds the vectors too */
        done.purged = kin_gallery_purge(g) == KIN_OK;
    }
    if (receipt) *receipt = status == KIN_OK ? done : (kin_forgotten){0};
    kin_leave(g->ctx);
    return status;
}
