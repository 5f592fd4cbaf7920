/* SPDX-License-Identifier: Apache-2.0
 *
 * VGG-16 on VGGFace (Parkhi, Vedaldi, Zisserman, Deep face recognition, 2015), layers and names as in keras-vggface
 * (rcmalli/keras-vggface, keras_vggface/models.py: VGG16).
 */
#include "zoo/network.h"

#define CONV(name_, channels_) \
    {.kind = KIN_ZOO_CONV, .name = name_, .channels = channels_, .side = 3, .same = true, .bias = true, .activation = "relu"}
#define POOL(name_) {.kind = KIN_ZOO_MAX_POOL, .name = name_, .side = 2, .stride = 2}
#define DENSE(name_, channels_) {.kind = KIN_ZOO_DENSE, .name = name_, .channels = channels_, .bias = true}
#define ACTIVATION(name_, what) {.kind = KIN_ZOO_ACTIVATION, .name = name_, .activation = what}

static const kin_zoo_row body[] = {
    CONV("conv1_1", 64),  CONV("conv1_2", 64),  POOL("pool1"),
    CONV("conv2_1", 128), CONV("conv2_2", 128), POOL("pool2"),
    CONV("conv3_1", 256), CONV("conv3_2", 256), CONV("conv3_3", 256), POOL("pool3"),
    CONV("conv4_1", 512), CONV("conv4_2", 512), CONV("conv4_3", 512), POOL("pool4"),
    CONV("conv5_1", 512), CONV("conv5_2", 512), CONV("conv5_3", 512), POOL("pool5"),
};

static const kin_zoo_row top[] = {
    {.kind = KIN_ZOO_FLATTEN, .name = "flatten"},
    DENSE("fc6", 4096), ACTIVATION("fc6/relu", "relu"),
    DENSE("fc7", 4096), ACTIVATION("fc7/relu", "relu"),
    DENSE("fc8", KIN_ZOO_CLASSES), ACTIVATION("fc8/softmax", "softmax"),
};

static const kin_zoo_part parts[] = {{KIN_ZOO_ROWS(body), 0, 1, 1, 0, 0}};

const kin_zoo_network kin_zoo_vggface_vgg16 = {
    .name = "vggface-vgg16",
    .title = "VGG-16 for VGGFace's 2,622 people (Parkhi et al. 2015)",
    .part = parts,
    .parts = sizeof parts / sizeof *parts,
    .top = top,
    .tops = sizeof top / sizeof *top,
    .side = 224,
    .least_side = 48,
    .classes = 2622,
    .mean = {93.5940f, 104.7624f, 129.1863f},
};
