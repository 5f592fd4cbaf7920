/* SPDX-License-Identifier: Apache-2.0
 *
 * From a face in a picture to the input of a network, as its card says: cut out, bring to size, make numbers of pixels.
 */
#ifndef KIN_FACE_CROP_H
#define KIN_FACE_CROP_H

#include "face/card.h"
#include "kin/face.h"
#include "pixels/pixels.h"

/* Whether the card says enough, and nothing impossible, for the calls below. */
kin_status kin_crop_check(kin_context *ctx, const kin_card *card);

/* The crop that the card asks for. KIN_E_UNSUPPORTED when it says not how faces are cut out. */
kin_status kin_crop_for(kin_context *ctx, const kin_card *card, const kin_image *picture, const kin_face *face,
                        kin_image **out);

/* The square around the box, grown by `margin` of its side all around, width x height pixels; width 0: as large as it is. */
kin_status kin_crop_square(kin_context *ctx, const kin_image *picture, const kin_face *face, double margin, int width,
                           int height, kin_image **out);

/* What stands for a face where none was found: the square in the middle of the picture, 0.6 of its shorter side. */
kin_status kin_crop_middle(kin_context *ctx, const kin_image *picture, kin_image **out);

/* The picture brought to the card's size as kin_crop_feed would bring it, in whole levels. */
kin_status kin_crop_fit(kin_context *ctx, const kin_card *card, const kin_image *picture, kin_image **out);

/* Writes x [card->height, card->width, 3]; `crop` is of that size already, or is brought to it as the card says. */
kin_status kin_crop_feed(kin_context *ctx, const kin_card *card, const kin_image *crop, float *x);

#endif
