/* SPDX-License-Identifier: Apache-2.0
 *
 * Building a graph by hand: the public functions that add tensors and ops and name the inputs and outputs.
 */
#include <string.h>

#include "base/text.h"
#include "nn/graph.h"

static kin_status add_tensor(kin_graph *graph, const char *name, kin_type type, kin_shape shape, const void *data,
                             int *id)
{
    kin_tensor t = {.type = type, .shape = shape};
    size_t     bytes;
    kin_shape  least = shape;
    if ((unsigned)type >= KIN_TYPES) return kin_fail(graph->ctx, KIN_E_USAGE, "type %d does not exist", (int)type);
    if (shape.rank < 0 || shape.rank > KIN_RANK_MAX)
        return kin_fail(graph->ctx, KIN_E_USAGE, "rank %d, expected 0 to %d", shape.rank, (int)KIN_RANK_MAX);
    for (int i = 0; i < shape.rank && !data; i++)
        if (least.dim[i] == -1) least.dim[i] = 1; /* not known yet */
    t.shape = least;
    if (!kin_tensor_bytes(&t, &bytes)) {
        char text[KIN_SHAPE_TEXT];
        return kin_fail(graph->ctx, KIN_E_USAGE, "shape %s makes no tensor", kin_shape_text(&shape, text, sizeof text));
    }
    t.shape = shape;
    if (data) {
        KIN_TRY(kin_arena_alloc(&graph->arena, bytes ? bytes : 1, 1, &t.data));
        memcpy(t.data, data, bytes);
    }
    return kin_graph_tensor(graph, name, name ? strlen(name) : 0, &t, id);
}

kin_status kin_graph_add_tensor(kin_graph *graph, const char *name, kin_type type, kin_shape shape, const void *data,
                                int *id)
{
    kin_enter(graph->ctx);
    *id = -1;
    kin_status status = add_tensor(graph, name, type, shape, data, id);
    kin_leave(graph->ctx);
    return status;
}

static kin_status add_op(kin_graph *graph, const char *op_name, const char *name, const char *attributes,
                         const int *inputs, size_t input_count, int *outputs, size_t output_count)
{
    const kin_op *op = kin_op_find(op_name);
    kin_node     *node;
    char          shown[80];
    if (!op)
        return kin_fail(graph->ctx, KIN_E_USAGE, "there is no op '%s'",
                        kin_printable(op_name, strlen(op_name), shown, sizeof shown));
    if (input_count < (size_t)op->in_min || input_count > (size_t)op->in_max)
        return kin_fail(graph->ctx, KIN_E_USAGE, "op %s: %zu inputs, expected %d to %d", op->name, input_count,
                        op->in_min, op->in_max);
    if (output_count < (size_t)op->out_min || output_count > (size_t)op->out_max)
        return kin_fail(graph->ctx, KIN_E_USAGE, "op %s: %zu outputs, expected %d to %d", op->name, output_count,
                        op->out_min, op->out_max);
    for (size_t i = 0; i < input_count; i++)
        if (inputs[i] < -1 || inputs[i] >= (int)graph->tensor_count || (inputs[i] == -1 && i < (size_t)op->in_min))
            return kin_fail(graph->ctx, KIN_E_USAGE, "op %s: input %zu is tensor %d of %zu", op->name, i, inputs[i],
                            graph->tensor_count);
    if (!name) name = op->name;
    for (size_t i = 0; i < output_count; i++) { /* placeholders: a plan infers type and shape */
        kin_tensor t = {.type = KIN_FLOAT32};
        KIN_TRY(kin_graph_tensor(graph, name, strlen(name), &t, &outputs[i]));
    }
    KIN_TRY(kin_graph_node(graph, op, name, strlen(name), input_count, output_count, &node));
    for (size_t i = 0; i < input_count; i++) node->in[i] = inputs[i];
    for (size_t i = 0; i < output_count; i++) node->out[i] = outputs[i];
    kin_status status = kin_attrs_parse(graph->ctx, op, attributes, node->attrs);
    if (status != KIN_OK) graph->node_count--;
    return status;
}

kin_status kin_graph_add_op(kin_graph *graph, const char *op, const char *name, const char *attributes,
                            const int *inputs, size_t input_count, int *outputs, size_t output_count)
{
    kin_enter(graph->ctx);
    kin_status status = add_op(graph, op, name, attributes, inputs, input_count, outputs, output_count);
    kin_leave(graph->ctx);
    return status;
}

static kin_status set_list(kin_graph *graph, const int *tensors, size_t count, const char *what, int **list,
                           size_t *list_count)
{
    int *copy;
    for (size_t i = 0; i < count; i++)
        if (tensors[i] < 0 || tensors[i] >= (int)graph->tensor_count)
            return kin_fail(graph->ctx, KIN_E_USAGE, "%s %zu is tensor %d of %zu", what, i, tensors[i],
                            graph->tensor_count);
    KIN_TRY(kin_arena_alloc(&graph->arena, count, sizeof *copy, &copy));
    if (count) memcpy(copy, tensors, count * sizeof *copy);
    *list = copy;
    *list_count = count;
    return KIN_OK;
}

kin_status kin_graph_set_inputs(kin_graph *graph, const int *tensors, size_t count)
{
    kin_enter(graph->ctx);
    kin_status status = set_list(graph, tensors, count, "input", &graph->input, &graph->input_count);
    kin_leave(graph->ctx);
    return status;
}

kin_status kin_graph_set_outputs(kin_graph *graph, const int *tensors, size_t count)
{
    kin_enter(graph->ctx);
    kin_status status = set_list(graph, tensors, count, "output", &graph->output, &graph->output_count);
    kin_leave(graph->ctx);
    return status;
}
