/* SPDX-License-Identifier: Apache-2.0
 *
 * keras.layers.RandomContrast: mean + (v - mean) (1 + x), clipped; the mean is the channel's over this picture.
 */
#include "learn/augment/augment.h"
#include "learn/augment/tone.h"

kin_status kin_augment_contrast(const kin_drawn *draw, kin_image *image)
{
    uint64_t sum[3] = {0};
    uint8_t  table[3][256];
    for (int y = 0; y < image->height; y++) {
        const uint8_t *p = kin_pixels_row(image, y);
        for (int x = 0; x < image->width; x++, p += 3)
            for (int c = 0; c < 3; c++) sum[c] += p[c];
    }
    for (int c = 0; c < 3; c++) {
        double mean = (double)sum[c] / ((double)image->width * image->height);
        for (int v = 0; v < 256; v++) table[c][v] = kin_tone_byte(mean + (v - mean) * (1 + draw->x));
    }
    kin_tone_apply(image, table);
    return KIN_OK;
}
