/* SPDX-License-Identifier: Apache-2.0
 */
#include "app/card.h"

#include <stdlib.h>
#include <string.h>

#include "format/card/card.h"

json_t *kin_card_json(const kin_graph *graph)
{
    const kin_metadata *entry = kin_graph_metadata_find(graph, "KIN_CARD");
    const char         *known = entry ? NULL : kin_card_known(graph->fingerprint);
    return entry ? json_loadb(entry->bytes, entry->size, 0, NULL) : known ? json_loads(known, 0, NULL) : NULL;
}

kin_status kin_card_put(kin_graph *graph, json_t *card)
{
    char       *text = json_dumps(card, JSON_COMPACT | JSON_REAL_PRECISION(9));
    const char *kept = NULL; /* the graph's: metadata are borrowed */
    kin_status  status = text ? kin_arena_string(&graph->arena, text, strlen(text), &kept) : kin_fail(graph->ctx, KIN_E_MEMORY, "out of memory");
    if (status == KIN_OK) status = kin_graph_metadata_add(graph, "KIN_CARD", kept, strlen(kept));
    free(text);
    json_decref(card);
    return status;
}
