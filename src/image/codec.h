/* SPDX-License-Identifier: Apache-2.0
 *
 * What a codec is: how its files begin, how they are decoded, how pictures become such files. codecs.c holds the table.
 */
#ifndef KIN_IMAGE_CODEC_H
#define KIN_IMAGE_CODEC_H

#include "image/exif.h"

/* Bytes that stand at a fixed place of every such file. */
typedef struct {
    const char *bytes;
    size_t      at, size;
} kin_signature;

enum { KIN_SIGNATURES = 10 };

typedef struct {
    const char   *name;    /* "JPEG" */
    const char   *endings; /* of such files, "jpg jpeg" */
    kin_signature signature[KIN_SIGNATURES]; /* any one of them; the rest have size 0 */
    /* Bytes (signature checked) to an upright picture. shrink: 1, 2, 4 or 8, the most that it may be made smaller.
     * NULL: kin was built without the library. */
    kin_status (*decode)(kin_context *ctx, const uint8_t *bytes, size_t size, int shrink, kin_image **out);
    /* Appends the file to `out`. NULL: this codec only reads. */
    kin_status (*encode)(kin_context *ctx, const kin_image *image, kin_buffer *out);
} kin_codec;

extern const kin_codec kin_codec_jpeg, kin_codec_png, kin_codec_webp, kin_codec_gif, kin_codec_bmp, kin_codec_tiff,
    kin_codec_heic, kin_codec_avif;

enum { KIN_JPEG_QUALITY = 92 }; /* of what kin writes */
/* Appends a JPEG of this quality, 1..100 (jpeg_write.c). */
kin_status kin_jpeg_encode(kin_context *ctx, const kin_image *image, int quality, kin_buffer *out);

/* What a path's ending says, where a folder is searched for pictures (a file that is named is opened whatever its name). */
typedef enum {
    KIN_NO_PICTURE,
    KIN_PICTURE,        /* that this kin reads */
    KIN_OTHER_PICTURE   /* that it does not: another format, a camera's raw file, or one whose library was not there */
} kin_picture_kind;
kin_picture_kind kin_picture_by_path(const char *path);

/* The codec of files with this ending ("jpg", any case), built in or not; NULL: none. */
const kin_codec *kin_codec_by_ending(const char *ending);

/* --- upright.c: where decoders put their rows --- */

/* Takes rows of the picture as stored, from the top, and puts them upright into the picture. */
typedef struct {
    kin_context    *ctx;
    kin_image      *image;         /* upright; yours on success */
    int             width, height; /* as stored */
    int             orientation, y; /* rows so far */
    uint8_t        *strip;         /* rows that wait to be turned; NULL when nothing is turned */
    int             strip_rows;
} kin_upright;

/* Makes the picture, of upright size, for a stored one of width x height at 1/shrink of full_width x full_height. */
kin_status kin_upright_start(kin_upright *u, kin_context *ctx, int width, int height, const kin_exif *exif);
/* Where the decoder writes the next row, RGB8, as stored; then kin_upright_next. */
uint8_t *kin_upright_row(kin_upright *u);
void     kin_upright_next(kin_upright *u);
/* Ends: after the last row (`done`) *out gets the picture, else all is freed. */
void kin_upright_end(kin_upright *u, bool done, kin_image **out);

/* "cut off after 31,204 of about 120,000 bytes, at row 812 of 3,024". No file says how long it should be; where enough rows
 * came they tell it, else the words "of about" are missing. */
enum { KIN_CUT_OFF_TEXT = 160 };
const char *kin_cut_off(uint64_t size, uint64_t row, uint64_t rows, char text[KIN_CUT_OFF_TEXT]);
/* The same where the file says how long it is: "cut off after 31,204 of 88,120 bytes". As the error KIN_E_FORMAT. */
kin_status kin_fail_cut_off(kin_context *ctx, uint64_t size, uint64_t whole);
/* KIN_E_LIMIT where `bytes` that a foreign library is going to take for a picture of width x height would pass the limit of
 * the context, which does not see them. */
kin_status kin_afford(kin_context *ctx, uint64_t bytes, int64_t width, int64_t height);
/* 31204 -> "31,204" into text[32]; returns it. */
const char *kin_thousands(uint64_t n, char text[32]);

#endif
