/* SPDX-License-Identifier: Apache-2.0
 *
 * The protocols of kin evaluate, a file each. They raise app->exit.
 */
#ifndef KIN_APP_EVALUATE_H
#define KIN_APP_EVALUATE_H

#include "app/samples.h"

/* LFW's: --pairs FILE DIR. */
void kin_evaluate_pairs(kin_app *app);

/* MODEL DIR, where MODEL (in app->set.model) is an embedder: people of a gallery and strangers, by the gallery's own
 * search. Half of the people are enrolled with half of their photos, the other half are strangers; then the other way
 * round. --seed draws. */
void kin_evaluate_open_set(kin_app *app);

/* MODEL DIR, where MODEL is a classifier: how often the folder's name is the likeliest label, or one of five. */
void kin_evaluate_closed_set(kin_app *app);

#endif
