/* SPDX-License-Identifier: Apache-2.0
 *
 * Foreign pictures: any bytes are read, whole and shrunk, within small limits; what was read is shrunk and given back.
 */
#include <stdlib.h>

#include "pixels/pixels.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    kin_context *ctx = kin_context_new(&(kin_options){.threads = 1, .max_memory = 32 << 20, .max_pixels = 1 << 20});
    if (!ctx) return 0;
    for (int shrink = 1; shrink <= 8; shrink *= 8) {
        kin_image *image, *small = NULL;
        if (kin_image_read_memory_with(ctx, data, size, &(kin_image_options){.shrink = shrink}, &image) != KIN_OK)
            continue;
        if (kin_pixels_new(ctx, 7, 5, &small) == KIN_OK) kin_pixels_resize(ctx, image, NULL, KIN_FILTER_TRIANGLE, small);
        kin_image_free(small);
        kin_image_free(image);
    }
    if (ctx->memory != 0) abort(); /* a leak of ours, seen without a sanitizer too */
    kin_context_free(ctx);
    return 0;
}
