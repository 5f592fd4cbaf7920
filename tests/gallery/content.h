/* SPDX-License-Identifier: Apache-2.0
 *
 * For the tests of corrections: a digest of all that a gallery holds, its journal apart, and a look into its files.
 */
#ifndef KIN_TESTS_GALLERY_CONTENT_H
#define KIN_TESTS_GALLERY_CONTENT_H

#include <dirent.h>
#include <sqlite3.h>

#include "gallery/fixture.h"

static inline uint64_t mix(uint64_t digest, const void *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) digest = (digest ^ ((const unsigned char *)bytes)[i]) * 0x100000001B3u; /* FNV-1a */
    return digest;
}

/* Every column of every row of every table but the journal's, vectors that wait for an upgrade's end and SQLite's own, numbers of rows included: what is equal
 * here is the same gallery. */
static inline uint64_t content(void)
{
    static const char *const tables[] = {"person ORDER BY id",    "model ORDER BY id",        "face ORDER BY id",
                                         "crop ORDER BY face",    "meta ORDER BY key",        "embedding ORDER BY model, face",
                                         "rejection ORDER BY id", "rejection_vector ORDER BY model, rejection"};
    uint64_t                 digest = 0xCBF29CE484222325u;
    sqlite3                 *db;
    assert_int_equal(sqlite3_open(file, &db), SQLITE_OK);
    for (size_t t = 0; t < sizeof tables / sizeof *tables; t++) {
        sqlite3_stmt *row;
        char          sql[100];
        snprintf(sql, sizeof sql, "SELECT * FROM %s", tables[t]);
        assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &row, NULL), SQLITE_OK);
        digest = mix(digest, tables[t], strlen(tables[t]));
        while (sqlite3_step(row) == SQLITE_ROW)
            for (int i = 0; i < sqlite3_column_count(row); i++) {
                int type = sqlite3_column_type(row, i);
                digest = mix(digest, &type, sizeof type);
                const void *bytes = sqlite3_column_blob(row, i);
                digest = mix(digest, bytes, (size_t)sqlite3_column_bytes(row, i));
            }
        assert_int_equal(sqlite3_finalize(row), SQLITE_OK);
    }
    sqlite3_close(db);
    return digest;
}

/* Whether any file in the folder holds the bytes. */
static inline bool in_files(const void *bytes, size_t size)
{
    DIR           *d = opendir(folder);
    struct dirent *entry;
    bool           found = false;
    while ((entry = readdir(d))) {
        char path[600];
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        FILE *f = entry->d_name[0] == '.' ? NULL : fopen(path, "rb");
        if (!f) continue;
        static char all[4 << 20];
        size_t      n = fread(all, 1, sizeof all, f);
        fclose(f);
        assert_true(n < sizeof all);
        for (size_t i = 0; i + size <= n && !found; i++) found = memcmp(all + i, bytes, size) == 0;
    }
    closedir(d);
    return found;
}

/* Makes a gallery one of schema 1. */
static const char older[] = "DROP TABLE fresh; DROP TABLE trace; DROP TABLE change; DROP TABLE rejection_vector; DROP TABLE rejection;"
                            "ALTER TABLE person DROP COLUMN ignored; ALTER TABLE person DROP COLUMN born;"
                            "ALTER TABLE person DROP COLUMN consent; ALTER TABLE person DROP COLUMN until;"
                            "ALTER TABLE face DROP COLUMN photo_date; PRAGMA user_version=1";

#endif
