/* SPDX-License-Identifier: Apache-2.0
 *
 * A part of the picture brought to its size: sides of 1 - x, anywhere inside. torchvision's RandomResizedCrop with the aspect
 * kept; Keras' RandomCrop makes smaller pictures, which a network of one size cannot take.
 */
#include "learn/augment/augment.h"

/* The part from `from` (pixels, edge to edge) of `side` places, `part` times as long as what it becomes. */
static void along(double part, double from, double *scale, double *shift)
{
    *scale = part;
    *shift = from + 0.5 * part - 0.5;
}

void kin_augment_crop(const kin_drawn *draw, int width, int height, double m[6])
{
    kin_random random = draw->random;
    double     x = kin_random_unit(&random), y = kin_random_unit(&random);
    along(1 - draw->x, x * draw->x * width, &m[0], &m[2]);
    along(1 - draw->x, y * draw->x * height, &m[4], &m[5]);
}
