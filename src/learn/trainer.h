/* SPDX-License-Identifier: Apache-2.0
 *
 * Teaches a network: batch after batch, forward, backward, update.
 *
 *     kin_trainer_new(ctx, graph, &options, &trainer);
 *     while (...) { fill kin_trainer_pictures, kin_trainer_labels;  kin_trainer_step(trainer, &loss); }
 *     kin_trainer_result(trainer, &trained);                    a graph like the one before, with other weights
 *
 * All weights lie in one array, all gradients in another of the same layout. The same seed and batches give the same bits
 * on any number of threads, and after a checkpoint (learn/checkpoint.h) the same as without one.
 */
#ifndef KIN_LEARN_TRAINER_H
#define KIN_LEARN_TRAINER_H

#include "learn/training.h"
#include "nn/optim/optim.h"
#include "nn/optim/schedule.h"

typedef struct {
    kin_training_options training;
    size_t               batch;
    const char          *optimiser; /* "adamw decay=0.05"; NULL: "adam" */
    const char          *schedule;  /* "cosine warmup=0.05"; NULL: "constant" */
    double               rate;      /* 0: the optimiser's default */
    uint64_t             steps;     /* in all, for the schedule */
    double               momentum;  /* of moving statistics; 0: 0.99, as Keras has it */
} kin_trainer_options;

typedef struct kin_trainer kin_trainer;
struct kin_trainer {
    kin_context    *ctx;
    kin_training   *training;
    struct kin_plan *plan;
    kin_optim        optim;
    kin_schedule     schedule;
    uint64_t         seed, steps;
    double           momentum;
    kin_optim_tensor *tensor;
    float           *floats;     /* weights, gradients, slots, average: training->floats each */
    float           *statistics;
    kin_optim_state  state;
};

/* The graph lives as long as the trainer. KIN_E_LIMIT when the memory does not suffice: the text says how much is needed. */
kin_status kin_trainer_new(kin_context *ctx, kin_graph *graph, const kin_trainer_options *options, kin_trainer **out);
void       kin_trainer_free(kin_trainer *trainer);

/* Input i of the graph for a batch, [batch, ...]; filled anew before each step. */
float *kin_trainer_pictures(kin_trainer *trainer, size_t i);
/* int32 [batch]; -1: teaches nothing. NULL: the loss takes a teacher's values. */
int32_t *kin_trainer_labels(kin_trainer *trainer);
/* float32, like the output; NULL: the loss takes labels. */
float *kin_trainer_teacher(kin_trainer *trainer);

/* One step: *loss is that of the batch before the update. KIN_E_UNSUPPORTED: the loss or a gradient is no finite number any
 * more; the text says at which step, and nothing was changed. KIN_E_CANCELLED. */
kin_status kin_trainer_step(kin_trainer *trainer, double *loss);
/* The output of the last step's batch, [batch, ...], and its shape. */
const float *kin_trainer_output(const kin_trainer *trainer, kin_shape *shape);
/* Mean distance of two rows of it that were brought to length 1: near 0 an embedding has collapsed. */
double kin_trainer_spread(const kin_trainer *trainer);
/* Of the step to come. */
double kin_trainer_rate(const kin_trainer *trainer);

/* The network as it is now (with averaged weights where the optimiser keeps them): the caller frees it, before the graph. */
kin_status kin_trainer_result(const kin_trainer *trainer, kin_graph **out);

#endif
