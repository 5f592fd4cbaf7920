/* SPDX-License-Identifier: Apache-2.0
 *
 * tf.image.adjust_gamma: 255 (v / 255)^(1 + x). Above 0 darker, below brighter; black and white stay.
 */
#include <math.h>

#include "learn/augment/augment.h"
#include "learn/augment/tone.h"

kin_status kin_augment_gamma(const kin_drawn *draw, kin_image *image)
{
    uint8_t table[3][256];
    for (int v = 0; v < 256; v++)
        table[0][v] = table[1][v] = table[2][v] = kin_tone_byte(255 * pow(v / 255.0, 1 + draw->x));
    kin_tone_apply(image, table);
    return KIN_OK;
}
