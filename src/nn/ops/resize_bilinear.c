/* SPDX-License-Identifier: Apache-2.0
 *
 * resize_bilinear: y at (oy, ox) is x at (sy, sx), interpolated between the four pixels around, with s = o * in / out, or
 * o * (in - 1) / (out - 1) for align_corners, or (o + 0.5) * in / out - 0.5 for half_pixel_centers. No antialiasing.
 *
 * TensorFlow: ResizeBilinear; TensorFlow Lite: RESIZE_BILINEAR (lite/kernels/internal/reference/resize_bilinear.h).
 */
#include "nn/ops/resize.h"

typedef struct {
    int64_t lower, upper;
    double  weight; /* of upper; may lie outside of [0, 1] at the border, where lower and upper are the same pixel */
} tap;

static tap tap_at(const kin_resize_attrs *attrs, int64_t o, int64_t in, int64_t out)
{
    float scale = kin_resize_scale(attrs, in, out);
    float s = attrs->half_pixel_centers ? ((float)o + 0.5f) * scale - 0.5f : (float)o * scale;
    tap   t = {(int64_t)floorf(s), (int64_t)ceilf(s), 0};
    if (t.lower < 0) t.lower = 0;
    if (t.lower > in - 1) t.lower = in - 1;
    if (t.upper < t.lower) t.upper = t.lower;
    if (t.upper > in - 1) t.upper = in - 1;
    t.weight = s - (float)t.lower;
    return t;
}

static void forward(const kin_call *call)
{
    const kin_resize_attrs *attrs = call->attrs;
    const int64_t          *in = call->in[0]->shape.dim, *out = call->out[0]->shape.dim;
    const float            *x = call->in[0]->data;
    float                  *y = call->out[0]->data;
    int64_t                 c = in[3];
    for (int64_t n = 0; n < out[0]; n++, x += in[1] * in[2] * c)
        for (int64_t oy = 0; oy < out[1]; oy++) {
            tap          v = tap_at(attrs, oy, in[1], out[1]);
            const float *upper = x + v.lower * in[2] * c, *lower = x + v.upper * in[2] * c;
            for (int64_t ox = 0; ox < out[2]; ox++) {
                tap h = tap_at(attrs, ox, in[2], out[2]);
                for (int64_t i = 0; i < c; i++) {
                    double top = upper[h.lower * c + i] * (1 - h.weight) + upper[h.upper * c + i] * h.weight;
                    double bottom = lower[h.lower * c + i] * (1 - h.weight) + lower[h.upper * c + i] * h.weight;
                    *y++ = (float)(top * (1 - v.weight) + bottom * v.weight);
                }
            }
        }
}

/* Each pixel of dy goes to the four around it, with their weights. */
static void backward(const kin_back *back)
{
    const kin_resize_attrs *attrs = back->call->attrs;
    const int64_t          *in = back->dx[0]->shape.dim, *out = back->dy[0]->shape.dim;
    const float            *dy = back->dy[0]->data;
    float                  *dx = back->dx[0]->data;
    int64_t                 c = in[3];
    memset(dx, 0, kin_count(&back->dx[0]->shape) * sizeof *dx);
    for (int64_t n = 0; n < out[0]; n++, dx += in[1] * in[2] * c)
        for (int64_t oy = 0; oy < out[1]; oy++) {
            tap    v = tap_at(attrs, oy, in[1], out[1]);
            float *upper = dx + v.lower * in[2] * c, *lower = dx + v.upper * in[2] * c;
            for (int64_t ox = 0; ox < out[2]; ox++) {
                tap h = tap_at(attrs, ox, in[2], out[2]);
                for (int64_t i = 0; i < c; i++) {
                    double top = *dy * (1 - v.weight), bottom = *dy * v.weight;
                    dy++;
                    upper[h.lower * c + i] += (float)(top * (1 - h.weight));
                    upper[h.upper * c + i] += (float)(top * h.weight);
                    lower[h.lower * c + i] += (float)(bottom * (1 - h.weight));
                    lower[h.upper * c + i] += (float)(bottom * h.weight);
                }
            }
        }
}

KIN_RESIZE(resize_bilinear, "resizes height and width, linear between the four pixels around", KIN_SET_FLOAT)
