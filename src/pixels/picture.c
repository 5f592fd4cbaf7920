/* SPDX-License-Identifier: Apache-2.0
 *
 * Making, wrapping, copying and freeing pictures, and looking at them.
 */
#include <string.h>

#include "pixels/pixels.h"

kin_status kin_pixels_check_size(kin_context *ctx, int64_t width, int64_t height)
{
    if (width < 1 || height < 1)
        return kin_fail(ctx, KIN_E_FORMAT, "a picture of %lld x %lld pixels", (long long)width, (long long)height);
    if (width > KIN_PIXELS_SIDE_MAX || height > KIN_PIXELS_SIDE_MAX ||
        (uint64_t)width * (uint64_t)height > ctx->max_pixels)
        return kin_fail(ctx, KIN_E_LIMIT, "%lld x %lld pixels, allowed are %llu in all and %d a side", (long long)width,
                        (long long)height, (unsigned long long)ctx->max_pixels, KIN_PIXELS_SIDE_MAX);
    return KIN_OK;
}

static kin_status new_header(kin_context *ctx, int width, int height, kin_image **out)
{
    *out = NULL;
    KIN_TRY(kin_pixels_check_size(ctx, width, height));
    kin_image *image;
    KIN_TRY(kin_alloc_zero(ctx, 1, sizeof *image, &image));
    image->ctx = ctx;
    image->width = image->full_width = width;
    image->height = image->full_height = height;
    image->orientation = image->shrink = 1;
    *out = image;
    return KIN_OK;
}

kin_status kin_pixels_new(kin_context *ctx, int width, int height, kin_image **out)
{
    KIN_TRY(new_header(ctx, width, height, out));
    kin_image *image = *out;
    size_t     bytes;
    image->stride = (size_t)width * 3;
    image->owned = true;
    kin_status status = kin_mul_size(image->stride, (size_t)height, &bytes)
                            ? kin_alloc(ctx, bytes, &image->data)
                            : kin_fail(ctx, KIN_E_LIMIT, "%d x %d pixels are more than memory can hold", width, height);
    if (status != KIN_OK) {
        kin_release(ctx, image);
        *out = NULL;
    }
    return status;
}

kin_image kin_pixels_part(const kin_image *image, int x, int y, int width, int height)
{
    kin_image part = *image;
    part.data = kin_pixels_row(image, y) + (size_t)x * 3;
    part.width = part.full_width = width;
    part.height = part.full_height = height;
    part.owned = false;
    return part;
}

static kin_status wrap(kin_context *ctx, const void *pixels, int width, int height, size_t stride,
                       kin_pixel_format format, kin_image **out)
{
    static const struct {
        size_t          bytes;
        kin_row_convert convert;
    } layout[] = {
        [KIN_RGB8] = {3, kin_row_rgb},   [KIN_BGR8] = {3, kin_row_bgr},   [KIN_RGBA8] = {4, kin_row_rgba},
        [KIN_BGRA8] = {4, kin_row_bgra}, [KIN_GRAY8] = {1, kin_row_gray},
    };
    if (!pixels || (size_t)format >= sizeof layout / sizeof *layout || width < 1 ||
        stride < (size_t)width * layout[format].bytes)
        return kin_fail(ctx, KIN_E_USAGE, "pixels to wrap: no such layout, or a stride of %zu bytes for %d pixels",
                        stride, width);
    if (format == KIN_RGB8) {
        KIN_TRY(new_header(ctx, width, height, out));
        (*out)->data = (uint8_t *)(uintptr_t)pixels; /* never written to: not `owned` */
        (*out)->stride = stride;
        return KIN_OK;
    }
    KIN_TRY(kin_pixels_new(ctx, width, height, out));
    for (int y = 0; y < height; y++)
        layout[format].convert((const uint8_t *)pixels + (size_t)y * stride, kin_pixels_row(*out, y), (size_t)width);
    return KIN_OK;
}

kin_status kin_image_wrap(kin_context *ctx, const void *pixels, int width, int height, size_t stride,
                          kin_pixel_format format, kin_image **out)
{
    kin_enter(ctx);
    *out = NULL;
    kin_status status = wrap(ctx, pixels, width, height, stride, format, out);
    kin_leave(ctx);
    return status;
}

static kin_status copy(kin_context *ctx, const kin_image *image, kin_image **out)
{
    KIN_TRY(kin_pixels_new(ctx, image->width, image->height, out));
    kin_image *made = *out;
    for (int y = 0; y < made->height; y++) memcpy(kin_pixels_row(made, y), kin_pixels_row(image, y), made->stride);
    made->orientation = image->orientation;
    made->shrink = image->shrink;
    made->full_width = image->full_width;
    made->full_height = image->full_height;
    memcpy(made->taken, image->taken, sizeof made->taken);
    return KIN_OK;
}

kin_status kin_image_copy(kin_context *ctx, const kin_image *image, kin_image **out)
{
    kin_enter(ctx);
    *out = NULL;
    kin_status status = copy(ctx, image, out);
    kin_leave(ctx);
    return status;
}

void kin_image_free(kin_image *image)
{
    if (!image) return;
    kin_context *ctx = image->ctx;
    kin_enter(ctx);
    if (image->owned) kin_release(ctx, image->data);
    kin_release(ctx, image);
    kin_leave(ctx);
}

int kin_image_width(const kin_image *image)
{
    return image->width;
}

int kin_image_height(const kin_image *image)
{
    return image->height;
}

size_t kin_image_stride(const kin_image *image)
{
    return image->stride;
}

const uint8_t *kin_image_data(const kin_image *image)
{
    return image->data;
}

int kin_image_orientation(const kin_image *image)
{
    return image->orientation;
}

int kin_image_shrink(const kin_image *image)
{
    return image->shrink;
}

int kin_image_full_width(const kin_image *image)
{
    return image->full_width;
}

int kin_image_full_height(const kin_image *image)
{
    return image->full_height;
}

const char *kin_image_taken(const kin_image *image)
{
    return image->taken;
}
