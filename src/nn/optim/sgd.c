/* SPDX-License-Identifier: Apache-2.0
 *
 * sgd: w -= rate * g. With momentum m: v = m * v - rate * g, then w += v, or w += m * v - rate * g (Nesterov).
 * Keras: SGD. Sutskever et al., On the importance of initialization and momentum in deep learning, 2013.
 */
#include "nn/optim/kinds.h"

static size_t slots(const kin_optim *o)
{
    return o->momentum != 0;
}

static void update(const kin_optim *o, const kin_update *u)
{
    float momentum = (float)o->momentum, *w = u->weight, *v = u->slot[0];
    if (momentum == 0)
        for (size_t i = 0; i < u->count; i++) w[i] -= u->rate * kin_gradient_at(u, i);
    else
        for (size_t i = 0; i < u->count; i++) {
            float step = u->rate * kin_gradient_at(u, i);
            v[i] = momentum * v[i] - step;
            w[i] += o->nesterov ? momentum * v[i] - step : v[i];
        }
}

const kin_optim_kind kin_optim_sgd = {"sgd", "stochastic gradient descent, with (Nesterov) momentum", 0.01, 0, slots, update};
