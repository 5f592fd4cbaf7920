/* SPDX-License-Identifier: Apache-2.0
 *
 * What a row of the database holds, checked: the file may come from anywhere.
 */
#include <string.h>

#include "base/date.h"
#include "base/text.h"
#include "gallery/store.h"

kin_status kin_row_text(kin_gallery *g, sqlite3_stmt *row, int column, const char *what, size_t most, const char **text,
                        size_t *length)
{
    *text = (const char *)sqlite3_column_text(row, column);
    *length = (size_t)sqlite3_column_bytes(row, column);
    if (*text && *length <= most && strlen(*text) == *length && kin_utf8_valid(*text, *length)) return KIN_OK;
    return kin_sql_damaged(g, "person %lld: no valid %s", (long long)sqlite3_column_int64(row, 0), what);
}

int kin_row_date(sqlite3_stmt *row, int column)
{
    int64_t date = sqlite3_column_int64(row, column);
    return kin_date_valid(date) ? (int)date : 0;
}

kin_status kin_row_vector(kin_gallery *g, sqlite3_stmt *row, int column, size_t width, size_t stride, float *out)
{
    const void *bytes = sqlite3_column_blob(row, column);
    size_t      size = (size_t)sqlite3_column_bytes(row, column), want = width * sizeof *out;
    long long   face = (long long)sqlite3_column_int64(row, column - 1);
    if (!bytes || size != want)
        return kin_sql_damaged(g, "face %lld: vector of %zu bytes, expected %zu", face, size, want);
    memcpy(out, bytes, size);
    memset(out + width, 0, (stride - width) * sizeof *out);
    return kin_vector_unit(out, width) ? KIN_OK : kin_sql_damaged(g, "face %lld: vector not of unit length", face);
}
