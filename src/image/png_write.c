/* SPDX-License-Identifier: Apache-2.0
 *
 * Pictures to PNG: RGB8, not interlaced, no chunks but the necessary ones.
 */
#include <setjmp.h>
#include <string.h>

#include <png.h>

#include "image/codec.h"

/* Level 3 of zlib: photos come out a few percent larger than at 6, in a third of the time. */
enum { ZLIB_LEVEL = 3 };

typedef struct {
    png_structp  png;
    png_infop    info;
    kin_context *ctx;
    kin_buffer  *out;
    kin_status   status;
} writer;

static void on_error(png_structp png, png_const_charp text)
{
    writer *w = png_get_error_ptr(png);
    if (w->status == KIN_OK) w->status = kin_fail(w->ctx, KIN_E_FORMAT, "PNG: %s", text);
    longjmp(png_jmpbuf(png), 1);
}

static void on_warning(png_structp png, png_const_charp text)
{
    (void)png, (void)text;
}

static png_voidp on_allocate(png_structp png, png_alloc_size_t size)
{
    writer    *w = png_get_mem_ptr(png);
    void      *block;
    kin_status status = kin_alloc(w->ctx, size, &block);
    if (status != KIN_OK) w->status = status;
    return block;
}

static void on_release(png_structp png, png_voidp block)
{
    writer *w = png_get_mem_ptr(png);
    kin_release(w->ctx, block);
}

static void on_write(png_structp png, png_bytep bytes, size_t n)
{
    writer *w = png_get_io_ptr(png);
    w->status = kin_buffer_add(w->out, bytes, n);
    if (w->status != KIN_OK) png_error(png, "out of memory");
}

static void on_flush(png_structp png)
{
    (void)png;
}

static kin_status encode_guarded(writer *w, const kin_image *image)
{
    if (setjmp(png_jmpbuf(w->png))) return w->status;
    png_set_write_fn(w->png, w, on_write, on_flush);
    png_set_user_limits(w->png, KIN_PIXELS_SIDE_MAX, KIN_PIXELS_SIDE_MAX);
    png_set_IHDR(w->png, w->info, (png_uint_32)image->width, (png_uint_32)image->height, 8, PNG_COLOR_TYPE_RGB,
                 PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_set_compression_level(w->png, ZLIB_LEVEL);
    png_write_info(w->png, w->info);
    for (int y = 0; y < image->height; y++) png_write_row(w->png, kin_pixels_row(image, y));
    png_write_end(w->png, NULL);
    return KIN_OK;
}

kin_status kin_png_encode(kin_context *ctx, const kin_image *image, kin_buffer *out);

kin_status kin_png_encode(kin_context *ctx, const kin_image *image, kin_buffer *out)
{
    writer w;
    memset(&w, 0, sizeof w);
    w.ctx = ctx;
    w.out = out;
    w.png = png_create_write_struct_2(PNG_LIBPNG_VER_STRING, &w, on_error, on_warning, &w, on_allocate, on_release);
    w.info = w.png ? png_create_info_struct(w.png) : NULL;
    kin_status status;
    if (w.info)
        status = encode_guarded(&w, image);
    else
        status = w.status != KIN_OK ? w.status : kin_fail(ctx, KIN_E_MEMORY, "out of memory");
    png_destroy_write_struct(&w.png, &w.info);
    return status;
}
