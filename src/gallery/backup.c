/* SPDX-License-Identifier: Apache-2.0
 *
 * A copy of the gallery in a file of its own, by SQLite's online backup.
 */
#include <sys/stat.h>
#include <unistd.h>

#include "gallery/store.h"
#include "os/files.h"

/* A plain file at the end: its journal of the kind that others read along with (WAL) would want files beside it. */
static int copy(sqlite3 *from, sqlite3 *to)
{
    sqlite3_backup *b = sqlite3_backup_init(to, "main", from, "main");
    if (!b) return sqlite3_errcode(to);
    int code = sqlite3_backup_step(b, -1), end = sqlite3_backup_finish(b);
    if (end != SQLITE_OK) return end;
    if (code != SQLITE_DONE) return code;
    return sqlite3_exec(to, "PRAGMA journal_mode=DELETE", NULL, NULL, NULL);
}

static kin_status copy_into(kin_gallery *g, kin_new_file *file)
{
    sqlite3   *to = NULL;
    kin_buffer name = kin_buffer_make(g->ctx);
    kin_status status = kin_buffer_text(&name, "%s%s", file->temporary[0] == '/' ? "" : "./", file->temporary);
    if (status == KIN_OK) {
        close(file->descriptor); /* SQLite's locks and another descriptor on the file do not go together */
        file->descriptor = -1;
        int code = sqlite3_open_v2((char *)name.data, &to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
        if (code == SQLITE_OK) sqlite3_extended_result_codes(to, 1);
        if (code == SQLITE_OK) code = copy(g->db, to);
        if (code != SQLITE_OK) status = kin_sql_fail_at(g, file->path, code, to ? sqlite3_errmsg(to) : sqlite3_errstr(code));
        sqlite3_close_v2(to);
    }
    kin_buffer_free(&name);
    return status;
}

kin_status kin_gallery_backup(kin_gallery *g, const char *path, uint64_t *bytes)
{
    kin_enter(g->ctx);
    kin_new_file file;
    struct stat  s;
    kin_status   status = kin_file_begin(g->ctx, path, false, &file);
    if (status == KIN_OK) {
        status = copy_into(g, &file);
        kin_status end = kin_file_end(g->ctx, &file, status == KIN_OK);
        if (status == KIN_OK) status = end;
    }
    if (bytes) *bytes = status == KIN_OK && stat(path, &s) == 0 ? (uint64_t)s.st_size : 0;
    kin_leave(g->ctx);
    return status;
}
