/* SPDX-License-Identifier: Apache-2.0
 *
 * Who is in a photo: its faces are decided together. Each face may be one of the people above the threshold who are less than
 * KIN_MARGIN behind its most similar one. A person is in a photo at most once: of all ways to give people to faces the one
 * counts whose similarities above the threshold have the greatest sum. What another way, whose sum is less than the margin
 * behind, would say otherwise is not known: such a face gets no name but candidates. Measured in docs/accuracy.md,
 * "Families"; scripts/simulate-families.py writes the rule once more.
 */
#include <math.h>
#include <string.h>

#include "base/date.h"
#include "gallery/assign.h"
#include "gallery/store.h"

/* What a face may be. Somebody ignored takes part in no assignment: any number of faces may be a crowd's. */
typedef struct {
    size_t        found, listed; /* of best: people at all; those less than the margin behind best[0], 0 below the threshold */
    kin_candidate best[KIN_CANDIDATES_MAX + 1];
    kin_candidate unborn;  /* the most similar of those who were not born; person 0: nobody */
    bool          possible[KIN_CANDIDATES_MAX]; /* [listed]: in one of the ways that count */
    bool          rival;   /* an ignored person is among those listed */
    size_t        group;   /* faces that list the same people, directly or by way of others, have the same */
    size_t        given;   /* the one of best[0..listed) whom the best way gives it, KIN_UNASSIGNED */
} seen_face;

/* The faces of one group, the people whom they list, and what they weigh. */
typedef struct {
    size_t   faces, people;
    size_t  *face;   /* [faces] */
    int64_t *person; /* [people] */
    double  *weight; /* [faces, people]: similarity above the threshold; what the face does not list: none */
    double  *trial;  /* the same, with what a trial leaves out */
    size_t  *column; /* [faces] */
} group;

static bool takes_part(const seen_face *f, size_t i)
{
    return i < f->listed && !f->best[i].ignored;
}

static kin_status look_up(kin_gallery *g, const char *model, size_t width, const float *vectors, size_t count,
                          int date, seen_face *face, kin_crowd *crowd)
{
    for (size_t i = 0; i < count; i++)
        KIN_TRY(kin_search_best(g, model, width, vectors + i * width, date, KIN_CANDIDATES_MAX + 1, face[i].best, &face[i].found,
                                &face[i].unborn, crowd));
    return KIN_OK;
}

static kin_status threshold_for(kin_gallery *g, const kin_impostor_tail *tail, const kin_crowd *crowd, float *threshold)
{
    *threshold = (float)g->threshold;
    if (!isnan(g->threshold)) return KIN_OK;
    KIN_TRY(kin_tail_check(g->ctx, tail));
    *threshold = (float)kin_decide_threshold(tail, crowd, g->fpir);
    return KIN_OK;
}

static void list_near(seen_face *f, float threshold)
{
    f->given = KIN_UNASSIGNED;
    if (!f->found || !(f->best[0].similarity >= threshold)) return;
    while (f->listed < f->found && f->listed < KIN_CANDIDATES_MAX && f->best[f->listed].similarity > f->best[0].similarity - KIN_MARGIN)
        f->listed++;
    for (size_t i = 0; i < f->listed; i++) f->rival = f->rival || f->best[i].ignored;
    if (f->best[0].ignored) f->listed = 0;
}

/* --- one person at most once --- */

static bool share(const seen_face *a, const seen_face *b)
{
    for (size_t i = 0; i < a->listed; i++)
        for (size_t k = 0; k < b->listed; k++)
            if (takes_part(a, i) && takes_part(b, k) && a->best[i].person == b->best[k].person) return true;
    return false;
}

/* Groups by their first face's number. */
static void group_faces(seen_face *face, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        face[i].group = i;
        for (size_t k = 0; k < i; k++) {
            if (face[k].group == face[i].group || !share(&face[k], &face[i])) continue;
            size_t from = face[i].group, to = face[k].group;
            if (from < to) from = to, to = face[i].group;
            for (size_t j = 0; j <= i; j++)
                if (face[j].group == from) face[j].group = to;
        }
    }
}

static size_t person_index(group *all, int64_t person)
{
    size_t i = 0;
    while (i < all->people && all->person[i] != person) i++;
    if (i == all->people) all->person[all->people++] = person;
    return i;
}

static kin_status gather(kin_arena *arena, const seen_face *face, size_t count, size_t number, float threshold, group *out)
{
    size_t       most = 0, size;
    const double floor = (double)nextafterf(threshold, -2); /* at the threshold is a name: above 0 */
    *out = (group){0};
    KIN_TRY(kin_arena_alloc(arena, count, sizeof *out->face, &out->face));
    for (size_t i = 0; i < count; i++)
        if (face[i].group == number) {
            out->face[out->faces++] = i;
            most += face[i].listed;
        }
    KIN_TRY(kin_arena_alloc(arena, most, sizeof *out->person, &out->person));
    KIN_TRY(kin_arena_alloc(arena, out->faces, sizeof *out->column, &out->column));
    for (size_t i = 0; i < out->faces; i++)
        for (size_t k = 0; k < face[out->face[i]].listed; k++)
            if (takes_part(&face[out->face[i]], k)) person_index(out, face[out->face[i]].best[k].person);
    if (!kin_mul_size(out->faces, out->people, &size)) return kin_fail(arena->ctx, KIN_E_LIMIT, "too many faces");
    KIN_TRY(kin_arena_alloc(arena, size, sizeof *out->weight, &out->weight));
    KIN_TRY(kin_arena_alloc(arena, size, sizeof *out->trial, &out->trial));
    for (size_t i = 0; i < out->faces; i++) {
        const seen_face *f = &face[out->face[i]];
        for (size_t k = 0; k < f->listed; k++)
            if (takes_part(f, k))
                out->weight[i * out->people + person_index(out, f->best[k].person)] = (double)f->best[k].similarity - floor;
    }
    return KIN_OK;
}

/* The sum of the best way in which face `i` of the group is person `p`. */
static kin_status total_with(kin_context *ctx, group *all, size_t i, size_t p, double *total)
{
    memcpy(all->trial, all->weight, all->faces * all->people * sizeof *all->trial);
    for (size_t k = 0; k < all->people; k++) all->trial[i * all->people + k] = 0;
    for (size_t k = 0; k < all->faces; k++) all->trial[k * all->people + p] = 0;
    KIN_TRY(kin_assign(ctx, all->faces, all->people, all->trial, all->column, total));
    *total += all->weight[i * all->people + p];
    return KIN_OK;
}

static kin_status settle_group(kin_context *ctx, group *all, seen_face *face)
{
    double best, total;
    KIN_TRY(kin_assign(ctx, all->faces, all->people, all->weight, all->column, &best));
    for (size_t i = 0; i < all->faces; i++) {
        seen_face *f = &face[all->face[i]];
        for (size_t k = 0; k < f->listed && all->column[i] != KIN_UNASSIGNED; k++)
            if (takes_part(f, k) && f->best[k].person == all->person[all->column[i]]) f->given = k;
    }
    for (size_t i = 0; i < all->faces; i++) {
        seen_face *f = &face[all->face[i]];
        if (kin_cancelled(ctx)) return kin_fail(ctx, KIN_E_CANCELLED, "cancelled");
        for (size_t k = 0; k < f->listed; k++) {
            if (!takes_part(f, k)) continue;
            KIN_TRY(total_with(ctx, all, i, person_index(all, f->best[k].person), &total));
            f->possible[k] = k == f->given || total > best - (double)KIN_MARGIN;
        }
    }
    return KIN_OK;
}

static kin_status settle(kin_context *ctx, seen_face *face, size_t count, float threshold)
{
    group_faces(face, count);
    for (size_t i = 0; i < count; i++) {
        if (face[i].group != i || !face[i].listed) continue;
        kin_arena  arena = kin_arena_make(ctx);
        group      all;
        kin_status status = gather(&arena, face, count, i, threshold, &all);
        if (status == KIN_OK) status = settle_group(ctx, &all, face);
        kin_arena_free(&arena);
        KIN_TRY(status);
    }
    return KIN_OK;
}

/* Each face for itself: whom it lists, it may be. */
static void settle_apart(seen_face *face, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < face[i].listed; k++) face[i].possible[k] = true, face[i].given = 0;
}

/* --- the answer --- */

/* Whether another face may be the person too. */
static bool contested(const seen_face *face, size_t count, size_t me, int64_t person)
{
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < face[i].listed; k++)
            if (i != me && face[i].possible[k] && face[i].best[k].person == person) return true;
    return false;
}

static void answer(const seen_face *face, size_t count, size_t me, bool repeat, float threshold, kin_match *match)
{
    const seen_face *f = &face[me];
    kin_candidate    may[KIN_CANDIDATES_MAX];
    size_t           n = 0;
    memset(match, 0, sizeof *match);
    match->threshold = threshold;
    match->nearest = f->best[0];
    match->runner_up = f->best[1];
    match->ignored = f->best[0].ignored && f->best[0].similarity >= threshold;
    for (size_t k = 0; k < f->listed; k++)
        if (f->possible[k] && takes_part(f, k)) may[n++] = f->best[k];
    bool known = n == 1 && f->given != KIN_UNASSIGNED && !f->rival && (repeat || !contested(face, count, me, may[0].person));
    if (known) {
        match->name = may[0].name;
        if (may[0].person != match->nearest.person) match->runner_up = match->nearest;
        match->nearest = may[0];
    } else if (n) {
        memcpy(match->candidate, may, n * sizeof *may);
        match->candidates = n;
    }
    match->taken = f->listed > 0 && n == 0;
    if (f->unborn.person && f->unborn.similarity >= threshold && f->unborn.similarity > f->best[0].similarity) match->unborn = f->unborn;
    match->similarity = match->nearest.similarity;
}

static kin_status decide(kin_gallery *g, const char *model, size_t width, const float *vectors, size_t count,
                         const kin_impostor_tail *tail, const kin_occasion *occasion, seen_face *face, kin_match *match)
{
    kin_crowd crowd = {.alike = NAN};
    float     threshold;
    bool      repeat = occasion && occasion->repeat;
    int       date = occasion ? occasion->date : 0;
    if (date && !kin_date_valid(date)) return kin_fail(g->ctx, KIN_E_USAGE, "photo: %d is no date", date);
    KIN_TRY(look_up(g, model, width, vectors, count, date, face, &crowd));
    KIN_TRY(threshold_for(g, tail, &crowd, &threshold));
    for (size_t i = 0; i < count; i++) list_near(&face[i], threshold);
    if (repeat)
        settle_apart(face, count);
    else
        KIN_TRY(settle(g->ctx, face, count, threshold));
    for (size_t i = 0; i < count; i++) answer(face, count, i, repeat, threshold, &match[i]);
    return KIN_OK;
}

kin_status kin_gallery_match_photo(kin_gallery *g, const char *model, size_t width, const float *vectors, size_t count,
                                   const kin_impostor_tail *tail, const kin_occasion *occasion, kin_match *match)
{
    kin_enter(g->ctx);
    seen_face *face = NULL;
    if (count) memset(match, 0, count * sizeof *match);
    kin_status status = kin_alloc_zero(g->ctx, count + 1, sizeof *face, &face);
    if (status == KIN_OK) status = decide(g, model, width, vectors, count, tail, occasion, face, match);
    if (status != KIN_OK && count) memset(match, 0, count * sizeof *match);
    kin_release(g->ctx, face);
    kin_leave(g->ctx);
    return status;
}

kin_status kin_gallery_match(kin_gallery *g, const char *model, size_t width, const float *vector,
                             const kin_impostor_tail *tail, kin_match *match)
{
    return kin_gallery_match_photo(g, model, width, vector, 1, tail, NULL, match);
}
