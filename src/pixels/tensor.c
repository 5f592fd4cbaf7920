/* SPDX-License-Identifier: Apache-2.0
 *
 * Pictures as a network wants them: floats [height, width, 3], (pixel - mean) / scale.
 */
#include <math.h>
#include <string.h>

#include "pixels/pixels.h"

/* A byte has 256 values: three tables replace subtraction and division, and are exact. */
typedef struct {
    float value[3][256]; /* of the tensor's channels */
} table;

static void make_table(const kin_feed *feed, table *t)
{
    for (int c = 0; c < 3; c++)
        for (int v = 0; v < 256; v++) t->value[c][v] = ((float)v - feed->mean[c]) / feed->scale[c];
}

static void feed_row(const uint8_t *in, const table *t, bool bgr, float *out, int n)
{
    int first = bgr ? 2 : 0, third = bgr ? 0 : 2;
    for (int x = 0; x < n; x++, in += 3, out += 3) {
        out[0] = t->value[0][in[first]];
        out[1] = t->value[1][in[1]];
        out[2] = t->value[2][in[third]];
    }
}

static void fill(const float value[3], float *out, size_t n)
{
    for (size_t x = 0; x < n; x++, out += 3) memcpy(out, value, 3 * sizeof *out);
}

void kin_pixels_to_tensor(const kin_image *in, const kin_feed *feed, int width, int height, int pad, float *out)
{
    table t;
    make_table(feed, &t);
    const float padding[3] = {t.value[0][pad & 255], t.value[1][pad & 255], t.value[2][pad & 255]};
    size_t      row = (size_t)width * 3;
    for (int y = 0; y < in->height; y++, out += row) {
        feed_row(kin_pixels_row(in, y), &t, feed->bgr, out, in->width);
        fill(padding, out + (size_t)in->width * 3, (size_t)(width - in->width));
    }
    fill(padding, out, (size_t)(height - in->height) * (size_t)width);
}

/* TensorFlow's image_resizer_state.h: where output place i of `out` falls among `in`; the two neighbours and how far
 * towards the second. */
static void tf_place(int i, int in, int out, kin_tf_resize form, int *low, int *high, float *part)
{
    float scale = form == KIN_TF_ALIGN_CORNERS && out > 1 ? (float)(in - 1) / (float)(out - 1) : (float)in / (float)out;
    float at = form == KIN_TF_HALF_PIXEL ? ((float)i + 0.5f) * scale - 0.5f : (float)i * scale;
    float floor_at = floorf(at);
    int   f = (int)floor_at;
    *low = f < 0 ? 0 : f > in - 1 ? in - 1 : f;
    *high = (int)ceilf(at);
    *high = *high < 0 ? 0 : *high > in - 1 ? in - 1 : *high;
    *part = at - floor_at;
}

void kin_pixels_to_tensor_tf(const kin_image *in, kin_tf_resize form, const kin_feed *feed, int width, int height,
                             float *out)
{
    for (int y = 0; y < height; y++) {
        int   y0, y1;
        float fy;
        tf_place(y, in->height, height, form, &y0, &y1, &fy);
        const uint8_t *top = kin_pixels_row(in, y0), *low = kin_pixels_row(in, y1);
        for (int x = 0; x < width; x++, out += 3) {
            int   x0, x1;
            float fx;
            tf_place(x, in->width, width, form, &x0, &x1, &fx);
            for (int c = 0; c < 3; c++) {
                int   k = feed->bgr ? 2 - c : c;
                float a = top[x0 * 3 + k], b = top[x1 * 3 + k], d = low[x0 * 3 + k], e = low[x1 * 3 + k];
                float upper = a + (b - a) * fx, lower = d + (e - d) * fx;
                out[c] = (upper + (lower - upper) * fy - feed->mean[c]) / feed->scale[c];
            }
        }
    }
}
