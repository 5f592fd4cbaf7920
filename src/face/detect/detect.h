/* SPDX-License-Identifier: Apache-2.0
 *
 * The inside of a detector: a network, its card, the plans of the last picture sizes.
 */
#ifndef KIN_FACE_DETECT_DETECT_H
#define KIN_FACE_DETECT_DETECT_H

#include "face/card.h"
#include "face/detect/decode.h"
#include "face/plans.h"
#include "kin/face.h"

struct kin_detector {
    kin_context        *ctx;
    kin_graph          *graph;
    bool                owns_graph;
    kin_card            card; /* its strings belong to the graph */
    const kin_decoding *decoding;
    kin_plans           plans;
};

/* A detector of a network and its card. Both are borrowed and must outlive it (the card's struct is copied, its strings
 * are not), unless kin_detector_own says otherwise. KIN_E_FORMAT or KIN_E_UNSUPPORTED with the field's name when the
 * card does not say what is needed. */
kin_status kin_detector_new(kin_context *ctx, kin_graph *graph, const kin_card *card, kin_detector **out);
/* From now on kin_detector_free frees the graph too (with which the card's strings go). */
void kin_detector_own(kin_detector *detector);

#endif
