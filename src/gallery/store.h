/* SPDX-License-Identifier: Apache-2.0
 *
 * The inside of a kin_gallery, and the few ways in which this room talks to SQLite: every statement goes through
 * kin_sql_*, so that every error becomes a kin_status with the gallery's path in its text.
 */
#ifndef KIN_GALLERY_STORE_H
#define KIN_GALLERY_STORE_H

#include <sqlite3.h>

#include "base/memory.h"
#include "gallery/gallery.h"

/* How long a call waits for another program that writes, and a purge for one that reads. */
enum { KIN_BUSY_MS = 15000, KIN_PURGE_BUSY_MS = 2000 };

typedef struct kin_matrix kin_matrix; /* search.c */

typedef struct {
    int64_t     person;
    const char *name;
} kin_known_name;

struct kin_gallery {
    kin_context *ctx;
    sqlite3     *db;
    char        *path;     /* as the caller gave it, for messages */
    bool         writable;
    int          depth;    /* open kin_gallery_begin */
    uint64_t     changes;  /* grows with every write of this handle: what search keeps in memory is then old */
    double       fpir, threshold; /* kin_gallery_set_decision; threshold NAN: from the FPIR */

    kin_matrix     *matrix; /* list, most recently used first */
    kin_arena       names;  /* names that matches point to: kept until the gallery is freed */
    kin_known_name *known;  /* by person, rising */
    size_t          known_count, known_room;
};

/* --- sql.c --- */

/* The status of SQLite's result code `code`, with the path, SQLite's words and what to do in the error text. */
kin_status kin_sql_fail(kin_gallery *g, int code);
/* Damage that SQLite does not see: "PATH: damaged: ..." */
kin_status kin_sql_damaged(kin_gallery *g, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Runs statements without parameters or results. */
kin_status kin_sql_run(kin_gallery *g, const char *sql);

/* Prepares `sql` and binds one value a letter of `types`: i int64_t, n size_t, d double, t const char *, b const void * and
 * size_t (bytes stay the caller's until the statement is closed). */
kin_status kin_sql_open(kin_gallery *g, sqlite3_stmt **statement, const char *sql, const char *types, ...);
/* Next row: *row says whether there is one. */
kin_status kin_sql_step(kin_gallery *g, sqlite3_stmt *statement, bool *row);
/* Ends a statement; takes NULL. */
void kin_sql_close(sqlite3_stmt *statement);
/* Open, step to the end, close; results are dropped. */
kin_status kin_sql_do(kin_gallery *g, const char *sql, const char *types, ...);
/* The first column of the first row, `otherwise` when there is no row. */
kin_status kin_sql_number(kin_gallery *g, int64_t *out, int64_t otherwise, const char *sql, const char *types, ...);

/* --- schema.c --- */

/* Checks that the open database is a gallery that this kin understands; makes or migrates it when it may be written. */
kin_status kin_schema_prepare(kin_gallery *g, bool make);

/* --- place.c --- */

/* The path of the default gallery. */
kin_status kin_place_default(kin_context *ctx, char **path);
/* Makes the file (0600) and the folders above it (0700) where they are missing. */
kin_status kin_place_make(kin_context *ctx, const char *path);
/* KIN_E_NOT_FOUND, or KIN_E_DATABASE for what is no plain file. */
kin_status kin_place_look(kin_context *ctx, const char *path);

/* --- people.c --- */

/* Finishes what kin_gallery_forget began: no deleted byte stays in the files. */
kin_status kin_gallery_purge(kin_gallery *g);

/* --- faces.c --- */

/* Whether the vector is of unit length (within 1e-3). */
bool kin_vector_unit(const float *vector, size_t width);
/* Number of a model in the database and its width; *id 0: not there. */
kin_status kin_model_find(kin_gallery *g, const char *model, int64_t *id, size_t *width);

/* --- search.c --- */

void kin_search_forget(kin_gallery *g); /* frees all matrices */

#endif
