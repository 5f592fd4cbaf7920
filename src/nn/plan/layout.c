/* SPDX-License-Identifier: Apache-2.0
 *
 * Which values share memory, from when to when each lives, where it stands.
 * Times: 0 the caller fills the inputs, 1.. the steps, the last one: the caller reads the outputs.
 */
#include <string.h>

#include "nn/plan/memory.h"
#include "nn/plan/plan.h"

/* Tensors that stand in the same memory form a group; its number is one of them. */
typedef struct {
    int    parent;
    int    first, last;
    bool   live, input, output, elsewhere; /* elsewhere: a variable */
    size_t bytes;
    size_t block;
} value;

typedef struct {
    kin_plan  *plan;
    value     *value;
    kin_block *block;
    size_t     block_count;
} layout;

static int find(layout *l, int id)
{
    while (l->value[id].parent != id) {
        l->value[id].parent = l->value[l->value[id].parent].parent;
        id = l->value[id].parent;
    }
    return id;
}

static int number(const layout *l, const kin_tensor *t)
{
    return (int)(t - l->plan->graph->tensor);
}

static void merge(layout *l, int into, int id)
{
    value *a = &l->value[into], *b = &l->value[id];
    b->parent = into;
    if (b->first < a->first) a->first = b->first;
    if (b->last > a->last) a->last = b->last;
    a->input = a->input || b->input;
    a->output = a->output || b->output;
}

const kin_variable *kin_plan_variable(const kin_plan *plan, int id)
{
    for (size_t i = 0; i < plan->options.variable_count; i++)
        if (plan->options.variable[i].tensor == id) return &plan->options.variable[i];
    return NULL;
}

static void touch(layout *l, int id, int time)
{
    value *v = &l->value[id];
    if (v->elsewhere) return;
    if (!v->live) v->first = v->last = time;
    v->live = true;
    if (time < v->first) v->first = time;
    if (time > v->last) v->last = time;
}

static bool reads(const kin_step *step, size_t i)
{
    return !step->node || kin_node_reads(step->node, i);
}

/* Which tensors live when, before anything is shared. */
static kin_status find_lives(layout *l)
{
    kin_plan  *plan = l->plan;
    kin_graph *graph = plan->graph;
    int        end = (int)plan->step_count + 1;
    for (size_t i = 0; i < graph->tensor_count; i++) l->value[i].parent = (int)i;
    for (size_t i = 0; i < plan->options.variable_count; i++) l->value[plan->options.variable[i].tensor].elsewhere = true;
    for (size_t i = 0; i < graph->input_count; i++) {
        touch(l, graph->input[i], 0);
        l->value[graph->input[i]].input = true;
    }
    for (size_t s = 0; s < plan->step_count; s++) {
        const kin_call *call = &plan->step[s].call;
        for (size_t i = 0; i < call->in_count; i++)
            if (call->in[i] && !call->in[i]->data && reads(&plan->step[s], i) &&
                !kin_prepared_is_later(plan->prepared, number(l, call->in[i])))
                touch(l, number(l, call->in[i]), (int)s + 1);
        for (size_t i = 0; i < call->out_count; i++) touch(l, number(l, call->out[i]), (int)s + 1);
    }
    for (size_t i = 0; i < graph->output_count; i++) {
        touch(l, plan->output[i], end);
        l->value[plan->output[i]].output = true;
    }
    for (size_t i = 0; i < graph->tensor_count; i++) {
        value *v = &l->value[i];
        if (!v->live) continue;
        if (!kin_tensor_bytes(&graph->tensor[i], &v->bytes))
            return kin_fail(plan->ctx, KIN_E_LIMIT, "tensor '%s' is too large", graph->tensor[i].name);
        if (plan->options.keep) {
            v->first = 0;
            v->last = end;
        }
    }
    return KIN_OK;
}

/* Whether step s may write its output over its first input: nobody reads it later, nor otherwise in this step. */
static bool may_overwrite(layout *l, size_t s, int in, int out)
{
    const kin_step *step = &l->plan->step[s];
    const kin_call *call = &step->call;
    const value    *a = &l->value[in], *b = &l->value[out];
    if (!step->node || !kin_node_in_place(step->node) || in == out || a->bytes != b->bytes || b->elsewhere) return false;
    if (a->last != (int)s + 1 || a->output || (a->input && b->output)) return false;
    for (size_t i = 1; i < call->in_count; i++)
        if (call->in[i] && call->in[i] != call->in[0] && reads(step, i) && find(l, number(l, call->in[i])) == in)
            return false;
    return true;
}

static void share(layout *l)
{
    kin_plan *plan = l->plan;
    for (size_t s = 0; s < plan->step_count; s++) { /* the same bytes under another shape */
        const kin_call *call = &plan->step[s].call;
        if (plan->step[s].alias) merge(l, find(l, number(l, call->in[0])), find(l, number(l, call->out[0])));
    }
    for (size_t s = 0; s < plan->step_count && !plan->options.keep; s++) {
        const kin_call *call = &plan->step[s].call;
        if (plan->step[s].alias || call->in_count < 1 || !call->in[0] || call->in[0]->data) continue;
        int in = find(l, number(l, call->in[0])), out = find(l, number(l, call->out[0]));
        if (l->value[in].live && may_overwrite(l, s, in, out)) merge(l, in, out);
    }
}

/* What a step needs beside its tensors: scratch memory of each worker, then what all share. */
static size_t work_bytes(const kin_plan *plan, size_t s)
{
    return plan->step[s].scratch_bytes * plan->workers + plan->step[s].exec.shared_bytes;
}

static void make_blocks(layout *l)
{
    kin_plan *plan = l->plan;
    for (size_t i = 0; i < plan->graph->tensor_count; i++) {
        value *v = &l->value[i];
        if (!v->live || v->parent != (int)i) continue;
        v->block = l->block_count;
        l->block[l->block_count++] = (kin_block){v->bytes ? v->bytes : 1, v->first, v->last, v->input || v->output, 0};
    }
    for (size_t s = 0; s < plan->step_count; s++)
        if (work_bytes(plan, s)) l->block[l->block_count++] = (kin_block){work_bytes(plan, s), (int)s + 1, (int)s + 1, false, 0};
}

static void hand_out(layout *l)
{
    kin_plan *plan = l->plan;
    char     *memory = plan->memory;
    size_t    scratch = l->block_count;
    for (size_t s = plan->step_count; s-- > 0;) {
        if (!work_bytes(plan, s)) continue;
        plan->step[s].scratch = memory + l->block[--scratch].offset;
        plan->step[s].exec.shared = plan->step[s].scratch + plan->step[s].scratch_bytes * plan->workers;
    }
    for (size_t i = 0; i < plan->options.variable_count; i++)
        plan->graph->tensor[plan->options.variable[i].tensor].data = plan->options.variable[i].data;
    for (size_t i = 0; i < plan->graph->tensor_count; i++)
        if (l->value[i].live && !plan->graph->tensor[i].data)
            plan->graph->tensor[i].data = memory + l->block[l->value[find(l, (int)i)].block].offset;
    for (size_t i = 0; i < plan->graph->input_count; i++) { /* a run without a fill reads zeros */
        const kin_tensor *t = &plan->graph->tensor[plan->graph->input[i]];
        size_t            bytes;
        if (!l->value[plan->graph->input[i]].elsewhere && kin_tensor_bytes(t, &bytes)) memset(t->data, 0, bytes);
    }
}

static kin_status lay_out(layout *l)
{
    kin_plan *plan = l->plan;
    size_t    total;
    KIN_TRY(find_lives(l));
    for (size_t s = 0; s < plan->step_count; s++)
        if (plan->step[s].scratch_bytes > SIZE_MAX / 8 / plan->workers)
            return kin_fail(plan->ctx, KIN_E_LIMIT, "scratch memory of %zu bytes", plan->step[s].scratch_bytes);
    share(l);
    make_blocks(l);
    KIN_TRY(kin_memory_place(plan->ctx, l->block, l->block_count, &total));
    if (plan->options.needed) *plan->options.needed = plan->ctx->memory + kin_charged(total);
    KIN_TRY(kin_alloc(plan->ctx, total, &plan->memory));
    plan->memory_bytes = total;
    hand_out(l);
    return KIN_OK;
}

kin_status kin_plan_layout(kin_plan *plan)
{
    layout     l = {.plan = plan};
    kin_status status = kin_alloc_zero(plan->ctx, plan->graph->tensor_count, sizeof *l.value, &l.value);
    if (status == KIN_OK)
        status = kin_alloc_zero(plan->ctx, plan->graph->tensor_count + plan->step_count, sizeof *l.block, &l.block);
    if (status == KIN_OK) status = lay_out(&l);
    kin_release(plan->ctx, l.value);
    kin_release(plan->ctx, l.block);
    return status;
}
