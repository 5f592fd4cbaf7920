/* SPDX-License-Identifier: Apache-2.0
 *
 * tf.image.adjust_saturation by 1 + x: the S of hue, saturation, value times that, at most 1. keras.layers.RandomSaturation
 * does the same with f / (1 - f) for 1 + x.
 *
 * With hue and value kept there is no need to go there and back: the largest of R, G, B stays, the others come nearer to it or
 * move away from it by the same part.
 */
#include <math.h>

#include "learn/augment/augment.h"
#include "learn/augment/tone.h"

static int largest(const uint8_t p[3])
{
    int m = p[0] > p[1] ? p[0] : p[1];
    return m > p[2] ? m : p[2];
}

static int least(const uint8_t p[3])
{
    int m = p[0] < p[1] ? p[0] : p[1];
    return m < p[2] ? m : p[2];
}

kin_status kin_augment_saturation(const kin_drawn *draw, kin_image *image)
{
    for (int y = 0; y < image->height; y++) {
        uint8_t *p = kin_pixels_row(image, y);
        for (int x = 0; x < image->width; x++, p += 3) {
            int high = largest(p), low = least(p);
            if (high == low) continue;
            float part = fminf(1 + (float)draw->x, (float)high / (float)(high - low)); /* there S is 1 */
            for (int c = 0; c < 3; c++) p[c] = (uint8_t)((float)high - part * (float)(high - p[c]) + 0.5f);
        }
    }
    return KIN_OK;
}
