/* SPDX-License-Identifier: Apache-2.0
 *
 * Orders of samples.
 */
#include "learn/sampler.h"

#include <string.h>

void kin_shuffle(kin_random *random, size_t *list, size_t count)
{
    for (size_t i = count; i > 1; i--) {
        size_t k = (size_t)kin_random_below(random, i), other = list[k];
        list[k] = list[i - 1];
        list[i - 1] = other;
    }
}

/* The first `most` of a shuffle. */
static void draw_few(kin_random *random, size_t *list, size_t count, size_t most)
{
    for (size_t i = 0; i < most; i++) {
        size_t k = i + (size_t)kin_random_below(random, count - i), other = list[k];
        list[k] = list[i];
        list[i] = other;
    }
}

/* --- making one --- */

static kin_status check(kin_sampler *s)
{
    const kin_sampling *how = &s->how;
    if (how->order == KIN_ORDER_PEOPLE) {
        size_t all;
        if (how->people < 1 || how->photos < 1 || !kin_mul_size(how->people, how->photos, &all) || all != how->batch)
            return kin_fail(s->ctx, KIN_E_USAGE, "a batch of %zu pictures, expected %zu people x %zu photos", how->batch,
                            how->people, how->photos);
        if (how->people > s->several)
            return kin_fail(s->ctx, KIN_E_USAGE, "%zu people a batch, but only %zu have two pictures or more", how->people,
                            s->several);
    }
    if (how->order == KIN_ORDER_PAIRS && (how->batch < 2 || how->batch % 2))
        return kin_fail(s->ctx, KIN_E_USAGE, "a batch of %zu pictures, expected an even number for pairs", how->batch);
    if (how->order == KIN_ORDER_PAIRS && (s->several < 1 || s->people < 2))
        return kin_fail(s->ctx, KIN_E_USAGE, "pairs want two people, one of them with two pictures");
    if (how->batch < 1) return kin_fail(s->ctx, KIN_E_USAGE, "a batch of no pictures");
    if (!s->count) return kin_fail(s->ctx, KIN_E_USAGE, "no pictures in this part");
    return KIN_OK;
}

/* Samples stand by label, so those of one are together. */
static void find_people(kin_sampler *s, const kin_dataset *set)
{
    for (size_t i = 0, label = 0; label <= s->classes; label++) {
        while (i < s->count && set->sample[s->number[i]].label < label) i++;
        s->first[label] = i;
    }
    for (int several = 1; several >= 0; several--) {
        for (size_t k = 0; k < s->classes; k++) {
            size_t n = s->first[k + 1] - s->first[k];
            if (k != set->unknown && (several ? n > 1 : n == 1)) s->person[s->people++] = k;
        }
        if (several) s->several = s->people;
    }
}

kin_status kin_sampler_make(const kin_dataset *set, kin_part part, const kin_sampling *how, kin_sampler *s)
{
    kin_context *ctx = set->ctx;
    *s = (kin_sampler){.ctx = ctx, .how = *how, .count = set->size[part], .classes = set->classes, .number = set->part[part],
                       .epoch = UINT64_MAX};
    kin_status status = kin_alloc_zero(ctx, s->classes + 1, sizeof *s->first, &s->first);
    if (status == KIN_OK) status = kin_alloc_zero(ctx, s->classes, sizeof *s->person, &s->person);
    if (status == KIN_OK) status = kin_alloc_zero(ctx, s->classes, sizeof *s->drawn, &s->drawn);
    if (status == KIN_OK) status = kin_alloc_zero(ctx, s->count, sizeof *s->scratch, &s->scratch);
    if (status == KIN_OK) {
        find_people(s, set);
        status = check(s);
    }
    if (status != KIN_OK) kin_sampler_free(s);
    return status;
}

void kin_sampler_free(kin_sampler *s)
{
    if (!s->ctx) return;
    kin_release(s->ctx, s->first);
    kin_release(s->ctx, s->person);
    kin_release(s->ctx, s->drawn);
    kin_release(s->ctx, s->scratch);
    *s = (kin_sampler){0};
}

/* --- drawing --- */

static bool once_an_epoch(const kin_sampler *s)
{
    return s->how.order == KIN_ORDER_PLAIN || s->how.order == KIN_ORDER_SHUFFLED;
}

size_t kin_sampler_steps(const kin_sampler *s)
{
    size_t all = s->count;
    if (!once_an_epoch(s))
        for (size_t i = all = 0; i < s->people; i++) all += s->first[s->person[i] + 1] - s->first[s->person[i]];
    size_t steps = all / s->how.batch + (once_an_epoch(s) && !s->how.drop_last && all % s->how.batch > 0);
    return steps ? steps : 1;
}

uint64_t kin_sampler_turn(const kin_sampler *s, size_t step, size_t place)
{
    return once_an_epoch(s) ? 0 : (uint64_t)step * s->how.batch + place;
}

static size_t draw_once(kin_sampler *s, uint64_t epoch, size_t step, size_t *number)
{
    size_t from = step * s->how.batch, n = s->count > from ? s->count - from : 0;
    if (s->epoch != epoch) {
        kin_random random = kin_random_make(s->how.seed, epoch);
        memcpy(s->scratch, s->number, s->count * sizeof *s->scratch);
        if (s->how.order == KIN_ORDER_SHUFFLED) kin_shuffle(&random, s->scratch, s->count);
        s->epoch = epoch;
    }
    if (n > s->how.batch) n = s->how.batch;
    memcpy(number, s->scratch + from, n * sizeof *number);
    return n;
}

/* `wanted` pictures of a person, different ones as long as there are. */
static void draw_photos(kin_sampler *s, kin_random *random, size_t person, size_t wanted, size_t *number)
{
    size_t n = s->first[person + 1] - s->first[person];
    memcpy(s->scratch, s->number + s->first[person], n * sizeof *s->scratch);
    draw_few(random, s->scratch, n, wanted < n ? wanted : n);
    for (size_t i = 0; i < wanted; i++) number[i] = s->scratch[i % n];
}

static void draw_pairs(kin_sampler *s, kin_random *random, size_t *number)
{
    for (size_t i = 0; i < s->how.batch; i += 2) {
        if (i / 2 % 2 == 0) {
            draw_photos(s, random, s->person[kin_random_below(random, s->several)], 2, number + i);
            continue;
        }
        size_t a = (size_t)kin_random_below(random, s->people), b = (size_t)kin_random_below(random, s->people - 1);
        draw_photos(s, random, s->person[a], 1, number + i);
        draw_photos(s, random, s->person[b < a ? b : b + 1], 1, number + i + 1);
    }
}

static void draw_people(kin_sampler *s, kin_random *random, size_t *number)
{
    memcpy(s->drawn, s->person, s->several * sizeof *s->drawn);
    draw_few(random, s->drawn, s->several, s->how.people);
    for (size_t i = 0; i < s->how.people; i++)
        draw_photos(s, random, s->drawn[i], s->how.photos, number + i * s->how.photos);
}

size_t kin_sampler_draw(kin_sampler *s, uint64_t epoch, size_t step, size_t *number)
{
    if (once_an_epoch(s)) return draw_once(s, epoch, step, number);
    kin_random of_epoch = kin_random_make(s->how.seed, epoch), random = kin_random_split(&of_epoch, step);
    (s->how.order == KIN_ORDER_PAIRS ? draw_pairs : draw_people)(s, &random, number);
    return s->how.batch;
}
