/* SPDX-License-Identifier: Apache-2.0
 *
 * The cache of plans: a handful of places, the one used longest ago gives way.
 */
#include "face/plans.h"

#include "base/memory.h"
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

/* Elements of `shape` for one picture, 0 when it is not known or not [n, ..., width]. */
static size_t width_of(const kin_shape *shape)
{
    if (shape->rank < 2) return 0;
    int64_t width = 1;
    for (int i = 1; i < shape->rank; i++)
        if (shape->dim[i] < 1 || !kin_mul_i64(width, shape->dim[i], &width)) return 0;
    return (size_t)width;
}

kin_status kin_plans_width(kin_plans *plans, int64_t height, int64_t width, size_t *out)
{
    kin_shape shape = plans->graph->tensor[plans->graph->output[0]].shape;
    *out = width_of(&shape);
    if (*out) return KIN_OK;
    kin_plan *plan;
    KIN_TRY(kin_plans_get(plans, 1, height, width, &plan));
    shape = kin_plan_output_shape(plan, 0);
    *out = width_of(&shape);
    return KIN_OK;
}

kin_status kin_plans_run(const kin_plans *plans, kin_plan *plan, size_t batch, size_t width, const float **y)
{
    *y = NULL;
    KIN_TRY(kin_plan_run(plan));
    kin_shape shape = kin_plan_output_shape(plan, 0);
    if (kin_plan_output_type(plan, 0) != KIN_FLOAT32 || shape.rank < 1 || shape.dim[0] != (int64_t)batch ||
        width_of(&shape) != width) {
        char text[KIN_SHAPE_TEXT];
        return kin_fail(plans->ctx, KIN_E_FORMAT, "output is %s of shape %s, expected float32 [%zu, %zu]",
                        kin_type_name(kin_plan_output_type(plan, 0)), kin_shape_text(&shape, text, sizeof text), batch, width);
    }
    *y = kin_plan_output(plan, 0);
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
