/* SPDX-License-Identifier: Apache-2.0
 *
 * A detector around a network built by hand, and what it finds.
 */
#ifndef KIN_TESTS_FACE_DETECTOR_H
#define KIN_TESTS_FACE_DETECTOR_H

#include "face/detect/detect.h"
#include "face/fake.h"
#include "support/context.h"

/* A box of 40 x 48 pixels of the network's input (5 x 6 strides), points at known places. */
static const float plain[FAKE_NUMBERS] = {0,    0.25f, -0.5f, 1.6094379f, 1.7917595f, -1,   -1.5f, 1,
                                          -1.5f, 0,     0,     -0.75f,     1,          0.75f, 1};

static inline kin_detector *make_detector(const float numbers[FAKE_NUMBERS])
{
    kin_graph    *graph;
    kin_detector *detector = NULL;
    kin_card      card = fake_detector_card();
    assert_int_equal(fake_detector_graph(&ctx, numbers, &graph), KIN_OK);
    if (kin_detector_new(&ctx, graph, &card, &detector) != KIN_OK) fail_msg("%s", kin_error(&ctx));
    return detector;
}

static inline kin_faces find(kin_detector *detector, const kin_image *picture, float min_face)
{
    kin_faces faces;
    if (kin_detect(detector, picture, &(kin_detect_options){.min_face_px = min_face}, &faces) != KIN_OK)
        fail_msg("%s", kin_error(&ctx));
    return faces;
}

#endif
