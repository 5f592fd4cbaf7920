/* SPDX-License-Identifier: Apache-2.0
 *
 * adam: m += (g - m) * (1 - beta1); v += (g^2 - v) * (1 - beta2);
 * w -= rate * sqrt(1 - beta2^t) / (1 - beta1^t) * m / (sqrt(v) + epsilon), t the step.
 * adamw: the same with weight decay.
 *
 * Keras: Adam, AdamW. Kingma & Ba, Adam, 2014 (its "epsilon hat" form); Loshchilov & Hutter, Decoupled weight decay
 * regularization, 2017.
 */
#include <math.h>

#include "nn/optim/kinds.h"

static size_t slots(const kin_optim *o)
{
    (void)o;
    return 2;
}

static void update(const kin_optim *o, const kin_update *u)
{
    double t = (double)u->step;
    float  rate = (float)(u->rate * sqrt(1 - pow(o->beta2, t)) / (1 - pow(o->beta1, t)));
    float  one = (float)(1 - o->beta1), two = (float)(1 - o->beta2), epsilon = (float)o->epsilon;
    float *w = u->weight, *m = u->slot[0], *v = u->slot[1];
    for (size_t i = 0; i < u->count; i++) {
        float g = kin_gradient_at(u, i);
        m[i] += (g - m[i]) * one;
        v[i] += (g * g - v[i]) * two;
        w[i] -= rate * m[i] / (sqrtf(v[i]) + epsilon);
    }
}

const kin_optim_kind kin_optim_adam = {"adam", "moving means of gradient and square, bias taken out", 0.001, 0, slots, update};
const kin_optim_kind kin_optim_adamw = {"adamw", "adam with weight decay", 0.001, 0.004, slots, update};
