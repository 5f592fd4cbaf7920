/* SPDX-License-Identifier: Apache-2.0
 *
 * Exact search: the best row of a person, or the mean of the person's rows where that is nearer, counts for its person. First
 * every row's dot product is bounded by its sketch, split over the context's threads by people; the vectors themselves are
 * asked only about people whose bound is above the k best so far.
 */
#include <math.h>
#include <string.h>

#include "base/date.h"
#include "gallery/age.h"
#include "gallery/matrix.h"
#include "kern/registry.h"

enum { CHUNK_ROWS = 1024 };
static const float OUT = -2; /* below every similarity */

typedef struct {
    kin_matrix  *m;
    const float *query; /* m->stride floats */
    const kin_sketch_query *rough; /* the same */
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

/* Of a photo of which a month or year is known, the last day of it counts: somebody may have been born before. */
static bool not_born(const job *j, size_t p)
{
    return j->date && j->m->born[p] > kin_date_last(j->date);
}

/* What a similarity to this row counts: that of somebody whose birth is known by how near in time the face is to the photo. */
static float counted(const job *j, size_t p, size_t row, float score)
{
    const kin_matrix *m = j->m;
    return j->date && m->born[p] && !not_born(j, p) ? score * (float)kin_age_weight(m->born[p], m->date[row], j->date) : score;
}

/* A person's similarity from the scores of the rows. Rises with each of them, however it is rounded: of bounds it is a bound. */
static float likeness(const job *j, size_t p)
{
    const kin_matrix *m = j->m;
    double            best = OUT, sum = 0;
    for (size_t row = m->first[p]; row < m->first[p + 1]; row++) {
        double score = (double)counted(j, p, row, m->score[row]);
        best = best > score ? best : score;
        sum += score;
    }
    if (m->mean[p] > 0) best = fmax(best, sum * m->mean[p]);
    return (float)fmin(1, best);
}

static void bound_piece(void *arg, size_t index, size_t worker)
{
    const job  *j = arg;
    kin_matrix *m = j->m;
    size_t      begin = piece_begin(j, index), end = piece_begin(j, index + 1);
    (void)worker;
    if (begin >= end) return;
    size_t row = m->first[begin];
    kin_sketch_bounds(&m->sketch, j->rough, j->kernel, row, m->first[end] - row, m->score + row);
    for (size_t p = begin; p < end; p++) m->best[p] = likeness(j, p);
}

/* A person's similarity from the vectors. One row after the other while bounds are above the best row; all of them where the
 * mean may be nearer still. */
static float exact_likeness(const job *j, size_t p)
{
    kin_matrix *m = j->m;
    size_t      begin = m->first[p], rows = m->first[p + 1] - begin;
    double      best = OUT, sum = 0;
    for (size_t row = begin; row < begin + rows; row++) {
        double score = (double)counted(j, p, row, m->score[row]);
        if (score > best) {
            m->score[row] = j->kernel->dot(m->stride, j->query, m->data + row * m->stride);
            score = (double)counted(j, p, row, m->score[row]);
            best = best > score ? best : score;
        }
        sum += score;
    }
    if (!(m->mean[p] > 0 && sum * m->mean[p] > best)) return (float)fmin(1, best);
    j->kernel->rows(m->stride, j->query, rows, m->data + begin * m->stride, (ptrdiff_t)m->stride, m->score + begin);
    return likeness(j, p);
}

/* Whoever the face is not, by a rejection, leaves the race. */
static void bar(const job *j)
{
    kin_matrix *m = j->m;
    float       score[CHUNK_ROWS];
    for (size_t begin = 0; begin < m->rejections; begin += CHUNK_ROWS) {
        size_t count = m->rejections - begin < CHUNK_ROWS ? m->rejections - begin : CHUNK_ROWS;
        j->kernel->rows(m->stride, j->query, count, m->rejected + begin * m->stride, (ptrdiff_t)m->stride, score);
        for (size_t i = 0; i < count; i++)
            if (score[i] >= KIN_NEAR_DUPLICATE) m->best[m->barred[begin + i]] = OUT;
    }
}

/* The k best of those who were born, or of those who were not, in order; the earlier (smaller id) first among equals. */
static size_t pick(const job *j, bool born, size_t k, kin_candidate *out)
{
    const kin_matrix *m = j->m;
    size_t            count = 0;
    for (size_t p = 0; p < m->people; p++) {
        if (!(m->best[p] > OUT) || not_born(j, p) == born) continue;
        if (count == k && !(m->best[p] > out[k - 1].similarity)) continue;
        float similarity = exact_likeness(j, p);
        if (count == k && !(similarity > out[k - 1].similarity)) continue;
        size_t at = count < k ? count++ : k - 1;
        for (; at > 0 && out[at - 1].similarity < similarity; at--) out[at] = out[at - 1];
        out[at] = (kin_candidate){m->person[p], m->name[p], similarity, m->ignored[p]};
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
    return kin_matrix_of(g, id, there, out);
}

kin_status kin_search_best(kin_gallery *g, const char *model, size_t width, const float *vector, int date, size_t k,
                           kin_candidate *best, size_t *count, kin_candidate *unborn, kin_crowd *crowd)
{
    kin_matrix *m;
    *count = 0;
    *unborn = (kin_candidate){0};
    *crowd = (kin_crowd){.alike = NAN};
    KIN_TRY(find(g, model, width, vector, &m));
    if (!m || !m->rows || !k) return KIN_OK;
    float query[KIN_EMBEDDING_MAX] __attribute__((aligned(KIN_ALIGN)));
    memcpy(query, vector, width * sizeof *query);
    memset(query + width, 0, (m->stride - width) * sizeof *query);
    kin_sketch_query rough;
    kin_sketch_ask(&m->sketch, query, &rough);
    job j = {m, query, &rough, kin_kernels_for(g->ctx->cpu)->dot, m->rows / CHUNK_ROWS + 1, date};
    kin_split(g->ctx->splitter, bound_piece, &j, j.pieces);
    bar(&j);
    *count = pick(&j, true, k, best);
    if (date) pick(&j, false, 1, unborn);
    *crowd = m->crowd;
    return KIN_OK;
}

kin_status kin_gallery_search(kin_gallery *g, const char *model, size_t width, const float *vector, size_t k,
                              kin_candidate *best, size_t *count)
{
    kin_crowd     crowd;
    kin_candidate unborn;
    kin_enter(g->ctx);
    kin_status status = kin_search_best(g, model, width, vector, 0, k, best, count, &unborn, &crowd);
    kin_leave(g->ctx);
    return status;
}
