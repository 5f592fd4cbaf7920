/* SPDX-License-Identifier: Apache-2.0
 *
 * The graph's arrays: tensors, nodes and metadata are added, looked at, freed.
 */
#include "nn/graph.h"

#include <string.h>

#include "nn/plan/prepared.h"

enum { COUNT_MAX = 1 << 24 }; /* tensors or nodes: numbers stay far below INT_MAX */

kin_status kin_graph_new(kin_context *ctx, kin_graph **out)
{
    kin_graph *graph;
    *out = NULL;
    kin_enter(ctx);
    kin_status status = kin_alloc_zero(ctx, 1, sizeof *graph, &graph);
    if (status == KIN_OK) {
        graph->ctx = ctx;
        graph->arena = kin_arena_make(ctx);
        graph->description = "";
        atomic_flag_clear(&graph->lock);
        *out = graph;
    }
    kin_leave(ctx);
    return status;
}

void kin_graph_free(kin_graph *graph)
{
    if (!graph) return;
    kin_context *ctx = graph->ctx;
    kin_enter(ctx);
    kin_prepared_free(graph->prepared);
    if (graph->release) graph->release(graph->owner);
    kin_arena_free(&graph->arena);
    kin_release(ctx, graph->tensor);
    kin_release(ctx, graph->node);
    kin_release(ctx, graph);
    kin_leave(ctx);
}

/* Makes room for one more in an array of `count` of `capacity` entries. */
static kin_status grow(kin_context *ctx, void *array, size_t count, size_t *capacity, size_t size, const char *what)
{
    if (count < *capacity) return KIN_OK;
    if (count >= COUNT_MAX)
        return kin_fail(ctx, KIN_E_LIMIT, "more than %d %s in a graph", (int)COUNT_MAX, what);
    size_t more = *capacity ? *capacity * 2 : 64;
    KIN_TRY(kin_realloc(ctx, array, more * size));
    *capacity = more;
    return KIN_OK;
}

kin_status kin_graph_tensor(kin_graph *graph, const char *name, size_t name_length, const kin_tensor *tensor, int *id)
{
    const char *copy;
    KIN_TRY(grow(graph->ctx, &graph->tensor, graph->tensor_count, &graph->tensor_capacity, sizeof *graph->tensor,
                 "tensors"));
    KIN_TRY(kin_arena_string(&graph->arena, name ? name : "", name ? name_length : 0, &copy));
    kin_tensor *t = &graph->tensor[graph->tensor_count];
    *t = *tensor;
    t->name = copy;
    *id = (int)graph->tensor_count++;
    return KIN_OK;
}

kin_status kin_graph_node(kin_graph *graph, const kin_op *op, const char *name, size_t name_length, size_t in_count,
                          size_t out_count, kin_node **out)
{
    kin_node node = {.op = op, .in_count = in_count, .out_count = out_count};
    *out = NULL;
    KIN_TRY(grow(graph->ctx, &graph->node, graph->node_count, &graph->node_capacity, sizeof *graph->node, "nodes"));
    KIN_TRY(kin_arena_string(&graph->arena, name ? name : "", name ? name_length : 0, &node.name));
    KIN_TRY(kin_arena_alloc(&graph->arena, in_count, sizeof *node.in, &node.in));
    KIN_TRY(kin_arena_alloc(&graph->arena, out_count, sizeof *node.out, &node.out));
    KIN_TRY(kin_arena_alloc(&graph->arena, 1, op->attrs_size, &node.attrs));
    KIN_TRY(kin_attrs_default(graph->ctx, op, node.attrs));
    graph->node[graph->node_count] = node;
    *out = &graph->node[graph->node_count++];
    return KIN_OK;
}

kin_status kin_graph_metadata_add(kin_graph *graph, const char *name, const void *bytes, size_t size)
{
    kin_metadata  entry = {.bytes = bytes, .size = size};
    kin_metadata *list;
    KIN_TRY(kin_arena_string(&graph->arena, name, strlen(name), &entry.name));
    /* A handful of entries in any file; copying the list for each is simpler than keeping a capacity. */
    if (graph->metadata_count >= 64) return kin_fail(graph->ctx, KIN_E_LIMIT, "more than 64 metadata entries");
    KIN_TRY(kin_arena_alloc(&graph->arena, graph->metadata_count + 1, sizeof *list, &list));
    if (graph->metadata_count) memcpy(list, graph->metadata, graph->metadata_count * sizeof *list);
    list[graph->metadata_count++] = entry;
    graph->metadata = list;
    return KIN_OK;
}

const kin_metadata *kin_graph_metadata_find(const kin_graph *graph, const char *name)
{
    for (size_t i = 0; i < graph->metadata_count; i++)
        if (!strcmp(graph->metadata[i].name, name)) return &graph->metadata[i];
    return NULL;
}

/* --- looking --- */

size_t kin_graph_inputs(const kin_graph *graph)
{
    return graph->input_count;
}

size_t kin_graph_outputs(const kin_graph *graph)
{
    return graph->output_count;
}

kin_shape kin_graph_input_shape(const kin_graph *graph, size_t i)
{
    return i < graph->input_count ? graph->tensor[graph->input[i]].shape : (kin_shape){0};
}

const char *kin_graph_input_name(const kin_graph *graph, size_t i)
{
    return i < graph->input_count ? graph->tensor[graph->input[i]].name : "";
}

const char *kin_graph_output_name(const kin_graph *graph, size_t i)
{
    return i < graph->output_count ? graph->tensor[graph->output[i]].name : "";
}
