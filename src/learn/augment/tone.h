/* SPDX-License-Identifier: Apache-2.0
 *
 * Changes that look at one number at a time: a table of 256 bytes a channel.
 */
#ifndef KIN_LEARN_AUGMENT_TONE_H
#define KIN_LEARN_AUGMENT_TONE_H

#include "pixels/pixels.h"

/* The nearest byte. */
static inline uint8_t kin_tone_byte(double v)
{
    return v <= 0 ? 0 : v >= 255 ? 255 : (uint8_t)(v + 0.5);
}

/* Replaces each number v of channel c by table[c][v]. */
static inline void kin_tone_apply(kin_image *image, const uint8_t table[3][256])
{
    for (int y = 0; y < image->height; y++) {
        uint8_t *p = kin_pixels_row(image, y);
        for (int x = 0; x < image->width; x++, p += 3)
            for (int c = 0; c < 3; c++) p[c] = table[c][p[c]];
    }
}

#endif
