/* SPDX-License-Identifier: Apache-2.0
 *
 * keras.layers.RandomRotation, in degrees (there in turns): above 0 counterclockwise, about the middle.
 */
#include <math.h>

#include "learn/augment/augment.h"
#include "learn/augment/middle.h"

void kin_augment_rotation(const kin_drawn *draw, int width, int height, double m[6])
{
    double angle = draw->x * (3.14159265358979323846 / 180), c = cos(angle), s = sin(angle);
    kin_about_middle(c, -s, s, c, width, height, m);
}
