/* SPDX-License-Identifier: Apache-2.0
 *
 * The passes, a file each. Those of the prepared graph need no shapes; those of a plan run when all shapes are known.
 */
#ifndef KIN_NN_PLAN_PASSES_H
#define KIN_NN_PLAN_PASSES_H

#include "nn/plan/rewrite.h"

/* dropout(x) -> x */
kin_status kin_pass_identity(kin_rewrite *rewrite);
/* relu(x) - slope * relu(-x) and its variants -> prelu(x, slope) or leaky_relu(x); slopes of prelu become [c] */
kin_status kin_pass_prelu(kin_rewrite *rewrite);
/* conv2d, depthwise_conv2d, dense, then batch_norm or mul, div, add, sub with a constant a channel -> new weights, bias */
kin_status kin_pass_scale(kin_rewrite *rewrite);
/* The same of batch_norm alone, for files that know none */
kin_status kin_pass_norm(kin_rewrite *rewrite);
/* pad(x) of height and width with zeros, then a convolution without padding -> explicit padding */
kin_status kin_pass_pad(kin_rewrite *rewrite);
/* mul(x, number), then a convolution or dense layer -> the number in the layer's weights */
kin_status kin_pass_input_scale(kin_rewrite *rewrite);
/* conv2d, depthwise_conv2d, dense, then an activation -> epilogue */
kin_status kin_pass_activation(kin_rewrite *rewrite);

/* exp(x - max(x)) / sum(exp(x - max(x))) over the last axis -> softmax(x). Needs shapes. */
kin_status kin_pass_softmax(kin_rewrite *rewrite);
/* conv2d, depthwise_conv2d, dense, then add of a tensor of the same shape -> epilogue. Needs shapes. */
kin_status kin_pass_residual(kin_rewrite *rewrite);

#endif
