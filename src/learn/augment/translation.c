/* SPDX-License-Identifier: Apache-2.0
 *
 * keras.layers.RandomTranslation: above 0 to the right and down, by parts of the width and the height.
 */
#include "learn/augment/augment.h"

void kin_augment_translation(const kin_drawn *draw, int width, int height, double m[6])
{
    m[2] = -draw->x * width;
    m[5] = -draw->y * height;
}
