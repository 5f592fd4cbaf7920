/* SPDX-License-Identifier: Apache-2.0
 *
 * What a network is taught by: a name, the ops that it puts behind the output (nn/loss).
 */
#ifndef KIN_LEARN_LOSSES_H
#define KIN_LEARN_LOSSES_H

#include "learn/training.h"

typedef struct {
    const char *name, *summary;
    kin_target  target;
    /* Puts its ops behind tensor `x` and gives the loss. `attributes`: what followed the name. */
    kin_status (*build)(kin_training *training, const char *attributes, int x, const kin_trainer_options *options, int *loss);
} kin_loss;

/* The i-th, NULL behind the last. */
const kin_loss *kin_loss_at(size_t i);
/* "NAME attributes" -> the loss and where its attributes begin. KIN_E_USAGE lists the names. */
kin_status kin_loss_find(kin_context *ctx, const char *text, const kin_loss **loss, const char **attributes);

#endif
