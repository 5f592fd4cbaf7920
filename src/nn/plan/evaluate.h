/* SPDX-License-Identifier: Apache-2.0
 *
 * Calls of nodes while a graph is being prepared or planned, and running one then and there.
 */
#ifndef KIN_NN_PLAN_EVALUATE_H
#define KIN_NN_PLAN_EVALUATE_H

#include "nn/graph.h"

/* Pointer lists for one call at a time, large enough for every node of a graph. */
typedef struct {
    const kin_tensor **in;
    kin_tensor       **out;
} kin_call_room;

kin_status kin_call_room_make(kin_graph *graph, kin_call_room *room);
void       kin_call_room_free(kin_graph *graph, kin_call_room *room);
kin_call   kin_call_of(kin_graph *graph, const kin_node *node, const kin_call_room *room);

/* Every input that is not left out is a constant. */
bool kin_node_known(const kin_graph *graph, const kin_node *node);
/* Runs the op's scalar forward on a call that infer has accepted; the outputs become constants in the graph's arena. */
kin_status kin_evaluate(kin_graph *graph, const kin_node *node, const kin_call *call);

#endif
