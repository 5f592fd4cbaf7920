/* SPDX-License-Identifier: Apache-2.0
 *
 * ResNet-50 on VGGFace2 (Cao et al., VGGFace2, 2018; He et al., Deep residual learning, 2016), layers and names as in
 * keras-vggface (models.py: RESNET50).
 */
#include "zoo/bottleneck.h"

#define MAIN KIN_ZOO_NARROW(KIN_ZOO_STEP), {.kind = KIN_ZOO_BATCH_NORM, .name = "1x1_increase/bn", .keep = KIN_ZOO_MAIN}

static const kin_zoo_row  stem[] = {KIN_ZOO_STEM};
static const kin_zoo_row  projected[] = {MAIN, KIN_ZOO_SUM_PROJECTED};
static const kin_zoo_row  plain[] = {MAIN, KIN_ZOO_SUM};
static const kin_zoo_row  pool[] = {KIN_ZOO_POOL_7};
static const kin_zoo_row  top[] = {KIN_ZOO_CLASSIFIER};
static const kin_zoo_part parts[] = {KIN_ZOO_STAGES(stem, projected, plain, pool)};

const kin_zoo_network kin_zoo_vggface2_resnet50 = {
    .name = "vggface2-resnet50",
    .title = "ResNet-50 for VGGFace2's 8,631 people (Cao et al. 2018)",
    .part = parts,
    .parts = sizeof parts / sizeof *parts,
    .top = top,
    .tops = sizeof top / sizeof *top,
    .side = 224,
    .least_side = 197,
    .classes = 8631,
    .epsilon = 1e-3,
    .mean = {91.4953f, 103.8827f, 131.0912f},
};
