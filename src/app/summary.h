/* SPDX-License-Identifier: Apache-2.0
 *
 * kin summary has two faces: a plan of a network that is there, and the layers of one that the zoo knows by name.
 */
#ifndef KIN_APP_SUMMARY_H
#define KIN_APP_SUMMARY_H

#include "app/app.h"

/* Prints the layers of the zoo's network app->arg[0]; returns the exit status. */
int kin_summary_zoo(kin_app *app);

#endif
