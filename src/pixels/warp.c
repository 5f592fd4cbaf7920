/* SPDX-License-Identifier: Apache-2.0
 *
 * Affine warp, bilinear, black or mirrored outside.
 *
 * Bilinear interpolation looks at 2x2 pixels, so a map that shrinks by s > 2 would skip most of the photo and alias.
 * There the part that is seen is first shrunk by area to a scale at which the rest of the map no longer shrinks. One such
 * picture for the face at hand costs less than a mip pyramid of the whole photo, and fits exactly, not to a power of
 * two. Its cells are counted from what falls on the middle of the result, to the fraction of a pixel: counted from whole
 * pixels they would fall differently over a face that stands a twentieth of a pixel further on (README.md has figures).
 * Up to s = 1.5 nothing is shrunk (what OpenCV does, which the networks were taught with); between 1.5 and 2 the two ways
 * are mixed, so that a face that comes nearer never jumps from one to the other.
 */
#include <math.h>
#include <string.h>

#include "pixels/lanes.h"
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

void kin_affine_multiply(const double a[6], const double b[6], double product[6])
{
    const double result[6] = {a[0] * b[0] + a[1] * b[3], a[0] * b[1] + a[1] * b[4], a[0] * b[2] + a[1] * b[5] + a[2],
                              a[3] * b[0] + a[4] * b[3], a[3] * b[1] + a[4] * b[4], a[3] * b[2] + a[4] * b[5] + a[5]};
    memcpy(product, result, sizeof result);
}

/* A picture and the map into it. */
typedef struct {
    const kin_image *in;
    double           m[6];
    kin_fill         fill;
} view;

typedef struct {
    view       plain, shrunk;
    float      share; /* of the shrunk view: 0..1 */
    kin_image *out;
} job;

/* The pixel at (x, y), `fill` outside. */
static inline const uint8_t *pixel(const kin_image *in, kin_fill fill, int x, int y)
{
    static const uint8_t black[3];
    if (fill == KIN_FILL_REFLECT)
        x = kin_mirror_index(x, in->width), y = kin_mirror_index(y, in->height);
    else if (x < 0 || y < 0 || x >= in->width || y >= in->height)
        return black;
    return kin_pixels_row(in, y) + (size_t)x * 3;
}

/* Far outside: into 0 .. 2n, where the row and its mirror image stand. */
static inline double come_near(double at, int n)
{
    return at - 2.0 * n * floor(at / (2.0 * n));
}

static inline kin_lanes load_3(const uint8_t *pixel)
{
    return (kin_lanes){pixel[0], pixel[1], pixel[2]};
}

static inline kin_lanes mix(kin_lanes a, kin_lanes b, kin_lanes c, kin_lanes d, float fx, float fy)
{
    kin_lanes top = a + fx * (b - a), low = c + fx * (d - c);
    return top + fy * (low - top);
}

/* Where a neighbour lies outside, or so near to the edge that four bytes cannot be read of it. */
static kin_lanes sample_edge(const kin_image *in, kin_fill fill, double sx, double sy)
{
    if (!(sx > -1 && sy > -1 && sx < in->width && sy < in->height)) { /* also what is no number */
        if (fill == KIN_FILL_BLACK) return (kin_lanes){0};
        sx = come_near(sx, in->width), sy = come_near(sy, in->height);
    }
    int   x = (int)floor(sx), y = (int)floor(sy);
    kin_lanes a = load_3(pixel(in, fill, x, y)), b = load_3(pixel(in, fill, x + 1, y));
    kin_lanes c = load_3(pixel(in, fill, x, y + 1)), d = load_3(pixel(in, fill, x + 1, y + 1));
    return mix(a, b, c, d, (float)(sx - x), (float)(sy - y));
}

/* The lane behind R, G, B is idle. */
static inline kin_lanes sample(const view *v, int to_x, int to_y)
{
    const double    *m = v->m;
    const kin_image *in = v->in;
    double           sx = m[0] * to_x + (m[1] * to_y + m[2]), sy = m[3] * to_x + (m[4] * to_y + m[5]);
    if (!(sx >= 0 && sy >= 0 && sx < in->width - 2 && sy < in->height - 1)) return sample_edge(in, v->fill, sx, sy);
    int            x = (int)sx, y = (int)sy;
    const uint8_t *at = kin_pixels_row(in, y) + (size_t)x * 3;
    return mix(kin_lanes_load(at), kin_lanes_load(at + 3), kin_lanes_load(at + in->stride), kin_lanes_load(at + in->stride + 3), (float)(sx - x), (float)(sy - y));
}

static void warp_band(void *arg, size_t index, size_t worker)
{
    (void)worker;
    const job *j = arg;
    int        y0 = (int)index * BAND_ROWS, y1 = y0 + BAND_ROWS < j->out->height ? y0 + BAND_ROWS : j->out->height;
    for (int y = y0; y < y1; y++) {
        uint8_t *to = kin_pixels_row(j->out, y);
        for (int x = 0; x < j->out->width; x++, to += 3) {
            kin_lanes plain = {0}, shrunk = {0};
            if (j->share < 1) plain = sample(&j->plain, x, y);
            if (j->share > 0) shrunk = sample(&j->shrunk, x, y);
            kin_whole_lanes v = __builtin_convertvector((1 - j->share) * plain + j->share * shrunk + 0.5f, kin_whole_lanes);
            for (int i = 0; i < 3; i++) to[i] = (uint8_t)v[i];
        }
    }
}

/* One direction of the picture in between: `count` cells of `factor` pixels from `from` on, those that the map sees and
 * that lie whole in the picture of `limit` pixels, counted from `middle`. False when there is none. */
typedef struct {
    double from;
    int    count;
} cells;

static bool cells_seen(const double *m, const kin_image *out, double middle, double factor, int limit, cells *to)
{
    double reach = 0.5 * (fabs(m[0]) * (out->width - 1) + fabs(m[1]) * (out->height - 1)) + fabs(m[0]) + fabs(m[1]) + 2;
    double most = ceil(reach / factor); /* cells on each side */
    double before = fmin(most, floor(middle / factor)), after = fmin(most, floor((limit - middle) / factor));
    if (!(before + after >= 1 && before + after <= limit)) return false;
    to->from = fmax(0, middle - before * factor);
    to->count = (int)(before + after);
    return true;
}

/* `part` = what the map sees, shrunk by `factor`; `m` becomes the map into it. Left alone when no cell is seen: all black,
 * or a picture smaller than a cell. */
static kin_status shrink_first(kin_context *ctx, const kin_image *in, double factor, double m[6], const kin_image *out,
                               kin_image **part)
{
    double x = 0.5 * (out->width - 1), y = 0.5 * (out->height - 1);
    cells  across, down;
    if (!cells_seen(m, out, m[0] * x + m[1] * y + m[2] + 0.5, factor, in->width, &across) ||
        !cells_seen(m + 3, out, m[3] * x + m[4] * y + m[5] + 0.5, factor, in->height, &down))
        return KIN_OK;
    const double box[4] = {across.from, down.from, fmin(in->width, across.from + across.count * factor),
                           fmin(in->height, down.from + down.count * factor)};
    KIN_TRY(kin_pixels_new(ctx, across.count, down.count, part));
    kin_status status = kin_pixels_resize(ctx, in, box, KIN_FILTER_AREA, *part);
    if (status != KIN_OK) {
        kin_image_free(*part);
        *part = NULL;
        return status;
    }
    for (int i = 0; i < 6; i++) m[i] /= factor;
    m[2] += (0.5 - across.from) / factor - 0.5;
    m[5] += (0.5 - down.from) / factor - 0.5;
    return KIN_OK;
}

kin_status kin_pixels_warp(kin_context *ctx, const kin_image *in, const double m[6], kin_fill fill, kin_image *out)
{
    job j = {.plain = {in, {0}, fill}, .shrunk = {.fill = fill}, .out = out};
    for (int i = 0; i < 6; i++) {
        if (!(fabs(m[i]) < 1e9)) return kin_fail(ctx, KIN_E_USAGE, "warp: number %d of the matrix is %g", i, m[i]);
        j.plain.m[i] = m[i];
    }
    double     scale = sqrt(fabs(m[0] * m[4] - m[1] * m[3]));
    kin_image *part = NULL;
    if (scale > 1.5) {
        memcpy(j.shrunk.m, m, sizeof j.shrunk.m);
        KIN_TRY(shrink_first(ctx, in, scale, j.shrunk.m, out, &part));
        j.shrunk.in = part;
        j.share = !part ? 0 : scale < 2 ? (float)(2 * scale - 3) : 1;
    }
    kin_split(ctx->splitter, warp_band, &j, ((size_t)out->height + BAND_ROWS - 1) / BAND_ROWS);
    kin_image_free(part);
    return KIN_OK;
}
