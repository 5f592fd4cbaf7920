/* SPDX-License-Identifier: Apache-2.0
 *
 * The eight EXIF orientations, strip by strip. With (x, y) as stored and w, h the stored size, the upright place is
 *   1 (x, y)          2 (w-1-x, y)          3 (w-1-x, h-1-y)      4 (x, h-1-y)
 *   5 (y, x)          6 (h-1-y, x)          7 (h-1-y, w-1-x)      8 (y, w-1-x)
 */
#include <string.h>

#include "pixels/pixels.h"

enum { TILE = 16 }; /* a turned tile touches this many lines of the cache on either side */

/* Copies n pixels from `in` to places `step` bytes apart. */
static void scatter(const uint8_t *in, uint8_t *out, ptrdiff_t step, int n)
{
    for (int i = 0; i < n; i++, in += 3, out += step) {
        out[0] = in[0];
        out[1] = in[1];
        out[2] = in[2];
    }
}

void kin_pixels_turn_rows(const uint8_t *rows_data, size_t stride, int y0, int rows, int width, int height,
                          int orientation, kin_image *out)
{
    bool swaps = kin_orientation_swaps(orientation);
    bool flip_x = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
    bool flip_y = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
    /* bytes that one step in x and in y of the source moves in `out` */
    ptrdiff_t along = swaps ? (ptrdiff_t)out->stride : 3, across = swaps ? 3 : (ptrdiff_t)out->stride;
    ptrdiff_t step_x = flip_x ? -along : along, step_y = flip_y ? -across : across;
    uint8_t  *origin = out->data + (flip_x ? (width - 1) * along : 0) + (flip_y ? (height - 1) * across : 0);
    int       tile = swaps ? TILE : width;
    for (int x = 0; x < width; x += tile) {
        int n = width - x < tile ? width - x : tile;
        for (int y = 0; y < rows; y++) {
            const uint8_t *in = rows_data + (size_t)y * stride + (size_t)x * 3;
            uint8_t       *to = origin + x * step_x + (y0 + y) * step_y;
            if (step_x == 3)
                memcpy(to, in, (size_t)n * 3);
            else
                scatter(in, to, step_x, n);
        }
    }
}

void kin_pixels_mirror(kin_image *image)
{
    for (int y = 0; y < image->height; y++) {
        uint8_t *a = kin_pixels_row(image, y), *b = a + (size_t)(image->width - 1) * 3;
        for (; a < b; a += 3, b -= 3)
            for (int c = 0; c < 3; c++) {
                uint8_t t = a[c];
                a[c] = b[c];
                b[c] = t;
            }
    }
}
