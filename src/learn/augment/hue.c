/* SPDX-License-Identifier: Apache-2.0
 *
 * tf.image.adjust_hue: the hue moves on by x turns of the colour circle; saturation and value stay. keras.layers.RandomHue
 * does the same with half of its factor.
 */
#include <math.h>

#include "learn/augment/augment.h"
#include "learn/augment/tone.h"

/* fmaxf and fminf, which take care of NaN, are calls into libm: they were two thirds of the time. */
static inline float larger(float a, float b)
{
    return a > b ? a : b;
}

static inline float smaller(float a, float b)
{
    return a < b ? a : b;
}

/* Where on the circle, 0 (red) .. 6, and how much of it: the hexcone of A. R. Smith, Color Gamut Transform Pairs, 1978. */
static float hue_of(float r, float g, float b, float high, float range)
{
    float h = high == r ? (g - b) / range : high == g ? 2 + (b - r) / range : 4 + (r - g) / range;
    return h < 0 ? h + 6 : h;
}

/* What R (n = 5), G (n = 3), B (n = 1) have of a full hue h: 0 .. 1 below the largest. */
static float missing(float h, float n)
{
    float k = h + n;
    if (k >= 6) k -= 6;
    return larger(0, smaller(smaller(k, 4 - k), 1));
}

kin_status kin_augment_hue(const kin_drawn *draw, kin_image *image)
{
    const float turn = 6 * (float)(draw->x - floor(draw->x)); /* 0 .. 6 */
    for (int y = 0; y < image->height; y++) {
        uint8_t *p = kin_pixels_row(image, y);
        for (int x = 0; x < image->width; x++, p += 3) {
            float r = p[0], g = p[1], b = p[2], high = larger(r, larger(g, b)), range = high - smaller(r, smaller(g, b));
            if (range == 0) continue;
            float h = hue_of(r, g, b, high, range) + turn;
            if (h >= 6) h -= 6;
            for (int c = 0; c < 3; c++) p[c] = (uint8_t)(high - range * missing(h, (float)(5 - 2 * c)) + 0.5f);
        }
    }
    return KIN_OK;
}
