/* SPDX-License-Identifier: Apache-2.0
 *
 * HEIC and AVIF by libheif, which turns, mirrors and crops as the container says (irot, imir, clap). The EXIF orientation
 * in such files repeats that and is passed over, as the standard (ISO/IEC 23008-12, 2022) demands: turning twice is
 * the common bug here. Of a burst or live photo the primary picture.
 */
#include <string.h>

#include "image/codec.h"
#include "os/library.h"

#ifdef KIN_HAVE_HEIF
#include <libheif/heif.h>

#define LIBHEIF(f) f(heif_context_alloc) f(heif_context_free) f(heif_context_get_primary_image_handle)          \
    f(heif_context_read_from_memory_without_copy) f(heif_context_set_max_decoding_threads) f(heif_decode_image) \
    f(heif_decoding_options_alloc) f(heif_decoding_options_free) f(heif_image_get_height)                       \
    f(heif_image_get_plane_readonly) f(heif_image_get_width) f(heif_image_handle_get_height)                    \
    f(heif_image_handle_get_ispe_height) f(heif_image_handle_get_ispe_width)                                    \
    f(heif_image_handle_get_list_of_metadata_block_IDs) f(heif_image_handle_get_luma_bits_per_pixel)            \
    f(heif_image_handle_get_metadata) f(heif_image_handle_get_metadata_size) f(heif_image_handle_get_width)     \
    f(heif_image_handle_has_alpha_channel) f(heif_image_handle_release) f(heif_image_release)
KIN_LIBRARY(libheif, KIN_HEIF_FILE, LIBHEIF)

typedef struct {
    kin_context                  *ctx;
    struct heif_context          *file;
    struct heif_image_handle     *handle;
    struct heif_image            *picture;
    struct heif_decoding_options *options;
    size_t                        size;
    kin_upright                   upright;
} reader;

/* Passes an error of libheif up in our words. */
static kin_status told(const reader *r, struct heif_error error)
{
    char bytes[32];
    if (error.code == heif_error_Ok) return KIN_OK;
    if (error.subcode == heif_suberror_End_of_data)
        return kin_fail(r->ctx, KIN_E_FORMAT, "cut off after %s bytes", kin_thousands(r->size, bytes));
    if (error.subcode == heif_suberror_Security_limit_exceeded)
        return kin_fail(r->ctx, KIN_E_LIMIT, "libheif refuses it: %s", error.message);
    switch (error.code) {
    case heif_error_Memory_allocation_error:
        return kin_fail(r->ctx, KIN_E_MEMORY, "out of memory");
    case heif_error_Unsupported_feature:
    case heif_error_Unsupported_filetype:
        return kin_fail(r->ctx, KIN_E_UNSUPPORTED, "libheif here cannot read it: %s", error.message);
    default:
        return kin_fail(r->ctx, KIN_E_FORMAT, "damaged: %s", error.message);
    }
}

/* The date of the EXIF block; the block begins with four bytes that say how far on the TIFF header stands. */
static kin_status read_taken(const reader *r, kin_exif *exif)
{
    heif_item_id id;
    *exif = (kin_exif){.orientation = 1};
    if (libheif.heif_image_handle_get_list_of_metadata_block_IDs(r->handle, "Exif", &id, 1) != 1) return KIN_OK;
    size_t   size = libheif.heif_image_handle_get_metadata_size(r->handle, id), skip;
    uint8_t *block;
    if (size < 4 || size > r->size) return KIN_OK;
    KIN_TRY(kin_alloc(r->ctx, size, &block));
    if (libheif.heif_image_handle_get_metadata(r->handle, id, block).code == heif_error_Ok) {
        skip = 4 + ((size_t)block[0] << 24 | (size_t)block[1] << 16 | (size_t)block[2] << 8 | block[3]);
        if (skip < size) *exif = kin_exif_read(block + skip, size - skip);
    }
    kin_release(r->ctx, block);
    exif->orientation = 1;
    return KIN_OK;
}

/* Refuses a file that ends inside one of its boxes (ISO/IEC 14496-12, 4.2): size, name; 0: to the end, 1: 64 bits behind. */
static kin_status check_whole(const reader *r, const uint8_t *bytes)
{
    for (uint64_t at = 0; at < r->size;) {
        uint64_t left = r->size - at, length = 0;
        if (left < 8) return kin_fail_cut_off(r->ctx, r->size, at + 8);
        for (int i = 0; i < 4; i++) length = length << 8 | bytes[at + (uint64_t)i];
        if (length == 0) return KIN_OK;
        if (length == 1 && left >= 16)
            for (int i = 8; i < 16; i++) length = (i == 8 ? 0 : length << 8) | bytes[at + (uint64_t)i];
        if (length < 8) return kin_fail(r->ctx, KIN_E_FORMAT, "damaged: a box of %u bytes", (unsigned)length);
        if (length > left && length <= INT64_MAX) return kin_fail_cut_off(r->ctx, r->size, at + length);
        if (length > left) return kin_fail(r->ctx, KIN_E_FORMAT, "damaged: a box ends nowhere");
        at += length;
    }
    return KIN_OK;
}

/* Opens the primary picture. Its sizes are known from the container, before anything is decoded. */
static kin_status open_file(reader *r, const uint8_t *bytes)
{
    r->file = libheif.heif_context_alloc();
    r->options = libheif.heif_decoding_options_alloc();
    if (!r->file || !r->options) return kin_fail(r->ctx, KIN_E_MEMORY, "out of memory");
    libheif.heif_context_set_max_decoding_threads(r->file, r->ctx->splitter->width > 1 ? (int)r->ctx->splitter->width : 0);
    r->options->convert_hdr_to_8bit = 1;
    KIN_TRY(told(r, libheif.heif_context_read_from_memory_without_copy(r->file, bytes, r->size, NULL)));
    return told(r, libheif.heif_context_get_primary_image_handle(r->file, &r->handle));
}

static kin_status read_picture(reader *r, const uint8_t *bytes)
{
    KIN_TRY(check_whole(r, bytes));
    KIN_TRY(open_file(r, bytes));
    int64_t  stored_width = libheif.heif_image_handle_get_ispe_width(r->handle), stored_height = libheif.heif_image_handle_get_ispe_height(r->handle);
    int      width = libheif.heif_image_handle_get_width(r->handle), height = libheif.heif_image_handle_get_height(r->handle), stride = 0;
    bool     alpha = libheif.heif_image_handle_has_alpha_channel(r->handle);
    kin_exif exif;
    KIN_TRY(kin_pixels_check_size(r->ctx, stored_width, stored_height));
    KIN_TRY(kin_pixels_check_size(r->ctx, width, height));
    /* libheif's own: planes of the decoder, of the turned picture and RGB(A), of 16 bits at worst */
    int64_t  samples = libheif.heif_image_handle_get_luma_bits_per_pixel(r->handle) > 8 ? 2 : 1;
    uint64_t pixels = (uint64_t)(stored_width * stored_height);
    KIN_TRY(kin_afford(r->ctx, pixels * (uint64_t)(samples * 6 + 8), stored_width, stored_height));
    KIN_TRY(read_taken(r, &exif));
    KIN_TRY(kin_upright_start(&r->upright, r->ctx, width, height, &exif));
    KIN_TRY(told(r, libheif.heif_decode_image(r->handle, &r->picture, heif_colorspace_RGB,
                                      alpha ? heif_chroma_interleaved_RGBA : heif_chroma_interleaved_RGB, r->options)));
    const uint8_t *plane = libheif.heif_image_get_plane_readonly(r->picture, heif_channel_interleaved, &stride);
    if (!plane || libheif.heif_image_get_width(r->picture, heif_channel_interleaved) != width ||
        libheif.heif_image_get_height(r->picture, heif_channel_interleaved) != height)
        return kin_fail(r->ctx, KIN_E_FORMAT, "damaged: the picture has not the size that the file says, %d x %d", width, height);
    for (int y = 0; y < height; y++) {
        (alpha ? kin_row_rgba : kin_row_rgb)(plane + (size_t)y * (size_t)stride, kin_upright_row(&r->upright), (size_t)width);
        kin_upright_next(&r->upright);
    }
    return KIN_OK;
}

static kin_status decode(kin_context *ctx, const uint8_t *bytes, size_t size, int shrink, kin_image **out)
{
    (void)shrink;
    KIN_TRY(kin_library_load(ctx, &libheif_library));
    reader r = {.ctx = ctx, .size = size};
    if (kin_cancelled(ctx)) return kin_fail(ctx, KIN_E_CANCELLED, "interrupted");
    kin_status status = read_picture(&r, bytes);
    if (r.picture) libheif.heif_image_release(r.picture);
    if (r.handle) libheif.heif_image_handle_release(r.handle);
    if (r.options) libheif.heif_decoding_options_free(r.options);
    if (r.file) libheif.heif_context_free(r.file);
    kin_upright_end(&r.upright, status == KIN_OK, out);
    return status;
}
#else
#define decode NULL
#endif

const kin_codec kin_codec_avif = {"AVIF", "avif", {{"ftypavif", 4, 8}, {"ftypavis", 4, 8}}, decode, NULL};

/* mif1, msf1: any coding; phones write heic, cameras of more than 8 bits heix. */
const kin_codec kin_codec_heic = {"HEIC",
                                  "heic heif hif",
                                  {{"ftypheic", 4, 8}, {"ftypheix", 4, 8}, {"ftypheim", 4, 8}, {"ftypheis", 4, 8},
                                   {"ftyphevc", 4, 8}, {"ftyphevx", 4, 8}, {"ftypmif1", 4, 8}, {"ftypmsf1", 4, 8}},
                                  decode,
                                  NULL};
