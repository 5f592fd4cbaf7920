/* SPDX-License-Identifier: Apache-2.0
 *
 * Two walks: forward, which tensors depend on a wanted one; backward from the loss, a gradient node for each node with
 * a gradient behind it and such a tensor before it.
 */
#include "nn/grad/grad.h"

#include <string.h>

#include "nn/grad/gradient.h"
#include "nn/ops/common.h"

typedef struct {
    kin_graph *graph;
    size_t     tensors; /* of the forward graph */
    bool      *depends; /* of each: on a wanted one */
    int       *dy;      /* of each: its gradient so far, -1: none */
} reverse;

/* The inputs of `node` that depend on a wanted tensor; all of them must have a gradient, or some would be left out in
 * silence. */
static kin_status wanted_inputs(const reverse *r, const kin_node *node, uint64_t *wanted)
{
    char name[KIN_INPUT_NAME];
    *wanted = 0;
    if (!node->op->backward)
        return kin_fail(r->graph->ctx, KIN_E_UNSUPPORTED, "node '%s': the op %s has no gradient", node->name, node->op->name);
    for (size_t i = 0; i < node->in_count && i < KIN_BACK_MOST; i++) {
        if (node->in[i] < 0 || !r->depends[node->in[i]]) continue;
        if (!(node->op->backward_to >> i & 1))
            return kin_fail(r->graph->ctx, KIN_E_UNSUPPORTED, "node '%s': the op %s has no gradient by its input %s", node->name,
                            node->op->name, kin_op_input_name(node->op, i, name, sizeof name));
        *wanted |= UINT64_C(1) << i;
    }
    return KIN_OK;
}

static bool any_depends(const reverse *r, const kin_node *node)
{
    for (size_t i = 0; i < node->in_count; i++)
        if (node->in[i] >= 0 && r->depends[node->in[i]]) return true;
    return false;
}

static void mark(reverse *r)
{
    for (size_t n = 0; n < r->graph->node_count; n++) {
        const kin_node *node = &r->graph->node[n];
        if (node->op->flat || !any_depends(r, node)) continue;
        for (size_t j = 0; j < node->out_count; j++) r->depends[node->out[j]] = true;
    }
}

static kin_status accumulate(reverse *r, int tensor, int gradient)
{
    int *sum = &r->dy[tensor], both[2] = {*sum, gradient};
    if (*sum < 0) {
        *sum = gradient;
        return KIN_OK;
    }
    return kin_graph_add_op(r->graph, "add", "gradient", "", both, 2, sum, 1);
}

static kin_status step_back(reverse *r, size_t n)
{
    kin_node node = r->graph->node[n];
    int      dy[KIN_BACK_MOST], dx[KIN_BACK_MOST];
    bool     any = false;
    uint64_t wanted;
    for (size_t j = 0; j < node.out_count; j++) any = any || r->dy[node.out[j]] >= 0;
    if (!any || node.op->flat || !any_depends(r, &node)) return KIN_OK;
    KIN_TRY(wanted_inputs(r, &node, &wanted));
    for (size_t j = 0; j < node.out_count && j < KIN_BACK_MOST; j++) dy[j] = r->dy[node.out[j]];
    while (wanted) {
        uint64_t now = node.op->backward_apart ? wanted & (~wanted + 1) : wanted; /* the lowest bit */
        KIN_TRY(kin_gradient_node(r->graph, n, dy, now, dx));
        for (size_t i = 0; i < node.in_count; i++)
            if (dx[i] >= 0) KIN_TRY(accumulate(r, node.in[i], dx[i]));
        wanted &= ~now;
    }
    return KIN_OK;
}

static kin_status go_back(reverse *r, int loss, const int *wanted, size_t count, int *gradient)
{
    static const float one = 1;
    kin_shape          scalar = {0, {0}};
    for (size_t i = 0; i < count; i++) r->depends[wanted[i]] = true;
    for (size_t i = 0; i < r->tensors; i++) r->dy[i] = -1;
    mark(r);
    if (r->depends[loss]) {
        KIN_TRY(kin_graph_add_tensor(r->graph, "gradient of the loss", KIN_FLOAT32, scalar, &one, &r->dy[loss]));
        for (size_t n = r->graph->node_count; n-- > 0;) KIN_TRY(step_back(r, n));
    }
    for (size_t i = 0; i < count; i++) gradient[i] = r->dy[wanted[i]];
    return KIN_OK;
}

kin_status kin_grad_add(kin_graph *graph, int loss, const int *wanted, size_t count, int *gradient)
{
    KIN_TRY(kin_graph_sort(graph));
    reverse    r = {.graph = graph, .tensors = graph->tensor_count};
    kin_status status = kin_alloc_zero(graph->ctx, r.tensors, sizeof *r.depends, &r.depends);
    if (status == KIN_OK) status = kin_alloc(graph->ctx, r.tensors * sizeof *r.dy, &r.dy);
    if (status == KIN_OK) status = go_back(&r, loss, wanted, count, gradient);
    kin_release(graph->ctx, r.depends);
    kin_release(graph->ctx, r.dy);
    return status;
}
