/* SPDX-License-Identifier: Apache-2.0
 *
 * The rows that ResNet-50 and SENet-50 of VGGFace2 share: names, order and strides as in keras-vggface
 * (rcmalli/keras-vggface, keras_vggface/models.py). Channels are those of stage 2; each later stage doubles them.
 */
#ifndef KIN_ZOO_BOTTLENECK_H
#define KIN_ZOO_BOTTLENECK_H

#include "zoo/network.h"

#define KIN_ZOO_RELU {.kind = KIN_ZOO_ACTIVATION, .activation = "relu"}
/* A 1x1 convolution without bias and its batch norm. */
#define KIN_ZOO_ONE(name_, channels_, ...) \
    {.kind = KIN_ZOO_CONV, .name = name_, .channels = channels_, .side = 1, __VA_ARGS__}, \
        {.kind = KIN_ZOO_BATCH_NORM, .name = name_ "/bn"}

#define KIN_ZOO_STEM                                                                                               \
    {.kind = KIN_ZOO_CONV, .name = "conv1/7x7_s2", .channels = 64, .side = 7, .stride = 2, .same = true},          \
        {.kind = KIN_ZOO_BATCH_NORM, .name = "conv1/7x7_s2/bn"}, KIN_ZOO_RELU,                                     \
        {.kind = KIN_ZOO_MAX_POOL, .side = 3, .stride = 2}

/* Down to a quarter of the channels, 3x3, up again. `stride_` stands in the first convolution. */
#define KIN_ZOO_NARROW(stride_)                                                                                    \
    KIN_ZOO_ONE("1x1_reduce", 64, .stride = stride_), KIN_ZOO_RELU,                                                \
        {.kind = KIN_ZOO_CONV, .name = "3x3", .channels = 64, .side = 3, .same = true},                            \
        {.kind = KIN_ZOO_BATCH_NORM, .name = "3x3/bn"}, KIN_ZOO_RELU,                                              \
        {.kind = KIN_ZOO_CONV, .name = "1x1_increase", .channels = 256, .side = 1}

/* The shortcut where size or channels change, and the sum with it; the sum with the block's input elsewhere. */
#define KIN_ZOO_SUM_PROJECTED                                                                                      \
    KIN_ZOO_ONE("1x1_proj", 256, .stride = KIN_ZOO_STEP, .from = KIN_ZOO_ENTRY),                                   \
        {.kind = KIN_ZOO_ADD, .from = KIN_ZOO_MAIN, .with = KIN_ZOO_LAST}, KIN_ZOO_RELU
#define KIN_ZOO_SUM {.kind = KIN_ZOO_ADD, .from = KIN_ZOO_MAIN, .with = KIN_ZOO_ENTRY}, KIN_ZOO_RELU

/* `stem` once, then four stages of 3, 4, 6, 3 blocks, the first of each projected; `pool` once. */
#define KIN_ZOO_STAGES(stem, projected, plain, pool)                                                               \
    {KIN_ZOO_ROWS(stem), 0, 1, 1, 1, 1},                                                                           \
        {KIN_ZOO_ROWS(projected), 2, 1, 1, 1, 1}, {KIN_ZOO_ROWS(plain), 2, 2, 3, 1, 1},                            \
        {KIN_ZOO_ROWS(projected), 3, 1, 1, 2, 2}, {KIN_ZOO_ROWS(plain), 3, 2, 4, 2, 1},                            \
        {KIN_ZOO_ROWS(projected), 4, 1, 1, 4, 2}, {KIN_ZOO_ROWS(plain), 4, 2, 6, 4, 1},                            \
        {KIN_ZOO_ROWS(projected), 5, 1, 1, 8, 2}, {KIN_ZOO_ROWS(plain), 5, 2, 3, 8, 1},                            \
        {KIN_ZOO_ROWS(pool), 0, 1, 1, 1, 1}

/* All outputs are 1/32 of the input; the pool is not global, so that larger pictures give more than one cell. */
#define KIN_ZOO_POOL_7 {.kind = KIN_ZOO_AVG_POOL, .name = "avg_pool", .side = 7, .stride = 7}

#define KIN_ZOO_CLASSIFIER                                                                                         \
    {.kind = KIN_ZOO_FLATTEN},                                                                                     \
        {.kind = KIN_ZOO_DENSE, .name = "classifier", .channels = KIN_ZOO_CLASSES, .bias = true, .activation = "softmax"}

#endif
