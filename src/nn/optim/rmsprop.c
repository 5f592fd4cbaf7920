/* SPDX-License-Identifier: Apache-2.0
 *
 * rmsprop: v = rho * v + (1 - rho) * g^2 (centred: less the square of the mean gradient's moving average); step =
 * rate * g / sqrt(v + epsilon); with momentum m: b = m * b + step, w -= b.
 * Keras: RMSprop. Tieleman & Hinton, lecture 6.5, 2012.
 */
#include <math.h>

#include "nn/optim/kinds.h"

enum { SQUARE, MEAN, MOMENTUM };

static size_t slots(const kin_optim *o)
{
    return o->momentum != 0 ? 3 : o->centred ? 2 : 1;
}

static void update(const kin_optim *o, const kin_update *u)
{
    float rho = (float)o->rho, epsilon = (float)o->epsilon, momentum = (float)o->momentum;
    for (size_t i = 0; i < u->count; i++) {
        float g = kin_gradient_at(u, i), v = rho * u->slot[SQUARE][i] + (1 - rho) * g * g, below = v + epsilon;
        u->slot[SQUARE][i] = v;
        if (o->centred) {
            float mean = rho * u->slot[MEAN][i] + (1 - rho) * g;
            u->slot[MEAN][i] = mean;
            below -= mean * mean;
        }
        float step = u->rate * g / sqrtf(below);
        if (momentum != 0) step = u->slot[MOMENTUM][i] = momentum * u->slot[MOMENTUM][i] + step;
        u->weight[i] -= step;
    }
}

const kin_optim_kind kin_optim_rmsprop = {"rmsprop", "gradients over the root of their moving mean square", 0.001, 0, slots, update};
