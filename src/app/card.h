/* SPDX-License-Identifier: Apache-2.0
 *
 * Cards as JSON, for the verbs that write models.
 */
#ifndef KIN_APP_CARD_H
#define KIN_APP_CARD_H

#include <jansson.h>

#include "nn/graph.h"

/* The model's card as it is, the caller's; NULL when it has none. */
json_t *kin_card_json(const kin_graph *graph);

/* Puts it into a model that has none, and frees it. NULL: KIN_E_MEMORY. */
kin_status kin_card_put(kin_graph *graph, json_t *card);

#endif
