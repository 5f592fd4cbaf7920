/* SPDX-License-Identifier: Apache-2.0
 *
 * turn_photo IN OUT.jpg ORIENTATION [WIDTH]: stores a photo, or its WIDTH left columns, as a camera held that way would, pixels
 * turned and the EXIF orientation set, so that it looks the same. For the tests of regions.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kin/kin.h"

/* Where the pixel (x, y) of the stored picture, w x h, is seen (pixels/turn.c has the table). */
static void seen_at(int o, int x, int y, int w, int h, int *ux, int *uy)
{
    int a = o >= 5 ? y : x, b = o >= 5 ? x : y, right = o >= 5 ? h - 1 : w - 1, bottom = o >= 5 ? w - 1 : h - 1;
    *ux = o == 2 || o == 3 || o == 6 || o == 7 ? right - a : a;
    *uy = o == 3 || o == 4 || o == 7 || o == 8 ? bottom - b : b;
}

int main(int argc, char **argv)
{
    kin_context *ctx = kin_context_new(NULL);
    kin_image   *photo = NULL, *stored = NULL;
    uint8_t     *jpeg = NULL;
    size_t       size = 0;
    int          o = argc >= 4 ? atoi(argv[3]) : 0;
    if (!ctx || o < 1 || o > 8 || kin_image_read(ctx, argv[1], &photo) != KIN_OK) return 1;
    int      most = argc > 4 ? atoi(argv[4]) : INT_MAX;
    int      uw = kin_image_width(photo) < most ? kin_image_width(photo) : most, uh = kin_image_height(photo), w = o >= 5 ? uh : uw, h = o >= 5 ? uw : uh;
    uint8_t *pixels = malloc((size_t)w * (size_t)h * 3);
    if (!pixels) return 1;
    for (int y = 0; y < h; y++)
        for (int x = 0; x < w; x++) {
            int ux, uy;
            seen_at(o, x, y, w, h, &ux, &uy);
            memcpy(pixels + ((size_t)y * (size_t)w + (size_t)x) * 3,
                   kin_image_data(photo) + (size_t)uy * kin_image_stride(photo) + (size_t)ux * 3, 3);
        }
    if (kin_image_wrap(ctx, pixels, w, h, (size_t)w * 3, KIN_RGB8, &stored) != KIN_OK ||
        kin_image_write_memory(ctx, stored, "jpg", &jpeg, &size) != KIN_OK)
        return 1;
    const uint8_t exif[] = {0xFF, 0xE1, 0, 34, 'E', 'x', 'i', 'f', 0, 0, 'M', 'M', 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3,
                            0, 0, 0, 1, 0, (uint8_t)o, 0, 0, 0, 0, 0, 0};
    FILE *out = fopen(argv[2], "wb");
    bool  good = out && fwrite(jpeg, 1, 2, out) == 2 && fwrite(exif, 1, sizeof exif, out) == sizeof exif &&
                fwrite(jpeg + 2, 1, size - 2, out) == size - 2;
    if (out && fclose(out) != 0) good = false;
    kin_image_bytes_free(ctx, jpeg);
    kin_image_free(stored);
    kin_image_free(photo);
    kin_context_free(ctx);
    free(pixels);
    return good ? 0 : 1;
}
