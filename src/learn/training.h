/* SPDX-License-Identifier: Apache-2.0
 *
 * The training form of a graph: a copy whose trained weights are inputs, with batch norms over the batch, dropout, a loss
 * behind the output and the gradients by all trained weights. One plan of it runs forward and backward.
 */
#ifndef KIN_LEARN_TRAINING_H
#define KIN_LEARN_TRAINING_H

#include "kin/learn.h"
#include "nn/graph.h"

typedef enum { KIN_TARGET_LABELS /* int32 [batch] */, KIN_TARGET_VALUES /* float32, like the output */ } kin_target;

typedef struct {
    int         tensor;  /* of the training graph; below source_tensors the same number in the source */
    int         gradient;
    const char *name;
    const float *first;  /* its values at the start */
    size_t      count, offset; /* numbers; where they stand in an array of all, a multiple of 16 */
    double      rate;    /* factor of the learning rate */
    bool        decays;  /* kernels; not biases, slopes and norms */
} kin_weight;

/* A batch norm that trains: its moving mean or variance, and the tensor of the batch's. */
typedef struct {
    int          moving, batch;
    const float *first;
    size_t       count, offset; /* in an array of all statistics */
} kin_statistic;

typedef struct kin_training kin_training;
struct kin_training {
    kin_context   *ctx;
    kin_graph     *graph;
    const kin_graph *source; /* lives as long */
    size_t         source_tensors;
    size_t         forward; /* nodes before those of the gradients, for kin_grad_recompute */
    int            output, loss; /* tensors */
    int            target;
    kin_target     target_kind;
    int            seed; /* int64 [1], of dropouts; -1: there are none */
    kin_weight    *weight;
    size_t         weight_count, floats;
    kin_statistic *statistic;
    size_t         statistic_count, statistic_floats;
    uint64_t       draw; /* seed of weights that the loss adds */
};

/* The source's constants are used in place. KIN_E_UNSUPPORTED: an op on the way has no gradient, nothing trains. */
kin_status kin_training_make(kin_context *ctx, const kin_graph *source, const kin_trainer_options *options,
                             kin_training **out);
void       kin_training_free(kin_training *training);

/* For losses: a weight of the loss's own, values from a normal distribution of this deviation. */
kin_status kin_training_add_weight(kin_training *training, const char *name, kin_shape shape, double deviation, int *tensor);

/* A copy of the source with other weights: floats[training->floats] and statistics as in the arrays. The values are
 * copied; everything else is the source's. */
kin_status kin_training_result(const kin_training *training, const float *floats, const float *statistics, kin_graph **out);

#endif
