/* SPDX-License-Identifier: Apache-2.0
 *
 * keras.layers.GaussianNoise(stddev = 255 x): every number of every pixel by itself, clipped.
 *
 * The bell is that of eight uniform numbers' sum (Irwin and Hall 1927), the bytes of one draw: no logarithm, root and cosine a
 * number. It ends at 4.9 standard deviations, and within one lie 67.9 % instead of 68.3.
 */
#include <math.h>

#include "learn/augment/augment.h"
#include "learn/augment/tone.h"

/* 0 .. 8 * 255, 1020 in the mean. */
static int sum_of_bytes(uint64_t r)
{
    const uint64_t even = UINT64_C(0x00ff00ff00ff00ff);
    return (int)((((r & even) + (r >> 8 & even)) * UINT64_C(0x0001000100010001)) >> 48);
}

kin_status kin_augment_noise(const kin_drawn *draw, kin_image *image)
{
    kin_random  random = draw->random;
    const float scale = (float)(255 * draw->x / sqrt(8 * 65535.0 / 12)); /* the variance of a byte is (256^2 - 1) / 12 */
    for (int y = 0; y < image->height; y++) {
        uint8_t *p = kin_pixels_row(image, y);
        for (int i = 0; i < image->width * 3; i++)
            p[i] = kin_tone_byte((float)p[i] + scale * (float)(sum_of_bytes(kin_random_u64(&random)) - 1020));
    }
    return KIN_OK;
}
