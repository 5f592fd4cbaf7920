/* SPDX-License-Identifier: Apache-2.0
 *
 * Layers: the ops with weights and an epilogue (conv2d, depthwise_conv2d, dense), as the passes see them.
 */
#ifndef KIN_NN_PLAN_EPILOGUE_H
#define KIN_NN_PLAN_EPILOGUE_H

#include "nn/ops/conv.h"
#include "nn/plan/rewrite.h"

bool                kin_is_layer(const kin_node *node); /* with constant weights or not; false for NULL */
const kin_epilogue *kin_layer_epilogue(const kin_node *layer);
kin_epilogue       *kin_attrs_epilogue(const kin_op *op, void *attrs);
/* Output channels by the weights' shape, 0 when it is not known. */
int64_t kin_layer_channels(const kin_rewrite *rewrite, const kin_node *layer);
/* Weights (float32) and bias are constants, or weights will be (see kin_weights_later). */
bool kin_layer_known(const kin_rewrite *rewrite, const kin_node *layer);
/* Makes weights that are to come (kin_weights_later) constant now. */
kin_status kin_layer_evaluate(kin_rewrite *rewrite, const kin_node *layer);
/* Whether `node` unpacks large constant weights for layers only: float16 or int8 -> float32. It is left for the time when
 * the layer packs its weights, so that memory holds one network's worth of float32 at no time. */
bool kin_weights_later(const kin_rewrite *rewrite, const kin_node *node);
/* Of in[5]: how many inputs there are up to the last that is not left out. */
size_t kin_layer_inputs(const int in[5]);
/* Nothing behind the bias yet: no activation, no residual. */
bool kin_layer_bare(const kin_node *layer);

#endif
