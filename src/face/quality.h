/* SPDX-License-Identifier: Apache-2.0
 *
 * How good a face is for recognising somebody: its size, how sharp it is, where it looks. One figure each, so that the
 * reason for declining a face can be told.
 */
#ifndef KIN_FACE_QUALITY_H
#define KIN_FACE_QUALITY_H

#include "kin/face.h"
#include "pixels/pixels.h"

/* Fills face->quality from its box, its points and the picture. */
kin_status kin_quality_judge(kin_context *ctx, const kin_image *picture, kin_face *face);

/* yaw, pitch, roll from five points; all 0 where they say nothing (all in one place or on a line). */
void kin_quality_pose(const kin_point points[KIN_POINTS], kin_quality *quality);

/* The five points of the mean face in space, in units of the pupils' distance, its middle near 0: x to the picture's
 * right, y down, z away from the camera. For tests. */
extern const double kin_face_model[KIN_POINTS][3];

/* 0 blurred .. 1 sharp, of an upright aligned crop of KIN_SHARPNESS_SIDE pixels. */
enum { KIN_SHARPNESS_SIDE = 112 };
float kin_quality_sharpness(const kin_image *crop);

#endif
