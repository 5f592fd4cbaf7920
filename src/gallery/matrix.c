/* SPDX-License-Identifier: Apache-2.0
 *
 * Loading the matrix of a model, and letting go of it.
 */
#include <math.h>
#include <string.h>

#include "gallery/matrix.h"

enum { KEEP = 2, LANES = 16 };

static void release(kin_context *ctx, kin_matrix *m)
{
    if (!m) return;
    kin_release(ctx, m->data);
    kin_sketch_free(ctx, &m->sketch);
    kin_release(ctx, m->score);
    kin_release(ctx, m->first);
    kin_release(ctx, m->person);
    kin_release(ctx, m->name);
    kin_release(ctx, m->mean);
    kin_release(ctx, m->ignored);
    kin_release(ctx, m->born);
    kin_release(ctx, m->date);
    kin_release(ctx, m->best);
    kin_release(ctx, m->rejected);
    kin_release(ctx, m->barred);
    kin_release(ctx, m);
}

void kin_matrix_forget(kin_gallery *g)
{
    while (g->matrix) {
        kin_matrix *m = g->matrix;
        g->matrix = m->next;
        if (m->data) memset(m->data, 0, m->room * m->stride * sizeof(float));
        if (m->rejected) memset(m->rejected, 0, m->rejections_room * m->stride * sizeof(float));
        release(g->ctx, m);
    }
}

/* --- names that outlive a matrix --- */

/* A copy of the person's present name, kept until the gallery is freed; the same pointer while the name is the same. */
static kin_status keep_name(kin_gallery *g, int64_t person, const char *name, const char **out)
{
    size_t low = 0, high = g->known_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (g->known[middle].person < person)
            low = middle + 1;
        else
            high = middle;
    }
    bool there = low < g->known_count && g->known[low].person == person;
    if (there && strcmp(g->known[low].name, name) == 0) {
        *out = g->known[low].name;
        return KIN_OK;
    }
    if (!there && g->known_count == g->known_room) {
        size_t room = g->known_room ? g->known_room * 2 : 64, bytes;
        if (!kin_mul_size(room, sizeof *g->known, &bytes)) return kin_fail(g->ctx, KIN_E_LIMIT, "too many people");
        KIN_TRY(kin_realloc(g->ctx, &g->known, bytes));
        g->known_room = room;
    }
    const char *copy;
    KIN_TRY(kin_arena_string(&g->names, name, strlen(name), &copy));
    if (!there) {
        memmove(&g->known[low + 1], &g->known[low], (g->known_count - low) * sizeof *g->known);
        g->known_count++;
    }
    g->known[low] = (kin_known_name){person, copy};
    *out = copy;
    return KIN_OK;
}

/* --- loading --- */

static kin_status grow_rows(kin_gallery *g, kin_matrix *m, size_t room)
{
    size_t floats, bytes;
    if (!kin_mul_size(room, m->stride, &floats) || !kin_mul_size(floats, sizeof(float), &bytes))
        return kin_fail(g->ctx, KIN_E_LIMIT, "%s: %zu vectors of %zu numbers are more than memory can hold", g->path, room,
                        m->width);
    KIN_TRY(kin_realloc(g->ctx, &m->data, bytes));
    KIN_TRY(kin_sketch_grow(g->ctx, &m->sketch, room));
    KIN_TRY(kin_realloc(g->ctx, &m->score, room * sizeof(float)));
    KIN_TRY(kin_realloc(g->ctx, &m->date, room * sizeof *m->date));
    m->room = room;
    return KIN_OK;
}

static kin_status grow_people(kin_gallery *g, kin_matrix *m)
{
    size_t room = m->people_room ? m->people_room * 2 : 64;
    KIN_TRY(kin_realloc(g->ctx, &m->first, (room + 1) * sizeof *m->first));
    KIN_TRY(kin_realloc(g->ctx, &m->person, room * sizeof *m->person));
    KIN_TRY(kin_realloc(g->ctx, &m->name, room * sizeof *m->name));
    KIN_TRY(kin_realloc(g->ctx, &m->mean, room * sizeof *m->mean));
    KIN_TRY(kin_realloc(g->ctx, &m->ignored, room * sizeof *m->ignored));
    KIN_TRY(kin_realloc(g->ctx, &m->born, room * sizeof *m->born));
    KIN_TRY(kin_realloc(g->ctx, &m->best, room * sizeof *m->best));
    m->people_room = room;
    return KIN_OK;
}

/* Row: person, name, ignored, born ... */
static kin_status new_person(kin_gallery *g, kin_matrix *m, int64_t person, sqlite3_stmt *row)
{
    const char *name;
    size_t      length;
    KIN_TRY(kin_row_text(g, row, 1, "name", KIN_NAME_MAX, &name, &length));
    if (m->people == m->people_room) KIN_TRY(grow_people(g, m));
    KIN_TRY(keep_name(g, person, name, &m->name[m->people]));
    m->person[m->people] = person;
    m->ignored[m->people] = sqlite3_column_int64(row, 2) != 0;
    m->born[m->people] = kin_row_date(row, 3);
    m->first[m->people++] = m->rows;
    return KIN_OK;
}

/* Row: person, name, ignored, born, date, face, vector. */
static kin_status add_row(kin_gallery *g, kin_matrix *m, sqlite3_stmt *row)
{
    int64_t person = sqlite3_column_int64(row, 0);
    if (!m->people || m->person[m->people - 1] != person) KIN_TRY(new_person(g, m, person, row));
    if (m->rows == m->room) KIN_TRY(grow_rows(g, m, m->room + m->room / 2 + LANES));
    KIN_TRY(kin_row_vector(g, row, 6, m->width, m->stride, m->data + m->rows * m->stride));
    kin_sketch_row(&m->sketch, m->rows, m->data + m->rows * m->stride);
    m->date[m->rows] = kin_row_date(row, 4);
    m->rows++;
    return KIN_OK;
}

/* Row: person, rejection, vector; people in order. Whoever has no vector of this model cannot be named anyway. */
static kin_status add_rejection(kin_gallery *g, kin_matrix *m, sqlite3_stmt *row, size_t *at)
{
    int64_t person = sqlite3_column_int64(row, 0);
    while (*at < m->people && m->person[*at] < person) ++*at;
    if (*at == m->people || m->person[*at] != person) return KIN_OK;
    if (m->rejections == m->rejections_room) {
        size_t room = m->rejections_room ? m->rejections_room * 2 : 16, bytes;
        if (!kin_mul_size(room, m->stride * sizeof(float), &bytes)) return kin_fail(g->ctx, KIN_E_LIMIT, "too many rejections");
        KIN_TRY(kin_realloc(g->ctx, &m->rejected, bytes));
        KIN_TRY(kin_realloc(g->ctx, &m->barred, room * sizeof *m->barred));
        m->rejections_room = room;
    }
    KIN_TRY(kin_row_vector(g, row, 2, m->width, m->stride, m->rejected + m->rejections * m->stride));
    m->barred[m->rejections++] = *at;
    return KIN_OK;
}

static kin_status load_rejections(kin_gallery *g, kin_matrix *m)
{
    sqlite3_stmt *row;
    size_t        at = 0;
    KIN_TRY(kin_sql_open(g, &row,
                         "SELECT r.person, r.id, v.vector FROM rejection_vector v JOIN rejection r ON r.id = v.rejection"
                         " WHERE v.model = ? ORDER BY r.person, r.id",
                         "i", m->model));
    kin_status status = KIN_OK;
    while (kin_sql_next(g, row, &status))
        status = add_rejection(g, m, row, &at);
    kin_sql_close(row);
    return status;
}

/* The dot product with a person's mean vector of unit length is the sum of the scores over the length of the sum of the
 * rows: only that length is kept. 0, so that the mean never counts, for rows that cancel each other. */
static void weigh(kin_matrix *m, double *person, double *everybody)
{
    kin_count count = kin_count_begin(m->width, everybody);
    for (size_t p = 0; p < m->people; p++) {
        size_t rows = m->first[p + 1] - m->first[p];
        double length = kin_count_add(&count, m->data + m->first[p] * m->stride, rows, m->stride, person);
        m->mean[p] = rows > 1 && length > 0.1 ? 1 / length : 0;
    }
    m->crowd = kin_count_end(&count);
}

static kin_status weigh_rows(kin_gallery *g, kin_matrix *m)
{
    double *sums;
    KIN_TRY(kin_alloc(g->ctx, 2 * m->width * sizeof *sums, &sums));
    weigh(m, sums, sums + m->width);
    kin_release(g->ctx, sums);
    return KIN_OK;
}

static kin_status load_rows(kin_gallery *g, kin_matrix *m)
{
    int64_t count;
    KIN_TRY(kin_sql_number(g, &count, 0, "SELECT count(*) FROM embedding WHERE model = ?", "i", m->model));
    KIN_TRY(grow_rows(g, m, (size_t)count + 1));
    KIN_TRY(grow_people(g, m));
    /* CROSS JOIN keeps this order of loops, so that rows come sorted without a sort of all vectors (in a file of /tmp). */
    sqlite3_stmt *row;
    KIN_TRY(kin_sql_open(g, &row,
                         "SELECT p.id, p.name, p.ignored, p.born, f.photo_date, f.id, e.vector FROM person p"
                         " CROSS JOIN face f ON f.person = p.id"
                         " CROSS JOIN embedding e ON e.model = ?1 AND e.face = f.id ORDER BY p.id, f.id",
                         "i", m->model));
    kin_status status = KIN_OK;
    while (kin_sql_next(g, row, &status))
        status = add_row(g, m, row);
    kin_sql_close(row);
    m->first[m->people] = m->rows;
    if (status == KIN_OK) status = load_rejections(g, m);
    return status == KIN_OK ? weigh_rows(g, m) : status;
}

kin_status kin_matrix_of(kin_gallery *g, int64_t model, size_t width, kin_matrix **out)
{
    int64_t version;
    KIN_TRY(kin_sql_number(g, &version, 0, "PRAGMA data_version", "")); /* counts other programs' commits */
    kin_matrix **link = &g->matrix;
    for (size_t i = 0; *link; i++) {
        kin_matrix *m = *link;
        bool        fresh = m->changes == g->changes && m->version == version;
        if (fresh && m->model == model) {
            *link = m->next;
            m->next = g->matrix;
            g->matrix = *out = m;
            return KIN_OK;
        }
        if (!fresh || i + 1 >= KEEP) {
            *link = m->next;
            release(g->ctx, m);
        } else
            link = &m->next;
    }
    kin_matrix *m;
    KIN_TRY(kin_alloc_zero(g->ctx, 1, sizeof *m, &m));
    m->model = model;
    m->width = width;
    m->stride = kin_align_up(width, LANES);
    m->sketch.n = m->stride;
    m->changes = g->changes;
    m->version = version;
    kin_status status = load_rows(g, m);
    if (status != KIN_OK) {
        release(g->ctx, m);
        return status;
    }
    m->next = g->matrix;
    g->matrix = *out = m;
    return KIN_OK;
}
