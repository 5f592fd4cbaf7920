/* SPDX-License-Identifier: Apache-2.0
 *
 * SQLite with kin's statuses.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "gallery/store.h"

#define UNWRITTEN " (cannot be written: disk full, over quota or failing; nothing was changed)"

/* Result code (primary, or extended where that tells more) -> status, and what a person can do about it. The last row that
 * fits counts; codes that are not here are KIN_E_DATABASE. */
static const struct {
    int         code;
    kin_status  status;
    const char *advice;
} meaning[] = {
    {SQLITE_NOMEM, KIN_E_MEMORY, ""},
    {SQLITE_FULL, KIN_E_DISK, " (the disk is full; nothing was changed)"},
    {SQLITE_READONLY, KIN_E_DISK, " (no permission to write)"},
    {SQLITE_PERM, KIN_E_DISK, " (no permission)"},
    {SQLITE_CANTOPEN, KIN_E_DISK, " (no permission for the file or its folder, or they are gone)"},
    {SQLITE_AUTH, KIN_E_DISK, " (no permission)"},
    {SQLITE_IOERR, KIN_E_IO, ""},
    {SQLITE_TOOBIG, KIN_E_LIMIT, ""},
    {SQLITE_INTERRUPT, KIN_E_CANCELLED, ""},
    {SQLITE_BUSY, KIN_E_DATABASE, " (another program holds it)"},
    {SQLITE_LOCKED, KIN_E_DATABASE, " (another program holds it)"},
    {SQLITE_CORRUPT, KIN_E_DATABASE, " (damaged: restore a backup)"},
    {SQLITE_NOTADB, KIN_E_DATABASE, " (this file is no kin gallery)"},
    {SQLITE_IOERR_NOMEM, KIN_E_MEMORY, ""},
    {SQLITE_IOERR_WRITE, KIN_E_DISK, UNWRITTEN},
    {SQLITE_IOERR_FSYNC, KIN_E_DISK, UNWRITTEN},
    {SQLITE_IOERR_DIR_FSYNC, KIN_E_DISK, UNWRITTEN},
    {SQLITE_IOERR_TRUNCATE, KIN_E_DISK, UNWRITTEN},
    {SQLITE_IOERR_SHMSIZE, KIN_E_DISK, UNWRITTEN},
};

kin_status kin_sql_fail_at(kin_gallery *g, const char *path, int code, const char *text)
{
    kin_status  status = KIN_E_DATABASE;
    const char *advice = "";
    for (size_t i = 0; i < sizeof meaning / sizeof *meaning; i++)
        if (meaning[i].code == (code & 0xFF) || meaning[i].code == code) {
            status = meaning[i].status;
            advice = meaning[i].advice;
        }
    return kin_fail(g->ctx, status, "%s: %s%s", path, text, advice);
}

kin_status kin_sql_fail(kin_gallery *g, int code)
{
    return kin_sql_fail_at(g, g->path, code, g->db ? sqlite3_errmsg(g->db) : sqlite3_errstr(code));
}

kin_status kin_sql_damaged(kin_gallery *g, const char *format, ...)
{
    char    text[256];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return kin_fail(g->ctx, KIN_E_DATABASE, "%s: damaged: %s (restore a backup)", g->path, text);
}

kin_status kin_sql_run(kin_gallery *g, const char *sql)
{
    int code = sqlite3_exec(g->db, sql, NULL, NULL, NULL);
    return code == SQLITE_OK ? KIN_OK : kin_sql_fail(g, code);
}

static int bind(sqlite3_stmt *statement, const char *types, va_list args)
{
    int code = SQLITE_OK;
    for (int i = 1; *types && code == SQLITE_OK; types++, i++) switch (*types) {
        case 'i': code = sqlite3_bind_int64(statement, i, va_arg(args, int64_t)); break;
        case 'n': code = sqlite3_bind_int64(statement, i, (int64_t)va_arg(args, size_t)); break;
        case 'd': code = sqlite3_bind_double(statement, i, va_arg(args, double)); break;
        case 't': code = sqlite3_bind_text(statement, i, va_arg(args, const char *), -1, SQLITE_STATIC); break;
        case 'b': {
            const void *bytes = va_arg(args, const void *);
            code = sqlite3_bind_blob64(statement, i, bytes, va_arg(args, size_t), SQLITE_STATIC);
            break;
        }
        default: code = SQLITE_MISUSE;
        }
    return code;
}

static kin_status open_list(kin_gallery *g, sqlite3_stmt **statement, const char *sql, const char *types, va_list args)
{
    *statement = NULL;
    int code = sqlite3_prepare_v2(g->db, sql, -1, statement, NULL);
    if (code == SQLITE_OK) code = bind(*statement, types, args);
    if (code == SQLITE_OK) return KIN_OK;
    kin_status status = kin_sql_fail(g, code);
    kin_sql_close(*statement);
    *statement = NULL;
    return status;
}

kin_status kin_sql_open(kin_gallery *g, sqlite3_stmt **statement, const char *sql, const char *types, ...)
{
    va_list args;
    va_start(args, types);
    kin_status status = open_list(g, statement, sql, types, args);
    va_end(args);
    return status;
}

kin_status kin_sql_step(kin_gallery *g, sqlite3_stmt *statement, bool *row)
{
    int code = sqlite3_step(statement);
    *row = code == SQLITE_ROW;
    return code == SQLITE_ROW || code == SQLITE_DONE ? KIN_OK : kin_sql_fail(g, code);
}

bool kin_sql_next(kin_gallery *g, sqlite3_stmt *statement, kin_status *status)
{
    bool row = false;
    if (*status == KIN_OK) *status = kin_sql_step(g, statement, &row);
    return *status == KIN_OK && row;
}

void kin_sql_close(sqlite3_stmt *statement)
{
    sqlite3_finalize(statement); /* repeats the error of the last step, which was told already */
}

kin_status kin_sql_do(kin_gallery *g, const char *sql, const char *types, ...)
{
    sqlite3_stmt *statement;
    va_list       args;
    va_start(args, types);
    kin_status status = open_list(g, &statement, sql, types, args);
    va_end(args);
    for (bool row = true; row && status == KIN_OK;) status = kin_sql_step(g, statement, &row);
    kin_sql_close(statement);
    return status;
}

kin_status kin_sql_number(kin_gallery *g, int64_t *out, int64_t otherwise, const char *sql, const char *types, ...)
{
    sqlite3_stmt *statement;
    va_list       args;
    bool          row = false;
    va_start(args, types);
    kin_status status = open_list(g, &statement, sql, types, args);
    va_end(args);
    if (status == KIN_OK) status = kin_sql_step(g, statement, &row);
    if (status == KIN_OK) *out = row ? sqlite3_column_int64(statement, 0) : otherwise;
    kin_sql_close(statement);
    return status;
}

/* --- transactions: savepoints, the outermost of which is BEGIN IMMEDIATE --- */

static kin_status check_writable(kin_gallery *g)
{
    if (g->writable) return KIN_OK;
    return kin_fail(g->ctx, KIN_E_DISK, "%s: opened for reading, or no permission to write the file or its folder", g->path);
}

/* Ends what a rollback without memory left open. */
static kin_status mend(kin_gallery *g)
{
    if (sqlite3_get_autocommit(g->db) == 0) KIN_TRY(kin_sql_run(g, "ROLLBACK"));
    g->torn = false;
    return KIN_OK;
}

kin_status kin_gallery_begin(kin_gallery *g)
{
    kin_enter(g->ctx);
    kin_status status = check_writable(g);
    if (status == KIN_OK && g->depth == 0 && g->torn) status = mend(g);
    /* IMMEDIATE takes the write lock now and waits for it: a transaction that begins reading and then wants to write
     * would be refused without waiting when another program wrote in between. */
    if (status == KIN_OK) status = kin_sql_run(g, g->depth == 0 ? "BEGIN IMMEDIATE" : "SAVEPOINT step");
    if (status == KIN_OK)
        g->depth++;
    else if (g->depth == 0 && sqlite3_get_autocommit(g->db) == 0) /* memory was out behind the beginning */
        g->torn = true;
    kin_leave(g->ctx);
    return status;
}

void kin_gallery_rollback(kin_gallery *g)
{
    kin_enter(g->ctx);
    if (g->depth > 0) {
        g->depth--;
        /* A full disk may have ended the transaction already. These calls must not replace the error being told. */
        if (sqlite3_get_autocommit(g->db) == 0 &&
            sqlite3_exec(g->db, g->depth == 0 ? "ROLLBACK" : "ROLLBACK TO step; RELEASE step", NULL, NULL, NULL) != SQLITE_OK)
            g->torn = true;
        g->changes++;
        kin_journal_settle(g, false);
    }
    kin_leave(g->ctx);
}

kin_status kin_gallery_commit(kin_gallery *g)
{
    kin_enter(g->ctx);
    kin_status status = KIN_OK;
    if (g->depth == 0) status = kin_fail(g->ctx, KIN_E_USAGE, "%s: commit without begin", g->path);
    if (g->torn) status = kin_fail(g->ctx, KIN_E_MEMORY, "%s: out of memory: a step could not be taken back", g->path);
    if (status == KIN_OK) status = kin_sql_run(g, g->depth == 1 ? "COMMIT" : "RELEASE step");
    if (status == KIN_OK) {
        g->depth--;
        g->changes++;
        kin_journal_settle(g, true);
    } else
        kin_gallery_rollback(g);
    kin_leave(g->ctx);
    return status;
}

kin_status kin_gallery_end(kin_gallery *g, kin_status status)
{
    if (status == KIN_OK) return kin_gallery_commit(g);
    kin_gallery_rollback(g);
    return status;
}

kin_status kin_gallery_freeze(kin_gallery *g)
{
    kin_enter(g->ctx);
    kin_status status = kin_sql_run(g, "SAVEPOINT look");
    kin_leave(g->ctx);
    return status;
}

void kin_gallery_thaw(kin_gallery *g)
{
    kin_enter(g->ctx);
    if (sqlite3_exec(g->db, "RELEASE look", NULL, NULL, NULL) != SQLITE_OK && g->depth == 0)
        g->torn = true; /* memory was out: the next to begin ends it */
    kin_leave(g->ctx);
}
