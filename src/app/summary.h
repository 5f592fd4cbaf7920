/* SPDX-License-Identifier: Apache-2.0
 *
 * kin summary has two faces: a plan of a network that is there, and the layers of one that the zoo knows by name.
 */
#ifndef KIN_APP_SUMMARY_H
#define KIN_APP_SUMMARY_H

#include "app/answer.h"
#include "nn/plan/describe.h"

/* A row of either as CSV (without the end of the line) and JSON; the head line of the former. */
#define KIN_ROW_COLUMNS "op,name,kernel,output,type,parameters,macs,attributes"
void    kin_row_csv(const kin_row *row);
json_t *kin_row_json(const kin_row *row);

/* What the options say of a network of the zoo; false: something is wrong, and has been said. */
bool kin_zoo_settings(const kin_app *app, kin_zoo_options *out);
/* Whether options were given that shape a network of the zoo and say nothing of a file; says so. */
bool kin_shapes_the_zoo(const kin_app *app);

/* Prints the layers of the zoo's network app->arg[0]; returns the exit status. */
int kin_summary_zoo(kin_app *app);

#endif
