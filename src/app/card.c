/* SPDX-License-Identifier: Apache-2.0
 */
#include "app/card.h"

#include "format/card/card.h"

json_t *kin_card_json(const kin_graph *graph)
{
    const kin_metadata *entry = kin_graph_metadata_find(graph, "KIN_CARD");
    const char         *known = entry ? NULL : kin_card_known(graph->fingerprint);
    return entry ? json_loadb(entry->bytes, entry->size, 0, NULL) : known ? json_loads(known, 0, NULL) : NULL;
}
