/* SPDX-License-Identifier: Apache-2.0
 *
 * What a gallery holds, in numbers.
 */
#include <string.h>
#include <sys/stat.h>

#include "base/hash.h"
#include "gallery/store.h"

static const struct {
    size_t      at;
    const char *sql;
} number[] = {
    {offsetof(kin_about, people), "SELECT count(*) FROM person"},
    {offsetof(kin_about, ignored), "SELECT count(*) FROM person WHERE ignored"},
    {offsetof(kin_about, faces), "SELECT count(*) FROM face"},
    {offsetof(kin_about, crops), "SELECT count(*) FROM crop"},
    {offsetof(kin_about, rejections), "SELECT count(*) FROM rejection"},
    {offsetof(kin_about, changes), "SELECT count(*) FROM change"},
    {offsetof(kin_about, traces), "SELECT count(*) FROM trace"},
};

static kin_status read_model(kin_gallery *g, sqlite3_stmt *row, kin_buffer *out)
{
    kin_model_about about = {0};
    const void     *fingerprint = sqlite3_column_blob(row, 0);
    if (!fingerprint || sqlite3_column_bytes(row, 0) != KIN_HASH_BYTES) return kin_sql_damaged(g, "a model's fingerprint");
    kin_hash_text(fingerprint, about.fingerprint);
    size_t *const field[] = {&about.width, &about.people, &about.faces, &about.rejections, &about.fresh};
    for (int i = 0; i < 5; i++) *field[i] = (size_t)sqlite3_column_int64(row, 1 + i);
    return kin_buffer_add(out, &about, sizeof about);
}

/* Those of an upgrade that is under way too, which are in no table of models yet. */
static kin_status read_models(kin_gallery *g, kin_buffer *out)
{
    sqlite3_stmt *row;
    KIN_TRY(kin_sql_open(g, &row,
                         "SELECT m.fingerprint, m.width,"
                         " (SELECT count(DISTINCT f.person) FROM embedding e JOIN face f ON f.id = e.face WHERE e.model = m.id),"
                         " (SELECT count(*) FROM embedding e WHERE e.model = m.id),"
                         " (SELECT count(*) FROM rejection_vector v WHERE v.model = m.id),"
                         " (SELECT count(*) FROM fresh x WHERE x.fingerprint = m.fingerprint) FROM model m"
                         " UNION ALL SELECT fingerprint, max(length(vector)) / 4, 0, 0, 0, count(*) FROM fresh"
                         " WHERE fingerprint NOT IN (SELECT fingerprint FROM model) GROUP BY fingerprint",
                         ""));
    kin_status status = KIN_OK;
    while (kin_sql_next(g, row, &status))
        status = read_model(g, row, out);
    kin_sql_close(row);
    return status;
}

static kin_status add_size(kin_gallery *g, const char *end, uint64_t *sum)
{
    struct stat about;
    kin_buffer  name = kin_buffer_make(g->ctx);
    kin_status  status = kin_buffer_text(&name, "%s%s", g->path, end);
    if (status == KIN_OK && stat((char *)name.data, &about) == 0) *sum += (uint64_t)about.st_size;
    kin_buffer_free(&name);
    return status;
}

static kin_status read_about(kin_gallery *g, kin_about *about, kin_buffer *models)
{
    int64_t value;
    for (size_t i = 0; i < sizeof number / sizeof *number; i++) {
        KIN_TRY(kin_sql_number(g, &value, 0, number[i].sql, ""));
        *(size_t *)((char *)about + number[i].at) = (size_t)value;
    }
    KIN_TRY(kin_sql_number(g, &value, 0, "PRAGMA user_version", ""));
    about->schema = (int)value;
    KIN_TRY(kin_sql_number(g, &about->created, 0, "SELECT value FROM meta WHERE key = 'created'", ""));
    KIN_TRY(kin_sql_number(g, &value, 0,
                           "SELECT coalesce((SELECT sum(length(picture)) FROM crop), 0)"
                           " + coalesce((SELECT sum(length(picture)) FROM rejection), 0)",
                           ""));
    about->picture_bytes = (uint64_t)value;
    KIN_TRY(add_size(g, "", &about->bytes));
    KIN_TRY(add_size(g, "-wal", &about->bytes));
    KIN_TRY(add_size(g, "-shm", &about->bytes));
    return read_models(g, models);
}

kin_status kin_gallery_about(kin_gallery *g, kin_about *about)
{
    kin_enter(g->ctx);
    *about = (kin_about){.ctx = g->ctx};
    kin_buffer models = kin_buffer_make(g->ctx);
    kin_status status = kin_gallery_freeze(g);
    if (status == KIN_OK) {
        status = read_about(g, about, &models);
        kin_gallery_thaw(g);
    }
    if (status == KIN_OK) {
        about->models = models.size / sizeof *about->model;
        about->model = (kin_model_about *)(void *)models.data;
    } else
        kin_buffer_free(&models);
    kin_leave(g->ctx);
    return status;
}

void kin_about_free(kin_about *about)
{
    if (!about->ctx) return;
    kin_enter(about->ctx);
    kin_release(about->ctx, about->model);
    kin_leave(about->ctx);
    *about = (kin_about){0};
}
