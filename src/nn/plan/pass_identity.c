/* SPDX-License-Identifier: Apache-2.0
 *
 * Removes ops that give their input back: dropout (active in training only).
 */
#include <string.h>

#include "nn/plan/passes.h"

static kin_status own_inputs(kin_rewrite *r, kin_node *node)
{
    int *list;
    KIN_TRY(kin_arena_alloc(&r->graph->arena, node->in_count, sizeof *list, &list));
    memcpy(list, node->in, node->in_count * sizeof *list);
    node->in = list;
    return KIN_OK;
}

/* instead[t] is the tensor that stands for t. Readers come behind, so one walk is enough. */
static kin_status remove_all(kin_rewrite *r, int *instead)
{
    kin_graph *graph = r->graph;
    for (size_t i = 0; i < graph->tensor_count; i++) instead[i] = (int)i;
    for (size_t n = 0; n < graph->node_count; n++) {
        kin_node *node = &graph->node[n];
        bool      owned = false;
        for (size_t i = 0; i < node->in_count; i++) {
            int id = node->in[i];
            if (id < 0 || instead[id] == id) continue;
            if (!owned) KIN_TRY(own_inputs(r, node));
            owned = true;
            r->uses[id]--;
            r->uses[instead[id]]++;
            node->in[i] = instead[id];
        }
        if (kin_node_is(node, "dropout") && node->out_count == 1) {
            instead[node->out[0]] = node->in[0];
            r->changes++;
        }
    }
    for (size_t i = 0; i < graph->output_count; i++) {
        r->uses[graph->output[i]]--;
        graph->output[i] = instead[graph->output[i]];
        r->uses[graph->output[i]]++;
    }
    return KIN_OK;
}

kin_status kin_pass_identity(kin_rewrite *rewrite)
{
    int *instead;
    KIN_TRY(kin_alloc(rewrite->graph->ctx, rewrite->graph->tensor_count * sizeof *instead, &instead));
    kin_status status = remove_all(rewrite, instead);
    kin_release(rewrite->graph->ctx, instead);
    return status;
}
