/* SPDX-License-Identifier: Apache-2.0
 *
 * JPEG by libjpeg-turbo: grey, YCbCr, RGB, CMYK and YCCK, sequential and progressive. libjpeg goes on after damage and
 * fills the rest with grey; here data that is cut off or damaged is an error.
 */
#include <limits.h>
#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <jpeglib.h>

#include <jerror.h>

#include "image/codec.h"

/* Encoders make about ten scans; a file of thousands of them takes hours ("progressive bomb"). */
enum { SCANS_MAX = 100 };

typedef struct {
    struct jpeg_decompress_struct cinfo;
    struct jpeg_error_mgr         errors;
    struct jpeg_source_mgr        source;
    struct jpeg_progress_mgr      progress;
    jmp_buf                       jump;

    kin_context *ctx;
    size_t       size; /* of the file */
    int          shrink;
    bool         started;   /* the header is read */
    bool         at_end;    /* libjpeg wanted more than there is */
    kin_status   status;    /* of the error that jumped */
    uint8_t     *ink;       /* one row of CMYK */
    kin_exif     exif;
    kin_upright  upright;
    bool         done;
} reader;

/* --- errors --- */

static reader *reader_of(j_common_ptr common)
{
    return common->client_data;
}

static void leave(reader *r, kin_status status)
{
    r->status = status;
    longjmp(r->jump, 1);
}

static void fail_cut_off(reader *r)
{
    char bytes[32], text[KIN_CUT_OFF_TEXT];
    kin_thousands(r->size, bytes);
    if (!r->started)
        leave(r, kin_fail(r->ctx, KIN_E_FORMAT, "cut off after %s bytes, inside the header", bytes));
    if (jpeg_has_multiple_scans(&r->cinfo))
        leave(r, kin_fail(r->ctx, KIN_E_FORMAT, "cut off after %s bytes, in scan %d", bytes,
                          r->cinfo.input_scan_number));
    leave(r, kin_fail(r->ctx, KIN_E_FORMAT, "%s",
                      kin_cut_off(r->size, r->cinfo.output_scanline, r->cinfo.output_height, text)));
}

/* libjpeg cannot go on. */
static void on_error(j_common_ptr common)
{
    reader    *r = reader_of(common);
    char       text[JMSG_LENGTH_MAX];
    int        code = r->errors.msg_code;
    kin_status status = code == JERR_OUT_OF_MEMORY      ? KIN_E_MEMORY
                        : code == JERR_NO_BACKING_STORE ? KIN_E_LIMIT
                        : code == JERR_BAD_PRECISION || code == JERR_SOF_UNSUPPORTED || code == JERR_CONVERSION_NOTIMPL
                            ? KIN_E_UNSUPPORTED
                            : KIN_E_FORMAT;
    if (r->at_end) fail_cut_off(r);
    if (status == KIN_E_LIMIT)
        leave(r, kin_fail(r->ctx, status, "a progressive JPEG of %u x %u pixels would pass the memory limit",
                          r->cinfo.image_width, r->cinfo.image_height));
    r->errors.format_message(common, text);
    leave(r, kin_fail(r->ctx, status, "%s%s", status == KIN_E_FORMAT ? "damaged JPEG: " : "", text));
}

/* A warning (level -1) or a trace message. These warnings mean that pixels are lost. */
static void on_message(j_common_ptr common, int level)
{
    static const int fatal[] = {JWRN_HIT_MARKER, JWRN_HUFF_BAD_CODE, JWRN_ARITH_BAD_CODE, JWRN_MUST_RESYNC,
                                JWRN_BOGUS_PROGRESSION, JWRN_NOT_SEQUENTIAL, JWRN_JPEG_EOF};
    reader *r = reader_of(common);
    if (level >= 0) return;
    for (size_t i = 0; i < sizeof fatal / sizeof *fatal; i++)
        if (r->errors.msg_code == fatal[i]) {
            if (r->at_end) fail_cut_off(r);
            char text[JMSG_LENGTH_MAX];
            r->errors.format_message(common, text);
            leave(r, kin_fail(r->ctx, KIN_E_FORMAT, "%s, at row %u of %u", text, r->cinfo.output_scanline,
                              r->cinfo.output_height));
        }
}

static void on_output(j_common_ptr common)
{
    (void)common; /* prints nothing */
}

/* --- the source: bytes in memory --- */

static void source_nothing(j_decompress_ptr cinfo)
{
    (void)cinfo;
}

/* The bytes are used up. Where all rows may have come already (files without an end marker exist, and decoders look
 * ahead) libjpeg gets an end marker, and warns if it wanted pixels; else it is an error now. */
static boolean source_fill(j_decompress_ptr cinfo)
{
    static const JOCTET end[2] = {0xFF, JPEG_EOI};
    reader *r = cinfo->client_data;
    bool    again = r->at_end;
    r->at_end = true;
    if (!r->started || again || jpeg_has_multiple_scans(cinfo)) fail_cut_off(r);
    r->source.next_input_byte = end;
    r->source.bytes_in_buffer = sizeof end;
    return TRUE;
}

static void source_skip(j_decompress_ptr cinfo, long n)
{
    reader *r = cinfo->client_data;
    if (n <= 0) return;
    if ((size_t)n > r->source.bytes_in_buffer) {
        source_fill(cinfo);
        return;
    }
    r->source.next_input_byte += n;
    r->source.bytes_in_buffer -= (size_t)n;
}

static void on_progress(j_common_ptr common)
{
    reader *r = reader_of(common);
    if (r->cinfo.input_scan_number > SCANS_MAX)
        leave(r, kin_fail(r->ctx, KIN_E_LIMIT, "more than %d scans, allowed are %d", SCANS_MAX, SCANS_MAX));
    if (kin_cancelled(r->ctx)) leave(r, kin_fail(r->ctx, KIN_E_CANCELLED, "interrupted"));
}

/* --- decoding --- */

static void read_exif(reader *r)
{
    static const char head[6] = "Exif\0";
    r->exif = (kin_exif){.orientation = 1};
    for (jpeg_saved_marker_ptr m = r->cinfo.marker_list; m; m = m->next)
        if (m->marker == JPEG_APP0 + 1 && m->data_length > sizeof head && memcmp(m->data, head, sizeof head) == 0) {
            r->exif = kin_exif_read(m->data + sizeof head, m->data_length - sizeof head);
            return;
        }
}

static void set_up(reader *r, const uint8_t *bytes)
{
    r->source = (struct jpeg_source_mgr){
        .next_input_byte = bytes,
        .bytes_in_buffer = r->size,
        .init_source = source_nothing,
        .fill_input_buffer = source_fill,
        .skip_input_data = source_skip,
        .resync_to_restart = jpeg_resync_to_restart,
        .term_source = source_nothing,
    };
    r->progress.progress_monitor = on_progress;
    r->cinfo.src = &r->source;
    r->cinfo.progress = &r->progress;
    uint64_t left = r->ctx->max_memory - (r->ctx->memory < r->ctx->max_memory ? r->ctx->memory : r->ctx->max_memory);
    r->cinfo.mem->max_memory_to_use = left < 1 ? 1 : left > LONG_MAX ? LONG_MAX : (long)left;
    jpeg_save_markers(&r->cinfo, JPEG_APP0 + 1, 0xFFFF);
}

static kin_status start(reader *r)
{
    struct jpeg_decompress_struct *cinfo = &r->cinfo;
    jpeg_read_header(cinfo, TRUE);
    r->started = true;
    KIN_TRY(kin_pixels_check_size(r->ctx, cinfo->image_width, cinfo->image_height));
    bool ink = cinfo->jpeg_color_space == JCS_CMYK || cinfo->jpeg_color_space == JCS_YCCK;
    if (cinfo->jpeg_color_space == JCS_UNKNOWN)
        return kin_fail(r->ctx, KIN_E_UNSUPPORTED, "a JPEG of %d unnamed channels", cinfo->num_components);
    cinfo->out_color_space = ink ? JCS_CMYK : JCS_RGB;
    cinfo->scale_num = 1;
    cinfo->scale_denom = (unsigned)r->shrink;
    read_exif(r);
    jpeg_calc_output_dimensions(cinfo);
    KIN_TRY(kin_upright_start(&r->upright, r->ctx, (int)cinfo->output_width, (int)cinfo->output_height, &r->exif));
    kin_image *image = r->upright.image;
    bool       swaps = kin_orientation_swaps(r->exif.orientation);
    image->shrink = r->shrink;
    image->full_width = (int)(swaps ? cinfo->image_height : cinfo->image_width);
    image->full_height = (int)(swaps ? cinfo->image_width : cinfo->image_height);
    if (ink) KIN_TRY(kin_alloc(r->ctx, (size_t)cinfo->output_width * 4, &r->ink));
    jpeg_start_decompress(cinfo);
    return KIN_OK;
}

static kin_status decode_rows(reader *r, const uint8_t *bytes)
{
    jpeg_create_decompress(&r->cinfo);
    set_up(r, bytes);
    KIN_TRY(start(r));
    kin_row_convert convert = r->cinfo.saw_Adobe_marker ? kin_row_cmyk_inverted : kin_row_cmyk;
    while (r->cinfo.output_scanline < r->cinfo.output_height) {
        uint8_t *to = kin_upright_row(&r->upright);
        JSAMPROW row = r->ink ? r->ink : to;
        if (jpeg_read_scanlines(&r->cinfo, &row, 1) != 1) fail_cut_off(r);
        if (r->ink) convert(r->ink, to, r->cinfo.output_width);
        kin_upright_next(&r->upright);
    }
    r->done = true;
    return KIN_OK;
}

/* Apart from `decode`: nothing that changes may live in the frame of setjmp. */
static kin_status decode_guarded(reader *r, const uint8_t *bytes)
{
    if (setjmp(r->jump)) return r->status;
    return decode_rows(r, bytes);
}

static kin_status decode(kin_context *ctx, const uint8_t *bytes, size_t size, int shrink, kin_image **out)
{
    reader r;
    memset(&r, 0, sizeof r);
    r.ctx = ctx;
    r.size = size;
    r.shrink = shrink;
    r.cinfo.err = jpeg_std_error(&r.errors);
    r.cinfo.client_data = &r;
    r.errors.error_exit = on_error;
    r.errors.emit_message = on_message;
    r.errors.output_message = on_output;
    kin_status status = decode_guarded(&r, bytes);
    jpeg_destroy_decompress(&r.cinfo);
    kin_release(ctx, r.ink);
    kin_upright_end(&r.upright, r.done, out);
    return status;
}

static kin_status encode(kin_context *ctx, const kin_image *image, kin_buffer *out)
{
    return kin_jpeg_encode(ctx, image, KIN_JPEG_QUALITY, out);
}

const kin_codec kin_codec_jpeg = {"JPEG", "jpg jpeg jpe jfif", {{"\xFF\xD8\xFF", 0, 3}}, decode, encode};
