/* SPDX-License-Identifier: Apache-2.0
 *
 * The picture type and what is done to pixels: colour, turning upright, resizing, warping, feeding a network.
 * Pixels are RGB8, rows from the top. Integer arithmetic or one fixed order of float sums: the same bytes on every
 * machine and for any number of threads.
 *
 * Coordinates: a pixel's middle is at +0.5 (boxes, points), except in the matrices of kin_pixels_warp.
 */
#ifndef KIN_PIXELS_H
#define KIN_PIXELS_H

#include "base/memory.h"
#include "kin/image.h"

enum { KIN_PIXELS_SIDE_MAX = 1 << 20 }; /* longest side of a picture: products of two stay far inside int64_t */
enum { KIN_TAKEN_BYTES = 20 };          /* "2024:07:31 18:02:11" and NUL */

struct kin_image {
    kin_context *ctx; /* whose memory this is */
    int          width, height;
    size_t       stride; /* bytes from row to row */
    uint8_t     *data;
    bool         owned;       /* else wrapped: not ours to write to or to free */
    int          orientation; /* that was applied, 1..8 */
    int          shrink;      /* 1, 2, 4, 8 */
    int          full_width, full_height;
    char         taken[KIN_TAKEN_BYTES];
};

/* A picture of its own, pixels not set. KIN_E_LIMIT beyond the context's max_pixels or max_memory. */
kin_status kin_pixels_new(kin_context *ctx, int width, int height, kin_image **out);
/* KIN_E_LIMIT when width * height is more than the context allows. Names the size in the error. */
kin_status kin_pixels_check_size(kin_context *ctx, int64_t width, int64_t height);
/* Part of a picture in place: valid as long as `image`, never freed. The rectangle must lie inside. */
kin_image kin_pixels_part(const kin_image *image, int x, int y, int width, int height);

static inline uint8_t *kin_pixels_row(const kin_image *image, int y)
{
    return image->data + (size_t)y * image->stride;
}

/* --- colour.c: one row of n pixels to RGB8; in and out may not overlap --- */
typedef void (*kin_row_convert)(const uint8_t *in, uint8_t *out, size_t n);
void kin_row_rgb(const uint8_t *in, uint8_t *out, size_t n); /* a copy */
void kin_row_bgr(const uint8_t *in, uint8_t *out, size_t n);
void kin_row_rgba(const uint8_t *in, uint8_t *out, size_t n); /* straight alpha, on white */
void kin_row_bgra(const uint8_t *in, uint8_t *out, size_t n);
void kin_row_gray(const uint8_t *in, uint8_t *out, size_t n);
void kin_row_cmyk(const uint8_t *in, uint8_t *out, size_t n);          /* 255 is full ink */
void kin_row_cmyk_inverted(const uint8_t *in, uint8_t *out, size_t n); /* 0 is full ink (Adobe's JPEGs) */

/* --- turn.c: the eight EXIF orientations --- */
static inline bool kin_orientation_swaps(int orientation) /* whether width and height change places */
{
    return orientation >= 5;
}
/* Writes rows y0 .. y0 + rows of a source picture (width x height as stored) to their place in `out`, which has the
 * upright size. Called with strips of rows, a decoder needs no second picture. */
void kin_pixels_turn_rows(const uint8_t *rows_data, size_t stride, int y0, int rows, int width, int height,
                          int orientation, kin_image *out);
void kin_pixels_mirror(kin_image *image); /* left and right change places */

/* --- resize.c --- */
typedef enum {
    KIN_FILTER_TRIANGLE, /* antialiased: linear interpolation, widened by the scale when it shrinks (Pillow's BILINEAR) */
    KIN_FILTER_AREA      /* mean over the pixel's area when it shrinks (OpenCV's INTER_AREA), else the triangle */
} kin_filter;

/* `out` (its size is the wanted one) = the part `box` (x0, y0, x1, y1, fractions allowed, inside the picture) of
 * `in`, NULL: all of it. Scratch memory and threads of `ctx`. The pictures may not overlap. */
kin_status kin_pixels_resize(kin_context *ctx, const kin_image *in, const double box[4], kin_filter filter,
                             kin_image *out);

/* --- warp.c --- */
typedef enum {
    KIN_FILL_BLACK,
    KIN_FILL_REFLECT /* d c b a | a b c d | d c b a: Keras' "reflect", OpenCV's BORDER_REFLECT */
} kin_fill;

/* out(x, y) = in(m[0] x + m[1] y + m[2], m[3] x + m[4] y + m[5]), bilinear, `fill` outside; here, as in OpenCV's
 * warpAffine with WARP_INVERSE_MAP, whole numbers are the middles of pixels. Where the map shrinks by more than 1.5
 * the part of `in` that is seen is shrunk first, so that a large face does not alias; a small change of `m` makes a small
 * change of `out`. */
kin_status kin_pixels_warp(kin_context *ctx, const kin_image *in, const double m[6], kin_fill fill, kin_image *out);
/* The inverse of such a matrix; false when it has none. `inverse` may be `m`. */
bool kin_affine_invert(const double m[6], double inverse[6]);
/* product = first `b`, then `a`: a(b(x, y)). It may be `a` or `b`. */
void kin_affine_multiply(const double a[6], const double b[6], double product[6]);

/* Which of `n` places stands at place i, when the row is continued by its mirror image without end (KIN_FILL_REFLECT). */
static inline int kin_mirror_index(int i, int n)
{
    if (i >= 0 && i < n) return i;
    i %= 2 * n;
    if (i < 0) i += 2 * n;
    return i < n ? i : 2 * n - 1 - i;
}

/* --- tensor.c: picture to numbers [height, width, 3] --- */
typedef struct {
    bool  bgr; /* else RGB */
    float mean[3], scale[3]; /* of the first, second, third channel of the tensor: (pixel - mean) / scale */
} kin_feed;

/* The picture at the top left of a tensor of width x height (not smaller than it); the rest is filled with what a pixel
 * of value `pad` gives. */
void kin_pixels_to_tensor(const kin_image *in, const kin_feed *feed, int width, int height, int pad, float *out);

typedef enum { KIN_TF_HALF_PIXEL, KIN_TF_LEGACY, KIN_TF_ALIGN_CORNERS } kin_tf_resize;
/* TensorFlow's ResizeBilinear (no antialiasing) straight to a tensor: half_pixel_centers, neither, align_corners. */
void kin_pixels_to_tensor_tf(const kin_image *in, kin_tf_resize form, const kin_feed *feed, int width, int height,
                             float *out);

/* The least multiple of `multiple` (at least 1) that is not below n. */
static inline int kin_round_up(int n, int multiple)
{
    return (n + multiple - 1) / multiple * multiple;
}

#endif
