/* SPDX-License-Identifier: Apache-2.0
 *
 * Batches of pictures as floats, made ahead of the trainer in threads of their own: read, cut out, augmented, fed as the card
 * says. The same options give the same bits, for any number of threads and wherever the run was broken off.
 *
 *     kin_loader_new(set, &(kin_loader_options){.sampling = {...}, .recipe = &recipe, .seed = 1}, &loader);
 *     kin_batch batch;
 *     while (kin_loader_next(loader, &batch) == KIN_OK && batch.count) train(&batch);
 *     kin_loader_free(loader);
 */
#ifndef KIN_LEARN_LOADER_H
#define KIN_LEARN_LOADER_H

#include "learn/augment/augment.h"
#include "learn/sampler.h"

typedef struct {
    kin_part          part;
    kin_sampling      sampling;
    const kin_recipe *recipe;  /* NULL: pictures as they are; copied */
    uint64_t          epoch;   /* where to begin: this epoch */
    size_t            step;    /* and this batch of it */
    uint64_t          epochs;  /* ends before this epoch; 0: never */
    size_t            threads; /* beside the caller, who lends a hand while waiting; 0: as many as the context has */
    size_t            ahead;   /* batches in memory, at least 1; 0: 3 */
} kin_loader_options;

typedef struct {
    uint64_t       epoch;
    size_t         step, count; /* count 0: there are no more */
    const float   *pictures;    /* [count, card.height, card.width, 3] */
    const int32_t *labels;      /* [count] */
    const size_t  *samples;     /* [count], numbers in the set */
} kin_batch;

typedef struct kin_loader kin_loader;

/* A loader of a prepared set, which must outlive it. Chance is drawn by sampling.seed. Threads that the system does not give are
 * done without. */
kin_status kin_loader_new(const kin_dataset *set, const kin_loader_options *options, kin_loader **out);
/* What one takes of the context's memory for batches of so many pictures, with one hand and the usual batches ahead. */
uint64_t   kin_loader_bytes(const kin_dataset *set, size_t batch);
/* Ends its threads. Takes NULL. */
void       kin_loader_free(kin_loader *loader);
/* Batches of an epoch. */
size_t     kin_loader_steps(const kin_loader *loader);
/* *batch = the next one, valid until the next call. KIN_E_CANCELLED: kin_context_cancel on the set's context; the errors of
 * kin_image_read for a picture that cannot be read any more. One caller at a time. */
kin_status kin_loader_next(kin_loader *loader, kin_batch *batch);

#endif
