/* SPDX-License-Identifier: Apache-2.0
 *
 * For the optimisers' own files. To add one: a file like sgd.c, its line in optim.h and in optim.c's table.
 */
#ifndef KIN_NN_OPTIM_KINDS_H
#define KIN_NN_OPTIM_KINDS_H

#include "nn/optim/optim.h"

static inline float kin_gradient_at(const kin_update *u, size_t i)
{
    float g = u->gradient[i] * u->scale;
    return g > u->most ? u->most : g < -u->most ? -u->most : g;
}

#endif
