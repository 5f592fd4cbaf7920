/* SPDX-License-Identifier: Apache-2.0
 *
 * PNG by libpng: every colour type and depth, interlaced or not, to RGB8; transparency comes out on white. Chunks that
 * kin does not use are never looked into; eXIf (PNG extensions 1.5.0) is found by a walk of our own.
 */
#include <setjmp.h>
#include <string.h>

#include <png.h>

#include "image/codec.h"

enum { CHUNK_MEMORY = 4 << 20 };

typedef struct {
    png_structp    png;
    png_infop      info;
    kin_context   *ctx;
    const uint8_t *bytes;
    size_t         size, at;
    kin_status     status; /* of an error that is already told; KIN_OK: libpng's text tells it */
    uint8_t       *row;    /* one row of RGBA, or the whole picture when it is interlaced */
    size_t         row_bytes;
    bool           alpha, done;
    kin_upright    upright;
} reader;

static void on_error(png_structp png, png_const_charp text)
{
    reader *r = png_get_error_ptr(png);
    if (r->status == KIN_OK) r->status = kin_fail(r->ctx, KIN_E_FORMAT, "damaged PNG: %s", text);
    longjmp(png_jmpbuf(png), 1);
}

static void on_warning(png_structp png, png_const_charp text)
{
    (void)png, (void)text;
}

static png_voidp on_allocate(png_structp png, png_alloc_size_t size)
{
    reader    *r = png_get_mem_ptr(png);
    void      *block;
    kin_status status = kin_alloc(r->ctx, size, &block);
    if (status != KIN_OK) r->status = status;
    return block;
}

static void on_release(png_structp png, png_voidp block)
{
    reader *r = png_get_mem_ptr(png);
    kin_release(r->ctx, block);
}

static void on_read(png_structp png, png_bytep to, size_t n)
{
    reader *r = png_get_io_ptr(png);
    if (n > r->size - r->at) {
        char bytes[32], text[KIN_CUT_OFF_TEXT];
        if (!r->upright.ctx)
            r->status = kin_fail(r->ctx, KIN_E_FORMAT, "cut off after %s bytes, inside the header",
                                 kin_thousands(r->size, bytes));
        else
            r->status = kin_fail(r->ctx, KIN_E_FORMAT, "%s",
                                 kin_cut_off(r->size, (uint64_t)r->upright.y, (uint64_t)r->upright.height, text));
        png_error(png, "cut off");
    }
    memcpy(to, r->bytes + r->at, n);
    r->at += n;
}

static uint32_t big_endian(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* The eXIf chunk may stand before or after the pixels, which it must turn: look ahead. */
static kin_exif read_exif(const uint8_t *bytes, size_t size)
{
    for (size_t at = 8; at < size && size - at >= 12;) {
        size_t length = big_endian(bytes + at);
        if (length > size - at - 12) break;
        if (memcmp(bytes + at + 4, "eXIf", 4) == 0) return kin_exif_read(bytes + at + 8, length);
        at += length + 12;
    }
    return (kin_exif){.orientation = 1};
}

/* Whatever the file holds comes as 8-bit RGB or, with transparency, RGBA. */
static void set_transforms(reader *r)
{
    png_byte type = png_get_color_type(r->png, r->info);
    r->alpha = (type & PNG_COLOR_MASK_ALPHA) || png_get_valid(r->png, r->info, PNG_INFO_tRNS);
    png_set_expand(r->png); /* palettes, 1, 2 and 4 bits, tRNS to alpha */
    png_set_scale_16(r->png);
    if (!(type & PNG_COLOR_MASK_COLOR)) png_set_gray_to_rgb(r->png);
}

static kin_status start(reader *r)
{
    static const png_byte unused[] = "bKGD\0cHRM\0eXIf\0gAMA\0hIST\0iCCP\0iTXt\0oFFs\0pCAL\0pHYs\0sBIT\0sCAL\0sPLT\0sTER\0"
                                     "sRGB\0tEXt\0tIME\0zTXt";
    png_set_read_fn(r->png, r, on_read);
    png_set_user_limits(r->png, KIN_PIXELS_SIDE_MAX, KIN_PIXELS_SIDE_MAX);
    png_set_chunk_malloc_max(r->png, CHUNK_MEMORY);
    png_set_keep_unknown_chunks(r->png, PNG_HANDLE_CHUNK_NEVER, NULL, 0);
    png_set_keep_unknown_chunks(r->png, PNG_HANDLE_CHUNK_NEVER, unused, sizeof unused / 5);
#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
    png_set_crc_action(r->png, PNG_CRC_QUIET_USE, PNG_CRC_QUIET_USE); /* a fuzzer cannot guess checksums */
#endif
    png_read_info(r->png, r->info);
    png_uint_32 width = png_get_image_width(r->png, r->info), height = png_get_image_height(r->png, r->info);
    KIN_TRY(kin_pixels_check_size(r->ctx, width, height));
    set_transforms(r);
    int passes = png_set_interlace_handling(r->png);
    png_read_update_info(r->png, r->info);
    r->row_bytes = png_get_rowbytes(r->png, r->info);
    if (png_get_bit_depth(r->png, r->info) != 8 || r->row_bytes != (size_t)width * (r->alpha ? 4 : 3))
        return kin_fail(r->ctx, KIN_E_UNSUPPORTED, "a PNG of %zu bytes a row for %u pixels", r->row_bytes, width);
    kin_exif exif = read_exif(r->bytes, r->size);
    KIN_TRY(kin_upright_start(&r->upright, r->ctx, (int)width, (int)height, &exif));
    size_t whole;
    if (!kin_mul_size(r->row_bytes, passes > 1 ? height : 1, &whole))
        return kin_fail(r->ctx, KIN_E_LIMIT, "%u x %u pixels are more than memory can hold", width, height);
    KIN_TRY(kin_alloc(r->ctx, whole, &r->row));
    if (passes > 1) memset(r->row, 0, whole);
    for (int pass = 0; pass + 1 < passes; pass++)
        for (size_t y = 0; y < height; y++) png_read_row(r->png, r->row + y * r->row_bytes, NULL);
    return KIN_OK;
}

static kin_status decode_guarded(reader *r)
{
    if (setjmp(png_jmpbuf(r->png))) return r->status;
    kin_status status = start(r);
    if (status != KIN_OK) return r->status = status;
    bool   interlaced = png_get_interlace_type(r->png, r->info) != PNG_INTERLACE_NONE;
    size_t width = (size_t)r->upright.width;
    for (int y = 0; y < r->upright.height; y++) {
        if (kin_cancelled(r->ctx)) return kin_fail(r->ctx, KIN_E_CANCELLED, "interrupted");
        uint8_t *row = interlaced ? r->row + (size_t)y * r->row_bytes : r->row;
        png_read_row(r->png, row, NULL);
        (r->alpha ? kin_row_rgba : kin_row_rgb)(row, kin_upright_row(&r->upright), width);
        kin_upright_next(&r->upright);
    }
    png_read_end(r->png, NULL);
    r->done = true;
    return KIN_OK;
}

static kin_status decode(kin_context *ctx, const uint8_t *bytes, size_t size, int shrink, kin_image **out)
{
    (void)shrink;
    reader r;
    memset(&r, 0, sizeof r);
    r.ctx = ctx;
    r.bytes = bytes;
    r.size = size;
    kin_status status;
    r.png = png_create_read_struct_2(PNG_LIBPNG_VER_STRING, &r, on_error, on_warning, &r, on_allocate, on_release);
    r.info = r.png ? png_create_info_struct(r.png) : NULL;
    if (r.info)
        status = decode_guarded(&r);
    else
        status = r.status != KIN_OK ? r.status : kin_fail(ctx, KIN_E_MEMORY, "out of memory");
    png_destroy_read_struct(&r.png, &r.info, NULL);
    kin_release(ctx, r.row);
    kin_upright_end(&r.upright, r.done, out);
    return status;
}

kin_status kin_png_encode(kin_context *ctx, const kin_image *image, kin_buffer *out); /* png_write.c */

const kin_codec kin_codec_png = {"PNG", "png", {{"\x89PNG\r\n\x1A\n", 0, 8}}, decode, kin_png_encode};
