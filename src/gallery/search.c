/* SPDX-License-Identifier: Apache-2.0
 *
 * Exact search: all vectors of a model lie in memory as rows of one matrix, sorted by person; a search is one dot
 * product a row, split over the context's threads by people; the best row, or the mean of the person's rows where that
 * is nearer, counts for its person. The matrix is loaded at the first search and again when this or another program has
 * changed the gallery.
 */
#include <math.h>
#include <string.h>

#include "gallery/age.h"
#include "gallery/crowd.h"
#include "gallery/store.h"
#include "kern/registry.h"

enum { KEEP = 2, CHUNK_ROWS = 1024, LANES = 16 };
static const float OUT = -2; /* below every similarity */

struct kin_matrix {
    kin_matrix *next;
    int64_t     model;
    uint64_t    changes; /* of the gallery, and of the database, when it was loaded */
    int64_t     version;
    size_t      width, stride; /* floats; stride a multiple of a cache line, the rest is zero */
    size_t      rows, room, people, people_room;
    kin_crowd   crowd;
    float      *data;   /* [rows, stride] */
    float      *score;  /* [rows], of the search that runs */
    size_t     *first;  /* [people + 1]: first row */
    int64_t    *person; /* [people], rising */
    const char **name;  /* [people] */
    double     *mean;   /* [people]: what the sum of a person's scores is multiplied by */
    bool       *ignored; /* [people] */
    int        *born;   /* [people]: a date, 0: not known */
    int        *date;   /* [rows]: of the photo, 0: not known */
    float      *best;   /* [people], of the search that runs */
    size_t      rejections, rejections_room;
    float      *rejected; /* [rejections, stride]: faces that are not somebody */
    size_t     *barred;   /* [rejections]: who that is, an index of person */
};

static void release(kin_context *ctx, kin_matrix *m)
{
    if (!m) return;
    kin_release(ctx, m->data);
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

void kin_search_forget(kin_gallery *g)
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

/* The present matrix of a model that is in the database. */
static kin_status matrix_of(kin_gallery *g, int64_t model, size_t width, kin_matrix **out)
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

/* --- searching --- */

typedef struct {
    kin_matrix  *m;
    const float *query; /* m->stride floats */
    const kin_dot_kernel *kernel;
    size_t       pieces;
    int          date; /* of the photo, 0: not known */
} job;

/* First person of piece i: those whose first row is at or behind the piece's share of rows. */
static size_t piece_begin(const job *j, size_t i)
{
    const kin_matrix *m = j->m;
    size_t            row = i == j->pieces ? m->rows : m->rows / j->pieces * i, low = 0, high = m->people;
    if (i == j->pieces) return m->people;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (m->first[middle] < row)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The scores of somebody whose birth is known, by how near in time each face is to the photo. */
static void grow(kin_matrix *m, size_t p, int date)
{
    for (size_t row = m->first[p]; row < m->first[p + 1]; row++)
        m->score[row] *= (float)kin_age_weight(m->born[p], m->date[row], date);
}

static void search_piece(void *arg, size_t index, size_t worker)
{
    const job  *j = arg;
    kin_matrix *m = j->m;
    size_t      begin = piece_begin(j, index), end = piece_begin(j, index + 1);
    (void)worker;
    if (begin >= end) return;
    size_t row = m->first[begin], stop = m->first[end];
    j->kernel->rows(m->stride, j->query, stop - row, m->data + row * m->stride, (ptrdiff_t)m->stride, m->score + row);
    for (size_t p = begin; p < end; p++) {
        double best = -2, sum = 0;
        if (j->date && m->born[p]) grow(m, p, j->date);
        for (; row < m->first[p + 1]; row++) {
            best = fmax(best, (double)m->score[row]);
            sum += (double)m->score[row];
        }
        if (m->mean[p] > 0) best = fmax(best, sum * m->mean[p]);
        m->best[p] = (float)fmin(1, best);
    }
}

/* Whoever the face is not, by a rejection or because he was not born, leaves the race. */
static void bar(const job *j)
{
    kin_matrix *m = j->m;
    for (size_t p = 0; j->date && p < m->people; p++)
        if (m->born[p] > j->date) m->best[p] = OUT;
    float       score[CHUNK_ROWS];
    for (size_t begin = 0; begin < m->rejections; begin += CHUNK_ROWS) {
        size_t count = m->rejections - begin < CHUNK_ROWS ? m->rejections - begin : CHUNK_ROWS;
        j->kernel->rows(m->stride, j->query, count, m->rejected + begin * m->stride, (ptrdiff_t)m->stride, score);
        for (size_t i = 0; i < count; i++)
            if (score[i] >= KIN_NEAR_DUPLICATE) m->best[m->barred[begin + i]] = OUT;
    }
}

/* The k best of m->best, in order; the earlier (smaller id) first among equals. */
static size_t pick(const kin_matrix *m, size_t k, kin_candidate *out)
{
    size_t count = 0;
    for (size_t p = 0; p < m->people; p++) {
        if (!(m->best[p] > OUT)) continue;
        if (count == k && !(m->best[p] > out[k - 1].similarity)) continue;
        size_t at = count < k ? count++ : k - 1;
        for (; at > 0 && out[at - 1].similarity < m->best[p]; at--) out[at] = out[at - 1];
        out[at] = (kin_candidate){m->person[p], m->name[p], m->best[p], m->ignored[p]};
    }
    return count;
}

static kin_status find(kin_gallery *g, const char *model, size_t width, const float *vector, kin_matrix **out)
{
    int64_t id;
    size_t  there = width;
    *out = NULL;
    if (width < 1 || width > KIN_EMBEDDING_MAX || (vector && !kin_vector_unit(vector, width)))
        return kin_fail(g->ctx, KIN_E_USAGE, "vector of %zu numbers: not of unit length", width);
    KIN_TRY(kin_model_find(g, model, &id, &there));
    if (!id) return KIN_OK; /* nobody has a vector of this model */
    if (there != width)
        return kin_fail(g->ctx, KIN_E_USAGE, "%s: vector of %zu numbers, those of this model have %zu", g->path, width, there);
    return matrix_of(g, id, there, out);
}

kin_status kin_search_best(kin_gallery *g, const char *model, size_t width, const float *vector, int date, size_t k,
                           kin_candidate *best, size_t *count, kin_crowd *crowd)
{
    kin_matrix *m;
    *count = 0;
    *crowd = (kin_crowd){.alike = NAN};
    KIN_TRY(find(g, model, width, vector, &m));
    if (!m || !m->rows || !k) return KIN_OK;
    float query[KIN_EMBEDDING_MAX] __attribute__((aligned(KIN_ALIGN)));
    memcpy(query, vector, width * sizeof *query);
    memset(query + width, 0, (m->stride - width) * sizeof *query);
    job j = {m, query, kin_kernels_for(g->ctx->cpu)->dot, m->rows / CHUNK_ROWS + 1, date};
    kin_split(g->ctx->splitter, search_piece, &j, j.pieces);
    bar(&j);
    *count = pick(m, k, best);
    *crowd = m->crowd;
    return KIN_OK;
}

kin_status kin_gallery_search(kin_gallery *g, const char *model, size_t width, const float *vector, size_t k,
                              kin_candidate *best, size_t *count)
{
    kin_crowd crowd;
    kin_enter(g->ctx);
    kin_status status = kin_search_best(g, model, width, vector, 0, k, best, count, &crowd);
    kin_leave(g->ctx);
    return status;
}
