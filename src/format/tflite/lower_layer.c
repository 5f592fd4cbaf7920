/* SPDX-License-Identifier: Apache-2.0
 *
 * Layers and poolings whose padding or epilogue is more than TensorFlow Lite's operator can say.
 */
#include <math.h>
#include <stdio.h>

#include "format/tflite/lower.h"
#include "nn/plan/epilogue.h"

/* --- windows --- */

/* [4, 2]: before and after each dimension. */
static kin_status paddings(kin_lowering *l, const kin_window *window, int *id)
{
    int32_t to[8] = {0};
    for (int i = 0; i < 4 && window->pads.count == 4; i++) to[2 + i] = (int32_t)window->pads.value[i];
    return kin_lower_constant(l, "paddings", KIN_INT32, (kin_shape){2, {4, 2}}, to, id);
}

static bool pads_nothing(const kin_window *window)
{
    bool none = true;
    for (int i = 0; i < window->pads.count; i++) none = none && window->pads.value[i] == 0;
    return none;
}

/* Explicit padding becomes a pad before: of zeros, or of *value. *x is then what the window slides over. */
static kin_status lower_window(kin_lowering *l, kin_window *window, const float *value, int *x)
{
    int in[3] = {*x, -1, -1};
    if (window->padding == KIN_PAD_EXPLICIT && !pads_nothing(window)) {
        KIN_TRY(paddings(l, window, &in[1]));
        if (value) KIN_TRY(kin_lower_constant(l, "value", KIN_FLOAT32, (kin_shape){0, {0}}, value, &in[2]));
        KIN_TRY(kin_lower_op(l, "pad", "", in, value ? 3 : 2, -1, x));
    }
    if (window->padding == KIN_PAD_EXPLICIT) window->padding = KIN_PAD_VALID;
    window->pads = (kin_ints){4, {0}};
    if (!window->stride.count) window->stride = (kin_ints){2, {1, 1}};
    if (!window->dilation.count) window->dilation = (kin_ints){2, {1, 1}};
    return KIN_OK;
}

/* --- layers --- */

static bool cuts_only(int activation)
{
    return activation <= KIN_ACT_RELU_N1_1;
}

/* "activation=relu", of those that TensorFlow Lite's operators have. */
static const char *with_activation(int activation, char text[40])
{
    snprintf(text, 40, "activation=%s", kin_activation_words[activation]);
    return text;
}

static kin_status lower_leaky(kin_lowering *l, const kin_epilogue *e, int x, int out, int *id)
{
    KIN_TRY(kin_lower_op(l, "leaky_relu", "", &x, 1, out, id));
    const kin_node *node = &l->to->node[l->to->node_count - 1];
    *(double *)((char *)node->attrs + kin_attr_find(node->op, "alpha")->offset) = e->alpha;
    return KIN_OK;
}

/* An activation as a node of its own, from x to `out`. */
static kin_status lower_activation(kin_lowering *l, const kin_epilogue *e, int x, int slope, int out, int *id)
{
    float low = (float)e->low, high = (float)e->high;
    int   in[2] = {x, slope};
    switch (e->activation) {
    case KIN_ACT_PRELU: return kin_lower_op(l, "prelu", "", in, 2, out, id);
    case KIN_ACT_LEAKY: return lower_leaky(l, e, x, out, id);
    case KIN_ACT_CLAMP:
        KIN_TRY(kin_lower_constant(l, "low", KIN_FLOAT32, (kin_shape){0, {0}}, &low, &in[1]));
        KIN_TRY(kin_lower_op(l, "maximum", "", in, 2, -1, &in[0]));
        KIN_TRY(kin_lower_constant(l, "high", KIN_FLOAT32, (kin_shape){0, {0}}, &high, &in[1]));
        return kin_lower_op(l, "minimum", "", in, 2, out, id);
    default: return kin_lower_op(l, kin_activation_words[e->activation], "", in, 1, out, id);
    }
}

typedef union {
    kin_conv_attrs  conv;
    kin_dense_attrs dense;
} layer_attrs;

/* CONV_2D wants one, be it of zeros, and some of DEPTHWISE_CONV_2D's kernels crash without. */
static kin_status zero_bias(kin_lowering *l, int *id)
{
    const kin_shape *weights = &l->to->tensor[l->node->in[KIN_IN_WEIGHTS]].shape;
    kin_shape        shape = {1, {weights->dim[kin_node_is(l->node, "conv2d") ? 0 : 3]}};
    float           *zeros;
    KIN_TRY(kin_arena_alloc(&l->to->arena, kin_count(&shape), sizeof *zeros, &zeros));
    return kin_lower_constant(l, "bias", KIN_FLOAT32, shape, zeros, id);
}

/* layer, [add,] activation or layer, activation, [add]: each step that is not the last makes a tensor of its own. */
static kin_status lower_epilogue(kin_lowering *l, layer_attrs *attrs, int x)
{
    kin_epilogue *to = kin_attrs_epilogue(l->node->op, attrs), e = *to;
    int           residual = kin_node_in(l->node, KIN_IN_RESIDUAL), slope = kin_node_in(l->node, KIN_IN_SLOPE);
    int           out = l->node->out[0], in[3] = {x, l->node->in[KIN_IN_WEIGHTS], kin_node_in(l->node, KIN_IN_BIAS)}, v;
    if (in[2] < 0 && !kin_node_is(l->node, "dense")) KIN_TRY(zero_bias(l, &in[2]));
    bool          fits = cuts_only(e.activation), first = residual >= 0 && e.residual_first;
    char          text[40];
    *to = (kin_epilogue){.activation = fits && !first ? e.activation : KIN_ACT_NONE};
    bool apart = !fits && !first; /* the activation is a node right behind the layer */
    KIN_TRY(kin_lower_same(l, attrs, in, 3, residual < 0 && !apart ? out : -1, &v));
    if (apart) KIN_TRY(lower_activation(l, &e, v, slope, residual < 0 ? out : -1, &v));
    if (residual < 0) return KIN_OK;
    const char *fused = first && fits ? with_activation(e.activation, text) : "";
    KIN_TRY(kin_lower_op(l, "add", fused, (int[]){v, residual}, 2, first && !fits ? -1 : out, &v));
    return first && !fits ? lower_activation(l, &e, v, slope, out, &v) : KIN_OK;
}

kin_status kin_lower_layer(kin_lowering *l)
{
    layer_attrs attrs;
    int         x = l->node->in[KIN_IN_X];
    if (kin_node_is(l->node, "dense")) {
        attrs.dense = *(const kin_dense_attrs *)l->node->attrs;
    } else {
        attrs.conv = *(const kin_conv_attrs *)l->node->attrs;
        KIN_TRY(lower_window(l, &attrs.conv.window, NULL, &x));
    }
    return lower_epilogue(l, &attrs, x);
}

/* --- poolings --- */

/* Mean or maximum over height and width. */
static kin_status lower_whole(kin_lowering *l, const kin_pool_attrs *attrs, bool average)
{
    static const int32_t axes[2] = {1, 2};
    kin_epilogue         e = {.activation = attrs->activation};
    int                  in[2] = {l->node->in[0], -1}, out = l->node->out[0];
    bool                 bare = attrs->activation == KIN_ACT_NONE;
    KIN_TRY(kin_lower_constant(l, "axes", KIN_INT32, (kin_shape){1, {2}}, axes, &in[1]));
    KIN_TRY(kin_lower_op(l, average ? "mean" : "reduce_max", "keep_dims=true", in, 2, bare ? out : -1, &in[0]));
    return bare ? KIN_OK : lower_activation(l, &e, in[0], -1, out, NULL);
}

/* [1, oh, ow, 1]: the whole window's cells over those in the picture, by which a mean over padding zeros is too small. */
static kin_status make_share(kin_lowering *l, const kin_pool_attrs *attrs, int *id)
{
    const int64_t *in = l->to->tensor[l->node->in[0]].shape.dim;
    kin_span       span[2];
    float         *share;
    for (int d = 0; d < 2; d++)
        if (!kin_window_span(&attrs->window, d, in[1 + d], attrs->size.value[d], &span[d]))
            return kin_lower_fail(l, "padding=explicit, but the picture's size is not known");
    kin_shape shape = {4, {1, span[0].out, span[1].out, 1}};
    KIN_TRY(kin_arena_alloc(&l->to->arena, kin_count(&shape), sizeof *share, &share));
    for (int64_t y = 0; y < span[0].out; y++)
        for (int64_t x = 0; x < span[1].out; x++) {
            int64_t at[2] = {y, x};
            double  cells = 1;
            for (int d = 0; d < 2; d++) {
                int64_t stride = attrs->window.stride.count ? attrs->window.stride.value[d] : 1;
                int64_t from = at[d] * stride - span[d].before, to = from + attrs->size.value[d];
                cells *= (double)attrs->size.value[d] / (double)((to < in[1 + d] ? to : in[1 + d]) - (from > 0 ? from : 0));
            }
            share[y * span[1].out + x] = (float)cells;
        }
    return kin_lower_constant(l, "share", KIN_FLOAT32, shape, share, id);
}

kin_status kin_lower_pool(kin_lowering *l)
{
    static const float least = -INFINITY;
    kin_pool_attrs     attrs = *(const kin_pool_attrs *)l->node->attrs;
    bool               average = kin_node_is(l->node, "avg_pool");
    int                in[2] = {l->node->in[0], -1}, out = l->node->out[0];
    char               text[40];
    if (!attrs.size.count) return lower_whole(l, &attrs, average);
    attrs.window.dilation = (kin_ints){2, {1, 1}}; /* poolings have none */
    bool scaled = average && attrs.window.padding == KIN_PAD_EXPLICIT && !pads_nothing(&attrs.window);
    if (scaled) KIN_TRY(make_share(l, &attrs, &in[1]));
    KIN_TRY(lower_window(l, &attrs.window, average ? NULL : &least, &in[0]));
    int activation = attrs.activation;
    if (scaled) attrs.activation = KIN_ACT_NONE;
    KIN_TRY(kin_lower_same(l, &attrs, in, 1, scaled ? -1 : out, &in[0]));
    return scaled ? kin_lower_op(l, "mul", with_activation(activation, text), in, 2, out, NULL) : KIN_OK;
}
