/* SPDX-License-Identifier: Apache-2.0
 *
 * Bringing a face into the position that a network was trained on: the similarity (turn, one scale, shift) that maps
 * five points closest to a template, and the crop that it cuts out.
 */
#ifndef KIN_FACE_ALIGN_H
#define KIN_FACE_ALIGN_H

#include "kin/face.h"
#include "pixels/pixels.h"

/* x' = a x - b y + tx,  y' = b x + a y + ty.  The scale is hypot(a, b), the turn atan2(b, a). */
typedef struct {
    double a, b, tx, ty;
} kin_similarity;

/* The similarity that minimises the sum of squared distances from the mapped `from` to `to`, `count` points each
 * (Umeyama 1991, without reflections; in two dimensions it has a closed form). false, and *out untouched, where there
 * is none: all of `from` or all of `to` in one place, or numbers that are not finite. */
bool kin_similarity_fit(const kin_point *from, const kin_point *to, size_t count, kin_similarity *out);
/* The way back. The scale of a fitted one is never 0. */
kin_similarity kin_similarity_inverse(const kin_similarity *s);
kin_point      kin_similarity_apply(const kin_similarity *s, kin_point p);

/* The points of the ArcFace template for a crop of 112 x 112 pixels. */
extern const kin_point kin_template_112[KIN_POINTS];

/* *out = a crop of width x height pixels in which the face's points lie closest to `template` (positions as in
 * OpenCV and ArcFace: whole numbers are the middles of the crop's pixels); black outside the picture. Free it with
 * kin_image_free. A face whose points have no similarity (all in one place) is cut out by its box instead. */
kin_status kin_align_crop(kin_context *ctx, const kin_image *picture, const kin_face *face,
                          const kin_point template[KIN_POINTS], int width, int height, kin_image **out);

/* *out = the rectangle x0, y0 .. x0 + side_x, y0 + side_y of the picture (pixels, fractions allowed, may reach outside:
 * black there) as a picture of width x height pixels. */
kin_status kin_align_box(kin_context *ctx, const kin_image *picture, double x0, double y0, double side_x,
                         double side_y, int width, int height, kin_image **out);

#endif
