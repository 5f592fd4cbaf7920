/* SPDX-License-Identifier: Apache-2.0
 *
 * Each face against all others: how it agrees with its own person and with the nearest other one, whether its label
 * fits, whether it is a picture seen before, and what a search would say if it were not in the gallery.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "gallery/crowd.h"
#include "gallery/doctor.h"
#include "kern/registry.h"

enum { ROWS_A_TASK = 16 };

/* What one task needs beside the ward; one a worker. */
typedef struct {
    float  *score, *sorted; /* [faces] */
    double *rest;           /* [stride] */
} desk;

typedef struct {
    kin_ward             *w;
    const kin_dot_kernel *kernel;
    desk                 *desk;
    double                another, unlike; /* similarities of the rule */
    size_t                begin, end;      /* faces of this round */
} ward_round;

static int falling(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return x < y ? 1 : x > y ? -1 : 0;
}

/* `all`: [width]. Sums end with zeros, as rows do. */
static void add_up(kin_ward *w, double *all)
{
    kin_count count = kin_count_begin(w->width, all);
    memset(w->sum, 0, w->d->people * w->stride * sizeof *w->sum);
    for (size_t p = 0; p < w->d->people; p++) {
        const kin_person_check *person = &w->d->person[p];
        const float            *rows = person->faces ? w->data + person->first * w->stride : NULL;
        w->length[p] = kin_count_add(&count, rows, person->faces, w->stride, w->sum + p * w->stride);
    }
    w->crowd = kin_count_end(&count);
}

/* The person's faces but this one and those of the same picture: their count, mean, best, mean of the better half, and
 * the similarity to their mean vector. */
typedef struct {
    size_t count;
    double mean, best, half, to_mean;
} company;

static company own_company(const kin_ward *w, size_t i, desk *s)
{
    const kin_person_check *person = &w->d->person[w->d->face[i].person];
    company                 c = {0, 0, -1, 0, 0};
    double                  total = 0, square = 0, dot = 0;
    memcpy(s->rest, w->sum + w->d->face[i].person * w->stride, w->stride * sizeof *s->rest);
    for (size_t j = person->first; j < person->first + person->faces; j++) {
        if (j == i || s->score[j] >= KIN_TWIN_SIMILARITY) {
            for (size_t k = 0; k < w->width; k++) s->rest[k] -= (double)w->data[j * w->stride + k];
            continue;
        }
        s->sorted[c.count++] = s->score[j];
        total += (double)s->score[j];
    }
    if (!c.count) return c;
    for (size_t k = 0; k < w->width; k++) {
        square += s->rest[k] * s->rest[k];
        dot += s->rest[k] * (double)w->data[i * w->stride + k];
    }
    qsort(s->sorted, c.count, sizeof *s->sorted, falling);
    size_t better = (c.count + 1) / 2;
    for (size_t k = 0; k < better; k++) c.half += (double)s->sorted[k] / (double)better;
    c.mean = total / (double)c.count;
    c.best = (double)s->sorted[0];
    c.to_mean = square > 0.01 ? dot / sqrt(square) : c.mean;
    return c;
}

static void meet_others(const kin_ward *w, size_t i, const float *score, kin_face_finding *f)
{
    double nearest = -2, rival = -2;
    for (size_t p = 0; p < w->d->people; p++) {
        const kin_person_check *person = &w->d->person[p];
        double                  total = 0, best = -2;
        if (p == w->d->face[i].person || !person->faces) continue;
        for (size_t j = person->first; j < person->first + person->faces; j++) {
            total += (double)score[j];
            best = fmax(best, (double)score[j]);
        }
        double to_mean = w->length[p] > 0.1 ? total / w->length[p] : -1;
        rival = fmax(rival, fmax(best, to_mean));
        if (to_mean > nearest) {
            nearest = to_mean;
            f->nearest = p;
            f->other = (float)(total / (double)person->faces);
        }
    }
    f->other_agree = f->nearest == KIN_NO_INDEX ? NAN : (float)fmin(1, nearest);
    if (f->nearest == KIN_NO_INDEX) f->other = NAN;
    f->rival = rival > -2 ? (float)fmin(1, rival) : NAN;
}

static void judge(const ward_round *r, size_t i, desk *s)
{
    const kin_ward *w = r->w;
    kin_face_finding *f = &w->d->face[i];
    r->kernel->rows(w->stride, w->data + i * w->stride, w->d->faces, w->data, (ptrdiff_t)w->stride, s->score);
    for (size_t j = 0; j < i && f->twin == KIN_NO_INDEX; j++)
        if (s->score[j] >= KIN_TWIN_SIMILARITY) f->twin = j;
    company c = own_company(w, i, s);
    meet_others(w, i, s->score, f);
    f->own = c.count ? (float)c.mean : NAN;
    f->own_agree = c.count ? (float)fmin(1, fmax(c.to_mean, c.half)) : NAN;
    f->found = c.count ? (float)fmin(1, fmax(c.best, c.to_mean)) : NAN;
    if (!c.count) return; /* nothing says which name is right */
    if ((double)f->other_agree >= r->another && (double)f->other_agree >= (double)f->own_agree + KIN_LABEL_MARGIN)
        f->label = KIN_LABEL_ANOTHER;
    else if ((double)f->own_agree < r->unlike)
        f->label = KIN_LABEL_UNLIKE;
}

static void judge_some(void *arg, size_t index, size_t worker)
{
    const ward_round *r = arg;
    size_t        begin = r->begin + index * ROWS_A_TASK, end = begin + ROWS_A_TASK;
    for (size_t i = begin; i < end && i < r->end && !kin_cancelled(r->w->ctx); i++) judge(r, i, &r->desk[worker]);
}

static kin_status judge_all(ward_round *r)
{
    kin_context *ctx = r->w->ctx;
    size_t       faces = r->w->d->faces, step = ROWS_A_TASK * ctx->splitter->width * 4;
    for (r->begin = 0; r->begin < faces; r->begin = r->end) {
        r->end = faces - r->begin < step ? faces : r->begin + step;
        kin_split(ctx->splitter, judge_some, r, (r->end - r->begin + ROWS_A_TASK - 1) / ROWS_A_TASK);
        if (kin_cancelled(ctx)) return kin_fail(ctx, KIN_E_CANCELLED, "interrupted");
    }
    return KIN_OK;
}

kin_status kin_ward_faces(kin_ward *w)
{
    size_t    faces = w->d->faces, workers = w->ctx->splitter->width;
    ward_round    r = {.w = w, .kernel = kin_kernels_for(w->ctx->cpu)->dot};
    kin_arena arena = kin_arena_make(w->ctx);
    r.another = kin_tail_similarity(w->tail, KIN_LABEL_OTHER_FAR);
    r.unlike = kin_tail_similarity(w->tail, KIN_LABEL_UNLIKE_FAR);
    kin_status status = kin_arena_alloc(&arena, workers, sizeof *r.desk, &r.desk);
    for (size_t i = 0; status == KIN_OK && i < workers; i++) {
        status = kin_arena_alloc(&arena, faces + 1, sizeof(float), &r.desk[i].score);
        if (status == KIN_OK) status = kin_arena_alloc(&arena, faces + 1, sizeof(float), &r.desk[i].sorted);
        if (status == KIN_OK) status = kin_arena_alloc(&arena, w->stride, sizeof(double), &r.desk[i].rest);
    }
    if (status == KIN_OK) {
        add_up(w, r.desk[0].rest);
        status = judge_all(&r);
    }
    kin_arena_free(&arena);
    return status;
}
