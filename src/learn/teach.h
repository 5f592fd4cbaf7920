/* SPDX-License-Identifier: Apache-2.0
 *
 * Recipes: what the tutorial does with Keras, on a prepared set of photos.
 *
 * kin_teach_head: transfer learning. The base stays as it is; what it makes of every picture, in a few augmented variants, is
 * computed once; flatten, dense and softmax learn on that.
 * kin_teach_tune: fine-tuning. Behind that the top of the base learns too, with a smaller rate.
 */
#ifndef KIN_LEARN_TEACH_H
#define KIN_LEARN_TEACH_H

#include "learn/dataset.h"
#include "learn/features.h"
#include "learn/network.h"
#include "learn/trainer.h"

typedef struct {
    uint64_t epoch, epochs;
    double   loss, accuracy; /* of training pictures, in the epoch */
    double   validation, validation_loss; /* accuracy and mean cross-entropy; NAN: nothing to validate with */
    double   rate;           /* at its end */
} kin_lesson_report;

typedef struct {
    kin_graph        *base;      /* lives as long as the result */
    const char       *at;        /* the layer behind which the head stands; NULL: before the base's last one with weights */
    const kin_recipe *recipe;    /* NULL: pictures as they are */
    size_t            variants;  /* of each picture; 0: 8, or 1 without a recipe */
    size_t            epochs, batch; /* 0: 60, 32 */
    size_t            patience;  /* Keras' EarlyStopping(patience, restore_best_weights=True) on validation_loss; 0: none */
    const char       *optimiser, *schedule, *loss; /* NULL: Keras' Adam, constant, cross_entropy */
    double            rate;      /* 0: the optimiser's own */
    uint64_t          seed;
    void (*progress)(void *user, size_t done, size_t count); /* of the pictures the base has seen; NULL: none */
    kin_status (*report)(void *user, const kin_lesson_report *report); /* after each epoch, ends the lesson if not KIN_OK; NULL: none */
    void *user;
    const kin_network_options *tune; /* what kin_teach_tune will be told: if it could not begin, nothing does; NULL: it will not come */
} kin_teach_options;

typedef struct {
    kin_graph *graph;     /* base and head, softmax at the end; its constants are the base's but for what learnt */
    kin_graph *before;    /* tuned: the graph before, which that one stands on */
    size_t     features;  /* numbers that the head reads */
    uint64_t   trained;   /* weights: features * classes + classes */
    size_t     classes;
    uint64_t   epoch;     /* whose weights these are, from 1: with patience that of the least validation loss, else the last */
    size_t    *confusion; /* [classes, classes] of validation pictures: row the truth, column the answer; NULL: none */
} kin_taught;

/* Labels are the set's. KIN_E_USAGE: patience, but no picture to validate with. The caller frees it, before the base. */
kin_status kin_teach_head(const kin_dataset *set, const kin_teach_options *options, kin_taught *out);
/* Goes on with kin_teach_head's network as kin_teach_network does (its loss is the one there, its `graph` this one). The confusion
 * is made anew; *accuracy: of validation, NAN without. */
kin_status kin_teach_tune(const kin_dataset *set, const kin_network_options *options, kin_taught *taught, double *accuracy);
void       kin_taught_free(kin_context *ctx, kin_taught *taught);

#endif
