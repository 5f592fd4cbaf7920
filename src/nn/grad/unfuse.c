/* SPDX-License-Identifier: Apache-2.0
 *
 * Fused epilogues back into nodes of their own, each of which has a gradient.
 */
#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "nn/grad/grad.h"
#include "nn/plan/epilogue.h"

static const char *const activation_op[] = {
    [KIN_ACT_RELU] = "relu",   [KIN_ACT_RELU6] = "relu6",      [KIN_ACT_RELU_N1_1] = "relu_n1_to_1",
    [KIN_ACT_PRELU] = "prelu", [KIN_ACT_LEAKY] = "leaky_relu",
};

typedef struct {
    kin_graph   *graph;
    const char  *name; /* of the node */
    kin_epilogue epilogue;
    int          slope, residual; /* tensors, -1: none */
} apart;

static kin_status add(apart *a, const char *op, const char *attributes, int x, int y, int *out)
{
    int in[2] = {x, y};
    return kin_graph_add_op(a->graph, op, a->name, attributes, in, y < 0 ? 1 : 2, out, 1);
}

static kin_status add_clamp(apart *a, int x, int *out)
{
    const float low = (float)a->epilogue.low, high = (float)a->epilogue.high;
    kin_shape   scalar = {0, {0}};
    int         least, most, cut;
    KIN_TRY(kin_graph_add_tensor(a->graph, a->name, KIN_FLOAT32, scalar, &low, &least));
    KIN_TRY(kin_graph_add_tensor(a->graph, a->name, KIN_FLOAT32, scalar, &high, &most));
    KIN_TRY(add(a, "maximum", "", x, least, &cut));
    return add(a, "minimum", "", cut, most, out);
}

static kin_status add_activation(apart *a, int *x)
{
    char      alpha[40] = "", number[KIN_NUMBER_TEXT];
    const int activation = a->epilogue.activation;
    if (activation == KIN_ACT_NONE) return KIN_OK;
    if (activation == KIN_ACT_CLAMP) return add_clamp(a, *x, x);
    if (activation == KIN_ACT_LEAKY) snprintf(alpha, sizeof alpha, "alpha=%s", kin_number_text(a->epilogue.alpha, number));
    return add(a, activation_op[activation], alpha, *x, activation == KIN_ACT_PRELU ? a->slope : -1, x);
}

static kin_status add_residual(apart *a, int *x)
{
    return a->residual < 0 ? KIN_OK : add(a, "add", "", *x, a->residual, x);
}

/* What the node carries: false, nothing. */
static bool look(const kin_node *node, apart *a)
{
    const kin_epilogue *epilogue = kin_layer_epilogue(node);
    const kin_attr     *attr = kin_attr_find(node->op, "activation");
    a->name = node->name;
    a->slope = a->residual = -1;
    if (kin_is_layer(node)) {
        a->epilogue = *epilogue;
        a->slope = kin_node_in(node, KIN_IN_SLOPE);
        a->residual = kin_node_in(node, KIN_IN_RESIDUAL);
    } else {
        a->epilogue = (kin_epilogue){0};
        if (attr) a->epilogue.activation = *(const int *)((const char *)node->attrs + attr->offset);
    }
    return a->epilogue.activation != KIN_ACT_NONE || a->residual >= 0;
}

/* Node n without what it carries, its output a tensor of its own; the lists may be shared with another graph. */
static kin_status make_bare(kin_graph *graph, size_t n, int *bare)
{
    kin_node   node = graph->node[n];
    kin_tensor t = {.type = KIN_FLOAT32};
    void      *attrs;
    int       *out;
    KIN_TRY(kin_graph_tensor(graph, node.name, strlen(node.name), &t, bare));
    KIN_TRY(kin_arena_alloc(&graph->arena, 1, node.op->attrs_size, &attrs));
    KIN_TRY(kin_arena_alloc(&graph->arena, 1, sizeof *out, &out));
    memcpy(attrs, node.attrs, node.op->attrs_size);
    if (kin_is_layer(&node)) {
        *kin_attrs_epilogue(node.op, attrs) = (kin_epilogue){0};
        if (node.in_count > KIN_IN_BIAS + 1) node.in_count = KIN_IN_BIAS + 1;
    } else
        *(int *)((char *)attrs + kin_attr_find(node.op, "activation")->offset) = KIN_ACT_NONE;
    out[0] = *bare;
    node.attrs = attrs;
    node.out = out;
    graph->node[n] = node;
    return KIN_OK;
}

kin_status kin_grad_unfuse(kin_graph *graph)
{
    size_t count = graph->node_count;
    for (size_t n = 0; n < count; n++) {
        apart a = {.graph = graph};
        int   x, out = graph->node[n].out[0];
        if (!look(&graph->node[n], &a)) continue;
        KIN_TRY(make_bare(graph, n, &x));
        if (a.epilogue.residual_first) KIN_TRY(add_residual(&a, &x));
        KIN_TRY(add_activation(&a, &x));
        if (!a.epilogue.residual_first) KIN_TRY(add_residual(&a, &x));
        graph->node[graph->node_count - 1].out[0] = out; /* the last one gives what the fused node gave */
    }
    return kin_graph_sort(graph);
}
