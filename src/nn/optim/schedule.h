/* SPDX-License-Identifier: Apache-2.0
 *
 * The learning rate of each step. Keras: CosineDecay (with its warm-up), PiecewiseConstantDecay.
 */
#ifndef KIN_NN_OPTIM_SCHEDULE_H
#define KIN_NN_OPTIM_SCHEDULE_H

#include "base/memory.h"

typedef enum { KIN_SCHEDULE_CONSTANT, KIN_SCHEDULE_STEP, KIN_SCHEDULE_COSINE } kin_schedule_kind;

typedef struct {
    kin_schedule_kind kind;
    double rate;    /* the largest */
    double warmup;  /* share of all steps in which the rate grows from 0, linearly */
    double every;   /* step: share of all steps after which ... */
    double factor;  /* ... the rate is multiplied by this */
    double least;   /* cosine: where it ends, as a share of `rate` */
} kin_schedule;

/* "constant|step|cosine key=value ...". KIN_E_USAGE names what is wrong. `rate` is set by the caller. */
kin_status kin_schedule_parse(kin_context *ctx, const char *text, kin_schedule *out);
/* Of step `step`, 0 .. total-1. */
double kin_schedule_rate(const kin_schedule *schedule, uint64_t step, uint64_t total);

#endif
