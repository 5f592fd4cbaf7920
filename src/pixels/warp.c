/* SPDX-License-Identifier: Apache-2.0
 *
 * Affine warp, bilinear, black outside.
 *
 * Bilinear interpolation looks at 2x2 pixels, so a map that shrinks by s > 2 would skip most of the photo and alias.
 * There the part that is seen is first shrunk by area to a scale at which the rest of the map no longer shrinks. One such
 * picture for the face at hand costs less than a mip pyramid of the whole photo, and fits exactly, not to a power of
 * two. Up to s = 1.5 nothing is shrunk (what OpenCV does, which the networks were taught with); between 1.5 and 2 the
 * factor rises from 1 to 2, so that a face that comes nearer never jumps from one treatment to the other.
 */
#include <math.h>
#include <string.h>

#include "pixels/pixels.h"

enum { BAND_ROWS = 16 };

bool kin_affine_invert(const double m[6], double inverse[6])
{
    double d = m[0] * m[4] - m[1] * m[3];
    if (!(fabs(d) > 1e-12) || !isfinite(d)) return false;
    double a = m[4] / d, b = -m[1] / d, c = -m[3] / d, e = m[0] / d;
    double x = -(a * m[2] + b * m[5]), y = -(c * m[2] + e * m[5]);
    const double result[6] = {a, b, x, c, e, y};
    memcpy(inverse, result, sizeof result);
    return true;
}

typedef struct {
    const kin_image *in;
    kin_image       *out;
    double           m[6];
} job;

/* The pixel at (x, y), black outside. */
static inline const uint8_t *pixel(const kin_image *in, int x, int y)
{
    static const uint8_t black[3];
    if (x < 0 || y < 0 || x >= in->width || y >= in->height) return black;
    return kin_pixels_row(in, y) + (size_t)x * 3;
}

static void sample(const kin_image *in, double sx, double sy, uint8_t *out)
{
    if (!(sx > -1 && sy > -1 && sx < in->width && sy < in->height)) { /* also what is no number */
        memset(out, 0, 3);
        return;
    }
    int            x = (int)floor(sx), y = (int)floor(sy);
    float          fx = (float)(sx - x), fy = (float)(sy - y);
    const uint8_t *a = pixel(in, x, y), *b = pixel(in, x + 1, y), *c = pixel(in, x, y + 1), *d = pixel(in, x + 1, y + 1);
    for (int i = 0; i < 3; i++) {
        float top = (float)a[i] + fx * (float)(b[i] - a[i]), low = (float)c[i] + fx * (float)(d[i] - c[i]);
        out[i] = (uint8_t)(top + fy * (low - top) + 0.5f);
    }
}

static void warp_band(void *arg, size_t index, size_t worker)
{
    (void)worker;
    const job    *j = arg;
    const double *m = j->m;
    int           y0 = (int)index * BAND_ROWS, y1 = y0 + BAND_ROWS < j->out->height ? y0 + BAND_ROWS : j->out->height;
    for (int y = y0; y < y1; y++) {
        uint8_t *to = kin_pixels_row(j->out, y);
        for (int x = 0; x < j->out->width; x++, to += 3)
            sample(j->in, m[0] * x + (m[1] * y + m[2]), m[3] * x + (m[4] * y + m[5]), to);
    }
}

/* low..high of what the map sees in one direction, a pixel more, cut at the picture; false when it sees none of it. */
static bool seen(const double *m, const kin_image *out, int limit, int *low, int *high)
{
    double a = m[0] * (out->width - 1), b = m[1] * (out->height - 1);
    double from = m[2] + fmin(a, 0) + fmin(b, 0), to = m[2] + fmax(a, 0) + fmax(b, 0);
    double spare = fabs(m[0]) + fabs(m[1]) + 2;
    if (!(to + spare > 0 && from - spare < limit)) return false;
    *low = from - spare < 0 ? 0 : (int)(from - spare);
    *high = to + spare > limit ? limit : (int)ceil(to + spare);
    return *low < *high;
}

/* `part` = what the map sees, shrunk by `factor`; `m` becomes the map into it. */
static kin_status shrink_first(kin_context *ctx, const kin_image *in, double factor, double m[6], const kin_image *out,
                               kin_image **part)
{
    int x0, x1, y0, y1;
    if (!seen(m, out, in->width, &x0, &x1) || !seen(m + 3, out, in->height, &y0, &y1)) return KIN_OK; /* all black */
    kin_image view = kin_pixels_part(in, x0, y0, x1 - x0, y1 - y0);
    int       width = (int)ceil(view.width / factor), height = (int)ceil(view.height / factor);
    KIN_TRY(kin_pixels_new(ctx, width, height, part));
    kin_status status = kin_pixels_resize(ctx, &view, NULL, KIN_FILTER_AREA, *part);
    if (status != KIN_OK) {
        kin_image_free(*part);
        *part = NULL;
        return status;
    }
    double fx = (double)view.width / width, fy = (double)view.height / height;
    m[0] /= fx, m[1] /= fx, m[2] = (m[2] + 0.5 - x0) / fx - 0.5;
    m[3] /= fy, m[4] /= fy, m[5] = (m[5] + 0.5 - y0) / fy - 0.5;
    return KIN_OK;
}

kin_status kin_pixels_warp(kin_context *ctx, const kin_image *in, const double m[6], kin_image *out)
{
    job j = {in, out, {0}};
    for (int i = 0; i < 6; i++) {
        if (!(fabs(m[i]) < 1e9)) return kin_fail(ctx, KIN_E_USAGE, "warp: number %d of the matrix is %g", i, m[i]);
        j.m[i] = m[i];
    }
    double     scale = sqrt(fabs(m[0] * m[4] - m[1] * m[3])), factor = scale < 2 ? 2 * scale - 2 : scale;
    kin_image *part = NULL;
    if (factor > 1) {
        KIN_TRY(shrink_first(ctx, in, factor, j.m, out, &part));
        if (part) j.in = part;
    }
    kin_split(ctx->splitter, warp_band, &j, ((size_t)out->height + BAND_ROWS - 1) / BAND_ROWS);
    kin_image_free(part);
    return KIN_OK;
}
