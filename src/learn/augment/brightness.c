/* SPDX-License-Identifier: Apache-2.0
 *
 * keras.layers.RandomBrightness, value_range (0, 255): v + 255 x, clipped.
 */
#include "learn/augment/augment.h"
#include "learn/augment/tone.h"

kin_status kin_augment_brightness(const kin_drawn *draw, kin_image *image)
{
    uint8_t table[3][256];
    for (int c = 0; c < 3; c++)
        for (int v = 0; v < 256; v++) table[c][v] = kin_tone_byte(v + 255 * draw->x);
    kin_tone_apply(image, table);
    return KIN_OK;
}
