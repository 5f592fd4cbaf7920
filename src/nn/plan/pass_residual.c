/* SPDX-License-Identifier: Apache-2.0
 *
 * The addition of a tensor of the same shape moves into the epilogue of the layer that made the other operand.
 */
#include "nn/plan/epilogue.h"
#include "nn/plan/passes.h"

/* The layer that makes operand `which` of `add` and can take the other one. */
static kin_node *layer_of(const kin_rewrite *r, const kin_node *add, int which)
{
    kin_node *layer = kin_rewrite_only(r, add->in[which]);
    if (!kin_is_layer(layer) || kin_node_in(layer, KIN_IN_RESIDUAL) >= 0) return NULL;
    if (kin_node_activation(add) != 0 && !kin_layer_bare(layer)) return NULL;
    const kin_tensor *a = kin_rewrite_tensor(r, add->in[0]), *b = kin_rewrite_tensor(r, add->in[1]);
    if (a->type != KIN_FLOAT32 || b->type != KIN_FLOAT32 || !kin_shape_equal(&a->shape, &b->shape)) return NULL;
    return add->in[0] == add->in[1] ? NULL : layer;
}

static kin_status fuse(kin_rewrite *r, kin_node *add, kin_node *layer, int residual)
{
    void *attrs;
    int   in[5];
    KIN_TRY(kin_rewrite_attrs(r, layer, &attrs));
    kin_epilogue *e = kin_attrs_epilogue(layer->op, attrs);
    e->residual_first = e->activation == KIN_ACT_NONE;
    if (e->residual_first) e->activation = kin_node_activation(add);
    for (size_t i = 0; i < 5; i++) in[i] = kin_node_in(layer, i);
    in[KIN_IN_RESIDUAL] = residual;
    KIN_TRY(kin_rewrite_become(r, add, layer->op, attrs, in, kin_layer_inputs(in)));
    kin_rewrite_drop(r, layer);
    return KIN_OK;
}

kin_status kin_pass_residual(kin_rewrite *rewrite)
{
    for (size_t n = 0; n < rewrite->graph->node_count; n++) {
        kin_node *add = &rewrite->graph->node[n];
        if (!kin_node_is(add, "add") || add->in_count != 2) continue;
        /* the later of two layers: the other may then be overwritten sooner */
        kin_node *a = layer_of(rewrite, add, 0), *b = layer_of(rewrite, add, 1);
        if (a && (!b || a > b))
            KIN_TRY(fuse(rewrite, add, a, add->in[1]));
        else if (b)
            KIN_TRY(fuse(rewrite, add, b, add->in[0]));
    }
    return KIN_OK;
}
