/* SPDX-License-Identifier: Apache-2.0
 *
 * Teaches a network: batch after batch, forward, backward, update.
 *
 * All weights lie in one array, all gradients in another of the same layout. The functions are those of kin/learn.h.
 */
#ifndef KIN_LEARN_TRAINER_H
#define KIN_LEARN_TRAINER_H

#include "learn/training.h"
#include "nn/optim/optim.h"
#include "nn/optim/schedule.h"

struct kin_trainer {
    kin_context    *ctx;
    kin_training   *training;
    struct kin_plan *plan;
    kin_optim        optim;
    kin_schedule     schedule;
    bool             again; /* values of the forward run are computed twice, since the memory limit has no room to keep them */
    uint64_t         seed, steps;
    double           momentum;
    kin_optim_tensor *tensor;
    float           *floats;     /* weights, gradients, slots, average: training->floats each */
    float           *statistics;
    kin_optim_state  state;
};

#endif
