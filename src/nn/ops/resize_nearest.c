/* SPDX-License-Identifier: Apache-2.0
 *
 * resize_nearest: y at o is x at floor(o * in / out), or round(o * (in - 1) / (out - 1)) for align_corners, or
 * floor((o + 0.5) * in / out) for half_pixel_centers. Any element type.
 *
 * TensorFlow: ResizeNearestNeighbor; TensorFlow Lite: RESIZE_NEAREST_NEIGHBOR
 * (lite/kernels/internal/reference/resize_nearest_neighbor.h).
 */
#include "nn/ops/resize.h"

static int64_t nearest(const kin_resize_attrs *attrs, int64_t o, int64_t in, int64_t out)
{
    float   s = ((float)o + (attrs->half_pixel_centers ? 0.5f : 0.0f)) * kin_resize_scale(attrs, in, out);
    int64_t i = (int64_t)(attrs->align_corners ? roundf(s) : floorf(s));
    return i < 0 ? 0 : i < in ? i : in - 1;
}

static void forward(const kin_call *call)
{
    const kin_resize_attrs *attrs = call->attrs;
    const int64_t          *in = call->in[0]->shape.dim, *out = call->out[0]->shape.dim;
    const char             *x = call->in[0]->data;
    char                   *y = call->out[0]->data;
    size_t                  pixel = (size_t)in[3] * kin_type_size(call->in[0]->type);
    for (int64_t n = 0; n < out[0]; n++)
        for (int64_t oy = 0; oy < out[1]; oy++) {
            int64_t row = (n * in[1] + nearest(attrs, oy, in[1], out[1])) * in[2];
            for (int64_t ox = 0; ox < out[2]; ox++, y += pixel)
                memcpy(y, x + (size_t)(row + nearest(attrs, ox, in[2], out[2])) * pixel, pixel);
        }
}

/* Each pixel of dy is added where it was taken from. */
static void backward(const kin_back *back)
{
    const kin_resize_attrs *attrs = back->call->attrs;
    const int64_t          *in = back->dx[0]->shape.dim, *out = back->dy[0]->shape.dim;
    const float            *dy = back->dy[0]->data;
    float                  *dx = back->dx[0]->data;
    memset(dx, 0, kin_count(&back->dx[0]->shape) * sizeof *dx);
    for (int64_t n = 0; n < out[0]; n++)
        for (int64_t oy = 0; oy < out[1]; oy++) {
            int64_t row = (n * in[1] + nearest(attrs, oy, in[1], out[1])) * in[2];
            for (int64_t ox = 0; ox < out[2]; ox++) {
                float *to = dx + (row + nearest(attrs, ox, in[2], out[2])) * in[3];
                for (int64_t i = 0; i < in[3]; i++) to[i] += *dy++;
            }
        }
}

KIN_RESIZE(resize_nearest, "resizes height and width, taking the nearest pixel", KIN_SET_ANY)
