/* SPDX-License-Identifier: Apache-2.0
 *
 * A ring of batches. A piece of work is one picture of the oldest batch that has any left; a batch is opened (its samples drawn)
 * when the first of its pictures is taken, and given out when all of them are done. Every picture is made from its numbers
 * alone, so it does not matter who makes it.
 */
#include "learn/loader.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "face/crop.h"
#include "learn/crew.h"

enum { AHEAD = 3, AHEAD_MAX = 1024 };

/* A batch that is being made. */
typedef struct {
    uint64_t   epoch;
    size_t     step, count, taken, done;
    float     *pictures;
    int32_t   *labels;
    size_t    *samples;
    size_t     failed; /* the first picture that could not be made; SIZE_MAX: none */
    kin_status status;
    char       error[KIN_ERROR_BYTES];
} cell;

typedef struct {
    kin_loader *loader;
    kin_hand   *hand;
    kin_image  *made; /* what the recipe makes */
    pthread_t   thread;
} maker;

struct kin_loader {
    const kin_dataset *set;
    kin_context       *ctx;
    kin_loader_options options;
    kin_recipe         recipe;
    kin_sampler        sampler;
    size_t             size;   /* floats of a picture */
    kin_crew           crew;
    maker             *maker;  /* [crew.count]; the first is the caller */
    size_t             started; /* threads: maker[1 .. started] */
    pthread_mutex_t    lock;   /* of all that follows */
    pthread_cond_t     work, ready;
    cell              *ring;   /* [options.ahead] */
    uint64_t           epoch;  /* of the next batch to be opened */
    size_t             step;
    uint64_t           opened, given; /* batches so far; batch n stands in ring[n % ahead] */
    bool               held, quit;    /* the caller looks at batch `given` */
};

/* --- one picture --- */

static kin_status make(maker *m, const cell *c, size_t place)
{
    kin_loader *l = m->loader;
    kin_image   crop, *owner;
    KIN_TRY(kin_dataset_crop(l->set, c->samples[place], m->hand->ctx, &crop, &owner));
    kin_status status = KIN_OK;
    if (l->options.recipe) {
        kin_random chance = kin_recipe_chance(l->options.sampling.seed, c->epoch, c->samples[place],
                                              kin_sampler_turn(&l->sampler, c->step, place));
        status = kin_recipe_apply(&l->recipe, &chance, &crop, m->made);
    }
    if (status == KIN_OK)
        status = kin_crop_feed(m->hand->ctx, &l->set->card, l->options.recipe ? m->made : &crop, c->pictures + place * l->size);
    kin_image_free(owner);
    return status;
}

/* Makes it without the lock, which the caller holds before and after. */
static void make_unlocked(maker *m, cell *c, size_t place)
{
    kin_loader *l = m->loader;
    pthread_mutex_unlock(&l->lock);
    kin_status status = make(m, c, place);
    pthread_mutex_lock(&l->lock);
    if (status != KIN_OK && place < c->failed) { /* the same is told whoever was first */
        c->failed = place;
        c->status = status;
        snprintf(c->error, sizeof c->error, "%s", kin_error(m->hand->ctx));
    }
    if (++c->done == c->count) pthread_cond_broadcast(&l->ready);
}

/* --- whose turn --- */

static bool at_end(const kin_loader *l)
{
    return l->options.epochs && l->epoch >= l->options.epochs;
}

static void open_cell(kin_loader *l)
{
    cell *c = &l->ring[l->opened++ % l->options.ahead];
    c->epoch = l->epoch;
    c->step = l->step;
    c->count = kin_sampler_draw(&l->sampler, l->epoch, l->step, c->samples);
    c->taken = c->done = 0;
    c->failed = SIZE_MAX;
    c->status = KIN_OK;
    for (size_t i = 0; i < c->count; i++) c->labels[i] = (int32_t)l->set->sample[c->samples[i]].label;
    if (++l->step == kin_sampler_steps(&l->sampler)) l->step = 0, l->epoch++;
}

/* The oldest batch that has a picture left; NULL when there is nothing to do now. */
static cell *find_work(kin_loader *l)
{
    for (uint64_t n = l->given; n < l->opened; n++) {
        cell *c = &l->ring[n % l->options.ahead];
        if (c->taken < c->count) return c;
    }
    if (l->opened - l->given >= l->options.ahead || at_end(l)) return NULL;
    open_cell(l);
    return &l->ring[(l->opened - 1) % l->options.ahead];
}

static void *work(void *arg)
{
    maker      *m = arg;
    kin_loader *l = m->loader;
    pthread_mutex_lock(&l->lock);
    while (!l->quit) {
        cell *c = find_work(l);
        if (c)
            make_unlocked(m, c, c->taken++);
        else
            pthread_cond_wait(&l->work, &l->lock);
    }
    pthread_mutex_unlock(&l->lock);
    return NULL;
}

static kin_status next(kin_loader *l, kin_batch *batch)
{
    if (l->held) {
        l->given++;
        l->held = false;
        pthread_cond_broadcast(&l->work);
    }
    if (l->given == l->opened && at_end(l)) return KIN_OK;
    if (l->given == l->opened) open_cell(l);
    cell *c = &l->ring[l->given % l->options.ahead];
    while (c->done < c->count) {
        if (kin_cancelled(l->ctx)) return kin_fail(l->ctx, KIN_E_CANCELLED, "interrupted");
        if (c->taken < c->count)
            make_unlocked(&l->maker[0], c, c->taken++);
        else
            pthread_cond_wait(&l->ready, &l->lock);
    }
    if (kin_cancelled(l->ctx)) return kin_fail(l->ctx, KIN_E_CANCELLED, "interrupted");
    if (c->status != KIN_OK) return kin_fail(l->ctx, c->status, "%s", c->error);
    l->held = true;
    *batch = (kin_batch){c->epoch, c->step, c->count, c->pictures, c->labels, c->samples};
    return KIN_OK;
}

kin_status kin_loader_next(kin_loader *loader, kin_batch *batch)
{
    *batch = (kin_batch){0};
    pthread_mutex_lock(&loader->lock);
    kin_status status = next(loader, batch);
    pthread_mutex_unlock(&loader->lock);
    return status;
}

size_t kin_loader_steps(const kin_loader *loader)
{
    return kin_sampler_steps(&loader->sampler);
}

/* --- making one --- */

static kin_status make_ring(kin_loader *l)
{
    size_t batch = l->options.sampling.batch, floats;
    if (!kin_mul_size(batch, l->size, &floats)) return kin_fail(l->ctx, KIN_E_LIMIT, "a batch of %zu pictures is too large", batch);
    KIN_TRY(kin_alloc_zero(l->ctx, l->options.ahead, sizeof *l->ring, &l->ring));
    for (size_t i = 0; i < l->options.ahead; i++) {
        cell *c = &l->ring[i];
        KIN_TRY(kin_alloc_zero(l->ctx, floats, sizeof *c->pictures, &c->pictures));
        KIN_TRY(kin_alloc_zero(l->ctx, batch, sizeof *c->labels, &c->labels));
        KIN_TRY(kin_alloc_zero(l->ctx, batch, sizeof *c->samples, &c->samples));
    }
    return KIN_OK;
}

static uint64_t hand_bytes(const kin_dataset *set)
{
    return set->cached == set->count ? KIN_HAND_CROPS : KIN_HAND_PHOTOS;
}

uint64_t kin_loader_bytes(const kin_dataset *set, size_t batch)
{
    uint64_t crop = (uint64_t)set->card.width * (uint64_t)set->card.height * 3;
    return AHEAD * batch * crop * sizeof(float) + 2 * hand_bytes(set); /* a crew takes half of what is left */
}

static kin_status make_makers(kin_loader *l)
{
    size_t threads = l->options.threads ? l->options.threads : l->ctx->splitter->width;
    KIN_TRY(kin_crew_open(l->ctx, threads + 1, hand_bytes(l->set), NULL, &l->crew));
    KIN_TRY(kin_alloc_zero(l->ctx, l->crew.count, sizeof *l->maker, &l->maker));
    for (size_t i = 0; i < l->crew.count; i++) {
        maker *m = &l->maker[i];
        *m = (maker){.loader = l, .hand = &l->crew.hand[i]};
        kin_status status = kin_pixels_new(m->hand->ctx, l->set->card.width, l->set->card.height, &m->made);
        if (status != KIN_OK) return kin_fail(l->ctx, status, "%s", kin_error(m->hand->ctx));
    }
    return KIN_OK;
}

/* Signals go to the program's own threads. */
static void start(kin_loader *l)
{
    sigset_t all, before;
    sigfillset(&all);
    if (pthread_sigmask(SIG_SETMASK, &all, &before)) return;
    while (l->started + 1 < l->crew.count) {
        maker *m = &l->maker[l->started + 1];
        if (pthread_create(&m->thread, NULL, work, m)) break;
        l->started++; /* only the caller reads it */
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

static kin_status fill(kin_loader *l)
{
    kin_loader_options *o = &l->options;
    if (o->recipe) l->recipe = *o->recipe;
    if (o->ahead == 0) o->ahead = AHEAD;
    if (o->ahead > AHEAD_MAX)
        return kin_fail(l->ctx, KIN_E_USAGE, "%zu batches ahead, expected at most %d", o->ahead, AHEAD_MAX);
    KIN_TRY(kin_sampler_make(l->set, o->part, &o->sampling, &l->sampler));
    if (o->step >= kin_sampler_steps(&l->sampler))
        return kin_fail(l->ctx, KIN_E_USAGE, "step %zu of an epoch of %zu", o->step, kin_sampler_steps(&l->sampler));
    KIN_TRY(make_ring(l));
    return make_makers(l);
}

kin_status kin_loader_new(const kin_dataset *set, const kin_loader_options *options, kin_loader **out)
{
    kin_loader *l;
    *out = NULL;
    KIN_TRY(kin_alloc_zero(set->ctx, 1, sizeof *l, &l));
    *l = (kin_loader){.set = set, .ctx = set->ctx, .options = *options, .epoch = options->epoch, .step = options->step,
                      .size = (size_t)set->card.width * (size_t)set->card.height * 3};
    pthread_mutex_init(&l->lock, NULL);
    pthread_cond_init(&l->work, NULL);
    pthread_cond_init(&l->ready, NULL);
    kin_status status = fill(l);
    if (status != KIN_OK) {
        kin_loader_free(l);
        return status;
    }
    start(l);
    *out = l;
    return KIN_OK;
}

void kin_loader_free(kin_loader *l)
{
    if (!l) return;
    pthread_mutex_lock(&l->lock);
    l->quit = true;
    pthread_cond_broadcast(&l->work);
    pthread_mutex_unlock(&l->lock);
    for (size_t i = 1; i <= l->started; i++) pthread_join(l->maker[i].thread, NULL);
    for (size_t i = 0; l->maker && i < l->crew.count; i++) kin_image_free(l->maker[i].made);
    kin_crew_close(&l->crew);
    kin_release(l->ctx, l->maker);
    for (size_t i = 0; l->ring && i < l->options.ahead; i++) {
        kin_release(l->ctx, l->ring[i].pictures);
        kin_release(l->ctx, l->ring[i].labels);
        kin_release(l->ctx, l->ring[i].samples);
    }
    kin_release(l->ctx, l->ring);
    kin_sampler_free(&l->sampler);
    pthread_cond_destroy(&l->ready);
    pthread_cond_destroy(&l->work);
    pthread_mutex_destroy(&l->lock);
    kin_release(l->ctx, l);
}
