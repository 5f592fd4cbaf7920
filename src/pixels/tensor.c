/* SPDX-License-Identifier: Apache-2.0
 *
 * Pictures as numbers for a network: (pixel - mean) / scale, NHWC.
 */
#include <math.h>

#include "pixels/pixels.h"

/* A channel has 256 values: look them up. table[c][v] is what the tensor's channel c gets. */
static void make_table(const kin_feed *feed, float table[3][256])
{
    for (int c = 0; c < 3; c++)
        for (int v = 0; v < 256; v++) table[c][v] = ((float)v - feed->mean[c]) / feed->scale[c];
}

void kin_pixels_to_tensor(const kin_image *in, const kin_feed *feed, int width, int height, int pad, float *out)
{
    float     table[3][256];
    const int first = feed->bgr ? 2 : 0, third = 2 - first;
    make_table(feed, table);
    const float *t0 = table[0], *t1 = table[1], *t2 = table[2];
    for (int y = 0; y < height; y++) {
        int x = 0;
        if (y < in->height) {
            const uint8_t *p = kin_pixels_row(in, y);
            for (; x < in->width; x++, p += 3, out += 3) {
                out[0] = t0[p[first]];
                out[1] = t1[p[1]];
                out[2] = t2[p[third]];
            }
        }
        for (; x < width; x++, out += 3) {
            out[0] = t0[pad];
            out[1] = t1[pad];
            out[2] = t2[pad];
        }
    }
}

/* Where output `o` lies in the input (tensorflow/core/kernels/image/resize_bilinear_op.cc, image_resizer_state.h). */
static float tf_position(kin_tf_resize form, int o, int in, int out)
{
    if (form == KIN_TF_ALIGN_CORNERS && out > 1) return (float)o * ((float)(in - 1) / (float)(out - 1));
    float scale = (float)in / (float)out;
    return form == KIN_TF_HALF_PIXEL ? ((float)o + 0.5f) * scale - 0.5f : (float)o * scale;
}

void kin_pixels_to_tensor_tf(const kin_image *in, kin_tf_resize form, const kin_feed *feed, int width, int height, float *out)
{
    for (int y = 0; y < height; y++) {
        float          fy = tf_position(form, y, in->height, height);
        int            y0 = (int)fmaxf(floorf(fy), 0), y1 = (int)fminf(ceilf(fy), (float)(in->height - 1));
        float          dy = fy - floorf(fy);
        const uint8_t *top = kin_pixels_row(in, y0), *bottom = kin_pixels_row(in, y1 < 0 ? 0 : y1);
        for (int x = 0; x < width; x++, out += 3) {
            float fx = tf_position(form, x, in->width, width), dx = fx - floorf(fx);
            int   x0 = (int)fmaxf(floorf(fx), 0), x1 = (int)fminf(fmaxf(ceilf(fx), 0), (float)(in->width - 1));
            for (int c = 0; c < 3; c++) {
                int   k = feed->bgr ? 2 - c : c;
                float a = top[3 * x0 + k], b = top[3 * x1 + k], e = bottom[3 * x0 + k], f = bottom[3 * x1 + k];
                float up = a + (b - a) * dx, low = e + (f - e) * dx;
                out[c] = (up + (low - up) * dy - feed->mean[c]) / feed->scale[c];
            }
        }
    }
}
