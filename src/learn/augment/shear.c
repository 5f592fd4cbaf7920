/* SPDX-License-Identifier: Apache-2.0
 *
 * keras.layers.RandomShear (x_factor, y_factor), but about the middle: Keras shears about the top left corner, which also
 * shifts the face by half of the shear.
 */
#include "learn/augment/augment.h"
#include "learn/augment/middle.h"

void kin_augment_shear(const kin_drawn *draw, int width, int height, double m[6])
{
    kin_about_middle(1, draw->x, draw->y, 1, width, height, m);
}
