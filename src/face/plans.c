/* SPDX-License-Identifier: Apache-2.0
 *
 * The cache of plans: a handful of places, the one used longest ago gives way.
 */
#include "face/plans.h"

#include "nn/graph.h"

static void drop(kin_plans *plans, size_t i)
{
    kin_plan_free(plans->kept[i].plan);
    plans->kept[i].plan = NULL;
}

void kin_plans_free(kin_plans *plans)
{
    for (size_t i = 0; i < KIN_PLANS_KEPT; i++) drop(plans, i);
}

/* A free place, else the one used longest ago. */
static size_t place(const kin_plans *plans)
{
    size_t best = 0;
    for (size_t i = 0; i < KIN_PLANS_KEPT; i++) {
        if (!plans->kept[i].plan) return i;
        if (plans->kept[i].used < plans->kept[best].used) best = i;
    }
    return best;
}

kin_status kin_plans_get(kin_plans *plans, int64_t n, int64_t height, int64_t width, kin_plan **out)
{
    *out = NULL;
    kin_shape shape = kin_shape_make(4, (const int64_t[]){n, height, width, 3});
    for (size_t i = 0; i < KIN_PLANS_KEPT; i++)
        if (plans->kept[i].plan && kin_shape_equal(&plans->kept[i].shape, &shape)) {
            plans->kept[i].used = ++plans->clock;
            *out = plans->kept[i].plan;
            return KIN_OK;
        }

    size_t at = place(plans);
    drop(plans, at);
    kin_plan  *plan;
    kin_status status = kin_plan_new_on(plans->ctx, plans->graph, &shape, &plan);
    if (status == KIN_E_LIMIT || status == KIN_E_MEMORY) {
        kin_plans_free(plans);
        status = kin_plan_new_on(plans->ctx, plans->graph, &shape, &plan);
    }
    KIN_TRY(status);
    plans->kept[at].plan = plan;
    plans->kept[at].shape = shape;
    plans->kept[at].used = ++plans->clock;
    *out = plan;
    return KIN_OK;
}

kin_status kin_plans_check(kin_context *ctx, const kin_graph *graph, const char *what)
{
    size_t inputs = kin_graph_inputs(graph);
    if (inputs != 1) return kin_fail(ctx, KIN_E_UNSUPPORTED, "%s: %zu inputs, expected 1", what, inputs);
    if (kin_graph_outputs(graph) < 1) return kin_fail(ctx, KIN_E_FORMAT, "%s: no output", what);
    const kin_tensor *input = &graph->tensor[graph->input[0]];
    kin_shape         shape = input->shape;
    if (shape.rank != 4 || (shape.dim[3] != 3 && shape.dim[3] != -1)) {
        char text[KIN_SHAPE_TEXT];
        return kin_fail(ctx, KIN_E_UNSUPPORTED, "%s: input of shape %s, expected [n, height, width, 3]", what,
                        kin_shape_text(&shape, text, sizeof text));
    }
    if (input->type != KIN_FLOAT32)
        return kin_fail(ctx, KIN_E_UNSUPPORTED, "%s: input of type %s, expected float32", what,
                        kin_type_name(input->type));
    return KIN_OK;
}
