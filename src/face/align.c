/* SPDX-License-Identifier: Apache-2.0
 *
 * Least-squares similarity of point sets (S. Umeyama, Least-squares estimation of transformation parameters between two
 * point patterns, PAMI 13(4), 1991) and the crops that are cut out with it.
 */
#include "face/align.h"

#include <math.h>

/* insightface, ArcFace: left eye in the picture, right eye, nose tip, mouth corners. */
const kin_point kin_template_112[KIN_POINTS] = {
    {38.2946f, 51.6963f}, {73.5318f, 51.5014f}, {56.0252f, 71.7366f}, {41.5493f, 92.3655f}, {70.7299f, 92.2041f}};

/* With both sets moved to their means, |s R p - q|^2 summed is smallest for (a, b) = (sum p.q, sum p x q) / sum |p|^2:
 * the general solution's singular value decomposition of a 2x2 matrix, written out. */
bool kin_similarity_fit(const kin_point *from, const kin_point *to, size_t count, kin_similarity *out)
{
    double fx = 0, fy = 0, tx = 0, ty = 0;
    for (size_t i = 0; i < count; i++) {
        fx += from[i].x, fy += from[i].y;
        tx += to[i].x, ty += to[i].y;
    }
    fx /= (double)count, fy /= (double)count, tx /= (double)count, ty /= (double)count;

    double spread = 0, dot = 0, cross = 0, reach = 0;
    for (size_t i = 0; i < count; i++) {
        double px = from[i].x - fx, py = from[i].y - fy, qx = to[i].x - tx, qy = to[i].y - ty;
        spread += px * px + py * py;
        reach += qx * qx + qy * qy;
        dot += px * qx + py * qy;
        cross += px * qy - py * qx;
    }
    double a = dot / spread, b = cross / spread;
    double scale = hypot(a, b);
    /* Below this scale the two sets have nothing in common (a mirrored or scrambled set): what is left is rounding. */
    if (!isfinite(scale) || !(scale * scale * spread > 1e-6 * reach)) return false;
    *out = (kin_similarity){a, b, tx - (a * fx - b * fy), ty - (b * fx + a * fy)};
    return true;
}

kin_similarity kin_similarity_inverse(const kin_similarity *s)
{
    double square = s->a * s->a + s->b * s->b;
    double a = s->a / square, b = -s->b / square;
    return (kin_similarity){a, b, -(a * s->tx - b * s->ty), -(b * s->tx + a * s->ty)};
}

kin_point kin_similarity_apply(const kin_similarity *s, kin_point p)
{
    return (kin_point){(float)(s->a * p.x - s->b * p.y + s->tx), (float)(s->b * p.x + s->a * p.y + s->ty)};
}

/* Cuts out by the map from crop to picture, m (whole numbers are middles on both sides). */
static kin_status cut(kin_context *ctx, const kin_image *picture, const double m[6], int width, int height,
                      kin_image **out)
{
    *out = NULL;
    for (int i = 0; i < 6; i++)
        if (!isfinite(m[i])) return kin_fail(ctx, KIN_E_USAGE, "a face's box or points are not finite numbers");
    kin_image *crop;
    KIN_TRY(kin_pixels_new(ctx, width, height, &crop));
    kin_status status = kin_pixels_warp(ctx, picture, m, KIN_FILL_BLACK, crop);
    if (status == KIN_OK)
        *out = crop;
    else
        kin_image_free(crop);
    return status;
}

kin_status kin_align_crop(kin_context *ctx, const kin_image *picture, const kin_face *face,
                          const kin_point template[KIN_POINTS], int width, int height, kin_image **out)
{
    kin_similarity forth;
    if (!kin_similarity_fit(face->points, template, KIN_POINTS, &forth))
        return kin_align_box(ctx, picture, face->box.x0, face->box.y0, (double)face->box.x1 - face->box.x0,
                             (double)face->box.y1 - face->box.y0, width, height, out);
    kin_similarity back = kin_similarity_inverse(&forth);
    /* A picture's points have the middle of a pixel at +0.5, the warp's numbers at +0. */
    const double m[6] = {back.a, -back.b, back.tx - 0.5, back.b, back.a, back.ty - 0.5};
    return cut(ctx, picture, m, width, height, out);
}

kin_status kin_align_box(kin_context *ctx, const kin_image *picture, double x0, double y0, double side_x,
                         double side_y, int width, int height, kin_image **out)
{
    *out = NULL;
    if (!(side_x > 0 && side_y > 0)) return kin_fail(ctx, KIN_E_USAGE, "a face's box is empty");
    double       sx = side_x / width, sy = side_y / height;
    const double m[6] = {sx, 0, x0 + 0.5 * sx - 0.5, 0, sy, y0 + 0.5 * sy - 0.5};
    return cut(ctx, picture, m, width, height, out);
}
