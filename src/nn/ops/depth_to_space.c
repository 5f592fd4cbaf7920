/* SPDX-License-Identifier: Apache-2.0
 *
 * depth_to_space: y[n, h*b + i, w*b + j, c] = x[n, h, w, (i*b + j) * channels + c], with b the block size.
 *
 * TensorFlow: DepthToSpace (NHWC); TensorFlow Lite: DEPTH_TO_SPACE (lite/kernels/internal/reference/depth_to_space.h).
 */
#include "nn/ops/block.h"

KIN_BLOCK(depth_to_space, "moves channels into blocks of pixels", false)
