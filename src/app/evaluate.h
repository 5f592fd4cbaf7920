/* SPDX-License-Identifier: Apache-2.0
 *
 * The protocols of kin evaluate, a file each. They raise app->exit.
 */
#ifndef KIN_APP_EVALUATE_H
#define KIN_APP_EVALUATE_H

#include "app/samples.h"

/* LFW's: --pairs FILE DIR. */
void kin_evaluate_pairs(kin_app *app);

#endif
