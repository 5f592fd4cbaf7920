/* SPDX-License-Identifier: Apache-2.0
 *
 * Teaching a network: batch after batch, forward, backward, update, on this machine.
 *
 *     kin_graph_read(ctx, "net.tflite", &graph);
 *     kin_trainer_new(ctx, graph, &(kin_trainer_options){.loss = "cross_entropy", .batch = 32, .steps = 500}, &trainer);
 *     for (int step = 0; step < 500; step++) {
 *         fill(kin_trainer_input(trainer, 0), kin_trainer_labels(trainer));
 *         kin_trainer_step(trainer, &loss);
 *     }
 *     kin_trainer_result(trainer, &trained);         // the same network with other weights
 *     kin_graph_write(trained, "better.tflite");
 *
 * The same seed and the same batches give the same bits on any number of threads of one CPU level, and after a checkpoint
 * the same as without one. `kin train` does all this with a folder a person (src/learn/teach.h).
 */
#ifndef KIN_LEARN_H
#define KIN_LEARN_H

#include "model.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct kin_trainer kin_trainer;

/* Texts are a name and what it is to differ in: "NAME key=value ...". What there is: `kin help train`. */
typedef struct {
    const char *loss;      /* "cross_entropy smoothing=0.1", "arcface scale=32", ...; NULL: "cross_entropy" */
    size_t      output;    /* of the network, behind which the loss stands */
    size_t      classes;   /* of losses that keep a vector a class (arcface, cosface); of others unused */
    size_t      batch;     /* rows of a step */
    const char *optimiser; /* "adamw decay=0.05 clip_global=1 average=0.999"; NULL: "adam" */
    const char *schedule;  /* "cosine warmup=0.05"; NULL: "constant" */
    double      rate;      /* 0: the optimiser's default */
    uint64_t    steps;     /* in all, for the schedule */
    double      momentum;  /* of the moving statistics of batch norms; 0: 0.99, as Keras has it */
    uint64_t    seed;      /* of dropouts and of weights that a loss adds */
    /* Factor of the learning rate of a layer's weights, by its name and its place in the order of running; 0: frozen (its
     * batch norm then stays as in inference, its dropout out). NULL: all learn alike. */
    double    (*layer_rate)(void *user, const char *layer, size_t place);
    void       *user;
} kin_trainer_options;

/* The graph lives as long as the trainer and is not changed. KIN_E_USAGE names what is wrong in a text; KIN_E_UNSUPPORTED: an
 * op on the way has no gradient, or nothing learns; KIN_E_LIMIT when the memory does not suffice: the text says how much is
 * needed. Where the limit of the context has no room for all values of the forward run, some are computed twice: the same bits
 * in less memory and more time (Chen et al., arXiv:1604.06174). */
KIN_API kin_status kin_trainer_new(kin_context *ctx, kin_graph *graph, const kin_trainer_options *options, kin_trainer **out);
KIN_API void       kin_trainer_free(kin_trainer *trainer);

/* How many numbers learn. */
KIN_API uint64_t kin_trainer_weights(const kin_trainer *trainer);

/* Input i of the network for a batch, [batch, ...]; filled anew before each step. NULL: there is no such input. */
KIN_API float *kin_trainer_input(kin_trainer *trainer, size_t i);
/* int32 [batch]; -1: teaches nothing. NULL: the loss takes a teacher's values. */
KIN_API int32_t *kin_trainer_labels(kin_trainer *trainer);
/* float32, like the output; NULL: the loss takes labels. */
KIN_API float *kin_trainer_teacher(kin_trainer *trainer);

/* One step: *loss is that of the batch before the update. KIN_E_UNSUPPORTED: the loss or a gradient is no finite number any
 * more; the text says at which step, and nothing was changed. KIN_E_CANCELLED. */
KIN_API kin_status kin_trainer_step(kin_trainer *trainer, double *loss);
/* The output of the last step's batch, [batch, ...], and its shape. */
KIN_API const float *kin_trainer_output(const kin_trainer *trainer, kin_shape *shape);
/* Mean distance of two rows of it that were brought to length 1: near 0 an embedding has collapsed. */
KIN_API double kin_trainer_spread(const kin_trainer *trainer);
/* The learning rate of the step to come. */
KIN_API double kin_trainer_rate(const kin_trainer *trainer);

/* The network as it is now (with averaged weights where the optimiser keeps them): the caller frees it, before the graph. */
KIN_API kin_status kin_trainer_result(const kin_trainer *trainer, kin_graph **out);

/* All that a training needs to go on as if nothing had happened: weights, the optimiser's arrays, moving averages and
 * statistics, the step. The file (0600) is replaced whole: whenever the program dies, the last one that was finished is there.
 * `course`: what else must be the same when it is taken up again (data, options), as text. KIN_E_DISK: the file of before is
 * untouched. */
KIN_API kin_status kin_checkpoint_write(const kin_trainer *trainer, const char *course, const char *path);
/* Puts a trainer, made as the one that was written, where that one was. KIN_E_NOT_FOUND: no such file; KIN_E_FORMAT: damaged;
 * KIN_E_USAGE: of another training; the text says so. On failure the trainer is as it was. */
KIN_API kin_status kin_checkpoint_read(kin_trainer *trainer, const char *course, const char *path);

#ifdef __cplusplus
}
#endif
#endif
