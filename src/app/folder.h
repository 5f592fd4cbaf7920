/* SPDX-License-Identifier: Apache-2.0
 *
 * A folder a person, with the model that it is looked at with: what augment and train begin with.
 */
#ifndef KIN_APP_FOLDER_H
#define KIN_APP_FOLDER_H

#include "app/app.h"
#include "learn/dataset.h"
#include "nn/graph.h"

typedef struct {
    kin_app        *app;
    const char     *shown;    /* the model's name, for messages */
    kin_graph      *graph;    /* the model's */
    const kin_card *card;     /* belongs to the graph */
    kin_detector   *detector; /* NULL: nothing to look for */
    kin_dataset    *set;
} kin_folder;

/* Each says what is wrong and returns the exit status, EXIT_DONE when all is well. */
int kin_folder_list(kin_folder *folder, const char *dir, const kin_dataset_options *options);
/* `model` NULL: the recogniser. A detector is opened where photos need one. */
int  kin_folder_models(kin_folder *folder, const char *model);
/* Looks at every picture, says what is passed over. */
int  kin_folder_prepare(kin_folder *folder);
void kin_folder_close(kin_folder *folder);

#endif
