/* SPDX-License-Identifier: Apache-2.0
 *
 * Chooses how each node runs, and keeps the packed weights of the prepared graph.
 */
#include <string.h>

#include "nn/ops/conv.h"
#include "nn/plan/plan.h"

struct kin_binder {
    kin_plan *plan;
    kin_step *step;
};

kin_context *kin_bind_context(kin_binder *binder)
{
    return binder->plan->ctx;
}

kin_status kin_bind_alloc(kin_binder *binder, size_t size, void *out)
{
    return kin_arena_alloc(&binder->plan->arena, 1, size ? size : 1, out);
}

/* --- packs --- */

/* Whether the constant stands in the prepared graph, which outlives every plan. */
static bool shared(const kin_prepared *p, int id)
{
    return id >= 0 && (size_t)id < p->graph->tensor_count && p->graph->tensor[id].data;
}

static bool shareable(const kin_plan *plan, const kin_node *node)
{
    for (size_t i = 0; i < node->in_count; i++)
        if (node->in[i] >= 0 && plan->graph->tensor[node->in[i]].data && !shared(plan->prepared, node->in[i])) return false;
    return true;
}

static bool same_pack(const kin_prepared *p, const kin_pack *pack, const char *key, const kin_node *node)
{
    if (pack->node.op != node->op || strcmp(pack->key, key) || pack->node.in_count != node->in_count) return false;
    if (node->op->attrs_size && memcmp(pack->node.attrs, node->attrs, node->op->attrs_size)) return false;
    for (size_t i = 0; i < node->in_count; i++)
        if (pack->node.in[i] != (shared(p, node->in[i]) ? node->in[i] : -1)) return false;
    return true;
}

/* Unpacks the weights that have waited, packs them, lets them go. */
static kin_status fill_pack(kin_binder *binder, void (*pack)(const kin_call *, const void *, void *), const void *state,
                            void *out)
{
    kin_prepared     *p = binder->plan->prepared;
    const kin_node   *node = binder->step->node;
    kin_call          call = binder->step->call;
    const kin_tensor *in[8];
    kin_tensor        copy;
    void             *block = NULL;
    int               later = node->in_count > KIN_IN_WEIGHTS ? node->in[KIN_IN_WEIGHTS] : -1;
    if (kin_prepared_is_later(p, later) && node->in_count <= sizeof in / sizeof *in) {
        kin_status status = kin_prepared_unpack(p, later, &block);
        if (status != KIN_OK) return kin_fail(binder->plan->ctx, status, "%s", p->pool.error);
        memcpy(in, call.in, node->in_count * sizeof *in);
        copy = *call.in[KIN_IN_WEIGHTS];
        copy.data = block;
        in[KIN_IN_WEIGHTS] = &copy;
        call.in = in;
    }
    pack(&call, state, out);
    kin_release(&p->pool, block);
    return KIN_OK;
}

/* An entry for the pack cache that names the present node's constants. */
static kin_status new_entry(kin_prepared *p, const char *key, const kin_node *node, kin_pack **out)
{
    kin_pack *entry;
    void     *attrs;
    KIN_TRY(kin_arena_alloc(&p->arena, 1, sizeof *entry, &entry));
    KIN_TRY(kin_arena_string(&p->arena, key, strlen(key), &entry->key));
    KIN_TRY(kin_arena_alloc(&p->arena, node->in_count, sizeof(int), &entry->node.in));
    KIN_TRY(kin_arena_alloc(&p->arena, 1, node->op->attrs_size, &attrs));
    if (node->op->attrs_size) memcpy(attrs, node->attrs, node->op->attrs_size);
    entry->node.op = node->op;
    entry->node.attrs = attrs;
    entry->node.in_count = node->in_count;
    for (size_t i = 0; i < node->in_count; i++) entry->node.in[i] = shared(p, node->in[i]) ? node->in[i] : -1;
    *out = entry;
    return KIN_OK;
}

kin_status kin_bind_pack(kin_binder *binder, const char *key, size_t bytes,
                         void (*pack)(const kin_call *call, const void *state, void *out), const void *state,
                         const void **out)
{
    kin_prepared   *p = binder->plan->prepared;
    const kin_node *node = binder->step->node;
    kin_pack       *entry;
    *out = NULL;
    if (!shareable(binder->plan, node)) { /* a constant that only this plan has */
        void *own;
        KIN_TRY(kin_arena_alloc(&binder->plan->arena, bytes ? bytes : 1, 1, &own));
        *out = own;
        return fill_pack(binder, pack, state, own);
    }
    for (entry = p->pack; entry; entry = entry->next)
        if (same_pack(p, entry, key, node)) {
            *out = entry->bytes;
            return KIN_OK;
        }
    kin_status status = new_entry(p, key, node, &entry);
    if (status == KIN_OK) status = kin_alloc_zero(&p->pool, bytes, 1, &entry->bytes);
    if (status != KIN_OK) return kin_fail(binder->plan->ctx, status, "%s", p->pool.error);
    status = fill_pack(binder, pack, state, entry->bytes);
    if (status != KIN_OK) {
        kin_release(&p->pool, entry->bytes);
        return status;
    }
    entry->next = p->pack;
    p->pack = entry;
    *out = entry->bytes;
    return KIN_OK;
}

/* --- steps --- */

static void run_scalar(const kin_exec *exec, const kin_call *call, size_t task, void *scratch)
{
    const kin_op *op = exec->state;
    (void)task;
    (void)scratch;
    op->forward(call);
}

static void run_copy(const kin_exec *exec, const kin_call *call, size_t task, void *scratch)
{
    size_t bytes = kin_count(&call->out[0]->shape) * kin_type_size(call->out[0]->type);
    (void)exec;
    (void)task;
    (void)scratch;
    memcpy(call->out[0]->data, call->in[0]->data, bytes);
}

static kin_status make_call(kin_plan *plan, const kin_node *node, kin_call *call)
{
    const kin_tensor **in;
    kin_tensor       **out;
    KIN_TRY(kin_arena_alloc(&plan->arena, node->in_count, sizeof *in, &in));
    KIN_TRY(kin_arena_alloc(&plan->arena, node->out_count, sizeof *out, &out));
    for (size_t i = 0; i < node->in_count; i++) in[i] = node->in[i] < 0 ? NULL : &plan->graph->tensor[node->in[i]];
    for (size_t i = 0; i < node->out_count; i++) out[i] = &plan->graph->tensor[node->out[i]];
    *call = (kin_call){plan->ctx, node->name, node->attrs, node->in_count, node->out_count, in, out};
    return KIN_OK;
}

/* A scalar op reads its weights at every run: unpack for good. */
static kin_status keep_weights(kin_plan *plan, const kin_node *node)
{
    for (size_t i = 0; i < node->in_count; i++) {
        int id = node->in[i];
        if (!kin_prepared_is_later(plan->prepared, id)) continue;
        kin_status status = kin_prepared_keep(plan->prepared, id, &plan->graph->tensor[id].data);
        if (status != KIN_OK) return kin_fail(plan->ctx, status, "%s", plan->prepared->pool.error);
    }
    return KIN_OK;
}

static kin_status bind_node(kin_plan *plan, kin_step *step)
{
    const kin_op *op = step->node->op;
    kin_binder    binder = {plan, step};
    kin_bind     *bind = kin_bind_for(op);
    bool          taken = false;
    /* a plan whose weights another plan has unpacked for good meanwhile */
    for (size_t i = 0; i < step->node->in_count; i++) {
        int id = step->node->in[i];
        if (shared(plan->prepared, id)) plan->graph->tensor[id].data = plan->prepared->graph->tensor[id].data;
    }
    if (bind) KIN_TRY(bind(&binder, op, &step->call, &step->exec, &taken));
    if (taken) return KIN_OK;
    KIN_TRY(keep_weights(plan, step->node));
    step->exec = (kin_exec){.kernel = "scalar", .tasks = 1, .run = run_scalar, .state = op};
    return KIN_OK;
}

/* A tensor of the same type and shape as `id`, with memory of its own. */
static kin_status copy_step(kin_plan *plan, int id, int copy)
{
    kin_step          *step = &plan->step[plan->step_count++];
    const kin_tensor **in;
    kin_tensor       **out;
    KIN_TRY(kin_arena_alloc(&plan->arena, 1, sizeof *in, &in));
    KIN_TRY(kin_arena_alloc(&plan->arena, 1, sizeof *out, &out));
    in[0] = &plan->graph->tensor[id];
    out[0] = &plan->graph->tensor[copy];
    step->call = (kin_call){plan->ctx, "output", NULL, 1, 1, in, out};
    step->exec = (kin_exec){.kernel = "copy", .tasks = 1, .run = run_copy};
    return KIN_OK;
}

/* source[t]: the tensor whose bytes t is through reshapes, t itself as a rule. Outputs whose bytes are an input's or a
 * constant's get a tensor of their own; all tensors must exist before the calls take their addresses. */
static kin_status own_outputs(kin_plan *plan, const int *source, const bool *input)
{
    kin_graph *graph = plan->graph;
    for (size_t i = 0; i < graph->output_count; i++) {
        int id = graph->output[i];
        plan->output[i] = id;
        if (!graph->tensor[source[id]].data && !input[source[id]]) continue;
        kin_tensor t = graph->tensor[id];
        t.data = NULL;
        KIN_TRY(kin_graph_tensor(graph, t.name, strlen(t.name), &t, &plan->output[i]));
    }
    return KIN_OK;
}

static bool is_alias(const kin_plan *plan, const kin_node *node)
{
    return !plan->options.keep && node->in_count > 0 && node->out_count == 1 &&
           node->op->forward == kin_op_same_bytes && !kin_plan_variable(plan, node->in[0]) &&
           !kin_plan_variable(plan, node->out[0]);
}

static kin_status find_sources(kin_plan *plan)
{
    kin_graph *graph = plan->graph;
    int       *source;
    bool      *input;
    KIN_TRY(kin_arena_alloc(&plan->arena, graph->tensor_count, sizeof *source, &source));
    KIN_TRY(kin_arena_alloc(&plan->arena, graph->tensor_count, sizeof *input, &input));
    for (size_t i = 0; i < graph->tensor_count; i++) source[i] = (int)i;
    for (size_t i = 0; i < graph->input_count; i++) input[graph->input[i]] = true;
    for (size_t n = 0; n < graph->node_count; n++)
        if (is_alias(plan, &graph->node[n])) source[graph->node[n].out[0]] = source[graph->node[n].in[0]];
    return own_outputs(plan, source, input);
}

kin_status kin_plan_bind(kin_plan *plan)
{
    kin_graph *graph = plan->graph;
    KIN_TRY(kin_arena_alloc(&plan->arena, graph->output_count, sizeof *plan->output, &plan->output));
    KIN_TRY(find_sources(plan));
    KIN_TRY(kin_arena_alloc(&plan->arena, graph->node_count + graph->output_count, sizeof *plan->step, &plan->step));
    for (size_t n = 0; n < graph->node_count; n++) {
        kin_step *step = &plan->step[plan->step_count++];
        step->node = &graph->node[n];
        step->alias = is_alias(plan, step->node) && !graph->tensor[step->node->in[0]].data;
        KIN_TRY(make_call(plan, step->node, &step->call));
        if (step->alias)
            step->exec = (kin_exec){.kernel = "none", .tasks = 0};
        else
            KIN_TRY(bind_node(plan, step));
        if (step->exec.scratch > SIZE_MAX / 2 - KIN_ALIGN || step->exec.shared_bytes > SIZE_MAX / 2)
            return kin_fail(plan->ctx, KIN_E_LIMIT, "scratch memory of %zu and %zu bytes", step->exec.scratch,
                            step->exec.shared_bytes);
        step->scratch_bytes = kin_align_up(step->exec.scratch, KIN_ALIGN);
    }
    for (size_t i = 0; i < plan->prepared->later_tensors; i++) /* packed: nobody may read them any more */
        if (kin_prepared_is_later(plan->prepared, (int)i)) graph->tensor[i].data = NULL;
    for (size_t i = 0; i < graph->output_count; i++)
        if (plan->output[i] != graph->output[i]) KIN_TRY(copy_step(plan, graph->output[i], plan->output[i]));
    return KIN_OK;
}
