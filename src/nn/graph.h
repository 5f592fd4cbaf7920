/* SPDX-License-Identifier: Apache-2.0
 *
 * A graph: tensors and nodes as numbers into two arrays. Readers and builders make it; passes make a prepared graph of
 * it; plans are made from that.
 */
#ifndef KIN_NN_GRAPH_H
#define KIN_NN_GRAPH_H

#include "nn/op.h"

typedef struct {
    const kin_op *op;
    const char   *name; /* never NULL */
    void         *attrs;
    size_t        in_count, out_count;
    int          *in;   /* tensor numbers, -1: left out */
    int          *out;
    bool          apart; /* never merged into its reader: what is computed twice gives the same bits twice */
} kin_node;

typedef struct { /* an entry of the file's metadata: "KIN_CARD" */
    const char *name;
    const void *bytes;
    size_t      size;
} kin_metadata;

typedef struct kin_prepared kin_prepared; /* nn/plan/prepared.h */

struct kin_graph {
    kin_context  *ctx;
    kin_arena     arena; /* everything below but the constants of a mapped file */
    kin_tensor   *tensor;
    size_t        tensor_count, tensor_capacity;
    kin_node     *node; /* any order; kin_graph_sort makes it topological */
    size_t        node_count, node_capacity;
    int          *input, *output;
    size_t        input_count, output_count;
    kin_metadata *metadata;
    size_t        metadata_count;
    const char   *description; /* "" when the file says nothing */
    uint8_t       fingerprint[16]; /* of the file's bytes; zero for a built graph */
    const void   *file;      /* those bytes, as long as the graph; NULL for a built graph. More may lie behind the model */
    size_t        file_size;
    atomic_flag   lock;     /* guards `prepared` and all in it */
    kin_prepared *prepared; /* made by the first plan */
    /* Gives the file's bytes back when the graph is freed (unmap); may be NULL. `owner` may lie in the arena. */
    void (*release)(void *owner);
    void *owner;
};

/* For readers: all strings are copied, constants are used in place. */
kin_status kin_graph_tensor(kin_graph *graph, const char *name, size_t name_length, const kin_tensor *tensor, int *id);
/* A node with default attributes; the caller fills node->in, node->out, node->attrs. Valid until the next one is added. */
kin_status kin_graph_node(kin_graph *graph, const kin_op *op, const char *name, size_t name_length, size_t in_count,
                          size_t out_count, kin_node **out);
kin_status kin_graph_metadata_add(kin_graph *graph, const char *name, const void *bytes, size_t size);
/* NULL when there is none. */
const kin_metadata *kin_graph_metadata_find(const kin_graph *graph, const char *name);

/* Whether out[0] may stand in in[0]'s memory. */
bool kin_node_in_place(const kin_node *node);
/* Whether the values of in[i] are read, not its shape alone. */
static inline bool kin_node_reads(const kin_node *node, size_t i)
{
    return !node->op->reads || node->op->reads(node->attrs, i);
}

/* Checks what every later step relies on (numbers in range, each value made exactly once, no cycle, inputs and outputs
 * present) and sorts the nodes topologically. Readers and kin_plan_new call it. */
kin_status kin_graph_sort(kin_graph *graph);

#endif
