/* SPDX-License-Identifier: Apache-2.0
 *
 * Looks around a detector's own, whichever detector it is: at the picture turned (turned.c), at tiles of it (tiles.c).
 */
#ifndef KIN_FACE_DETECT_TURNED_H
#define KIN_FACE_DETECT_TURNED_H

#include "face/detect/detect.h"

/* Finds of upright faces, best score first, at least min_face pixels in size, in pixels of the picture; added to `finds`, which
 * is empty. kin_detector_look is one, kin_tiles_find another. */
typedef kin_status (*kin_look)(kin_detector *detector, const kin_image *picture, double min_face, float score, kin_finds *finds);

/* `look` and, where it finds no face that is surely upright, the same at the picture turned. A face that is found turned
 * takes the place of upright finds there; its `turned` says how it stands, box and points are in pixels of the picture. */
kin_status kin_turned_find(kin_detector *detector, const kin_image *picture, kin_look look, double min_face, float score,
                           kin_finds *finds);
/* From the pixels of a copy in which the face is upright to those of `picture`, in which it stands turned by `degrees`. */
void kin_turned_back(kin_face *face, int degrees, const kin_image *picture);

/* kin_detector_look at the whole picture and, for smaller faces than that usually finds, at enlarged tiles of it. */
kin_status kin_tiles_find(kin_detector *detector, const kin_image *picture, double min_face, float score, kin_finds *finds);

#endif
