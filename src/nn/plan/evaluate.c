/* SPDX-License-Identifier: Apache-2.0
 *
 * Calls before a run.
 */
#include "nn/plan/evaluate.h"

kin_status kin_call_room_make(kin_graph *graph, kin_call_room *room)
{
    size_t in = 0, out = 0;
    *room = (kin_call_room){NULL, NULL};
    for (size_t n = 0; n < graph->node_count; n++) {
        if (graph->node[n].in_count > in) in = graph->node[n].in_count;
        if (graph->node[n].out_count > out) out = graph->node[n].out_count;
    }
    if (in < 8) in = 8;   /* passes may add inputs */
    if (out < 1) out = 1;
    KIN_TRY(kin_alloc_zero(graph->ctx, in, sizeof *room->in, &room->in));
    kin_status status = kin_alloc_zero(graph->ctx, out, sizeof *room->out, &room->out);
    if (status != KIN_OK) kin_call_room_free(graph, room);
    return status;
}

void kin_call_room_free(kin_graph *graph, kin_call_room *room)
{
    kin_release(graph->ctx, room->in);
    kin_release(graph->ctx, room->out);
    *room = (kin_call_room){NULL, NULL};
}

kin_call kin_call_of(kin_graph *graph, const kin_node *node, const kin_call_room *room)
{
    for (size_t i = 0; i < node->in_count; i++) room->in[i] = node->in[i] < 0 ? NULL : &graph->tensor[node->in[i]];
    for (size_t i = 0; i < node->out_count; i++) room->out[i] = &graph->tensor[node->out[i]];
    return (kin_call){.ctx = graph->ctx,
                      .name = node->name,
                      .attrs = node->attrs,
                      .in_count = node->in_count,
                      .out_count = node->out_count,
                      .in = room->in,
                      .out = room->out};
}

bool kin_node_known(const kin_graph *graph, const kin_node *node)
{
    for (size_t i = 0; i < node->in_count; i++)
        if (node->in[i] >= 0 && !graph->tensor[node->in[i]].data) return false;
    return true;
}

kin_status kin_evaluate(kin_graph *graph, const kin_node *node, const kin_call *call)
{
    for (size_t i = 0; i < node->out_count; i++) {
        size_t bytes;
        if (!kin_tensor_bytes(call->out[i], &bytes))
            return kin_op_fail(call, KIN_E_LIMIT, "output %zu is too large", i);
        KIN_TRY(kin_arena_alloc(&graph->arena, bytes ? bytes : 1, 1, &call->out[i]->data));
    }
    node->op->forward(call);
    return KIN_OK;
}
