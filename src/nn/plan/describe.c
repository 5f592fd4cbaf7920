/* SPDX-License-Identifier: Apache-2.0
 *
 * A plan as a table.
 */
#include "nn/plan/describe.h"

size_t kin_plan_rows(const kin_plan *plan)
{
    return plan->step_count;
}

/* A constant of the network, not a value of the run: float, and there before the plan's own constants or packed away. */
static bool is_parameter(const kin_plan *plan, int id)
{
    const kin_graph *prepared = plan->prepared->graph;
    if (id < 0 || (size_t)id >= prepared->tensor_count || !prepared->tensor[id].data) return false;
    kin_type type = plan->graph->tensor[id].type;
    return type == KIN_FLOAT32 || type == KIN_FLOAT16;
}

static uint64_t node_parameters(const kin_plan *plan, const kin_node *node)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < node->in_count; i++)
        if (is_parameter(plan, node->in[i])) sum += kin_count(&plan->graph->tensor[node->in[i]].shape);
    return sum;
}

kin_row kin_plan_row(const kin_plan *plan, size_t i)
{
    const kin_step *step = &plan->step[i];
    kin_row         row = {.op = "copy",
                           .name = step->call.name,
                           .kernel = step->exec.kernel,
                           .shape = step->call.out[0]->shape,
                           .type = step->call.out[0]->type};
    if (!step->node) return row;
    row.op = step->node->op->name;
    row.parameters = node_parameters(plan, step->node);
    if (step->node->op->macs) row.macs = (uint64_t)step->node->op->macs(&step->call);
    kin_attrs_text(step->node->op, step->node->attrs, row.fused, sizeof row.fused);
    return row;
}

kin_status kin_plan_totals(const kin_plan *plan, kin_row_totals *out)
{
    bool *seen;
    *out = (kin_row_totals){.arena_bytes = plan->memory_bytes, .packed_bytes = plan->prepared->charged};
    KIN_TRY(kin_alloc_zero(plan->ctx, plan->graph->tensor_count, sizeof *seen, &seen));
    for (size_t s = 0; s < plan->step_count; s++) {
        const kin_node *node = plan->step[s].node;
        if (!node) continue;
        if (node->op->macs) out->macs += (uint64_t)node->op->macs(&plan->step[s].call);
        for (size_t i = 0; i < node->in_count; i++) {
            if (!is_parameter(plan, node->in[i]) || seen[node->in[i]]) continue;
            seen[node->in[i]] = true;
            out->parameters += kin_count(&plan->graph->tensor[node->in[i]].shape);
        }
    }
    kin_release(plan->ctx, seen);
    return KIN_OK;
}
