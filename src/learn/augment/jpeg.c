/* SPDX-License-Identifier: Apache-2.0
 *
 * Written as a JPEG of quality 100 - x (libjpeg's, colour at half resolution) and read again, as
 * tf.image.adjust_jpeg_quality.
 */
#include <math.h>
#include <string.h>

#include "image/codec.h"
#include "learn/augment/augment.h"

kin_status kin_augment_jpeg(const kin_drawn *draw, kin_image *image)
{
    kin_buffer bytes = kin_buffer_make(image->ctx);
    kin_image *again = NULL;
    kin_status status = kin_jpeg_encode(image->ctx, image, 100 - (int)lrint(draw->x), &bytes);
    if (status == KIN_OK) status = kin_codec_jpeg.decode(image->ctx, bytes.data, bytes.size, 1, &again);
    for (int y = 0; status == KIN_OK && y < image->height; y++)
        memcpy(kin_pixels_row(image, y), kin_pixels_row(again, y), (size_t)image->width * 3);
    kin_image_free(again);
    kin_buffer_free(&bytes);
    return status;
}
