/* SPDX-License-Identifier: Apache-2.0
 *
 * Everything that kin takes for granted about a gallery, looked at. A check is a row of a table: a query of what breaks the
 * rule, or a query and a function that judges each of its rows. What SQLite cannot read is a fault as well, and the other
 * checks go on.
 */
#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "gallery/store.h"

enum { TOLD_OF_A_KIND = 100 };

typedef struct {
    kin_gallery        *g;
    const kin_examiner *examiner;
    size_t              faults, told; /* told: of the present check */
} examination;

static void fault(examination *x, const char *text)
{
    x->faults++;
    if (x->told++ < TOLD_OF_A_KIND && x->examiner->fault) x->examiner->fault(x->examiner->arg, text);
}

/* --- judges: NULL when the row is right, else what is wrong; column 0 says where, the rest is the judge's --- */

static const char *any(examination *x, sqlite3_stmt *row)
{
    (void)x;
    (void)row;
    return "";
}

/* Column 1: name. */
static const char *judge_name(examination *x, sqlite3_stmt *row)
{
    const char *name = (const char *)sqlite3_column_text(row, 1);
    if (!name || strlen(name) != (size_t)sqlite3_column_bytes(row, 1)) return ": no name";
    return kin_gallery_check_name(x->g->ctx, name) == KIN_OK ? NULL : ": not a name that a person may have";
}

/* Column 1: consent. */
static const char *judge_consent(examination *x, sqlite3_stmt *row)
{
    const char *text = (const char *)sqlite3_column_text(row, 1);
    if (!text || strlen(text) != (size_t)sqlite3_column_bytes(row, 1)) return ": its consent is no line";
    return !*text || kin_gallery_check_line(x->g->ctx, "consent", text) == KIN_OK ? NULL : ": its consent is no line";
}

/* Column 1: date, 0 for none. */
static const char *judge_date(examination *x, sqlite3_stmt *row)
{
    int64_t date = sqlite3_column_int64(row, 1);
    (void)x;
    return !date || kin_date_valid(date) ? NULL : ": a date that is none";
}

/* Columns 1: vector, 2: its model's width, NULL: not known. */
static const char *judge_vector(examination *x, sqlite3_stmt *row)
{
    float       vector[KIN_EMBEDDING_MAX];
    const void *bytes = sqlite3_column_blob(row, 1);
    size_t      size = (size_t)sqlite3_column_bytes(row, 1), width = size / sizeof *vector;
    (void)x;
    if (!bytes || size > sizeof vector || size != width * sizeof *vector) return ": its length is none of a vector";
    if (sqlite3_column_type(row, 2) != SQLITE_NULL && (size_t)sqlite3_column_int64(row, 2) != width)
        return ": not as long as its model's vectors";
    memcpy(vector, bytes, size);
    return kin_vector_unit(vector, width) ? NULL : ": not of unit length";
}

/* Column 1: points. */
static const char *judge_points(examination *x, sqlite3_stmt *row)
{
    float       p[2 * KIN_POINTS];
    const void *bytes = sqlite3_column_blob(row, 1);
    (void)x;
    if (!bytes || sqlite3_column_bytes(row, 1) != sizeof p) return ": its points are none";
    memcpy(p, bytes, sizeof p);
    for (int i = 0; i < 2 * KIN_POINTS; i++)
        if (!(p[i] > -1e9f && p[i] < 1e9f)) return ": a point that is no number";
    return NULL;
}

/* Column 1: picture. */
static const char *judge_picture(examination *x, sqlite3_stmt *row)
{
    const kin_examiner *e = x->examiner;
    const void         *bytes = sqlite3_column_blob(row, 1);
    size_t              size = (size_t)sqlite3_column_bytes(row, 1);
    return !e->decodes || (bytes && e->decodes(e->arg, bytes, size)) ? NULL : ": its picture cannot be read";
}

/* Column 1: kind of trace. */
static const char *judge_trace(examination *x, sqlite3_stmt *row)
{
    const char *what = (const char *)sqlite3_column_text(row, 1);
    (void)x;
    for (int i = 0; i < KIN_TRACES; i++)
        if (what && strcmp(what, kin_trace_name[i]) == 0) return NULL;
    return ": of no known kind, cannot be taken back";
}

#define PLACE " WHERE NOT (x1 > x0 AND y1 > y0 AND abs(x0) < 1e9 AND abs(y0) < 1e9 AND abs(x1) < 1e9 AND abs(y1) < 1e9)"

static const struct {
    const char *sql;
    const char *(*judge)(examination *x, sqlite3_stmt *row);
} check[] = {
    {"SELECT 'SQLite: ' || integrity_check FROM pragma_integrity_check WHERE integrity_check <> 'ok'", any},
    {"SELECT 'row ' || rowid || ' of ' || \"table\" || ': belongs to no ' || parent FROM pragma_foreign_key_check", any},
    {"SELECT 'person ' || id, name FROM person", judge_name},
    {"SELECT 'person ' || id, consent FROM person", judge_consent},
    {"SELECT 'person ' || id, born FROM person UNION ALL SELECT 'person ' || id, until FROM person", judge_date},
    {"SELECT 'face ' || id, photo_date FROM face UNION ALL SELECT 'rejection ' || id, photo_date FROM rejection", judge_date},
    {"SELECT 'model ' || id || ': fingerprint or width' FROM model WHERE length(fingerprint) <> 16"
     " OR width NOT BETWEEN 1 AND 4096",
     any},
    {"SELECT 'face ' || id || ': its box is none' FROM face" PLACE, any},
    {"SELECT 'rejection ' || id || ': its box is none' FROM rejection" PLACE, any},
    {"SELECT 'face ' || id || ': its photo''s hash' FROM face WHERE length(photo_hash) <> 16", any},
    {"SELECT 'rejection ' || id || ': its photo''s hash' FROM rejection WHERE length(photo_hash) <> 16", any},
    {"SELECT 'face ' || id, points FROM face", judge_points},
    {"SELECT 'rejection ' || id, points FROM rejection", judge_points},
    {"SELECT 'face ' || id || ': no vector of any model' FROM face f"
     " WHERE NOT EXISTS (SELECT 1 FROM embedding e WHERE e.face = f.id)",
     any},
    {"SELECT 'face ' || e.face, e.vector, m.width FROM embedding e LEFT JOIN model m ON m.id = e.model", judge_vector},
    {"SELECT 'rejection ' || v.rejection, v.vector, m.width FROM rejection_vector v"
     " LEFT JOIN model m ON m.id = v.model",
     judge_vector},
    {"SELECT 'new vector of ' || coalesce('face ' || face, 'rejection ' || rejection), vector, NULL FROM fresh", judge_vector},
    {"SELECT 'face ' || face, picture FROM crop", judge_picture},
    {"SELECT 'rejection ' || id, picture FROM rejection WHERE picture NOTNULL", judge_picture},
    {"SELECT 'row ' || id || ' of the journal', what FROM trace", judge_trace},
};

/* A row that is wrong for want of memory only. SQLite's own check tells of that as if it were damage (7 is SQLITE_NOMEM). */
static bool memory_ran_out(examination *x, const char *where)
{
    return sqlite3_errcode(x->g->db) == SQLITE_NOMEM || (where && strstr(where, "error code=7"));
}

static kin_status run_check(examination *x, const char *sql, const char *(*judge)(examination *, sqlite3_stmt *))
{
    sqlite3_stmt *row;
    KIN_TRY(kin_sql_open(x->g, &row, sql, ""));
    kin_status status = KIN_OK;
    while (kin_sql_next(x->g, row, &status)) {
        const char *wrong = judge(x, row), *where = (const char *)sqlite3_column_text(row, 0);
        char        text[400];
        if ((wrong || !where) && memory_ran_out(x, where)) {
            status = kin_sql_fail(x->g, SQLITE_NOMEM);
            break;
        }
        if (wrong) {
            snprintf(text, sizeof text, "%s%s", where ? where : "?", wrong);
            fault(x, text);
        }
    }
    kin_sql_close(row);
    return status;
}

kin_status kin_gallery_check(kin_gallery *g, const kin_examiner *examiner, size_t *faults)
{
    kin_enter(g->ctx);
    examination x = {.g = g, .examiner = examiner};
    kin_status  status = KIN_OK;
    for (size_t i = 0; i < sizeof check / sizeof *check && status == KIN_OK; i++) {
        x.told = 0;
        status = run_check(&x, check[i].sql, check[i].judge);
        if (status == KIN_E_DATABASE || status == KIN_E_LIMIT) { /* damage that ends a query */
            fault(&x, kin_error(g->ctx));
            status = KIN_OK;
        }
    }
    *faults = x.faults;
    kin_leave(g->ctx);
    return status;
}
