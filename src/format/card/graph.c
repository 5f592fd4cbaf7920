/* SPDX-License-Identifier: Apache-2.0
 *
 * The card of a graph: inside its file, known by the file's fingerprint, or what the official metadata come to.
 */
#include <string.h>

#include "base/hash.h"
#include "format/card/card.h"
#include "format/tflite/metadata.h"

kin_status kin_graph_card(kin_graph *graph, kin_card *out)
{
    const kin_metadata *inside = kin_graph_metadata_find(graph, "KIN_CARD");
    if (inside) return kin_card_read(&graph->arena, inside->bytes, inside->size, out);
    const char *known = kin_card_known(graph->fingerprint);
    if (known) return kin_card_read(&graph->arena, known, strlen(known), out);
    bool official;
    KIN_TRY(kin_tflite_card(graph, out, &official));
    if (official) return KIN_OK;
    char text[33];
    kin_hash_text(graph->fingerprint, text);
    return kin_fail(graph->ctx, KIN_E_NOT_FOUND,
                    "no card inside and not a network that kin knows, so it cannot tell how to feed it (scripts/add-card.py; "
                    "fingerprint %s)", text);
}
