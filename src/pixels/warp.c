/* SPDX-License-Identifier: Apache-2.0
 *
 * Affine warp, bilinear (OpenCV's warpAffine with INTER_LINEAR, WARP_INVERSE_MAP and a black border, in float). A map
 * that shrinks would skip pixels: the part that is seen is then shrunk by the antialiasing filter first.
 */
#include <math.h>
#include <string.h>

#include "pixels/pixels.h"

bool kin_affine_invert(const double m[6], double inverse[6])
{
    double determinant = m[0] * m[4] - m[1] * m[3];
    if (!isfinite(determinant) || fabs(determinant) < 1e-12) return false;
    double a = m[4] / determinant, b = -m[1] / determinant, c = -m[3] / determinant, d = m[0] / determinant;
    double x = -(a * m[2] + b * m[5]), y = -(c * m[2] + d * m[5]);
    memcpy(inverse, (const double[]){a, b, x, c, d, y}, 6 * sizeof *inverse);
    return true;
}

static const uint8_t *pixel(const kin_image *in, int x, int y)
{
    static const uint8_t black[3] = {0, 0, 0};
    return x >= 0 && y >= 0 && x < in->width && y < in->height ? kin_pixels_row(in, y) + 3 * (size_t)x : black;
}

static void warp_row(const kin_image *in, const double m[6], int y, kin_image *out)
{
    uint8_t *to = kin_pixels_row(out, y);
    for (int x = 0; x < out->width; x++, to += 3) {
        double sx = m[0] * x + m[1] * y + m[2], sy = m[3] * x + m[4] * y + m[5];
        if (!(sx > -1 && sy > -1 && sx < in->width && sy < in->height)) {
            to[0] = to[1] = to[2] = 0;
            continue;
        }
        int            x0 = (int)floor(sx), y0 = (int)floor(sy);
        float          fx = (float)(sx - x0), fy = (float)(sy - y0);
        const uint8_t *a = pixel(in, x0, y0), *b = pixel(in, x0 + 1, y0);
        const uint8_t *c = pixel(in, x0, y0 + 1), *d = pixel(in, x0 + 1, y0 + 1);
        for (int k = 0; k < 3; k++) {
            float top = (float)a[k] + fx * (float)(b[k] - a[k]), bottom = (float)c[k] + fx * (float)(d[k] - c[k]);
            to[k] = (uint8_t)(top + fy * (bottom - top) + 0.5f);
        }
    }
}

/* The part of `in` that the corners of `out` span, with `margin` pixels around it, cut to the picture. false: none. */
static bool seen_part(const kin_image *in, const double m[6], const kin_image *out, double margin, int part[4])
{
    double low[2] = {INFINITY, INFINITY}, high[2] = {-INFINITY, -INFINITY};
    for (int corner = 0; corner < 4; corner++) {
        double x = corner & 1 ? out->width - 1 : 0, y = corner & 2 ? out->height - 1 : 0;
        for (int k = 0; k < 2; k++) {
            double at = m[3 * k] * x + m[3 * k + 1] * y + m[3 * k + 2];
            low[k] = fmin(low[k], at);
            high[k] = fmax(high[k], at);
        }
    }
    const int side[2] = {in->width, in->height};
    for (int k = 0; k < 2; k++) {
        part[k] = (int)fmin(side[k], fmax(0, floor(low[k] - margin)));
        part[k + 2] = (int)fmax(0, fmin(side[k], ceil(high[k] + margin) + 1));
    }
    return part[2] > part[0] && part[3] > part[1];
}

kin_status kin_pixels_warp(kin_context *ctx, const kin_image *in, const double m[6], kin_image *out)
{
    const double     shrinks = sqrt(fabs(m[0] * m[4] - m[1] * m[3]));
    double           map[6];
    const kin_image *from = in;
    kin_image       *smaller = NULL;
    int              part[4];
    memcpy(map, m, sizeof map);
    if (shrinks > 1.5 && seen_part(in, m, out, 2 * shrinks, part)) {
        int width = (int)fmax(1, lrint((part[2] - part[0]) / shrinks)), height = (int)fmax(1, lrint((part[3] - part[1]) / shrinks));
        KIN_TRY(kin_pixels_new(ctx, width, height, &smaller));
        kin_status status = kin_pixels_resize(ctx, in, (const double[]){part[0], part[1], part[2], part[3]}, KIN_FILTER_TRIANGLE, smaller);
        if (status != KIN_OK) {
            kin_image_free(smaller);
            return status;
        }
        /* From the middle of a pixel of `in` to that of `smaller`: (x + 0.5 - part) / scale - 0.5. */
        double sx = (double)width / (part[2] - part[0]), sy = (double)height / (part[3] - part[1]);
        for (int k = 0; k < 3; k++) {
            map[k] *= sx;
            map[k + 3] *= sy;
        }
        map[2] += (0.5 - part[0]) * sx - 0.5;
        map[5] += (0.5 - part[1]) * sy - 0.5;
        from = smaller;
    }
    for (int y = 0; y < out->height; y++) warp_row(from, map, y, out);
    kin_image_free(smaller);
    return KIN_OK;
}
