/* SPDX-License-Identifier: Apache-2.0
 *
 * Pictures: read them upright, take pixels from elsewhere, look at the pixels, draw on them, write them.
 *
 * A kin_image is RGB, 8 bits a channel, row by row from the top, and always upright: the orientation that the
 * camera noted (EXIF) is applied while reading. Which format a file has is told by its first bytes, never by its name.
 */
#ifndef KIN_IMAGE_H
#define KIN_IMAGE_H

#include "base.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct kin_image kin_image;

/* Layouts that kin_image_wrap takes; bytes in memory order, one byte a channel. */
typedef enum { KIN_RGB8, KIN_BGR8, KIN_RGBA8, KIN_BGRA8, KIN_GRAY8 } kin_pixel_format;

typedef struct {
    int shrink; /* 0 or 1: the whole picture; 2, 4, 8: a JPEG may be decoded at 1/2, 1/4, 1/8 of its size, which is
                 * several times faster. Other formats come whole: kin_image_shrink tells what was done */
} kin_image_options;

/* Reads a JPEG, PNG or BMP file and, where kin was built with their libraries (kin_codecs), WebP, GIF, TIFF, HEIC or AVIF; of
 * animations the first frame, of several pages the first. Must be a regular file: folders, FIFOs and devices are refused,
 * KIN_E_IO. Transparent parts come out on white. KIN_E_FORMAT: damaged, cut off or no picture. KIN_E_UNSUPPORTED: a picture
 * of another format, or of one that this kin was built without.
 * KIN_E_LIMIT: more pixels or memory than the context allows; known from the header, before anything is decoded.
 * Free *out with kin_image_free. */
KIN_API kin_status kin_image_read(kin_context *ctx, const char *path, kin_image **out);
/* The same from memory; the bytes are not needed afterwards. */
KIN_API kin_status kin_image_read_memory(kin_context *ctx, const void *bytes, size_t size, kin_image **out);
/* The same two with options. */
KIN_API kin_status kin_image_read_with(kin_context *ctx, const char *path, const kin_image_options *options,
                                       kin_image **out);
KIN_API kin_status kin_image_read_memory_with(kin_context *ctx, const void *bytes, size_t size,
                                              const kin_image_options *options, kin_image **out);

/* A picture of pixels from elsewhere (a camera, a phone's decoder): `height` rows of `width` pixels, `stride` bytes
 * from row to row. KIN_RGB8 pixels are used in place and must stay until kin_image_free; others are converted into a
 * copy (alpha: on white). The first sketch of this call had neither the context nor the status: the copy needs memory
 * under the context's limit, and what is wrong a text. KIN_E_USAGE: no pixels, no such format, a stride shorter than a
 * row; KIN_E_FORMAT: no rows; KIN_E_LIMIT: more pixels or memory than the context allows. */
KIN_API kin_status kin_image_wrap(kin_context *ctx, const void *pixels, int width, int height, size_t stride,
                                  kin_pixel_format format, kin_image **out);

/* A copy with pixels of its own, in the memory of `ctx`. */
KIN_API kin_status kin_image_copy(kin_context *ctx, const kin_image *image, kin_image **out);

/* Before its context. Takes NULL. */
KIN_API void kin_image_free(kin_image *image);

KIN_API int            kin_image_width(const kin_image *image);
KIN_API int            kin_image_height(const kin_image *image);
KIN_API size_t         kin_image_stride(const kin_image *image); /* bytes from row to row, at least 3 * width */
KIN_API const uint8_t *kin_image_data(const kin_image *image);   /* R, G, B of the pixel at the top left, ... */

/* The EXIF orientation that the file had, 1..8 (1: none was needed); the pixels here are upright already. HEIC and AVIF
 * turn by a field of their own, which is applied, and say 1 here. */
KIN_API int kin_image_orientation(const kin_image *image);
/* Pixels of the whole upright photo for one here: 1, or 2, 4, 8 where kin_image_options.shrink took effect. */
KIN_API int kin_image_shrink(const kin_image *image);
/* Size of the whole upright photo: that of the picture unless it was shrunk while reading. */
KIN_API int kin_image_full_width(const kin_image *image);
KIN_API int kin_image_full_height(const kin_image *image);
/* When the photo was taken by its own account (EXIF DateTimeOriginal, "2024:07:31 18:02:11"; "2015", "2015:03", blanks or
 * zeros for month and day where the file says no more); "" when not noted. */
KIN_API const char *kin_image_taken(const kin_image *image);

/* Writes a .jpg/.jpeg (quality 92) or .png, told by the ending of `path`. The file appears whole or not at all; it
 * holds pixels only, no EXIF, place or date. KIN_E_USAGE: another ending. KIN_E_DISK: disk full or no permission. */
KIN_API kin_status kin_image_write(kin_context *ctx, const kin_image *image, const char *path);
/* The same as bytes in memory, `type` "jpg" or "png". Release *bytes with kin_image_bytes_free. */
KIN_API kin_status kin_image_write_memory(kin_context *ctx, const kin_image *image, const char *type,
                                          uint8_t **bytes, size_t *size);
KIN_API void       kin_image_bytes_free(kin_context *ctx, uint8_t *bytes);

/* What to draw around one face. Coordinates as everywhere: pixels of the upright picture, origin at its top left. */
typedef struct {
    float box[4]; /* x0, y0, x1, y1 */
    const float (*points)[2];
    size_t      point_count;
    const char *label;  /* UTF-8, beside the box; NULL or "": none */
    uint32_t    colour; /* 0xRRGGBB */
} kin_mark;

/* Draws into the picture. KIN_E_USAGE for wrapped pixels, which belong to the caller: draw on a kin_image_copy. */
KIN_API kin_status kin_image_draw(kin_image *image, const kin_mark *marks, size_t count);

/* "jpeg (libjpeg-turbo 2.1.5), png (libpng 1.6.39), bmp, webp (libwebp 1.2.4); not built in: tiff" */
KIN_API const char *kin_codecs(void);

#ifdef __cplusplus
}
#endif
#endif
