/* SPDX-License-Identifier: Apache-2.0
 *
 * keras.layers.RandomGrayscale: 0.2989 R + 0.5870 G + 0.1140 B (tf.image.rgb_to_grayscale) in all three.
 */
#include "learn/augment/augment.h"
#include "learn/augment/tone.h"

kin_status kin_augment_grey(const kin_drawn *draw, kin_image *image)
{
    (void)draw;
    for (int y = 0; y < image->height; y++) {
        uint8_t *p = kin_pixels_row(image, y);
        for (int x = 0; x < image->width; x++, p += 3)
            p[0] = p[1] = p[2] = (uint8_t)(0.2989f * p[0] + 0.5870f * p[1] + 0.1140f * p[2] + 0.5f);
    }
    return KIN_OK;
}
