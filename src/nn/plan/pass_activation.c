/* SPDX-License-Identifier: Apache-2.0
 *
 * An activation behind a convolution or dense layer moves into its epilogue.
 */
#include <math.h>

#include "nn/plan/epilogue.h"
#include "nn/plan/passes.h"

/* The epilogue of `act` as `out`, and its slope tensor or -1. false: not an activation that an epilogue can do. */
static bool epilogue_of(const kin_rewrite *r, const kin_node *act, kin_epilogue *out, int *slope)
{
    static const struct {
        const char    *op;
        kin_activation activation;
    } plain[] = {{"relu", KIN_ACT_RELU}, {"relu6", KIN_ACT_RELU6}, {"relu_n1_to_1", KIN_ACT_RELU_N1_1}};
    *slope = -1;
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        if (kin_node_is(act, plain[i].op)) {
            out->activation = plain[i].activation;
            return true;
        }
    if (kin_node_is(act, "leaky_relu")) {
        out->activation = KIN_ACT_LEAKY;
        out->alpha = kin_node_number(act, "alpha", NAN);
        return isfinite(out->alpha);
    }
    if (kin_node_is(act, "prelu")) {
        const kin_tensor *t = kin_rewrite_tensor(r, kin_node_in(act, 1));
        out->activation = KIN_ACT_PRELU;
        *slope = kin_node_in(act, 1);
        return t && t->data && t->type == KIN_FLOAT32 && t->shape.rank == 1;
    }
    return false;
}

/* minimum(maximum(x, low), high) in either order: KIN_ACT_CLAMP. Gives the inner node, which `act` alone reads. */
static kin_node *clamp_of(const kin_rewrite *r, const kin_node *act, kin_epilogue *out)
{
    float    a, b;
    bool     outer_min = kin_node_is(act, "minimum");
    if (!outer_min && !kin_node_is(act, "maximum")) return NULL;
    if (!kin_rewrite_scalar(r, kin_node_in(act, 1), &a)) return NULL;
    kin_node *inner = kin_rewrite_only(r, act->in[0]);
    if (!kin_node_is(inner, outer_min ? "maximum" : "minimum")) return NULL;
    if (!kin_rewrite_scalar(r, kin_node_in(inner, 1), &b)) return NULL;
    out->low = outer_min ? b : a;
    out->high = outer_min ? a : b;
    out->activation = KIN_ACT_CLAMP;
    return out->low <= out->high ? inner : NULL;
}

/* Whether layer's output channels are as many as the slopes (dense and convolution: weights' outer dimension; depthwise:
 * inner). */
static bool slopes_fit(const kin_rewrite *r, const kin_node *layer, int slope)
{
    return slope < 0 || (kin_layer_known(r, layer) &&
                         r->graph->tensor[slope].shape.dim[0] == kin_layer_channels(r, layer));
}

static kin_status try_node(kin_rewrite *r, kin_node *act)
{
    kin_epilogue part = {0};
    int          slope = -1;
    kin_node    *inner = clamp_of(r, act, &part);
    if (!inner && !epilogue_of(r, act, &part, &slope)) return KIN_OK;
    kin_node *layer = kin_rewrite_only(r, inner ? inner->in[0] : act->in[0]);
    if (!kin_is_layer(layer)) return KIN_OK;
    const kin_epilogue *have = kin_layer_epilogue(layer);
    /* act(x) + residual has done its activation; act(x + residual) may still get one */
    bool residual = kin_node_in(layer, KIN_IN_RESIDUAL) >= 0;
    if (have->activation != KIN_ACT_NONE || (residual && !have->residual_first)) return KIN_OK;
    if (!slopes_fit(r, layer, slope)) return KIN_OK;
    void *attrs;
    int   in[5];
    KIN_TRY(kin_rewrite_attrs(r, layer, &attrs));
    kin_epilogue *e = kin_attrs_epilogue(layer->op, attrs);
    part.residual_first = e->residual_first;
    *e = part;
    for (size_t i = 0; i < 5; i++) in[i] = kin_node_in(layer, i);
    in[KIN_IN_SLOPE] = slope;
    /* the fused layer stands where its last reader's output is made: all that it reads is there */
    KIN_TRY(kin_rewrite_become(r, act, layer->op, attrs, in, kin_layer_inputs(in)));
    kin_rewrite_drop(r, layer);
    if (inner) kin_rewrite_drop(r, inner);
    return KIN_OK;
}

kin_status kin_pass_activation(kin_rewrite *rewrite)
{
    for (size_t n = 0; n < rewrite->graph->node_count; n++)
        if (rewrite->graph->node[n].op) KIN_TRY(try_node(rewrite, &rewrite->graph->node[n]));
    return KIN_OK;
}
