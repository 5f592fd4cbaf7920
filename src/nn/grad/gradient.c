/* SPDX-License-Identifier: Apache-2.0
 */
#include "nn/grad/gradient.h"

#include <string.h>

#include "nn/ops/common.h"

static bool wants(const kin_gradient_attrs *a, size_t i)
{
    return i < KIN_BACK_MOST && (a->wanted >> i & 1);
}

void kin_gradient_open(const kin_call *call, kin_gradient_call *of)
{
    const kin_gradient_attrs *a = call->attrs;
    size_t                    next = 0;
    for (size_t j = 0; j < a->out_count; j++) {
        const kin_tensor *out = call->in[a->out_count + a->in_count + j];
        of->dy[j] = call->in[j];
        of->out[j] = (kin_tensor *)(out ? out : call->in[j]); /* its shape is dy's; never written */
    }
    for (size_t i = 0; i < a->in_count; i++) {
        of->in[i] = call->in[a->out_count + i];
        of->dx[i] = wants(a, i) ? call->out[next++] : NULL;
    }
    of->call = (kin_call){call->ctx, call->name, a->attrs, a->in_count, a->out_count, of->in, of->out};
    of->back = (kin_back){&of->call, of->dy, of->dx};
}

/* Shapes are those of the forward inputs, which the forward op's infer has accepted before. */
static kin_status infer(const kin_call *call)
{
    const kin_gradient_attrs *a = call->attrs;
    size_t                    next = 0;
    for (size_t i = 0; i < a->in_count; i++) {
        if (!wants(a, i)) continue;
        const kin_tensor *x = call->in[a->out_count + i];
        if (x->type != KIN_FLOAT32)
            return kin_op_fail(call, KIN_E_UNSUPPORTED, "%s: no gradient by input %zu of type %s", a->op->name, i,
                               kin_type_name(x->type));
        KIN_TRY(kin_op_result(call, next++, KIN_FLOAT32, &x->shape));
    }
    return KIN_OK;
}

static void forward(const kin_call *call)
{
    kin_gradient_call of;
    kin_gradient_open(call, &of);
    ((const kin_gradient_attrs *)call->attrs)->op->backward(&of.back);
}

static int64_t macs(const kin_call *call)
{
    const kin_gradient_attrs *a = call->attrs;
    kin_gradient_call         of;
    int64_t                   sum = 0;
    if (!a->op->macs) return 0;
    kin_gradient_open(call, &of);
    for (size_t j = 0; j < a->out_count; j++)
        if (!of.out[j]) return 0;
    int64_t each = a->op->macs(&of.call);
    for (size_t i = 0; i < 2; i++) /* as many again for x and for the weights */
        if (wants(a, i) && __builtin_add_overflow(sum, each, &sum)) return INT64_MAX;
    return sum;
}

static bool reads(const void *attrs, size_t in)
{
    const kin_gradient_attrs *a = attrs;
    size_t                    known = sizeof a->op->backward_reads / sizeof *a->op->backward_reads;
    if (in < a->out_count) return true;
    in -= a->out_count;
    bool   of_out = in >= a->in_count;
    size_t bit = of_out ? in - a->in_count : in;
    for (size_t i = 0; i < known && bit < 32; i++) {
        const kin_reads *r = &a->op->backward_reads[i];
        if (wants(a, i) && ((of_out ? r->out : r->in) >> bit & 1)) return true;
    }
    return false;
}

bool kin_node_in_place(const kin_node *node)
{
    if (node->op != &kin_op_gradient) return node->op->in_place;
    const kin_gradient_attrs *a = node->attrs;
    return a->op->backward_in_place && a->wanted == 1;
}

const kin_op kin_op_gradient = {
    .name = "gradient",
    .summary = "the backward step of an op",
    .inputs = "dy...",
    .in_min = 0,
    .in_max = KIN_MANY,
    .out_min = 1,
    .out_max = KIN_MANY,
    .attrs_size = sizeof(kin_gradient_attrs),
    .infer = infer,
    .forward = forward,
    .macs = macs,
    .reads = reads,
};

kin_status kin_gradient_node(kin_graph *graph, size_t of, const int *dy, uint64_t wanted, int *dx)
{
    kin_node from = graph->node[of], *node;
    size_t   ins = from.in_count, outs = from.out_count, results = 0;
    if (ins > KIN_BACK_MOST || outs > KIN_BACK_MOST)
        return kin_fail(graph->ctx, KIN_E_UNSUPPORTED, "node '%s' (%s): gradients of more than %d inputs or outputs",
                        from.name, from.op->name, (int)KIN_BACK_MOST);
    for (size_t i = 0; i < ins; i++) {
        kin_tensor t = {.type = KIN_FLOAT32};
        dx[i] = -1;
        if (!(wanted >> i & 1)) continue;
        KIN_TRY(kin_graph_tensor(graph, from.name, strlen(from.name), &t, &dx[i]));
        results++;
    }
    KIN_TRY(kin_graph_node(graph, &kin_op_gradient, from.name, strlen(from.name), outs + ins + outs, results, &node));
    kin_gradient_attrs *a = node->attrs;
    *a = (kin_gradient_attrs){from.op, from.attrs, ins, outs, wanted, of};
    for (size_t j = 0; j < outs; j++) node->in[j] = dy[j];
    for (size_t i = 0; i < ins; i++) node->in[outs + i] = from.in[i];
    for (size_t j = 0; j < outs; j++)
        node->in[outs + ins + j] = reads(a, outs + ins + j) || dy[j] < 0 ? from.out[j] : -1;
    for (size_t i = 0, next = 0; i < ins; i++)
        if (dx[i] >= 0) node->out[next++] = dx[i];
    return KIN_OK;
}
