/* SPDX-License-Identifier: Apache-2.0
 *
 * Making, locking and freeing the prepared graph.
 */
#include "nn/plan/prepared.h"

#include <string.h>

#include "kern/registry.h"
#include "nn/plan/epilogue.h"
#include "nn/plan/evaluate.h"
#include "nn/plan/passes.h"

/* --- constants --- */

/* A file's constants may stand at any multiple of four bytes; int64 wants more. */
static kin_status align_constants(kin_graph *graph)
{
    for (size_t i = 0; i < graph->tensor_count; i++) {
        kin_tensor *t = &graph->tensor[i];
        size_t      bytes;
        void       *copy;
        if (!t->data || (uintptr_t)t->data % kin_type_size(t->type) == 0) continue;
        if (!kin_tensor_bytes(t, &bytes)) return kin_fail(graph->ctx, KIN_E_FORMAT, "constant %zu is too large", i);
        KIN_TRY(kin_arena_alloc(&graph->arena, bytes ? bytes : 1, 1, &copy));
        memcpy(copy, t->data, bytes);
        t->data = copy;
    }
    return KIN_OK;
}

/* otherwise[t]: somebody reads t as something else than a layer's weights. */
static kin_status mark_other_uses(kin_graph *graph, uint8_t **out)
{
    KIN_TRY(kin_alloc_zero(graph->ctx, graph->tensor_count, 1, out));
    for (size_t n = 0; n < graph->node_count; n++)
        for (size_t i = 0; i < graph->node[n].in_count; i++)
            if (graph->node[n].in[i] >= 0 && !(kin_is_layer(&graph->node[n]) && i == KIN_IN_WEIGHTS))
                (*out)[graph->node[n].in[i]] = 1;
    for (size_t i = 0; i < graph->output_count; i++) (*out)[graph->output[i]] = 1;
    return KIN_OK;
}

static kin_status fold_node(kin_rewrite *r, kin_node *node, const uint8_t *otherwise, const kin_call_room *room)
{
    kin_call call = kin_call_of(r->graph, node, room);
    if (node->in_count == 0 || !kin_node_known(r->graph, node)) return KIN_OK;
    KIN_TRY(node->op->infer(&call));
    if (!otherwise[node->out[0]] && kin_weights_later(r, node)) return KIN_OK;
    return kin_evaluate(r->graph, node, &call);
}

/* Nodes that read constants only are run here and now; large weights wait until a layer packs them. */
static kin_status fold_constants(kin_rewrite *r)
{
    uint8_t      *otherwise = NULL;
    kin_call_room room;
    KIN_TRY(kin_call_room_make(r->graph, &room));
    kin_status status = mark_other_uses(r->graph, &otherwise);
    for (size_t n = 0; status == KIN_OK && n < r->graph->node_count; n++)
        status = fold_node(r, &r->graph->node[n], otherwise, &room);
    kin_release(r->graph->ctx, otherwise);
    kin_call_room_free(r->graph, &room);
    return status;
}

/* Takes the nodes that unpack weights out of the graph. Their tensors' data become the packed bytes: a sign that they
 * are constants; who reads them asks kin_prepared_is_later first. */
static kin_status take_later(kin_rewrite *r, kin_prepared *p)
{
    kin_graph *graph = r->graph;
    size_t     count = 0;
    KIN_TRY(kin_arena_alloc(&graph->arena, graph->node_count, sizeof *p->later, &p->later));
    KIN_TRY(kin_arena_alloc(&graph->arena, graph->tensor_count, sizeof *p->later_of, &p->later_of));
    p->later_tensors = graph->tensor_count;
    for (size_t i = 0; i < graph->tensor_count; i++) p->later_of[i] = -1;
    for (size_t n = 0; n < graph->node_count; n++) {
        kin_node *node = &graph->node[n];
        if (!kin_node_known(graph, node) || !kin_weights_later(r, node)) continue;
        p->later_of[node->out[0]] = (int)count;
        graph->tensor[node->out[0]].data = graph->tensor[node->in[0]].data;
        p->later[count++] = *node;
    }
    return KIN_OK;
}

bool kin_prepared_is_later(const kin_prepared *prepared, int tensor)
{
    return tensor >= 0 && (size_t)tensor < prepared->later_tensors && prepared->later_of[tensor] >= 0;
}

kin_status kin_prepared_unpack(kin_prepared *prepared, int tensor, void **block)
{
    const kin_node *node = &prepared->later[prepared->later_of[tensor]];
    kin_tensor      from = prepared->graph->tensor[node->in[0]], to = prepared->graph->tensor[tensor];
    const kin_tensor *in[1] = {&from};
    kin_tensor      *out[1] = {&to};
    kin_call         call = {&prepared->pool, node->name, node->attrs, 1, 1, in, out};
    size_t           bytes;
    *block = NULL;
    if (!kin_tensor_bytes(&to, &bytes)) return kin_fail(&prepared->pool, KIN_E_LIMIT, "weights are too large");
    KIN_TRY(kin_alloc(&prepared->pool, bytes, block));
    to.data = *block;
    if (from.type == KIN_FLOAT16) /* the same bits at every level, much faster than the scalar op */
        kin_kernels_for(prepared->pool.cpu)->convert->f16_f32(kin_count(&to.shape), from.data, to.data);
    else
        node->op->forward(&call);
    return KIN_OK;
}

kin_status kin_prepared_keep(kin_prepared *prepared, int tensor, void **data)
{
    kin_tensor *t = &prepared->graph->tensor[tensor];
    size_t      bytes;
    void       *block, *kept;
    KIN_TRY(kin_prepared_unpack(prepared, tensor, &block));
    kin_tensor_bytes(t, &bytes);
    kin_status status = kin_arena_alloc(&prepared->graph->arena, bytes, 1, &kept);
    if (status == KIN_OK) {
        memcpy(kept, block, bytes);
        t->data = *data = kept;
        prepared->later_of[tensor] = -1;
    }
    kin_release(&prepared->pool, block);
    return status;
}

/* --- the whole --- */

static kin_status run_passes(kin_prepared *p, bool plain)
{
    static kin_pass *const passes[] = {kin_pass_identity, fold_constants, kin_pass_prelu,
                                       kin_pass_scale,    kin_pass_pad,   kin_pass_input_scale,
                                       kin_pass_activation};
    KIN_TRY(kin_graph_sort(p->graph));
    KIN_TRY(align_constants(p->graph));
    if (plain) return kin_rewrite_run(p->graph, fold_constants);
    for (size_t i = 0; i < sizeof passes / sizeof *passes; i++) KIN_TRY(kin_rewrite_run(p->graph, passes[i]));
    return KIN_OK;
}

static kin_status prepare(kin_prepared *p, const kin_graph *graph, bool plain)
{
    KIN_TRY(kin_graph_copy(&p->pool, graph, &p->graph));
    KIN_TRY(run_passes(p, plain));
    kin_rewrite r = {.graph = p->graph};
    KIN_TRY(take_later(&r, p));
    size_t kept = 0; /* the nodes taken go; every other one is needed */
    for (size_t n = 0; n < p->graph->node_count; n++)
        if (!p->graph->tensor[p->graph->node[n].out[0]].data) p->graph->node[kept++] = p->graph->node[n];
    p->graph->node_count = kept;
    return KIN_OK;
}

/* What the owner has left is what the pool may take. */
static void open_pool(kin_prepared *p)
{
    uint64_t held = p->owner->memory, limit = p->owner->max_memory;
    p->pool.max_memory = p->pool.memory + (held < limit ? limit - held : 0);
}

void kin_prepared_charge(kin_prepared *p)
{
    p->owner->memory += p->pool.memory - p->charged;
    p->charged = p->pool.memory;
}

static kin_status make(kin_context *ctx, kin_graph *graph, bool plain, kin_prepared **out)
{
    kin_prepared *p;
    kin_context   pool;
    kin_context_init(&pool);
    pool.allocate = graph->ctx->allocate;
    pool.release = graph->ctx->release;
    pool.user = graph->ctx->user;
    pool.cpu = graph->ctx->cpu;
    *out = NULL;
    uint64_t held = graph->ctx->memory, limit = graph->ctx->max_memory;
    pool.max_memory = held < limit ? limit - held : 0;
    kin_status status = kin_alloc_zero(&pool, 1, sizeof *p, &p);
    if (status != KIN_OK) return kin_fail(ctx, status, "%s", pool.error);
    kin_context_init(&p->pool);
    p->pool.allocate = pool.allocate;
    p->pool.release = pool.release;
    p->pool.user = pool.user;
    p->pool.cpu = pool.cpu;
    p->pool.memory = (uint64_t)pool.memory;
    p->owner = graph->ctx;
    p->arena = kin_arena_make(&p->pool);
    open_pool(p);
    status = prepare(p, graph, plain);
    if (status != KIN_OK) {
        kin_fail(ctx, status, "%s", p->pool.error);
        kin_prepared_free(p);
        return status;
    }
    *out = p;
    return KIN_OK;
}

kin_status kin_prepared_enter(kin_context *ctx, kin_graph *graph, bool plain, kin_prepared **out)
{
    kin_status status = KIN_OK;
    while (atomic_flag_test_and_set_explicit(&graph->lock, memory_order_acquire)) /* held for milliseconds, rarely */
        ;
    *out = graph->prepared;
    if (plain || !*out) status = make(ctx, graph, plain, out);
    if (status != KIN_OK) {
        atomic_flag_clear_explicit(&graph->lock, memory_order_release);
        return status;
    }
    if (!plain) graph->prepared = *out;
    open_pool(*out);
    return KIN_OK;
}

void kin_prepared_leave(kin_graph *graph, kin_prepared *prepared)
{
    if (prepared) kin_prepared_charge(prepared);
    atomic_flag_clear_explicit(&graph->lock, memory_order_release);
}

void kin_prepared_free(kin_prepared *prepared)
{
    if (!prepared) return;
    kin_context pool;
    for (kin_pack *pack = prepared->pack; pack; pack = pack->next) kin_release(&prepared->pool, pack->bytes);
    kin_arena_free(&prepared->arena);
    kin_graph_free(prepared->graph);
    prepared->owner->memory -= prepared->charged;
    kin_context_init(&pool); /* the block holds its own context */
    pool.release = prepared->pool.release;
    pool.user = prepared->pool.user;
    pool.memory = (uint64_t)prepared->pool.memory;
    kin_release(&pool, prepared);
}
