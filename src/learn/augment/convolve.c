/* SPDX-License-Identifier: Apache-2.0
 *
 * Sparse convolution: a copy with a mirrored frame, then a block of bytes at a time the sum of their neighbours.
 */
#include "learn/augment/convolve.h"

#include <string.h>

#include "pixels/lanes.h"

/* The picture with `reach` pixels more on each side (and what `out` has behind them). */
static void frame(const kin_image *image, int reach, kin_image *out)
{
    for (int y = 0; y < out->height; y++) {
        const uint8_t *in = kin_pixels_row(image, kin_mirror_index(y - reach, image->height));
        uint8_t       *to = kin_pixels_row(out, y);
        memcpy(to + (size_t)reach * 3, in, (size_t)image->width * 3);
        for (int x = 0; x < reach; x++) memcpy(to + (size_t)x * 3, in + (size_t)kin_mirror_index(x - reach, image->width) * 3, 3);
        for (int x = reach + image->width; x < out->width; x++)
            memcpy(to + (size_t)x * 3, in + (size_t)kin_mirror_index(x - reach, image->width) * 3, 3);
    }
}

enum { BLOCK = 16 }; /* bytes whose sums stay in registers */

static void sum_block(const uint8_t *in, const ptrdiff_t *way, const float *weight, size_t count, uint8_t out[BLOCK])
{
    kin_lanes sum[BLOCK / 4] = {{0}};
    for (size_t k = 0; k < count; k++)
        for (int i = 0; i < BLOCK / 4; i++) sum[i] += kin_lanes_load(in + way[k] + 4 * i) * weight[k];
    for (int i = 0; i < BLOCK / 4; i++) {
        kin_whole_lanes v = __builtin_convertvector(sum[i] + 0.5f, kin_whole_lanes); /* 255.5 and a little at most */
        for (int c = 0; c < 4; c++) out[4 * i + c] = (uint8_t)v[c];
    }
}

/* `way` and `weight` of `count` taps; behind what is read for a picture `in` has a block more. */
static void convolve(const kin_image *in, int reach, const ptrdiff_t *way, const float *weight, size_t count, kin_image *out)
{
    size_t n = (size_t)out->width * 3;
    for (int y = 0; y < out->height; y++) {
        const uint8_t *from = kin_pixels_row(in, y + reach) + (size_t)reach * 3;
        uint8_t       *to = kin_pixels_row(out, y);
        for (size_t i = 0; i < n; i += BLOCK) {
            uint8_t bytes[BLOCK];
            sum_block(from + i, way, weight, count, bytes);
            memcpy(to + i, bytes, n - i < BLOCK ? n - i : BLOCK);
        }
    }
}

kin_status kin_convolve(kin_image *image, const kin_tap *taps, size_t count, int reach)
{
    enum { SPARE = BLOCK / 3 + 1 }; /* pixels: the last block of the last row reads on */
    kin_image *in = NULL;
    ptrdiff_t *way = NULL;
    float     *weight = NULL;
    kin_status status = kin_pixels_new(image->ctx, image->width + 2 * reach + SPARE, image->height + 2 * reach, &in);
    if (status == KIN_OK) status = kin_alloc_zero(image->ctx, count, sizeof *way, &way);
    if (status == KIN_OK) status = kin_alloc_zero(image->ctx, count, sizeof *weight, &weight);
    if (status == KIN_OK) {
        frame(image, reach, in);
        for (size_t k = 0; k < count; k++) {
            way[k] = taps[k].y * (ptrdiff_t)in->stride + taps[k].x * 3;
            weight[k] = taps[k].weight;
        }
        convolve(in, reach, way, weight, count, image);
    }
    kin_release(image->ctx, way);
    kin_release(image->ctx, weight);
    kin_image_free(in);
    return status;
}
