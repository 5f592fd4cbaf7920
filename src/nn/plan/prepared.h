/* SPDX-License-Identifier: Apache-2.0
 *
 * The prepared graph: what all plans of a graph share. Made once, by the first plan, from a copy of the graph by the
 * passes that need no shapes; then it holds the folded constants and the packed weights.
 *
 * Plans of one graph may be made in several threads: graph->lock guards all of this. The memory is counted against the
 * graph's context, but allocated through a context of the prepared graph's own, so that another thread's plan never
 * writes an error text into the graph's context.
 */
#ifndef KIN_NN_PLAN_PREPARED_H
#define KIN_NN_PLAN_PREPARED_H

#include "nn/graph.h"

/* Packed constants of nodes that agree in op, attributes and constants. */
typedef struct kin_pack kin_pack;
struct kin_pack {
    kin_pack   *next;
    const char *key;
    kin_node    node;     /* op, attrs, in: constants by number, others -1 */
    void       *bytes;
};

struct kin_prepared {
    kin_context *owner;   /* the graph's context */
    kin_context  pool;    /* of the prepared graph's own, see above */
    uint64_t     charged; /* of pool.memory: counted in owner->memory */
    kin_graph   *graph;   /* tensor numbers of the source graph, new ones behind */
    kin_node    *later;   /* nodes that unpack weights when a layer packs them */
    int         *later_of; /* of each tensor below later_tensors: its entry, -1: none */
    size_t       later_tensors;
    kin_arena    arena;   /* of packs' keys */
    kin_pack    *pack;
};

/* Locks the graph and gives its prepared form, made when there is none yet. On failure the error text is in `ctx` and
 * nothing is locked. `plain`: a form of its own without folding, not kept by the graph (free it while locked). */
kin_status kin_prepared_enter(kin_context *ctx, kin_graph *graph, bool plain, kin_prepared **out);
/* Counts what was allocated since against the owner: before a plan asks for memory of its own, and on leaving. */
void kin_prepared_charge(kin_prepared *prepared);
/* Counts, unlocks. */
void kin_prepared_leave(kin_graph *graph, kin_prepared *prepared);
/* Takes NULL. Gives the memory back. */
void kin_prepared_free(kin_prepared *prepared);

/* Whether the constant `tensor` must be unpacked before it is read. */
bool kin_prepared_is_later(const kin_prepared *prepared, int tensor);
/* Unpacks it into *block, which the caller releases with kin_release(&prepared->pool, block). */
kin_status kin_prepared_unpack(kin_prepared *prepared, int tensor, void **block);
/* Unpacks it for good (an op without packed weights reads it at every run). */
kin_status kin_prepared_keep(kin_prepared *prepared, int tensor, void **data);

#endif
