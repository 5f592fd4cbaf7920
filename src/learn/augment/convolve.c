/* SPDX-License-Identifier: Apache-2.0
 *
 * Sparse convolution: a copy with a mirrored frame, then row by row one neighbour after another over the whole row.
 */
#include "learn/augment/convolve.h"

#include <string.h>

/* The picture with `reach` pixels more on each side. */
static void frame(const kin_image *image, int reach, kin_image *out)
{
    for (int y = 0; y < out->height; y++) {
        const uint8_t *in = kin_pixels_row(image, kin_mirror_index(y - reach, image->height));
        uint8_t       *to = kin_pixels_row(out, y);
        memcpy(to + (size_t)reach * 3, in, (size_t)image->width * 3);
        for (int x = 0; x < reach; x++) {
            memcpy(to + (size_t)x * 3, in + (size_t)kin_mirror_index(x - reach, image->width) * 3, 3);
            int right = image->width + x;
            memcpy(to + (size_t)(right + reach) * 3, in + (size_t)kin_mirror_index(right, image->width) * 3, 3);
        }
    }
}

kin_status kin_convolve(kin_image *image, const kin_tap *taps, size_t count, int reach)
{
    kin_image *in = NULL;
    float     *sum = NULL;
    size_t     n = (size_t)image->width * 3;
    kin_status status = kin_pixels_new(image->ctx, image->width + 2 * reach, image->height + 2 * reach, &in);
    if (status == KIN_OK) status = kin_alloc_zero(image->ctx, n, sizeof *sum, &sum);
    if (status == KIN_OK) frame(image, reach, in);
    for (int y = 0; status == KIN_OK && y < image->height; y++) {
        for (size_t i = 0; i < n; i++) sum[i] = 0.5f;
        for (size_t k = 0; k < count; k++) {
            const uint8_t *row = kin_pixels_row(in, y + reach + taps[k].y) + (size_t)(reach + taps[k].x) * 3;
            for (size_t i = 0; i < n; i++) sum[i] += taps[k].weight * (float)row[i];
        }
        uint8_t *to = kin_pixels_row(image, y);
        for (size_t i = 0; i < n; i++) to[i] = sum[i] < 255 ? (uint8_t)sum[i] : 255;
    }
    kin_release(image->ctx, sum);
    kin_image_free(in);
    return status;
}
