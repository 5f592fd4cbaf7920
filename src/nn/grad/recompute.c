/* SPDX-License-Identifier: Apache-2.0
 *
 * Gradient checkpointing: measure, choose the cuts, let gradients read copies. kin_graph_sort puts each copy right before
 * the first that needs it, and the plan frees the originals when the forward run has no more need of them.
 */
#include <string.h>

#include "nn/grad/grad.h"
#include "nn/grad/gradient.h"
#include "nn/plan/plan.h"
#include "nn/plan/rewrite.h"

enum { MOST_SEGMENTS = 64, NONE = -1 };

typedef struct {
    kin_graph *graph;
    size_t     forward, tensors; /* nodes and tensors of the graph as it came */
    double    *bytes;            /* of each tensor that a forward node makes */
    int       *maker, *last;     /* of each tensor: the forward node that makes it, the last that reads it; NONE */
    int       *uses;             /* of each tensor: how often nodes and the graph's outputs name it */
    bool      *saved;            /* of each tensor: a gradient reads it */
    int       *again;            /* of each tensor: its copy, NONE */
    double    *before, *across;  /* of each place to cut: saved bytes made before it; bytes that pass over it */
    int       *segment;          /* of each forward node */
    bool      *reversed;         /* of each forward node: it has a gradient node. What others make is kept: to compute a frozen
                                    base again for its last output would be dear */
    bool      *kept;             /* of each forward node: what it makes is not computed again */
} work;

typedef struct {
    size_t count, at[MOST_SEGMENTS]; /* a cut at n: before node n */
    double peak;                     /* bytes kept, and saved in the largest segment */
} cuts;

/* --- measuring --- */

static kin_status measure(work *w, const kin_shape *shapes)
{
    kin_prepared nothing = {.later_tensors = 0};
    kin_plan     probe = {.ctx = w->graph->ctx, .prepared = &nothing};
    size_t       bytes;
    KIN_TRY(kin_graph_copy(w->graph->ctx, w->graph, &probe.graph));
    probe.graph->node_count = w->forward;
    kin_status status = kin_plan_infer(&probe, w->graph, shapes);
    for (size_t i = 0; i < w->tensors && status == KIN_OK; i++)
        if (w->maker[i] != NONE && kin_tensor_bytes(&probe.graph->tensor[i], &bytes)) w->bytes[i] = (double)bytes;
    kin_graph_free(probe.graph);
    return status;
}

static void find_uses(work *w)
{
    for (size_t i = 0; i < w->tensors; i++) w->maker[i] = w->last[i] = w->again[i] = NONE;
    for (size_t n = 0; n < w->graph->node_count; n++) {
        const kin_node *node = &w->graph->node[n];
        if (node->op == &kin_op_gradient) w->reversed[((const kin_gradient_attrs *)node->attrs)->of] = true;
        for (size_t i = 0; i < node->in_count; i++) {
            if (node->in[i] >= 0) w->uses[node->in[i]]++;
            if (node->in[i] < 0 || !kin_node_reads(node, i)) continue;
            if (n < w->forward)
                w->last[node->in[i]] = (int)n;
            else
                w->saved[node->in[i]] = true;
        }
        for (size_t j = 0; j < node->out_count && n < w->forward; j++) w->maker[node->out[j]] = (int)n;
    }
    for (size_t i = 0; i < w->graph->output_count; i++) w->uses[w->graph->output[i]]++;
}

static void sum_up(work *w)
{
    for (size_t i = 0; i < w->tensors; i++) {
        if (w->maker[i] == NONE) continue;
        if (w->saved[i] && w->reversed[w->maker[i]]) w->before[w->maker[i] + 1] += w->bytes[i];
        if (w->last[i] == NONE) continue;
        w->across[w->maker[i] + 1] += w->bytes[i];
        w->across[w->last[i] + 1] -= w->bytes[i];
    }
    for (size_t n = 1; n <= w->forward; n++) w->before[n] += w->before[n - 1], w->across[n] += w->across[n - 1];
}

/* --- choosing --- */

static void mark_segments(work *w, const cuts *c)
{
    for (size_t n = 0, next = 0; n < w->forward; n++) {
        while (next < c->count && c->at[next] <= n) next++;
        w->segment[n] = (int)next;
    }
}

static bool passes_on(const work *w, size_t tensor)
{
    return w->last[tensor] != NONE && w->segment[w->last[tensor]] != w->segment[w->maker[tensor]];
}

static double peak_of(work *w, const cuts *c)
{
    double kept = 0, largest = 0, segment[MOST_SEGMENTS] = {0};
    mark_segments(w, c);
    for (size_t i = 0; i < w->tensors; i++) {
        if (w->maker[i] == NONE) continue;
        if (passes_on(w, i) || (w->saved[i] && !w->reversed[w->maker[i]]))
            kept += w->bytes[i];
        else if (w->saved[i])
            segment[w->segment[w->maker[i]]] += w->bytes[i];
    }
    for (size_t s = 0; s <= c->count; s++)
        if (segment[s] > largest) largest = segment[s];
    return kept + largest;
}

/* Cuts for `segments` parts of about equal bytes: near each mark the place over which the least passes. */
static cuts cut_into(work *w, size_t segments)
{
    cuts   c = {0, {0}, 0};
    double part = w->before[w->forward] / (double)segments;
    size_t n = 1;
    for (size_t k = 1; k < segments; k++) {
        double low = part * ((double)k - 0.5), high = part * ((double)k + 0.5), least = 0;
        size_t best = 0;
        for (; n < w->forward && w->before[n] < high; n++) {
            if (w->before[n] < low || (best && w->across[n] >= least)) continue;
            best = n;
            least = w->across[n];
        }
        if (best) c.at[c.count++] = best;
    }
    c.peak = peak_of(w, &c);
    return c;
}

static cuts choose(work *w, size_t segments)
{
    cuts best;
    if (segments) return cut_into(w, segments < MOST_SEGMENTS ? segments : MOST_SEGMENTS);
    best = cut_into(w, 1);
    for (size_t k = 2; k <= MOST_SEGMENTS && k <= w->forward; k++) {
        cuts c = cut_into(w, k);
        if (c.peak < best.peak) best = c;
    }
    return best;
}

/* --- copies --- */

/* What a plan would not have merged, since a gradient names it too, it must not merge now that the gradient names a copy; nor
 * may it merge that. Else original, copy and the graph as it came would round differently. */
static void keep_apart(work *w)
{
    for (size_t i = 0; i < w->tensors; i++)
        if (w->maker[i] != NONE && w->uses[i] > 1) w->graph->node[w->maker[i]].apart = true;
}

static void mark_kept(work *w, const cuts *c)
{
    mark_segments(w, c);
    for (size_t n = 0; n < w->forward; n++) w->kept[n] = w->segment[n] == (int)c->count || !w->reversed[n];
    for (size_t i = 0; i < w->tensors; i++)
        if (w->maker[i] != NONE && passes_on(w, i)) w->kept[w->maker[i]] = true;
    for (size_t i = 0; i < w->graph->output_count; i++)
        if (w->maker[w->graph->output[i]] != NONE) w->kept[w->maker[w->graph->output[i]]] = true;
}

static kin_status copy_node(work *w, size_t n)
{
    kin_graph *graph = w->graph;
    kin_node   from = graph->node[n], *node;
    for (size_t j = 0; j < from.out_count; j++) {
        kin_tensor t = graph->tensor[from.out[j]];
        KIN_TRY(kin_graph_tensor(graph, t.name, strlen(t.name), &t, &w->again[from.out[j]]));
    }
    KIN_TRY(kin_graph_node(graph, from.op, from.name, strlen(from.name), from.in_count, from.out_count, &node));
    node->attrs = from.attrs;
    node->apart = from.apart;
    memcpy(node->in, from.in, from.in_count * sizeof *from.in);
    for (size_t j = 0; j < from.out_count; j++) node->out[j] = w->again[from.out[j]];
    return KIN_OK;
}

/* Gradients, then the copies that they need, then the copies that those need, which are added behind meanwhile. */
static kin_status read_copies(work *w)
{
    kin_graph *graph = w->graph;
    for (size_t n = w->forward; n < graph->node_count; n++)
        for (size_t i = 0; i < graph->node[n].in_count; i++) {
            int id = graph->node[n].in[i], maker = id < 0 || (size_t)id >= w->tensors ? NONE : w->maker[id];
            if (maker == NONE || w->kept[maker] || !kin_node_reads(&graph->node[n], i)) continue;
            if (w->again[id] == NONE) KIN_TRY(copy_node(w, (size_t)maker));
            graph->node[n].in[i] = w->again[id];
        }
    return kin_graph_sort(graph);
}

static kin_status recompute(work *w, const kin_shape *shapes, size_t segments)
{
    find_uses(w);
    KIN_TRY(measure(w, shapes));
    sum_up(w);
    cuts c = choose(w, segments);
    if (!c.count) return KIN_OK;
    keep_apart(w);
    mark_kept(w, &c);
    return read_copies(w);
}

static kin_status make_room(work *w)
{
    kin_context *ctx = w->graph->ctx;
    size_t       places = w->forward + 2;
    KIN_TRY(kin_alloc_zero(ctx, w->tensors, sizeof *w->bytes, &w->bytes));
    KIN_TRY(kin_alloc_zero(ctx, w->tensors, sizeof *w->maker, &w->maker));
    KIN_TRY(kin_alloc_zero(ctx, w->tensors, sizeof *w->last, &w->last));
    KIN_TRY(kin_alloc_zero(ctx, w->tensors, sizeof *w->saved, &w->saved));
    KIN_TRY(kin_alloc_zero(ctx, w->tensors, sizeof *w->uses, &w->uses));
    KIN_TRY(kin_alloc_zero(ctx, w->tensors, sizeof *w->again, &w->again));
    KIN_TRY(kin_alloc_zero(ctx, places, sizeof *w->before, &w->before));
    KIN_TRY(kin_alloc_zero(ctx, places, sizeof *w->across, &w->across));
    KIN_TRY(kin_alloc_zero(ctx, places, sizeof *w->segment, &w->segment));
    KIN_TRY(kin_alloc_zero(ctx, places, sizeof *w->reversed, &w->reversed));
    return kin_alloc_zero(ctx, places, sizeof *w->kept, &w->kept);
}

kin_status kin_grad_recompute(kin_graph *graph, size_t forward, const kin_shape *shapes, size_t segments)
{
    work       w = {.graph = graph, .forward = forward, .tensors = graph->tensor_count};
    kin_status status = make_room(&w);
    if (status == KIN_OK) status = recompute(&w, shapes, segments);
    void *const rooms[] = {w.bytes, w.maker, w.last, w.uses, w.saved, w.again, w.before, w.across, w.segment, w.reversed, w.kept};
    for (size_t i = 0; i < sizeof rooms / sizeof *rooms; i++) kin_release(graph->ctx, rooms[i]);
    return status;
}
