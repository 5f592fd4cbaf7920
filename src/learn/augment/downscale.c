/* SPDX-License-Identifier: Apache-2.0
 *
 * A face that was far away: made x times smaller by area and brought back to its size by interpolation.
 */
#include <math.h>

#include "learn/augment/augment.h"

static int shrunk(int side, double times)
{
    int n = (int)lrint(side / times);
    return n < 1 ? 1 : n;
}

kin_status kin_augment_downscale(const kin_drawn *draw, kin_image *image)
{
    kin_image *small;
    if (!(draw->x > 1)) return KIN_OK;
    KIN_TRY(kin_pixels_new(image->ctx, shrunk(image->width, draw->x), shrunk(image->height, draw->x), &small));
    kin_status status = kin_pixels_resize(image->ctx, image, NULL, KIN_FILTER_AREA, small);
    if (status == KIN_OK) status = kin_pixels_resize(image->ctx, small, NULL, KIN_FILTER_TRIANGLE, image);
    kin_image_free(small);
    return status;
}
