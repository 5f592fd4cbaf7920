/* SPDX-License-Identifier: Apache-2.0
 *
 * Checks a graph and sorts its nodes so that each stands behind the makers of its inputs. Linear time, own stack: a
 * file's graph may be a million nodes deep.
 */
#include <string.h>

#include "base/text.h"
#include "nn/graph.h"

typedef struct {
    kin_graph *graph;
    int       *maker;      /* of each tensor: node, INPUT, CONSTANT or NOBODY */
    int       *stack;      /* nodes whose inputs are being placed */
    uint32_t  *next_in;    /* of each node: first input not looked at yet */
    uint8_t   *state;      /* of each node */
    kin_node  *sorted;
    size_t     sorted_count;
} sorter;

enum { NOBODY = -1, CONSTANT = -2, INPUT = -3 };
enum { WAITING, OPEN, PLACED };

static kin_status fail_tensor(kin_graph *graph, int id, const char *what)
{
    char        name[120];
    const char *full = graph->tensor[id].name;
    return kin_fail(graph->ctx, KIN_E_FORMAT, "tensor %d '%s' %s", id,
                    kin_printable(full, strlen(full), name, sizeof name), what);
}

static kin_status fail_node(kin_graph *graph, size_t at, const char *what, long long found, long long least,
                            long long most)
{
    char            name[120];
    const kin_node *node = &graph->node[at];
    return kin_fail(graph->ctx, KIN_E_FORMAT, "node %zu '%s' (%s): %s is %lld, expected %lld to %lld", at,
                    kin_printable(node->name, strlen(node->name), name, sizeof name), node->op->name, what, found,
                    least, most);
}

/* Numbers in range, as many inputs and outputs as the op takes. */
static kin_status check_node(kin_graph *graph, size_t at)
{
    const kin_node *node = &graph->node[at];
    const kin_op   *op = node->op;
    long long       last = (long long)graph->tensor_count - 1;
    if (node->in_count < (size_t)op->in_min || node->in_count > (size_t)op->in_max)
        return fail_node(graph, at, "number of inputs", (long long)node->in_count, op->in_min, op->in_max);
    if (node->out_count < (size_t)op->out_min || node->out_count > (size_t)op->out_max)
        return fail_node(graph, at, "number of outputs", (long long)node->out_count, op->out_min, op->out_max);
    for (size_t i = 0; i < node->in_count; i++) {
        int least = i < (size_t)op->in_min ? 0 : -1;
        if (node->in[i] < least || node->in[i] > last)
            return fail_node(graph, at, "input", node->in[i], least, last);
    }
    for (size_t i = 0; i < node->out_count; i++)
        if (node->out[i] < 0 || node->out[i] > last) return fail_node(graph, at, "output", node->out[i], 0, last);
    return KIN_OK;
}

static kin_status check_list(kin_graph *graph, const int *list, size_t count, const char *what)
{
    if (count == 0) return kin_fail(graph->ctx, KIN_E_FORMAT, "the graph has no %ss", what);
    for (size_t i = 0; i < count; i++)
        if (list[i] < 0 || (size_t)list[i] >= graph->tensor_count)
            return kin_fail(graph->ctx, KIN_E_FORMAT, "%s %zu is tensor %d, expected 0 to %zu", what, i, list[i],
                            graph->tensor_count - 1);
    return KIN_OK;
}

/* Files give no bytes to a constant without elements (the axes of a squeeze): it is one all the same. */
static void give_empty_data(sorter *s)
{
    static const uint64_t nothing = 0;
    for (size_t i = 0; i < s->graph->tensor_count; i++) {
        kin_tensor *t = &s->graph->tensor[i];
        size_t      count;
        if (s->maker[i] != NOBODY || !kin_shape_elements(&t->shape, &count) || count > 0) continue;
        t->data = (void *)&nothing;
        s->maker[i] = CONSTANT;
    }
}

/* Fills maker[]: each value has exactly one. */
static kin_status find_makers(sorter *s)
{
    kin_graph *graph = s->graph;
    for (size_t i = 0; i < graph->tensor_count; i++) s->maker[i] = graph->tensor[i].data ? CONSTANT : NOBODY;
    for (size_t i = 0; i < graph->input_count; i++) {
        int id = graph->input[i];
        if (s->maker[id] == CONSTANT) return fail_tensor(graph, id, "is an input and a constant");
        if (s->maker[id] == INPUT) return fail_tensor(graph, id, "is an input twice");
        s->maker[id] = INPUT;
    }
    for (size_t n = 0; n < graph->node_count; n++) {
        KIN_TRY(check_node(graph, n));
        for (size_t i = 0; i < graph->node[n].out_count; i++) {
            int id = graph->node[n].out[i];
            if (s->maker[id] != NOBODY) return fail_tensor(graph, id, "is made twice");
            s->maker[id] = (int)n;
        }
    }
    give_empty_data(s);
    return KIN_OK;
}

/* Places `root` behind all that it needs: depth first, so that an order that is right already stays. */
static kin_status place(sorter *s, size_t root)
{
    kin_graph *graph = s->graph;
    size_t     depth = 0;
    if (s->state[root] == PLACED) return KIN_OK;
    s->stack[depth++] = (int)root;
    s->state[root] = OPEN;
    while (depth) {
        int       n = s->stack[depth - 1];
        kin_node *node = &graph->node[n];
        if (s->next_in[n] == node->in_count) {
            s->state[n] = PLACED;
            s->sorted[s->sorted_count++] = *node;
            depth--;
            continue;
        }
        int id = node->in[s->next_in[n]++];
        int maker = id < 0 ? CONSTANT : s->maker[id];
        if (maker == NOBODY) return fail_tensor(graph, id, "is used but has no value");
        if (maker < 0 || s->state[maker] == PLACED) continue;
        if (s->state[maker] == OPEN) return fail_tensor(graph, id, "depends on itself");
        s->state[maker] = OPEN;
        s->stack[depth++] = maker;
    }
    return KIN_OK;
}

static kin_status sort_all(sorter *s)
{
    kin_graph *graph = s->graph;
    KIN_TRY(check_list(graph, graph->input, graph->input_count, "input"));
    KIN_TRY(check_list(graph, graph->output, graph->output_count, "output"));
    KIN_TRY(find_makers(s));
    for (size_t i = 0; i < graph->output_count; i++)
        if (s->maker[graph->output[i]] == NOBODY)
            return fail_tensor(graph, graph->output[i], "is an output but has no value");
    for (size_t n = 0; n < graph->node_count; n++) KIN_TRY(place(s, n));
    if (graph->node_count) memcpy(graph->node, s->sorted, graph->node_count * sizeof *graph->node);
    return KIN_OK;
}

kin_status kin_graph_sort(kin_graph *graph)
{
    sorter       s = {.graph = graph};
    kin_context *ctx = graph->ctx;
    size_t       nodes = graph->node_count;
    kin_status   status = kin_alloc_zero(ctx, graph->tensor_count, sizeof *s.maker, &s.maker);
    if (status == KIN_OK) status = kin_alloc_zero(ctx, nodes, sizeof *s.stack, &s.stack);
    if (status == KIN_OK) status = kin_alloc_zero(ctx, nodes, sizeof *s.next_in, &s.next_in);
    if (status == KIN_OK) status = kin_alloc_zero(ctx, nodes, sizeof *s.state, &s.state);
    if (status == KIN_OK) status = kin_alloc_zero(ctx, nodes, sizeof *s.sorted, &s.sorted);
    if (status == KIN_OK) status = sort_all(&s);
    kin_release(ctx, s.maker);
    kin_release(ctx, s.stack);
    kin_release(ctx, s.next_in);
    kin_release(ctx, s.state);
    kin_release(ctx, s.sorted);
    return status;
}
