/* SPDX-License-Identifier: Apache-2.0
 *
 * A grey rectangle over a part x of the picture, anywhere inside, between twice as high and twice as wide as the picture's own
 * shape. DeVries and Taylor, Cutout, 2017 (a square); keras.layers.RandomErasing with a fixed value.
 */
#include <math.h>
#include <string.h>

#include "learn/augment/augment.h"

static int side_of(int whole, double part)
{
    int n = (int)lrint(whole * part);
    return n < whole ? n : whole;
}

kin_status kin_augment_cutout(const kin_drawn *draw, kin_image *image)
{
    enum { GREY = 128 };
    kin_random random = draw->random;
    double     shape = exp2(kin_random_unit(&random) - 0.5); /* the root of the aspect */
    double     across = fmin(1, sqrt(draw->x) * shape), down = fmin(1, draw->x / fmax(across, 1e-9));
    int        width = side_of(image->width, across), height = side_of(image->height, down);
    int        left = (int)kin_random_range(&random, 0, image->width - width);
    int        top = (int)kin_random_range(&random, 0, image->height - height);
    for (int y = top; y < top + height; y++) memset(kin_pixels_row(image, y) + (size_t)left * 3, GREY, (size_t)width * 3);
    return KIN_OK;
}
