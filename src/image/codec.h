/* SPDX-License-Identifier: Apache-2.0
 *
 * What a codec is: how its files begin, how they are decoded, how pictures become such files. codecs.c holds the table.
 */
#ifndef KIN_IMAGE_CODEC_H
#define KIN_IMAGE_CODEC_H

#include "image/exif.h"

typedef struct {
    const char *name;     /* "JPEG" */
    const char *endings;  /* of files to write, "jpg jpeg" */
    const char *magic;    /* the first bytes of every such file */
    size_t      magic_size;
    /* Bytes (magic checked) to an upright picture. shrink: 1, 2, 4 or 8, the most that it may be made smaller. */
    kin_status (*decode)(kin_context *ctx, const uint8_t *bytes, size_t size, int shrink, kin_image **out);
    /* Appends the file to `out`. NULL: this codec only reads. */
    kin_status (*encode)(kin_context *ctx, const kin_image *image, kin_buffer *out);
} kin_codec;

extern const kin_codec kin_codec_jpeg, kin_codec_png;

/* The codec that writes files with this ending ("jpg", any case); NULL: none. */
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
/* 31204 -> "31,204" into text[32]; returns it. */
const char *kin_thousands(uint64_t n, char text[32]);

#endif
