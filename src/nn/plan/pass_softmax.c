/* SPDX-License-Identifier: Apache-2.0
 *
 * Old converters wrote softmax out: e = exp(x - reduce_max(x)), y = e / sum(e), over the last axis.
 */
#include <string.h>

#include "nn/plan/passes.h"

/* Whether `node` reduces over the last axis alone and keeps it, as a dimension of 1 (or x has just that axis). */
static bool reduces_last(const kin_rewrite *r, const kin_node *node)
{
    const kin_tensor *axis = kin_rewrite_tensor(r, kin_node_in(node, 1)), *x = kin_rewrite_tensor(r, node->in[0]);
    const kin_tensor *y = kin_rewrite_tensor(r, node->out[0]);
    int               last = x->shape.rank - 1;
    int64_t           value = 0;
    int32_t           narrow;
    size_t            count;
    if (!axis || !axis->data || !kin_shape_elements(&axis->shape, &count) || count != 1) return false;
    if (axis->type == KIN_INT64)
        memcpy(&value, axis->data, sizeof value);
    else if (axis->type == KIN_INT32) {
        memcpy(&narrow, axis->data, sizeof narrow);
        value = narrow;
    } else
        return false;
    if (last < 0 || (value != -1 && value != last) || y->shape.rank != x->shape.rank) return false;
    return y->shape.dim[last] == 1;
}

/* x of the pattern that ends in `div`, -1 when it is none. */
static int match(const kin_rewrite *r, const kin_node *div)
{
    if (!kin_node_is(div, "div") || div->in_count != 2) return -1;
    const kin_node *e = kin_rewrite_maker(r, div->in[0]), *sum = kin_rewrite_maker(r, div->in[1]);
    if (!kin_node_is(e, "exp") || !kin_node_is(sum, "sum") || sum->in[0] != div->in[0]) return -1;
    const kin_node *sub = kin_rewrite_maker(r, e->in[0]);
    if (!kin_node_is(sub, "sub") || sub->in_count != 2 || kin_node_activation(sub) || kin_node_activation(div)) return -1;
    const kin_node *max = kin_rewrite_maker(r, sub->in[1]);
    if (!kin_node_is(max, "reduce_max") || max->in[0] != sub->in[0]) return -1;
    if (!reduces_last(r, sum) || !reduces_last(r, max)) return -1;
    return kin_rewrite_tensor(r, sub->in[0])->type == KIN_FLOAT32 ? sub->in[0] : -1;
}

kin_status kin_pass_softmax(kin_rewrite *rewrite)
{
    const kin_op *softmax = kin_op_find("softmax");
    for (size_t n = 0; softmax && n < rewrite->graph->node_count; n++) {
        kin_node *div = &rewrite->graph->node[n];
        int       x = match(rewrite, div);
        void     *attrs;
        if (x < 0) continue;
        KIN_TRY(kin_arena_alloc(&rewrite->graph->arena, 1, softmax->attrs_size, &attrs));
        KIN_TRY(kin_attrs_default(rewrite->graph->ctx, softmax, attrs));
        KIN_TRY(kin_rewrite_become(rewrite, div, softmax, attrs, &x, 1));
    }
    return KIN_OK;
}
