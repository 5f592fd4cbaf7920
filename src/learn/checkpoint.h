/* SPDX-License-Identifier: Apache-2.0
 *
 * All that a training needs to go on as if nothing had happened: weights, the optimiser's arrays, moving averages and
 * statistics, the step. Chance and the order of pictures follow from seed and step, so they need no room.
 *
 * The file (private, 0600) is replaced whole: whenever the program dies, the last one that was finished is there.
 */
#ifndef KIN_LEARN_CHECKPOINT_H
#define KIN_LEARN_CHECKPOINT_H

#include "learn/trainer.h"

/* `course`: what else must be the same when it is taken up again (data, options), as text. KIN_E_DISK: the file of before is
 * untouched. */
kin_status kin_checkpoint_write(const kin_trainer *trainer, const char *course, const char *path);

/* Puts a trainer, made as the one that was written, where that one was. KIN_E_NOT_FOUND: no such file; KIN_E_FORMAT: damaged;
 * KIN_E_USAGE: of another training; the text says so. On failure the trainer is as it was. */
kin_status kin_checkpoint_read(kin_trainer *trainer, const char *course, const char *path);

#endif
