/* SPDX-License-Identifier: Apache-2.0
 *
 * A graph of one node, as an op draws it (kin_op.draw), and the values of its inputs.
 */
#ifndef KIN_TESTS_DRAWN_H
#define KIN_TESTS_DRAWN_H

#include <string.h>

#include "nn/graph.h"

typedef struct {
    kin_draw   draw;
    kin_graph *graph;
    size_t     inputs;
    size_t     input[16]; /* of each of the graph's inputs: its place in draw.in */
} drawn;

static inline void drawn_free(drawn *d)
{
    kin_graph_free(d->graph);
    kin_arena_free(&d->draw.arena);
}

static inline kin_status drawn_tensors(drawn *d, int id[16])
{
    int list[16];
    for (size_t i = 0; i < d->draw.in_count; i++) {
        kin_tensor t = d->draw.in[i];
        char       name[16] = "x0";
        name[1] = (char)('a' + (int)i);
        id[i] = -1;
        if (!t.name) continue; /* left out */
        if (!d->draw.constant[i]) t.data = NULL;
        KIN_TRY(kin_graph_tensor(d->graph, name, 2, &t, &id[i]));
        if (t.data) continue;
        list[d->inputs] = id[i];
        d->input[d->inputs++] = i;
    }
    if (!d->inputs) { /* a graph has an input, though nobody may read it */
        KIN_TRY(kin_graph_add_tensor(d->graph, "nothing", KIN_FLOAT32, (kin_shape){1, {1}}, NULL, &list[0]));
        return kin_graph_set_inputs(d->graph, list, 1);
    }
    return kin_graph_set_inputs(d->graph, list, d->inputs);
}

/* Ends with drawn_free in any case. */
static inline kin_status drawn_make(kin_context *context, const kin_op *op, uint64_t seed, drawn *d)
{
    int       in[16], out[64];
    kin_node *node;
    memset(d, 0, sizeof *d);
    d->draw.ctx = context;
    d->draw.arena = kin_arena_make(context);
    d->draw.random = kin_random_make(seed, 7);
    KIN_TRY(kin_graph_new(context, &d->graph));
    KIN_TRY(kin_arena_alloc(&d->draw.arena, 1, op->attrs_size + 1, &d->draw.attrs));
    KIN_TRY(kin_attrs_default(context, op, d->draw.attrs));
    KIN_TRY(op->draw(&d->draw));
    KIN_TRY(drawn_tensors(d, in));
    for (size_t i = 0; i < d->draw.out_count; i++) {
        kin_tensor t = {.type = KIN_FLOAT32}; /* not declared yet, as a builder leaves it */
        KIN_TRY(kin_graph_tensor(d->graph, op->name, strlen(op->name), &t, &out[i]));
    }
    KIN_TRY(kin_graph_node(d->graph, op, op->name, strlen(op->name), d->draw.in_count, d->draw.out_count, &node));
    memcpy(node->in, in, d->draw.in_count * sizeof *in);
    memcpy(node->out, out, d->draw.out_count * sizeof *out);
    if (op->attrs_size) memcpy(node->attrs, d->draw.attrs, op->attrs_size);
    return kin_graph_set_outputs(d->graph, out, d->draw.out_count);
}

#endif
