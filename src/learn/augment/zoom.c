/* SPDX-License-Identifier: Apache-2.0
 *
 * keras.layers.RandomZoom with one factor, which keeps the aspect: above 0 more is seen (zooming out), below less.
 */
#include "learn/augment/augment.h"
#include "learn/augment/middle.h"

void kin_augment_zoom(const kin_drawn *draw, int width, int height, double m[6])
{
    kin_about_middle(1 + draw->x, 0, 0, 1 + draw->x, width, height, m);
}
