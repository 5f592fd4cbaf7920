/* SPDX-License-Identifier: Apache-2.0
 *
 * A factor before a layer (the 1/128 of the picture's preprocessing) moves into the layer's weights. Runs behind
 * pass_pad: zeros that are padded stay zeros under a factor.
 */
#include <math.h>

#include "nn/plan/epilogue.h"
#include "nn/plan/passes.h"

/* The mul by a number before `layer`, which the layer alone reads. */
static kin_node *match(const kin_rewrite *r, const kin_node *layer, int *x, float *factor)
{
    if (!kin_is_layer(layer) || !kin_layer_known(r, layer)) return NULL;
    kin_node *mul = kin_rewrite_only(r, layer->in[KIN_IN_X]);
    if (!kin_node_is(mul, "mul") || kin_node_activation(mul) != 0) return NULL;
    int side = kin_rewrite_scalar(r, mul->in[1], factor) ? 1 : 0;
    if (side == 0 && !kin_rewrite_scalar(r, mul->in[0], factor)) return NULL;
    if (!isfinite(*factor)) return NULL;
    *x = mul->in[1 - side];
    return r->graph->tensor[*x].type == KIN_FLOAT32 ? mul : NULL;
}

static kin_status fold(kin_rewrite *r, kin_node *layer, kin_node *mul, int x, float factor)
{
    int in[5], w = layer->in[KIN_IN_WEIGHTS];
    KIN_TRY(kin_layer_evaluate(r, layer));
    for (size_t i = 0; i < 5; i++) in[i] = kin_node_in(layer, i);
    KIN_TRY(kin_rewrite_new(r, r->graph->tensor[w].name, KIN_FLOAT32, r->graph->tensor[w].shape, &in[KIN_IN_WEIGHTS]));
    float *to = r->graph->tensor[in[KIN_IN_WEIGHTS]].data;
    for (size_t i = 0, n = kin_count(&r->graph->tensor[w].shape); i < n; i++)
        to[i] = factor * kin_float_at(&r->graph->tensor[w], i);
    in[KIN_IN_X] = x;
    KIN_TRY(kin_rewrite_become(r, layer, layer->op, layer->attrs, in, kin_layer_inputs(in)));
    kin_rewrite_drop(r, mul);
    return KIN_OK;
}

kin_status kin_pass_input_scale(kin_rewrite *rewrite)
{
    for (size_t n = 0; n < rewrite->graph->node_count; n++) {
        int       x;
        float     factor;
        kin_node *layer = &rewrite->graph->node[n], *mul = match(rewrite, layer, &x, &factor);
        if (mul) KIN_TRY(fold(rewrite, layer, mul, x, factor));
    }
    return KIN_OK;
}
