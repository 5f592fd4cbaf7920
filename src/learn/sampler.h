/* SPDX-License-Identifier: Apache-2.0
 *
 * Which pictures a batch is made of. Everything follows from (seed, epoch, step): no state is kept that a checkpoint would have
 * to hold.
 */
#ifndef KIN_LEARN_SAMPLER_H
#define KIN_LEARN_SAMPLER_H

#include "base/random.h"
#include "learn/dataset.h"

typedef enum {
    KIN_ORDER_PLAIN,    /* every sample once an epoch, in the set's order */
    KIN_ORDER_SHUFFLED, /* every sample once an epoch */
    KIN_ORDER_PAIRS,    /* places 2i and 2i + 1 belong together: one person in every second pair, else two */
    KIN_ORDER_PEOPLE    /* `people` people with `photos` pictures each: A. Hermans, L. Beyer, B. Leibe, In Defense of the Triplet
                         * Loss for Person Re-Identification, 2017. Who has fewer comes more than once */
} kin_order;

typedef struct {
    kin_order order;
    size_t    batch;          /* pictures; with KIN_ORDER_PEOPLE people * photos */
    size_t    people, photos; /* of KIN_ORDER_PEOPLE */
    bool      drop_last;      /* of PLAIN and SHUFFLED: a last batch that is not full is left out */
    uint64_t  seed;
} kin_sampling;

typedef struct {
    kin_context  *ctx;
    kin_sampling  how;
    size_t        count, classes;
    const size_t *number; /* [count], the part's samples; the set's */
    size_t       *first;  /* [classes + 1]: those of label k are number[first[k]] to number[first[k + 1] - 1] */
    size_t        people;
    size_t       *person; /* [people]: labels that pairs and people are drawn from, those with two pictures or more first */
    size_t        several; /* so many have two or more */
    size_t       *drawn;   /* [classes], scratch */
    size_t       *scratch; /* [count]; of orders that are once an epoch, that of `epoch` */
    uint64_t      epoch;   /* UINT64_MAX: none yet */
} kin_sampler;

/* Strangers are no person: pairs and people never come from the folder of the unknown. KIN_E_USAGE: a batch that cannot be (an
 * odd one of pairs, more people than there are with two pictures). The set must outlive it. */
kin_status kin_sampler_make(const kin_dataset *set, kin_part part, const kin_sampling *how, kin_sampler *sampler);
void       kin_sampler_free(kin_sampler *sampler);

/* Batches of an epoch, at least 1. */
size_t kin_sampler_steps(const kin_sampler *sampler);
/* Writes the numbers of the samples of batch `step` < steps; returns how many, at most `batch`. */
size_t kin_sampler_draw(kin_sampler *sampler, uint64_t epoch, size_t step, size_t *number);
/* What tells apart several of one picture in an epoch (kin_recipe_chance): 0 where each comes once. */
uint64_t kin_sampler_turn(const kin_sampler *sampler, size_t step, size_t place);

/* Fisher and Yates. */
void kin_shuffle(kin_random *random, size_t *list, size_t count);

#endif
