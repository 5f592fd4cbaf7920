/* SPDX-License-Identifier: Apache-2.0
 *
 * A Gaussian of standard deviation x pixels, across and down. keras.layers.RandomGaussianBlur with the frame mirrored, not
 * black (a crop is cut out of a photo that goes on), and as wide as it needs to be: three standard deviations each way.
 */
#include <math.h>

#include "learn/augment/augment.h"
#include "learn/augment/convolve.h"

enum { REACH_MAX = 96 }; /* three times the greatest strength */

kin_status kin_augment_blur(const kin_drawn *draw, kin_image *image)
{
    kin_tap taps[2 * REACH_MAX + 1];
    int     reach = (int)ceil(3 * draw->x), count = 2 * reach + 1;
    double  sum = 0;
    if (reach == 0) return KIN_OK;
    for (int k = -reach; k <= reach; k++) sum += exp(-0.5 * (k / draw->x) * (k / draw->x));
    for (int k = -reach; k <= reach; k++)
        taps[k + reach] = (kin_tap){k, 0, (float)(exp(-0.5 * (k / draw->x) * (k / draw->x)) / sum)};
    KIN_TRY(kin_convolve(image, taps, (size_t)count, reach));
    for (int i = 0; i < count; i++) taps[i] = (kin_tap){0, taps[i].x, taps[i].weight};
    return kin_convolve(image, taps, (size_t)count, reach);
}
