/* SPDX-License-Identifier: Apache-2.0
 *
 * Optimisers: one step changes all trained weights, which lie one after another in one array, by their gradients in an
 * array of the same layout. Formulas and defaults are those of Keras 3 (keras/src/optimizers). The same bits for any
 * number of threads: norms are sums over pieces of fixed size.
 *
 *     kin_optim o;  kin_optim_parse(ctx, "adamw decay=0.01 clip_norm=1", &o);
 *     kin_optim_step(&o, ctx->splitter, rate, &state);      // step counts from 1
 */
#ifndef KIN_NN_OPTIM_OPTIM_H
#define KIN_NN_OPTIM_OPTIM_H

#include "base/memory.h"

enum { KIN_OPTIM_SLOTS = 3 }; /* arrays of the weights' size that an optimiser may keep */

typedef struct kin_optim kin_optim;

/* One stretch of weights with all that belongs to it. The gradient of element i is gradient[i] * scale, cut to
 * [-most, most]. */
typedef struct {
    float       *weight;
    const float *gradient;
    float       *slot[KIN_OPTIM_SLOTS];
    size_t       count;
    float        rate, scale, most;
    uint64_t     step; /* 1 is the first */
} kin_update;

typedef struct {
    const char *name, *summary;
    double      rate; /* Keras' default learning rate */
    double      decay;
    size_t    (*slots)(const kin_optim *optim); /* how many it uses */
    void      (*update)(const kin_optim *optim, const kin_update *update);
} kin_optim_kind;

struct kin_optim {
    const kin_optim_kind *kind;
    double momentum;  /* sgd, rmsprop */
    bool   nesterov;  /* sgd */
    double rho;       /* rmsprop */
    bool   centred;   /* rmsprop */
    double beta1, beta2; /* adam, adamw */
    double epsilon;
    double decay;      /* weights shrink by rate * decay a step, apart from the gradient (Loshchilov & Hutter, 2017) */
    double clip_value; /* each number of a gradient is cut to +- this; 0: not */
    double clip_norm;  /* each tensor's gradient is cut to this length; 0: not */
    double clip_global; /* all together; 0: not */
    double average;    /* of the exponential moving average of the weights, 0.999 say; 0: none is kept */
};

extern const kin_optim_kind kin_optim_sgd, kin_optim_rmsprop, kin_optim_adam, kin_optim_adamw;

/* The i-th kind, NULL behind the last. */
const kin_optim_kind *kin_optim_at(size_t i);

/* "NAME key=value ...", keys as the fields above. KIN_E_USAGE names what is wrong. */
kin_status kin_optim_parse(kin_context *ctx, const char *text, kin_optim *out);

/* A tensor among the weights. */
typedef struct {
    size_t offset, count; /* in the arrays */
    double rate;          /* its own factor of the rate, 1 as a rule */
    bool   decays;        /* biases and normalisations do not, as a rule */
} kin_optim_tensor;

/* All arrays are of `count` floats, aligned to KIN_ALIGN; the caller owns them. */
typedef struct {
    const kin_optim_tensor *tensor;
    size_t                  tensor_count;
    size_t                  count;
    float                  *weight;
    const float            *gradient;
    float                  *slot[KIN_OPTIM_SLOTS]; /* kind->slots() of them, zero before the first step */
    float                  *average;               /* NULL without; the first step sets it to its weights */
    uint64_t                step;                  /* done; kin_optim_step counts it up */
} kin_optim_state;

/* One step at this rate. false, and nothing is changed: a gradient is no finite number. */
bool kin_optim_step(const kin_optim *optim, kin_splitter *splitter, double rate, kin_optim_state *state);

#endif
