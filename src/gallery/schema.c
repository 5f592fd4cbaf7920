/* SPDX-License-Identifier: Apache-2.0
 *
 * The tables, and the ladder that brings an older gallery up to them: step i of `ladder` makes schema i + 1 from schema
 * i. To change the schema add a step, never edit one. application_id says that a database is a gallery at all.
 */
#include <time.h>

#include "gallery/store.h"

#define APPLICATION_ID 0x6B696E67 /* "king": kin gallery */

static const char *const ladder[] = {
    /* AUTOINCREMENT: the number of somebody who was forgotten is never given again. */
    "CREATE TABLE person("
    " id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " name TEXT NOT NULL UNIQUE,"        /* as typed, compared byte by byte */
    " created INTEGER NOT NULL) STRICT;" /* seconds since 1970 */

    "CREATE TABLE model("
    " id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " fingerprint BLOB NOT NULL UNIQUE CHECK(length(fingerprint) = 16),"
    " width INTEGER NOT NULL CHECK(width BETWEEN 1 AND 4096)) STRICT;"

    "CREATE TABLE face("
    " id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " person INTEGER NOT NULL REFERENCES person(id) ON DELETE CASCADE,"
    " photo_hash BLOB NOT NULL CHECK(length(photo_hash) = 16),"
    " photo_name TEXT NOT NULL,"
    " photo_width INTEGER NOT NULL, photo_height INTEGER NOT NULL," /* upright */
    " x0 REAL NOT NULL, y0 REAL NOT NULL, x1 REAL NOT NULL, y1 REAL NOT NULL," /* box in pixels of the upright photo */
    " points BLOB NOT NULL CHECK(length(points) = 40),"                        /* x, y of five points, float32 */
    " score REAL NOT NULL,"
    " size_px REAL NOT NULL, sharpness REAL NOT NULL, yaw REAL NOT NULL, pitch REAL NOT NULL, roll REAL NOT NULL,"
    " created INTEGER NOT NULL) STRICT;"
    "CREATE INDEX face_person ON face(person);"
    "CREATE INDEX face_photo ON face(photo_hash);"

    "CREATE TABLE embedding("
    " model INTEGER NOT NULL REFERENCES model(id) ON DELETE CASCADE,"
    " face INTEGER NOT NULL REFERENCES face(id) ON DELETE CASCADE,"
    " vector BLOB NOT NULL," /* float32, little endian, unit length */
    " PRIMARY KEY(model, face)) STRICT;"
    "CREATE INDEX embedding_face ON embedding(face);"

    "CREATE TABLE crop("
    " face INTEGER PRIMARY KEY REFERENCES face(id) ON DELETE CASCADE,"
    " picture BLOB NOT NULL) STRICT;" /* PNG, with margin */

    "CREATE TABLE meta(key TEXT PRIMARY KEY, value ANY) STRICT;", /* created, purge (people.c) */

    /* Corrections. A rejection says that a face is not this person: what is kept of a face, under a table of its own, so that
     * nothing takes it for one of the person's faces. `face` and `taught` are its number and time while it was one. */
    "ALTER TABLE person ADD COLUMN ignored INTEGER NOT NULL DEFAULT 0;" /* 1: never ask about this one */

    "CREATE TABLE rejection("
    " id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " person INTEGER NOT NULL REFERENCES person(id) ON DELETE CASCADE,"
    " face INTEGER, taught INTEGER,"
    " photo_hash BLOB NOT NULL CHECK(length(photo_hash) = 16),"
    " photo_name TEXT NOT NULL,"
    " photo_width INTEGER NOT NULL, photo_height INTEGER NOT NULL,"
    " x0 REAL NOT NULL, y0 REAL NOT NULL, x1 REAL NOT NULL, y1 REAL NOT NULL,"
    " points BLOB NOT NULL CHECK(length(points) = 40),"
    " score REAL NOT NULL,"
    " size_px REAL NOT NULL, sharpness REAL NOT NULL, yaw REAL NOT NULL, pitch REAL NOT NULL, roll REAL NOT NULL,"
    " created INTEGER NOT NULL,"
    " picture BLOB) STRICT;" /* PNG, with margin; for the next model's vector */
    "CREATE INDEX rejection_person ON rejection(person);"

    "CREATE TABLE rejection_vector("
    " model INTEGER NOT NULL REFERENCES model(id) ON DELETE CASCADE,"
    " rejection INTEGER NOT NULL REFERENCES rejection(id) ON DELETE CASCADE,"
    " vector BLOB NOT NULL,"
    " PRIMARY KEY(model, rejection)) STRICT;"
    "CREATE INDEX rejection_vector_rejection ON rejection_vector(rejection);"

    /* The journal (journal.c): a change a command, and what takes it back, newest first. */
    "CREATE TABLE change("
    " id INTEGER PRIMARY KEY,"
    " verb TEXT NOT NULL,"
    " made INTEGER NOT NULL) STRICT;"
    "CREATE TABLE trace("
    " id INTEGER PRIMARY KEY,"
    " change INTEGER NOT NULL REFERENCES change(id) ON DELETE CASCADE,"
    " what TEXT NOT NULL,"
    " person INTEGER NOT NULL,"
    " other INTEGER,"                /* a person too */
    " item INTEGER, model INTEGER,"  /* face, rejection or model; the model of a vector */
    " field TEXT, old ANY) STRICT;"  /* of a person, as it was */
    "CREATE INDEX trace_change ON trace(change);"
    "CREATE INDEX trace_person ON trace(person);"
    "CREATE INDEX trace_other ON trace(other) WHERE other IS NOT NULL;",

    /* Vectors that an upgrade to another model has made so far (upgrade.c): nobody searches them before all are there. */
    "CREATE TABLE fresh("
    " fingerprint BLOB NOT NULL CHECK(length(fingerprint) = 16),"
    " face INTEGER REFERENCES face(id) ON DELETE CASCADE,"
    " rejection INTEGER REFERENCES rejection(id) ON DELETE CASCADE,"
    " vector BLOB NOT NULL,"
    " CHECK((face IS NULL) <> (rejection IS NULL))) STRICT;"
    "CREATE UNIQUE INDEX fresh_face ON fresh(face, fingerprint) WHERE face IS NOT NULL;"
    "CREATE UNIQUE INDEX fresh_rejection ON fresh(rejection, fingerprint) WHERE rejection IS NOT NULL;",

    /* Dates: base/date.h's numbers, 0: not known. */
    "ALTER TABLE person ADD COLUMN born INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE face ADD COLUMN photo_date INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE rejection ADD COLUMN photo_date INTEGER NOT NULL DEFAULT 0;",

    /* What a person agreed to, in words, and the last day of that. */
    ("ALTER TABLE person ADD COLUMN consent TEXT NOT NULL DEFAULT '';"
     "ALTER TABLE person ADD COLUMN until INTEGER NOT NULL DEFAULT 0;"),
};

enum { SCHEMA_VERSION = sizeof ladder / sizeof *ladder, TABLES = 11 };

/* What kind of database this is: version 0 and not a single table is a new one. One statement reads all from one state of
 * the file: another program may be making the tables right now. */
static kin_status read_version(kin_gallery *g, int64_t *version)
{
    sqlite3_stmt *statement;
    int64_t       id = 0, things = 0;
    bool          row = false;
    *version = 0;
    kin_status status = kin_sql_open(g, &statement,
                                     "SELECT (SELECT application_id FROM pragma_application_id),"
                                     " (SELECT user_version FROM pragma_user_version), count(*) FROM sqlite_schema", "");
    if (status == KIN_OK) status = kin_sql_step(g, statement, &row);
    if (row) {
        id = sqlite3_column_int64(statement, 0);
        *version = sqlite3_column_int64(statement, 1);
        things = sqlite3_column_int64(statement, 2);
    }
    kin_sql_close(statement);
    KIN_TRY(status);
    if (id == 0 && *version == 0 && things == 0) return KIN_OK;
    if (id != APPLICATION_ID)
        return kin_fail(g->ctx, KIN_E_DATABASE,
                        "%s: a database of another program (application_id %lld, a gallery has %d): not touched", g->path,
                        (long long)id, APPLICATION_ID);
    if (*version < 1 || *version > SCHEMA_VERSION)
        return kin_fail(g->ctx, KIN_E_DATABASE, "%s: schema %lld, this kin knows 1 to %d: made by a later kin, use that one",
                        g->path, (long long)*version, SCHEMA_VERSION);
    return KIN_OK;
}

/* A gallery has neither; a file from elsewhere must not bring code along. */
static kin_status check_things(kin_gallery *g)
{
    int64_t odd;
    KIN_TRY(kin_sql_number(g, &odd, 0,
                           "SELECT count(*) FROM sqlite_schema WHERE type IN ('trigger', 'view') OR sql LIKE "
                           "'create virtual%'",
                           ""));
    if (!odd) return KIN_OK;
    return kin_fail(g->ctx, KIN_E_DATABASE, "%s: %lld triggers, views or virtual tables, a gallery has none: not touched",
                    g->path, (long long)odd);
}

static kin_status check_tables(kin_gallery *g)
{
    int64_t tables;
    KIN_TRY(kin_sql_number(g, &tables, 0,
                           "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name IN ('person', 'model', 'face',"
                           " 'embedding', 'crop', 'meta', 'rejection', 'rejection_vector', 'change', 'trace', 'fresh')",
                           ""));
    return tables == TABLES ? KIN_OK : kin_sql_damaged(g, "%lld of %d tables", (long long)tables, TABLES);
}

static kin_status climb(kin_gallery *g)
{
    int64_t version;
    KIN_TRY(read_version(g, &version)); /* again: another program may have been faster */
    int64_t first = version;
    for (; version < SCHEMA_VERSION; version++) {
        KIN_TRY(kin_sql_run(g, ladder[version]));
        if (version == 0)
            KIN_TRY(kin_sql_do(g, "INSERT INTO meta(key, value) VALUES('created', ?)", "i", (int64_t)time(NULL)));
    }
    if (first == SCHEMA_VERSION) return KIN_OK;
    char text[80];
    sqlite3_snprintf(sizeof text, text, "PRAGMA application_id=%d; PRAGMA user_version=%d", APPLICATION_ID, SCHEMA_VERSION);
    return kin_sql_run(g, text);
}

kin_status kin_schema_prepare(kin_gallery *g, bool make)
{
    int64_t version;
    KIN_TRY(read_version(g, &version));
    if (version == 0 && !make)
        return kin_fail(g->ctx, KIN_E_NOT_FOUND, "%s: empty: nobody was enrolled yet", g->path);
    KIN_TRY(check_things(g));
    if (version < SCHEMA_VERSION) {
        g->outdated = true;
        if (!g->writable)
            return kin_fail(g->ctx, KIN_E_DATABASE, "%s: schema %lld, this kin needs %d and may not write to upgrade it",
                            g->path, (long long)version, SCHEMA_VERSION);
        KIN_TRY(kin_gallery_begin(g));
        KIN_TRY(kin_gallery_end(g, climb(g)));
    }
    return check_tables(g);
}
