/* SPDX-License-Identifier: Apache-2.0
 *
 * Looking at and changing a graph for the passes.
 */
#include "nn/plan/rewrite.h"

#include <string.h>

kin_status kin_graph_copy(kin_context *ctx, const kin_graph *from, kin_graph **out)
{
    kin_graph *graph;
    KIN_TRY(kin_graph_new(ctx, &graph));
    kin_status status = kin_alloc(ctx, from->tensor_count * sizeof *from->tensor, &graph->tensor);
    if (status == KIN_OK) status = kin_alloc(ctx, from->node_count * sizeof *from->node, &graph->node);
    if (status == KIN_OK) status = kin_arena_alloc(&graph->arena, from->input_count, sizeof(int), &graph->input);
    if (status == KIN_OK) status = kin_arena_alloc(&graph->arena, from->output_count, sizeof(int), &graph->output);
    if (status != KIN_OK) {
        kin_graph_free(graph);
        *out = NULL;
        return status;
    }
    if (from->tensor_count) memcpy(graph->tensor, from->tensor, from->tensor_count * sizeof *from->tensor);
    if (from->node_count) memcpy(graph->node, from->node, from->node_count * sizeof *from->node);
    if (from->input_count) memcpy(graph->input, from->input, from->input_count * sizeof(int));
    if (from->output_count) memcpy(graph->output, from->output, from->output_count * sizeof(int));
    graph->tensor_count = graph->tensor_capacity = from->tensor_count;
    graph->node_count = graph->node_capacity = from->node_count;
    graph->input_count = from->input_count;
    graph->output_count = from->output_count;
    *out = graph;
    return KIN_OK;
}

/* --- bookkeeping --- */

static void count_uses(kin_rewrite *r)
{
    kin_graph *graph = r->graph;
    for (size_t i = 0; i < r->room; i++) {
        r->maker[i] = -1;
        r->uses[i] = 0;
    }
    for (size_t n = 0; n < graph->node_count; n++) {
        const kin_node *node = &graph->node[n];
        for (size_t i = 0; i < node->in_count; i++)
            if (node->in[i] >= 0) r->uses[node->in[i]]++;
        for (size_t i = 0; i < node->out_count; i++) r->maker[node->out[i]] = (int)n;
    }
    for (size_t i = 0; i < graph->output_count; i++) r->uses[graph->output[i]]++;
}

static bool needed(const kin_rewrite *r, const kin_node *node)
{
    for (size_t i = 0; i < node->out_count; i++)
        if (r->uses[node->out[i]] > 0 && !r->graph->tensor[node->out[i]].data) return true;
    return false;
}

/* Readers stand behind makers: one walk from the end finds all that is needed. */
static void sweep(kin_rewrite *r)
{
    kin_graph *graph = r->graph;
    size_t     kept = 0;
    for (size_t n = graph->node_count; n-- > 0;)
        if (graph->node[n].op && !needed(r, &graph->node[n])) kin_rewrite_drop(r, &graph->node[n]);
    for (size_t n = 0; n < graph->node_count; n++)
        if (graph->node[n].op) graph->node[kept++] = graph->node[n];
    graph->node_count = kept;
}

kin_status kin_rewrite_run(kin_graph *graph, kin_pass *pass)
{
    kin_rewrite r = {.graph = graph, .room = graph->tensor_count};
    kin_status  status = kin_alloc(graph->ctx, r.room * sizeof *r.maker, &r.maker);
    if (status == KIN_OK) status = kin_alloc(graph->ctx, r.room * sizeof *r.uses, &r.uses);
    if (status == KIN_OK) {
        count_uses(&r);
        status = pass(&r);
        if (status == KIN_OK) sweep(&r);
    }
    kin_release(graph->ctx, r.maker);
    kin_release(graph->ctx, r.uses);
    return status;
}

/* --- looking --- */

bool kin_node_is(const kin_node *node, const char *op)
{
    return node && node->op && !strcmp(node->op->name, op);
}

const kin_tensor *kin_rewrite_tensor(const kin_rewrite *rewrite, int id)
{
    return id < 0 ? NULL : &rewrite->graph->tensor[id];
}

kin_node *kin_rewrite_maker(const kin_rewrite *rewrite, int id)
{
    if (id < 0 || rewrite->maker[id] < 0) return NULL;
    kin_node *node = &rewrite->graph->node[rewrite->maker[id]];
    return node->op ? node : NULL;
}

kin_node *kin_rewrite_only(const kin_rewrite *rewrite, int id)
{
    kin_node *node = kin_rewrite_maker(rewrite, id);
    return node && node->out_count == 1 && rewrite->uses[id] == 1 && !node->apart ? node : NULL;
}

bool kin_rewrite_constant(const kin_rewrite *rewrite, int id)
{
    return id >= 0 && rewrite->graph->tensor[id].data != NULL;
}

int kin_node_in(const kin_node *node, size_t i)
{
    return i < node->in_count ? node->in[i] : -1;
}

double kin_node_number(const kin_node *node, const char *name, double otherwise)
{
    const kin_attr *attr = kin_attr_find(node->op, name);
    if (!attr) return otherwise;
    const char *at = (const char *)node->attrs + attr->offset;
    switch (attr->kind) {
    case KIN_ATTR_INT: return (double)*(const int64_t *)at;
    case KIN_ATTR_FLOAT: return *(const double *)at;
    case KIN_ATTR_BOOL: return *(const bool *)at;
    case KIN_ATTR_ENUM:
    case KIN_ATTR_TYPE: return *(const int *)at;
    case KIN_ATTR_INTS: break;
    }
    return otherwise;
}

int kin_node_activation(const kin_node *node)
{
    return (int)kin_node_number(node, "activation", 0);
}

float kin_float_at(const kin_tensor *tensor, size_t i)
{
    float v;
    memcpy(&v, (const char *)tensor->data + i * sizeof v, sizeof v);
    return v;
}

bool kin_rewrite_channels(const kin_rewrite *rewrite, int id, size_t channels)
{
    size_t count;
    if (!kin_rewrite_constant(rewrite, id)) return false;
    const kin_tensor *t = &rewrite->graph->tensor[id];
    if (t->type != KIN_FLOAT32 || !kin_shape_elements(&t->shape, &count)) return false;
    int64_t last = t->shape.rank ? t->shape.dim[t->shape.rank - 1] : 1;
    return count == 1 || (count == channels && (uint64_t)last == count);
}

bool kin_rewrite_scalar(const kin_rewrite *rewrite, int id, float *out)
{
    size_t count;
    if (!kin_rewrite_constant(rewrite, id)) return false;
    const kin_tensor *t = &rewrite->graph->tensor[id];
    if (t->type != KIN_FLOAT32 || t->shape.rank > 1 || !kin_shape_elements(&t->shape, &count) || count != 1) return false;
    *out = kin_float_at(t, 0);
    return true;
}

/* --- changing --- */

kin_status kin_rewrite_become(kin_rewrite *rewrite, kin_node *node, const kin_op *op, void *attrs, const int *in,
                              size_t in_count)
{
    int *list;
    KIN_TRY(kin_arena_alloc(&rewrite->graph->arena, in_count, sizeof *list, &list));
    for (size_t i = 0; i < in_count; i++) {
        list[i] = in[i];
        if (in[i] >= 0) rewrite->uses[in[i]]++;
    }
    for (size_t i = 0; i < node->in_count; i++)
        if (node->in[i] >= 0) rewrite->uses[node->in[i]]--;
    node->op = op;
    node->attrs = attrs;
    node->in = list;
    node->in_count = in_count;
    rewrite->changes++;
    return KIN_OK;
}

kin_status kin_rewrite_attrs(kin_rewrite *rewrite, const kin_node *node, void *out)
{
    void *copy;
    KIN_TRY(kin_arena_alloc(&rewrite->graph->arena, 1, node->op->attrs_size, &copy));
    if (node->op->attrs_size) memcpy(copy, node->attrs, node->op->attrs_size);
    memcpy(out, &copy, sizeof copy);
    return KIN_OK;
}

void kin_rewrite_drop(kin_rewrite *rewrite, kin_node *node)
{
    for (size_t i = 0; i < node->in_count; i++)
        if (node->in[i] >= 0) rewrite->uses[node->in[i]]--;
    for (size_t i = 0; i < node->out_count; i++) rewrite->maker[node->out[i]] = -1;
    node->op = NULL;
}

kin_status kin_rewrite_new(kin_rewrite *rewrite, const char *name, kin_type type, kin_shape shape, int *id)
{
    kin_tensor t = {.type = type, .shape = shape};
    size_t     bytes;
    kin_graph *graph = rewrite->graph;
    if (!kin_tensor_bytes(&t, &bytes)) return kin_fail(graph->ctx, KIN_E_LIMIT, "a folded constant is too large");
    if (graph->tensor_count + 1 > rewrite->room) {
        size_t room = graph->tensor_count * 2 + 16;
        KIN_TRY(kin_realloc(graph->ctx, &rewrite->maker, room * sizeof *rewrite->maker));
        KIN_TRY(kin_realloc(graph->ctx, &rewrite->uses, room * sizeof *rewrite->uses));
        rewrite->room = room;
    }
    KIN_TRY(kin_arena_alloc(&graph->arena, bytes ? bytes : 1, 1, &t.data));
    KIN_TRY(kin_graph_tensor(graph, name, strlen(name), &t, id));
    rewrite->maker[*id] = -1;
    rewrite->uses[*id] = 0;
    return KIN_OK;
}
