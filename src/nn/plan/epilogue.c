/* SPDX-License-Identifier: Apache-2.0
 *
 * Layers as the passes see them.
 */
#include "nn/plan/epilogue.h"

#include "nn/plan/evaluate.h"

bool kin_is_layer(const kin_node *node)
{
    return kin_node_is(node, "conv2d") || kin_node_is(node, "depthwise_conv2d") || kin_node_is(node, "dense");
}

kin_epilogue *kin_attrs_epilogue(const kin_op *op, void *attrs)
{
    kin_node as = {.op = op};
    return kin_node_is(&as, "dense") ? &((kin_dense_attrs *)attrs)->epilogue : &((kin_conv_attrs *)attrs)->epilogue;
}

const kin_epilogue *kin_layer_epilogue(const kin_node *layer)
{
    return kin_attrs_epilogue(layer->op, layer->attrs);
}

int64_t kin_layer_channels(const kin_rewrite *rewrite, const kin_node *layer)
{
    const kin_tensor *w = kin_rewrite_tensor(rewrite, layer->in[KIN_IN_WEIGHTS]);
    int               rank = kin_node_is(layer, "dense") ? 2 : 4;
    if (w->shape.rank != rank) return 0;
    return w->shape.dim[kin_node_is(layer, "depthwise_conv2d") ? 3 : 0];
}

enum { LATER_BYTES = 16384 }; /* of float32, from here on */

bool kin_weights_later(const kin_rewrite *rewrite, const kin_node *node)
{
    if (!kin_node_is(node, "dequantize") && !kin_node_is(node, "cast")) return false;
    if (node->in_count != 1 || node->out_count != 1) return false;
    const kin_tensor *from = kin_rewrite_tensor(rewrite, node->in[0]), *to = kin_rewrite_tensor(rewrite, node->out[0]);
    size_t            bytes;
    return from->data && from->type != KIN_FLOAT32 && to->type == KIN_FLOAT32 && kin_tensor_bytes(to, &bytes) &&
           bytes >= LATER_BYTES;
}

bool kin_layer_known(const kin_rewrite *rewrite, const kin_node *layer)
{
    int               w = layer->in[KIN_IN_WEIGHTS], bias = kin_node_in(layer, KIN_IN_BIAS);
    const kin_tensor *t = kin_rewrite_tensor(rewrite, bias);
    size_t            count;
    if (rewrite->graph->tensor[w].type != KIN_FLOAT32 || kin_layer_channels(rewrite, layer) <= 0) return false;
    if (!kin_shape_elements(&rewrite->graph->tensor[w].shape, &count) || count == 0) return false;
    if (!kin_rewrite_constant(rewrite, w) && !kin_weights_later(rewrite, kin_rewrite_maker(rewrite, w))) return false;
    if (!t) return true;
    return t->data && t->type == KIN_FLOAT32 && t->shape.rank == 1 &&
           t->shape.dim[0] == kin_layer_channels(rewrite, layer);
}

kin_status kin_layer_evaluate(kin_rewrite *rewrite, const kin_node *layer)
{
    int             w = layer->in[KIN_IN_WEIGHTS];
    const kin_node *node = kin_rewrite_maker(rewrite, w);
    kin_call_room   room;
    if (kin_rewrite_constant(rewrite, w) || !node) return KIN_OK;
    KIN_TRY(kin_call_room_make(rewrite->graph, &room));
    kin_call   call = kin_call_of(rewrite->graph, node, &room);
    kin_status status = node->op->infer(&call);
    if (status == KIN_OK) status = kin_evaluate(rewrite->graph, node, &call);
    kin_call_room_free(rewrite->graph, &room);
    return status;
}

size_t kin_layer_inputs(const int in[5])
{
    size_t count = 5;
    while (count > 2 && in[count - 1] < 0) count--;
    return count;
}

bool kin_layer_bare(const kin_node *layer)
{
    return kin_layer_epilogue(layer)->activation == KIN_ACT_NONE && kin_node_in(layer, KIN_IN_RESIDUAL) < 0;
}
