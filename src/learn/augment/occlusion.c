/* SPDX-License-Identifier: Apache-2.0
 *
 * A shoulder, a hand, a hat, a door: from a direction that chance draws, everything beyond a straight edge is one colour. The
 * edge has come a part x of the way across the picture.
 */
#include <math.h>

#include "learn/augment/augment.h"

kin_status kin_augment_occlusion(const kin_drawn *draw, kin_image *image)
{
    kin_random random = draw->random;
    double     angle = 2 * 3.14159265358979323846 * kin_random_unit(&random), dx = cos(angle), dy = sin(angle);
    uint64_t   colour = kin_random_u64(&random);
    double     middle_x = 0.5 * (image->width - 1), middle_y = 0.5 * (image->height - 1);
    double     half = 0.5 * (fabs(dx) * image->width + fabs(dy) * image->height); /* from the middle to where it comes from */
    double     edge = half * (1 - 2 * draw->x);
    for (int y = 0; y < image->height; y++) {
        uint8_t *p = kin_pixels_row(image, y);
        for (int x = 0; x < image->width; x++, p += 3)
            if (dx * (x - middle_x) + dy * (y - middle_y) > edge)
                for (int c = 0; c < 3; c++) p[c] = (uint8_t)(colour >> 8 * c);
    }
    return KIN_OK;
}
