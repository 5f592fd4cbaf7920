/* SPDX-License-Identifier: Apache-2.0
 *
 * space_to_depth: y[n, h, w, (i*b + j) * channels + c] = x[n, h*b + i, w*b + j, c], with b the block size.
 *
 * TensorFlow: SpaceToDepth (NHWC); TensorFlow Lite: SPACE_TO_DEPTH (lite/kernels/internal/reference/space_to_depth.h).
 */
#include "nn/ops/block.h"

KIN_BLOCK(space_to_depth, "moves blocks of pixels into channels", true)
