/* SPDX-License-Identifier: Apache-2.0
 *
 * Looking at every picture of a data set once, in threads, and dividing what is left.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "face/crop.h"
#include "learn/crew.h"
#include "learn/dataset.h"
#include "learn/sampler.h"

typedef struct {
    kin_dataset               *set;
    const kin_prepare_options *how;
    kin_crew                   crew;
    atomic_size_t              next;   /* the first sample that nobody has taken */
    atomic_bool                stop;
    pthread_mutex_t            lock;   /* of what follows and of the set's arena */
    size_t                     done;
    kin_status                 status;
    char                       error[KIN_ERROR_BYTES];
} job;

/* Whether a failure is the picture's own. */
static bool is_pictures(kin_status status)
{
    return status != KIN_E_MEMORY && status != KIN_E_CANCELLED && status != KIN_E_USAGE;
}

static kin_status look(job *j, kin_hand *hand, size_t i)
{
    kin_dataset *set = j->set;
    kin_sample  *sample = &set->sample[i];
    size_t       row = (size_t)set->card.width * 3;
    kin_image   *picture, *crop = NULL;
    KIN_TRY(kin_image_read(hand->ctx, sample->path, &picture));
    kin_status status = kin_sample_look(hand->ctx, &set->card, j->how->input, hand->detector, &j->how->detect,
                                        sample->label == set->unknown, picture, sample);
    if (status == KIN_OK && i < set->cached) status = kin_sample_crop(hand->ctx, &set->card, sample, picture, &crop);
    for (int y = 0; crop && y < crop->height; y++)
        memcpy(set->cache + (i * (size_t)crop->height + (size_t)y) * row, kin_pixels_row(crop, y), row);
    kin_image_free(crop);
    kin_image_free(picture);
    return status == KIN_OK ? KIN_OK : kin_fail_prefix(hand->ctx, status, sample->path);
}

static void see(job *j, kin_hand *hand, size_t i)
{
    kin_sample *sample = &j->set->sample[i];
    kin_status  status = kin_cancelled(j->set->ctx) ? kin_fail(hand->ctx, KIN_E_CANCELLED, "interrupted") : look(j, hand, i);
    const char *error = kin_error(hand->ctx);
    pthread_mutex_lock(&j->lock);
    if (status != KIN_OK && is_pictures(status)) {
        sample->form = KIN_SAMPLE_SKIPPED;
        sample->status = status;
        status = kin_arena_string(&j->set->arena, error, strlen(error), &sample->why);
        error = "out of memory";
    }
    if (status != KIN_OK && j->status == KIN_OK) {
        j->status = status;
        memcpy(j->error, error, strlen(error) + 1);
        atomic_store(&j->stop, true);
    }
    j->done++;
    if (j->how->progress) j->how->progress(j->how->user, j->done, j->set->count);
    pthread_mutex_unlock(&j->lock);
}

static void work(void *arg, size_t number, size_t worker)
{
    job   *j = arg;
    size_t i;
    (void)worker;
    while (!atomic_load(&j->stop) && (i = atomic_fetch_add(&j->next, 1)) < j->set->count) see(j, &j->crew.hand[number], i);
}

static kin_status see_all(kin_dataset *set, const kin_prepare_options *how)
{
    job j = {.set = set, .how = how, .lock = PTHREAD_MUTEX_INITIALIZER};
    KIN_TRY(kin_crew_open(set->ctx, set->ctx->splitter->width, KIN_HAND_PHOTOS, how->detector, &j.crew));
    kin_split(set->ctx->splitter, work, &j, j.crew.count);
    kin_crew_close(&j.crew);
    return j.status == KIN_OK ? KIN_OK : kin_fail(set->ctx, j.status, "%s", j.error);
}

/* Room for the crops of as many samples as fit, the first ones. */
static kin_status make_cache(kin_dataset *set, uint64_t bytes)
{
    size_t crop = (size_t)set->card.width * (size_t)set->card.height * 3;
    if (!bytes) bytes = set->ctx->max_memory > set->ctx->memory ? (set->ctx->max_memory - set->ctx->memory) / 2 : 0;
    size_t fit = (size_t)(bytes / crop);
    kin_release(set->ctx, set->cache);
    set->cache = NULL;
    set->cached = 0;
    if (fit > set->count) fit = set->count;
    if (fit) KIN_TRY(kin_alloc(set->ctx, fit * crop, &set->cache));
    set->cached = fit;
    return KIN_OK;
}

/* --- parts --- */

static int by_number(const void *a, const void *b)
{
    size_t x = *(const size_t *)a, y = *(const size_t *)b;
    return (x > y) - (x < y);
}

static kin_status divide(kin_dataset *set)
{
    size_t *usable, n = 0, held = 0;
    for (int part = 0; part < KIN_PARTS; part++) set->size[part] = 0;
    for (int part = 0; part < KIN_PARTS; part++) {
        kin_release(set->ctx, set->part[part]);
        set->part[part] = NULL;
        KIN_TRY(kin_alloc_zero(set->ctx, set->count, sizeof *set->part[part], &set->part[part]));
    }
    usable = set->part[KIN_PART_TRAINING];
    for (size_t i = 0; i < set->count; i++) {
        if (set->sample[i].form == KIN_SAMPLE_SKIPPED) continue;
        if (set->sample[i].validates)
            set->part[KIN_PART_VALIDATION][held++] = i;
        else
            usable[n++] = i;
    }
    if (!set->options.validation_dir && set->options.validation > 0) {
        kin_random random = kin_random_make(set->options.seed, 0);
        kin_shuffle(&random, usable, n);
        held = (size_t)(set->options.validation * (double)n);
        n -= held;
        memcpy(set->part[KIN_PART_VALIDATION], usable + n, held * sizeof *usable);
        qsort(usable, n, sizeof *usable, by_number);
        qsort(set->part[KIN_PART_VALIDATION], held, sizeof *usable, by_number);
    }
    set->size[KIN_PART_TRAINING] = n;
    set->size[KIN_PART_VALIDATION] = held;
    return n ? KIN_OK : kin_fail(set->ctx, KIN_E_NOT_FOUND, "none of %zu pictures is left to train with", set->count);
}

kin_status kin_dataset_prepare(kin_dataset *set, const kin_prepare_options *how)
{
    set->card = *how->card;
    KIN_TRY(kin_crop_check(set->ctx, how->card));
    KIN_TRY(make_cache(set, how->cache_bytes));
    KIN_TRY(see_all(set, how));
    for (size_t i = 0; i < set->count; i++)
        if (set->sample[i].form == KIN_SAMPLE_SKIPPED) KIN_TRY(kin_dataset_note(set, set->sample[i].why));
    return divide(set);
}
