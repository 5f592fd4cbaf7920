/* SPDX-License-Identifier: Apache-2.0
 *
 * The public face of a plan: made, looked at, run, freed.
 */
#include "nn/plan/plan.h"

#include "nn/plan/passes.h"

static kin_status build(kin_plan *plan, const kin_shape *shapes)
{
    static kin_pass *const passes[] = {kin_pass_softmax, kin_pass_residual, kin_pass_activation};
    KIN_TRY(kin_graph_copy(plan->ctx, plan->prepared->graph, &plan->graph));
    KIN_TRY(kin_plan_infer(plan, plan->source, shapes));
    for (size_t i = 0; i < sizeof passes / sizeof *passes && !plan->options.plain; i++)
        KIN_TRY(kin_rewrite_run(plan->graph, passes[i]));
    KIN_TRY(kin_plan_bind(plan));
    kin_prepared_charge(plan->prepared);
    return kin_plan_layout(plan);
}

kin_status kin_plan_make(kin_context *ctx, kin_graph *graph, const kin_shape *shapes, const kin_plan_options *options,
                         kin_plan **out)
{
    kin_plan *plan;
    *out = NULL;
    KIN_TRY(kin_alloc_zero(ctx, 1, sizeof *plan, &plan));
    plan->ctx = ctx;
    plan->source = graph;
    plan->arena = kin_arena_make(ctx);
    plan->workers = ctx->splitter->width ? ctx->splitter->width : 1;
    if (options) plan->options = *options;
    kin_status status = kin_prepared_enter(ctx, graph, plan->options.plain, &plan->prepared);
    if (status == KIN_OK) {
        status = build(plan, shapes);
        kin_prepared_leave(graph, plan->prepared);
    }
    if (status != KIN_OK) {
        kin_plan_free(plan);
        return status;
    }
    *out = plan;
    return KIN_OK;
}

kin_status kin_plan_new_on(kin_context *ctx, kin_graph *graph, const kin_shape *shapes, kin_plan **out)
{
    kin_enter(ctx);
    kin_status status = kin_plan_make(ctx, graph, shapes, NULL, out);
    kin_leave(ctx);
    return status;
}

kin_status kin_plan_new(kin_graph *graph, const kin_shape *shapes, kin_plan **out)
{
    return kin_plan_new_on(graph->ctx, graph, shapes, out);
}

void kin_plan_free(kin_plan *plan)
{
    if (!plan) return;
    kin_context *ctx = plan->ctx;
    kin_enter(ctx);
    kin_release(ctx, plan->memory);
    kin_graph_free(plan->graph);
    kin_arena_free(&plan->arena);
    if (plan->options.plain) kin_prepared_free(plan->prepared);
    kin_release(ctx, plan);
    kin_leave(ctx);
}

/* --- looking --- */

static const kin_tensor *input(const kin_plan *plan, size_t i)
{
    return i < plan->graph->input_count ? &plan->graph->tensor[plan->graph->input[i]] : NULL;
}

static const kin_tensor *output(const kin_plan *plan, size_t i)
{
    return i < plan->graph->output_count ? &plan->graph->tensor[plan->output[i]] : NULL;
}

void *kin_plan_input(kin_plan *plan, size_t i)
{
    const kin_tensor *t = input(plan, i);
    return t ? t->data : NULL;
}

const void *kin_plan_output(const kin_plan *plan, size_t i)
{
    const kin_tensor *t = output(plan, i);
    return t ? t->data : NULL;
}

kin_shape kin_plan_input_shape(const kin_plan *plan, size_t i)
{
    const kin_tensor *t = input(plan, i);
    return t ? t->shape : (kin_shape){0};
}

kin_shape kin_plan_output_shape(const kin_plan *plan, size_t i)
{
    const kin_tensor *t = output(plan, i);
    return t ? t->shape : (kin_shape){0};
}

kin_type kin_plan_input_type(const kin_plan *plan, size_t i)
{
    const kin_tensor *t = input(plan, i);
    return t ? t->type : KIN_TYPES;
}

kin_type kin_plan_output_type(const kin_plan *plan, size_t i)
{
    const kin_tensor *t = output(plan, i);
    return t ? t->type : KIN_TYPES;
}

const kin_tensor *kin_plan_tensor(const kin_plan *plan, int id)
{
    if (id < 0 || (size_t)id >= plan->graph->tensor_count || !plan->graph->tensor[id].data) return NULL;
    return &plan->graph->tensor[id];
}

/* --- running --- */

typedef struct {
    const kin_step *step;
    kin_exec_run   *run;
} phase;

static void run_task(void *arg, size_t index, size_t worker)
{
    const phase    *p = arg;
    const kin_step *step = p->step;
    p->run(&step->exec, &step->call, index, step->scratch ? step->scratch + worker * step->scratch_bytes : NULL);
}

void kin_step_run(const kin_step *step, kin_splitter *splitter)
{
    const kin_exec *e = &step->exec;
    if (e->before) kin_split(splitter, run_task, &(phase){step, e->before}, e->before_tasks);
    kin_split(splitter, run_task, &(phase){step, e->run}, e->tasks);
    if (e->after) kin_split(splitter, run_task, &(phase){step, e->after}, e->after_tasks);
}

kin_status kin_plan_run(kin_plan *plan)
{
    kin_context *ctx = plan->ctx;
    kin_status   status = KIN_OK;
    kin_enter(ctx);
    for (size_t s = 0; s < plan->step_count && status == KIN_OK; s++) {
        if (kin_cancelled(ctx))
            status = kin_fail(ctx, KIN_E_CANCELLED, "cancelled");
        else
            kin_step_run(&plan->step[s], ctx->splitter);
    }
    kin_leave(ctx);
    return status;
}
