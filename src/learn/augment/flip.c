/* SPDX-License-Identifier: Apache-2.0
 *
 * keras.layers.RandomFlip("horizontal"): left and right change places. Faces never stand upside down by chance.
 */
#include "learn/augment/augment.h"

void kin_augment_flip(const kin_drawn *draw, int width, int height, double m[6])
{
    (void)draw, (void)height;
    m[0] = -1;
    m[2] = width - 1;
}
