/* SPDX-License-Identifier: Apache-2.0
 *
 * Opens and closes galleries. Three ways, tried in this order: for reading and writing; for reading beside others who
 * write; and, where not even SQLite's index of its journal can be made (a read-only folder or disk), as a file that
 * nobody changes.
 */
#include <math.h>
#include <string.h>
#include <sys/stat.h>

#include "gallery/store.h"

enum { STEPS_BETWEEN_CANCEL = 20000, LARGEST_VALUE = 64 << 20 };

static int stop_when_cancelled(void *ctx)
{
    return kin_cancelled(ctx);
}

/* What every connection wants. Nothing in a foreign file may run, write its own schema or ask for huge values. */
static kin_status settings(kin_gallery *g, bool reading)
{
    sqlite3 *db = g->db;
    sqlite3_extended_result_codes(db, 1);
    sqlite3_busy_timeout(db, KIN_BUSY_MS);
    sqlite3_progress_handler(db, STEPS_BETWEEN_CANCEL, stop_when_cancelled, g->ctx);
    sqlite3_limit(db, SQLITE_LIMIT_LENGTH, LARGEST_VALUE);
    sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
    KIN_TRY(kin_sql_run(g, "PRAGMA foreign_keys=ON; PRAGMA secure_delete=ON; PRAGMA cell_size_check=ON;"
                           "PRAGMA synchronous=FULL"));
    return reading ? kin_sql_run(g, "PRAGMA query_only=ON") : KIN_OK;
}

/* The path as SQLite shall take it: never ":memory:", never an URI of the caller's; with `immutable` one of ours. */
static kin_status spelling(const char *path, bool immutable, kin_buffer *out)
{
    const char *front = path[0] == '/' ? "" : "./";
    if (!immutable) return kin_buffer_text(out, "%s%s", front, path);
    KIN_TRY(kin_buffer_text(out, "file:%s", front));
    for (const unsigned char *p = (const unsigned char *)path; *p; p++) {
        bool plain = (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') || (*p >= '0' && *p <= '9') || strchr("/._-", *p);
        KIN_TRY(plain ? kin_buffer_add(out, p, 1) : kin_buffer_text(out, "%%%02X", *p));
    }
    return kin_buffer_text(out, "?immutable=1");
}

typedef enum { FOR_WRITING, FOR_READING, UNCHANGING } way;

static kin_status try_way(kin_gallery *g, way how, bool make)
{
    static const int flags[] = {SQLITE_OPEN_READWRITE, SQLITE_OPEN_READWRITE, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI};
    kin_buffer       name = kin_buffer_make(g->ctx);
    kin_status       status = spelling(g->path, how == UNCHANGING, &name);
    if (status == KIN_OK) {
        /* Calls are serialised by the context, so SQLite's own mutexes are not needed. */
        int code = sqlite3_open_v2((char *)name.data, &g->db, flags[how] | SQLITE_OPEN_NOMUTEX, NULL);
        if (code != SQLITE_OK) status = kin_sql_fail(g, code);
    }
    kin_buffer_free(&name);
    if (status == KIN_OK) status = settings(g, how != FOR_WRITING);
    if (status == KIN_OK) {
        g->writable = how == FOR_WRITING && !sqlite3_db_readonly(g->db, "main");
        status = kin_schema_prepare(g, make);
    }
    if (status != KIN_OK) {
        sqlite3_close_v2(g->db);
        g->db = NULL;
    }
    return status;
}

static kin_status has_journal(kin_gallery *g, bool *there)
{
    kin_buffer  name = kin_buffer_make(g->ctx);
    struct stat about;
    kin_status  status = kin_buffer_text(&name, "%s-wal", g->path);
    *there = status == KIN_OK && stat((char *)name.data, &about) == 0 && about.st_size > 0;
    kin_buffer_free(&name);
    return status;
}

/* Rows that only the journal holds cannot be seen by UNCHANGING: better no answer than an old one. */
static kin_status check_journal(kin_gallery *g)
{
    bool       there;
    kin_status status = has_journal(g, &there);
    if (status == KIN_OK && there)
        status = kin_fail(g->ctx, KIN_E_DATABASE,
                          "%s: its last changes are still in %s-wal, which cannot be read in a folder that may not be "
                          "written: copy both files to another place",
                          g->path, g->path);
    return status;
}

/* SQLite takes the missing end of a last page for zeros; only where a journal brings the page again is that right. */
static kin_status check_end(kin_gallery *g)
{
    struct stat about;
    int64_t     page;
    bool        journal;
    KIN_TRY(has_journal(g, &journal)); /* before the size: whoever writes has a journal */
    if (journal || stat(g->path, &about) != 0) return KIN_OK;
    KIN_TRY(kin_sql_number(g, &page, 0, "PRAGMA page_size", ""));
    if (page <= 0 || about.st_size % page == 0) return KIN_OK;
    return kin_sql_damaged(g, "cut off: %lld bytes, no multiple of its pages of %lld", (long long)about.st_size, (long long)page);
}

static kin_status open_some_way(kin_gallery *g, bool make)
{
    kin_status status = try_way(g, make ? FOR_WRITING : FOR_READING, make);
    if (status != KIN_OK && !make && g->outdated) { /* of an earlier kin: brought up to this one's tables first */
        if (try_way(g, FOR_WRITING, false) != KIN_OK) return status;
        sqlite3_close_v2(g->db);
        g->db = NULL;
        return try_way(g, FOR_READING, false);
    }
    if (status != KIN_E_DISK) return status;
    char first[KIN_ERROR_BYTES]; /* the reason worth telling */
    memcpy(first, g->ctx->error, sizeof first);
    KIN_TRY(check_journal(g));
    if (try_way(g, UNCHANGING, false) == KIN_OK) return KIN_OK;
    return kin_fail(g->ctx, status, "%s", first);
}

/* A journal that others can read while one writes; unfinished purges. Neither is worth refusing the gallery for. */
static void settle(kin_gallery *g)
{
    char before[KIN_ERROR_BYTES];
    memcpy(before, g->ctx->error, sizeof before);
    int64_t purge = 0;
    kin_sql_run(g, "PRAGMA journal_mode=WAL");
    if (kin_sql_number(g, &purge, 0, "SELECT value FROM meta WHERE key = 'purge'", "") == KIN_OK && purge)
        kin_gallery_purge(g);
    memcpy(g->ctx->error, before, sizeof before);
}

static kin_status open_at(kin_gallery *g, const char *path, bool make)
{
    if (path)
        KIN_TRY(kin_copy_string(g->ctx, path, strlen(path), &g->path));
    else
        KIN_TRY(kin_place_default(g->ctx, &g->path));
    if (g->path[0] == '\0') return kin_fail(g->ctx, KIN_E_USAGE, "the gallery's path is empty");
    if (sqlite3_threadsafe() == 0) return kin_fail(g->ctx, KIN_E_UNSUPPORTED, "this SQLite was built without threads");
    if (make) KIN_TRY(kin_place_make(g->ctx, g->path));
    KIN_TRY(kin_place_look(g->ctx, g->path));
    KIN_TRY(open_some_way(g, make));
    KIN_TRY(check_end(g));
    if (g->writable) settle(g);
    return KIN_OK;
}

static kin_status open_gallery(kin_context *ctx, const char *path, bool make, kin_gallery **out)
{
    kin_enter(ctx);
    kin_gallery *g;
    *out = NULL;
    kin_status status = kin_alloc_zero(ctx, 1, sizeof *g, &g);
    if (status == KIN_OK) {
        g->ctx = ctx;
        g->fpir = KIN_FPIR_DEFAULT;
        g->threshold = NAN;
        g->names = kin_arena_make(ctx);
        status = open_at(g, path, make);
        if (status == KIN_OK)
            *out = g;
        else
            kin_gallery_free(g);
    }
    kin_leave(ctx);
    return status;
}

kin_status kin_gallery_open(kin_context *ctx, const char *path, kin_gallery **out)
{
    return open_gallery(ctx, path, true, out);
}

kin_status kin_gallery_open_reading(kin_context *ctx, const char *path, kin_gallery **out)
{
    return open_gallery(ctx, path, false, out);
}

void kin_gallery_free(kin_gallery *g)
{
    if (!g) return;
    kin_context *ctx = g->ctx;
    kin_enter(ctx);
    while (g->depth > 0) kin_gallery_rollback(g);
    kin_matrix_forget(g);
    sqlite3_close_v2(g->db);
    kin_arena_free(&g->names);
    kin_release(ctx, g->known);
    kin_release(ctx, g->path);
    kin_release(ctx, g);
    kin_leave(ctx);
}

const char *kin_gallery_path(const kin_gallery *g)
{
    return g->path;
}

bool kin_gallery_writable(const kin_gallery *g)
{
    return g->writable;
}

kin_status kin_gallery_set_decision(kin_gallery *g, double fpir, double threshold)
{
    kin_enter(g->ctx);
    kin_status status = KIN_OK;
    if (!(fpir >= 0 && fpir < 1))
        status = kin_fail(g->ctx, KIN_E_USAGE, "false positive identification rate %g, expected above 0, below 1", fpir);
    else if (!isnan(threshold) && !(threshold >= -1 && threshold <= 1))
        status = kin_fail(g->ctx, KIN_E_USAGE, "threshold %g, expected -1 to 1", threshold);
    else {
        g->fpir = fpir > 0 ? fpir : KIN_FPIR_DEFAULT;
        g->threshold = threshold;
    }
    kin_leave(g->ctx);
    return status;
}
