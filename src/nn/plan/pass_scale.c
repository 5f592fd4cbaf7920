/* SPDX-License-Identifier: Apache-2.0
 *
 * What multiplies or shifts the channels behind a layer (batch_norm; mul, div, add, sub with constants) moves into its
 * weights and bias.
 */
#include <math.h>
#include <string.h>

#include "nn/plan/epilogue.h"
#include "nn/plan/passes.h"

/* y = scale[c] * x + shift[c], as functions of the channel. */
typedef struct {
    const kin_node *node;
    const kin_tensor *value;   /* of mul, div, add, sub */
    bool              reverse; /* sub: value - x */
} affine;

static float at(const kin_tensor *t, size_t c)
{
    return kin_float_at(t, kin_count(&t->shape) == 1 ? 0 : c);
}

static void affine_at(const kin_rewrite *r, const affine *a, size_t c, double *scale, double *shift)
{
    *scale = a->reverse ? -1 : 1;
    *shift = 0;
    if (kin_node_is(a->node, "batch_norm")) {
        const kin_tensor *t = r->graph->tensor;
        const int        *in = a->node->in;
        *scale = at(&t[in[1]], c) / sqrt((double)at(&t[in[4]], c) + kin_node_number(a->node, "epsilon", 0.001));
        *shift = at(&t[in[2]], c) - *scale * at(&t[in[3]], c);
    } else if (kin_node_is(a->node, "mul"))
        *scale = at(a->value, c);
    else if (kin_node_is(a->node, "div"))
        *scale = 1.0 / at(a->value, c);
    else
        *shift = kin_node_is(a->node, "sub") && !a->reverse ? -at(a->value, c) : at(a->value, c);
}

/* Whether the constant broadcasts along the channels of a layer's output without changing its shape. */
static bool along_channels(const kin_rewrite *r, const kin_node *layer, int id, size_t channels)
{
    int most = kin_node_is(layer, "dense") ? 1 : 4;
    return kin_rewrite_channels(r, id, channels) && r->graph->tensor[id].shape.rank <= most;
}

/* The layer before `node` and what node does to its channels. */
static kin_node *match(const kin_rewrite *r, const kin_node *node, affine *out)
{
    bool norm = kin_node_is(node, "batch_norm");
    for (int side = 0; side < (norm || kin_node_is(node, "div") ? 1 : 2); side++) {
        kin_node *layer = kin_rewrite_only(r, node->in[side]);
        if (!kin_is_layer(layer) || !kin_layer_bare(layer) || !kin_layer_known(r, layer)) continue;
        size_t channels = (size_t)kin_layer_channels(r, layer);
        bool   fits = channels > 0;
        for (int i = 1; norm && i < 5; i++) fits = fits && along_channels(r, layer, node->in[i], channels);
        if (!norm) fits = fits && along_channels(r, layer, node->in[1 - side], channels);
        if (!fits) continue;
        *out = (affine){node, norm ? NULL : &r->graph->tensor[node->in[1 - side]],
                        side == 1 && kin_node_is(node, "sub")};
        return layer;
    }
    return NULL;
}

/* All factors are finite (an infinite one would turn zeros into NaN); *plain: all are 1, the weights may stay. */
static bool check_factors(const kin_rewrite *r, const affine *a, size_t channels, bool *plain)
{
    double scale, shift;
    *plain = true;
    for (size_t c = 0; c < channels; c++) {
        affine_at(r, a, c, &scale, &shift);
        if (!isfinite((float)scale) || !isfinite(shift)) return false;
        *plain = *plain && scale == 1;
    }
    return true;
}

static kin_status scaled_weights(kin_rewrite *r, const kin_node *layer, const affine *a, size_t channels, int *id)
{
    KIN_TRY(kin_layer_evaluate(r, layer));
    int        from = layer->in[KIN_IN_WEIGHTS];
    size_t     count = kin_count(&r->graph->tensor[from].shape), each = count / channels;
    bool       inner = kin_node_is(layer, "depthwise_conv2d"); /* its channels lie innermost */
    affine     copy = *a;
    int        value = a->value ? (int)(a->value - r->graph->tensor) : -1;
    KIN_TRY(kin_rewrite_new(r, r->graph->tensor[from].name, KIN_FLOAT32, r->graph->tensor[from].shape, id));
    copy.value = value < 0 ? NULL : &r->graph->tensor[value]; /* the array may have moved */
    float *to = r->graph->tensor[*id].data;
    for (size_t c = 0; c < channels; c++) {
        double scale, shift;
        affine_at(r, &copy, c, &scale, &shift);
        for (size_t k = 0; k < each; k++) {
            size_t i = inner ? k * channels + c : c * each + k;
            to[i] = (float)(scale * kin_float_at(&r->graph->tensor[from], i));
        }
    }
    return KIN_OK;
}

static kin_status scaled_bias(kin_rewrite *r, const kin_node *layer, const affine *a, size_t channels, int *id)
{
    kin_shape shape = {1, {(int64_t)channels}};
    affine    copy = *a;
    int       value = a->value ? (int)(a->value - r->graph->tensor) : -1, bias = kin_node_in(layer, KIN_IN_BIAS);
    KIN_TRY(kin_rewrite_new(r, "bias", KIN_FLOAT32, shape, id));
    copy.value = value < 0 ? NULL : &r->graph->tensor[value];
    float *to = r->graph->tensor[*id].data;
    for (size_t c = 0; c < channels; c++) {
        double scale, shift, old = bias < 0 ? 0 : kin_float_at(&r->graph->tensor[bias], c);
        affine_at(r, &copy, c, &scale, &shift);
        to[c] = (float)(old * scale + shift);
    }
    return KIN_OK;
}

static kin_status fold(kin_rewrite *r, kin_node *node, kin_node *layer, affine *a)
{
    size_t channels = (size_t)kin_layer_channels(r, layer);
    bool   plain;
    int    in[5], value = a->value ? (int)(a->value - r->graph->tensor) : -1;
    if (!check_factors(r, a, channels, &plain)) return KIN_OK;
    for (size_t i = 0; i < 5; i++) in[i] = kin_node_in(layer, i);
    if (!plain) KIN_TRY(scaled_weights(r, layer, a, channels, &in[KIN_IN_WEIGHTS]));
    a->value = value < 0 ? NULL : &r->graph->tensor[value];
    KIN_TRY(scaled_bias(r, layer, a, channels, &in[KIN_IN_BIAS]));
    void *attrs;
    KIN_TRY(kin_rewrite_attrs(r, layer, &attrs));
    kin_attrs_epilogue(layer->op, attrs)->activation = kin_node_activation(node);
    KIN_TRY(kin_rewrite_become(r, node, layer->op, attrs, in, kin_layer_inputs(in)));
    kin_rewrite_drop(r, layer);
    return KIN_OK;
}

static kin_status fold_all(kin_rewrite *r, const char *const ops[], size_t count)
{
    for (size_t n = 0; n < r->graph->node_count; n++) {
        affine    a;
        kin_node *node = &r->graph->node[n], *layer;
        bool      wanted = false;
        for (size_t i = 0; i < count; i++) wanted = wanted || kin_node_is(node, ops[i]);
        if (wanted && (layer = match(r, node, &a))) KIN_TRY(fold(r, node, layer, &a));
    }
    return KIN_OK;
}

kin_status kin_pass_scale(kin_rewrite *rewrite)
{
    static const char *const ops[] = {"batch_norm", "mul", "div", "add", "sub"};
    return fold_all(rewrite, ops, sizeof ops / sizeof *ops);
}

kin_status kin_pass_norm(kin_rewrite *rewrite)
{
    static const char *const ops[] = {"batch_norm"};
    return fold_all(rewrite, ops, 1);
}
