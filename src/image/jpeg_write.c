/* SPDX-License-Identifier: Apache-2.0
 *
 * Pictures to JPEG: baseline, colour at half resolution; JFIF header, nothing else.
 */
#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <jpeglib.h>

#include <jerror.h>

#include "image/codec.h"

enum { STEP = 65536, SIDE_MAX = 65500 };

typedef struct {
    struct jpeg_compress_struct cinfo;
    struct jpeg_error_mgr       errors;
    struct jpeg_destination_mgr destination;
    jmp_buf                     jump;
    kin_context                *ctx;
    kin_buffer                 *out;
    int                         quality;
    kin_status                  status;
} writer;

static void on_error(j_common_ptr common)
{
    writer *w = common->client_data;
    char    text[JMSG_LENGTH_MAX];
    w->errors.format_message(common, text);
    w->status = kin_fail(w->ctx, w->errors.msg_code == JERR_OUT_OF_MEMORY ? KIN_E_MEMORY : KIN_E_FORMAT, "JPEG: %s",
                         text);
    longjmp(w->jump, 1);
}

static void on_message(j_common_ptr common, int level)
{
    (void)common, (void)level;
}

static void on_output(j_common_ptr common)
{
    (void)common;
}

/* Gives libjpeg the next room of the buffer. */
static void more_room(writer *w)
{
    w->status = kin_buffer_reserve(w->out, STEP);
    if (w->status != KIN_OK) longjmp(w->jump, 1);
    w->destination.next_output_byte = w->out->data + w->out->size;
    w->destination.free_in_buffer = STEP;
}

static void destination_start(j_compress_ptr cinfo)
{
    more_room(cinfo->client_data);
}

/* libjpeg says "full" for the whole room, whatever free_in_buffer holds then. */
static boolean destination_full(j_compress_ptr cinfo)
{
    writer *w = cinfo->client_data;
    w->out->size += STEP;
    more_room(w);
    return TRUE;
}

static void destination_end(j_compress_ptr cinfo)
{
    writer *w = cinfo->client_data;
    w->out->size += STEP - w->destination.free_in_buffer;
}

static kin_status encode_guarded(writer *w, const kin_image *image)
{
    if (setjmp(w->jump)) return w->status;
    struct jpeg_compress_struct *cinfo = &w->cinfo;
    jpeg_create_compress(cinfo);
    w->destination = (struct jpeg_destination_mgr){.init_destination = destination_start,
                                                   .empty_output_buffer = destination_full,
                                                   .term_destination = destination_end};
    cinfo->dest = &w->destination;
    cinfo->image_width = (JDIMENSION)image->width;
    cinfo->image_height = (JDIMENSION)image->height;
    cinfo->input_components = 3;
    cinfo->in_color_space = JCS_RGB;
    jpeg_set_defaults(cinfo);
    jpeg_set_quality(cinfo, w->quality, TRUE);
    jpeg_start_compress(cinfo, TRUE);
    while (cinfo->next_scanline < cinfo->image_height) {
        JSAMPROW row = kin_pixels_row(image, (int)cinfo->next_scanline);
        jpeg_write_scanlines(cinfo, &row, 1);
    }
    jpeg_finish_compress(cinfo);
    return KIN_OK;
}

kin_status kin_jpeg_encode(kin_context *ctx, const kin_image *image, int quality, kin_buffer *out)
{
    if (image->width > SIDE_MAX || image->height > SIDE_MAX)
        return kin_fail(ctx, KIN_E_UNSUPPORTED, "%d x %d pixels: a JPEG has at most %d a side", image->width,
                        image->height, SIDE_MAX);
    writer w;
    memset(&w, 0, sizeof w);
    w.ctx = ctx;
    w.out = out;
    w.quality = quality;
    w.cinfo.err = jpeg_std_error(&w.errors);
    w.cinfo.client_data = &w;
    w.errors.error_exit = on_error;
    w.errors.emit_message = on_message;
    w.errors.output_message = on_output;
    kin_status status = encode_guarded(&w, image);
    jpeg_destroy_compress(&w.cinfo);
    return status;
}
