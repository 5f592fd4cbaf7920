/* SPDX-License-Identifier: Apache-2.0
 *
 * SENet-50 on VGGFace2 (Cao et al., VGGFace2, 2018; Hu et al., Squeeze-and-excitation networks, 2018): ResNet-50 whose
 * blocks weigh their channels. Layers and names as in keras-vggface (models.py: SENET50).
 */
#include "zoo/bottleneck.h"

/* The mean of each channel, through 1/16 of the channels, says how much of that channel goes on. */
#define SQUEEZE                                                                                     \
    {.kind = KIN_ZOO_GLOBAL_AVG}, {.kind = KIN_ZOO_RESHAPE},                                        \
        {.kind = KIN_ZOO_CONV, .name = "1x1_down", .channels = 16, .side = 1, .bias = true},        \
        {.kind = KIN_ZOO_ACTIVATION, .activation = "relu"},                                         \
        {.kind = KIN_ZOO_CONV, .name = "1x1_up", .channels = 256, .side = 1, .bias = true},         \
        {.kind = KIN_ZOO_ACTIVATION, .activation = "sigmoid"},                                      \
        {.kind = KIN_ZOO_MULTIPLY, .from = KIN_ZOO_KEPT, .with = KIN_ZOO_LAST, .keep = KIN_ZOO_MAIN}

#define MAIN                                                                                        \
    KIN_ZOO_NARROW(KIN_ZOO_STEP), {.kind = KIN_ZOO_BATCH_NORM, .name = "1x1_increase/bn", .keep = KIN_ZOO_KEPT}, SQUEEZE

static const kin_zoo_row  stem[] = {KIN_ZOO_STEM};
static const kin_zoo_row  projected[] = {MAIN, KIN_ZOO_SUM_PROJECTED};
static const kin_zoo_row  plain[] = {MAIN, KIN_ZOO_SUM};
static const kin_zoo_row  pool[] = {KIN_ZOO_POOL_7};
static const kin_zoo_row  top[] = {KIN_ZOO_CLASSIFIER};
static const kin_zoo_part parts[] = {KIN_ZOO_STAGES(stem, projected, plain, pool)};

const kin_zoo_network kin_zoo_vggface2_senet50 = {
    .name = "vggface2-senet50",
    .title = "SENet-50 for VGGFace2's 8,631 people (Cao et al. 2018)",
    .part = parts,
    .parts = sizeof parts / sizeof *parts,
    .top = top,
    .tops = sizeof top / sizeof *top,
    .side = 224,
    .least_side = 197,
    .classes = 8631,
    .epsilon = 1e-4,
    .mean = {91.4953f, 103.8827f, 131.0912f},
};
