/* SPDX-License-Identifier: Apache-2.0
 *
 * The inside of a detector: a network, its card, the plans of the last picture sizes; or MTCNN's three networks.
 */
#ifndef KIN_FACE_DETECT_DETECT_H
#define KIN_FACE_DETECT_DETECT_H

#include "face/card.h"
#include "face/detect/decode.h"
#include "face/detect/mtcnn.h"
#include "face/plans.h"
#include "kin/face.h"

struct kin_detector {
    kin_context        *ctx;
    kin_graph          *graph;
    bool                owns_graph; /* not that of kin_detector_share */
    kin_card            card; /* its strings belong to the graph */
    const kin_decoding *decoding;
    kin_plans           plans;

    kin_mtcnn *mtcnn; /* then there is no graph, decoding and plan above, and the card says the least score only */
    kin_graph *part[KIN_MTCNN_NETWORKS]; /* its networks, where they are this detector's own */
};

/* A detector of a network and its card. The graph is taken over, also when this fails; the card's strings belong to it.
 * KIN_E_FORMAT or KIN_E_UNSUPPORTED with the field's name when the card does not say what is needed. */
kin_status kin_detector_new(kin_context *ctx, kin_graph *graph, const kin_card *card, kin_detector **out);

/* A detector of MTCNN's P-, R- and O-Net, in this order. They are taken over, also when this fails. */
kin_status kin_detector_new_mtcnn(kin_context *ctx, kin_graph *const graph[KIN_MTCNN_NETWORKS], kin_detector **out);

/* One look at the whole of a picture: finds of upright faces of at least min_face pixels, best score first, in its pixels. */
kin_status kin_detector_look(kin_detector *detector, const kin_image *picture, double min_face, float score, kin_finds *finds);

#endif
