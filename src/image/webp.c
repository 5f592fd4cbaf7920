/* SPDX-License-Identifier: Apache-2.0
 *
 * WebP by libwebp: lossy, lossless, with alpha (on white); of an animation the first frame. The container's EXIF chunk
 * turns the picture.
 */
#include <string.h>

#include "image/codec.h"
#include "os/library.h"

#ifdef KIN_HAVE_WEBP
#include <webp/decode.h>
#include <webp/demux.h>

/* libwebpdemux brings libwebp along. The header's short forms of ...Internal would link them. */
#define LIBWEBP(f) f(WebPDecode) f(WebPDemuxDelete) f(WebPDemuxGetChunk) f(WebPDemuxGetFrame) f(WebPDemuxGetI)   \
    f(WebPDemuxInternal) f(WebPDemuxReleaseChunkIterator) f(WebPDemuxReleaseIterator) f(WebPGetFeaturesInternal) \
    f(WebPInitDecoderConfigInternal)
KIN_LIBRARY(libwebp, KIN_WEBP_FILE, LIBWEBP)

typedef struct {
    kin_context  *ctx;
    WebPDemuxer  *demuxer;
    WebPIterator  frame;
    int           width, height; /* of the canvas */
    uint8_t      *pixels;        /* of the frame; NULL when it is decoded in place */
    kin_upright   upright;
    bool          done;
} reader;

static uint64_t little_endian(const uint8_t *p)
{
    return (uint64_t)p[0] | (uint64_t)p[1] << 8 | (uint64_t)p[2] << 16 | (uint64_t)p[3] << 24;
}

static kin_exif read_exif(const reader *r)
{
    static const char head[6] = "Exif\0"; /* JPEG's; some writers leave it in */
    kin_exif          exif = {.orientation = 1};
    WebPChunkIterator chunk;
    if (!libwebp.WebPDemuxGetChunk(r->demuxer, "EXIF", 1, &chunk)) return exif;
    size_t skip = chunk.chunk.size > sizeof head && memcmp(chunk.chunk.bytes, head, sizeof head) == 0 ? sizeof head : 0;
    exif = kin_exif_read(chunk.chunk.bytes + skip, chunk.chunk.size - skip);
    libwebp.WebPDemuxReleaseChunkIterator(&chunk);
    return exif;
}

/* The first frame's pixels, `stride` bytes a row. */
static kin_status decode_frame(reader *r, bool alpha, uint8_t *pixels, size_t stride)
{
    WebPDecoderConfig config;
    if (!libwebp.WebPInitDecoderConfigInternal(&config, WEBP_DECODER_ABI_VERSION)) return kin_fail(r->ctx, KIN_E_UNSUPPORTED, "another libwebp than kin was built with");
    config.output.colorspace = alpha ? MODE_RGBA : MODE_RGB;
    config.output.is_external_memory = 1;
    config.output.u.RGBA.rgba = pixels;
    config.output.u.RGBA.stride = (int)stride;
    config.output.u.RGBA.size = stride * (size_t)r->frame.height;
    switch (libwebp.WebPDecode(r->frame.fragment.bytes, r->frame.fragment.size, &config)) {
    case VP8_STATUS_OK:
        return KIN_OK;
    case VP8_STATUS_OUT_OF_MEMORY:
        return kin_fail(r->ctx, KIN_E_MEMORY, "out of memory");
    case VP8_STATUS_NOT_ENOUGH_DATA:
    case VP8_STATUS_SUSPENDED:
        return kin_fail(r->ctx, KIN_E_FORMAT, "damaged WebP: the picture's data ends too early");
    default:
        return kin_fail(r->ctx, KIN_E_FORMAT, "damaged WebP");
    }
}

/* The canvas is white where the frame is not. */
static void put_rows(reader *r, bool alpha, size_t stride)
{
    const WebPIterator *frame = &r->frame;
    for (int y = 0; y < r->height; y++) {
        uint8_t *row = kin_upright_row(&r->upright);
        int      at = y - frame->y_offset;
        if (at < 0 || at >= frame->height || frame->width < r->width) memset(row, 255, (size_t)r->width * 3);
        if (at >= 0 && at < frame->height)
            (alpha ? kin_row_rgba : kin_row_rgb)(r->pixels + (size_t)at * stride, row + (size_t)frame->x_offset * 3,
                                                 (size_t)frame->width);
        kin_upright_next(&r->upright);
    }
}

static kin_status read_frame(reader *r)
{
    r->width = (int)libwebp.WebPDemuxGetI(r->demuxer, WEBP_FF_CANVAS_WIDTH);
    r->height = (int)libwebp.WebPDemuxGetI(r->demuxer, WEBP_FF_CANVAS_HEIGHT);
    KIN_TRY(kin_pixels_check_size(r->ctx, r->width, r->height));
    if (!libwebp.WebPDemuxGetFrame(r->demuxer, 1, &r->frame)) return kin_fail(r->ctx, KIN_E_FORMAT, "damaged WebP: no picture in it");
    WebPBitstreamFeatures features;
    if (libwebp.WebPGetFeaturesInternal(r->frame.fragment.bytes, r->frame.fragment.size, &features, WEBP_DECODER_ABI_VERSION) != VP8_STATUS_OK ||
        features.width != r->frame.width || features.height != r->frame.height || r->frame.x_offset < 0 ||
        r->frame.y_offset < 0 || r->frame.width > r->width - r->frame.x_offset ||
        r->frame.height > r->height - r->frame.y_offset)
        return kin_fail(r->ctx, KIN_E_FORMAT, "damaged WebP: the picture's sizes do not agree");
    bool   alpha = features.has_alpha;
    size_t stride = (size_t)r->frame.width * (alpha ? 4 : 3);
    /* libwebp's own: a lossless picture whole, the transparency of a lossy one */
    uint64_t area = (uint64_t)r->frame.width * (uint64_t)r->frame.height;
    kin_exif exif = read_exif(r);
    KIN_TRY(kin_upright_start(&r->upright, r->ctx, r->width, r->height, &exif));
    KIN_TRY(kin_afford(r->ctx, features.format == 1 ? (alpha ? 2 * area : 0) : 4 * area, r->width, r->height));
    if (!alpha && exif.orientation == 1 && r->frame.width == r->width && r->frame.height == r->height)
        return decode_frame(r, alpha, kin_pixels_row(r->upright.image, 0), r->upright.image->stride);
    KIN_TRY(kin_alloc(r->ctx, stride * (size_t)r->frame.height, &r->pixels));
    KIN_TRY(decode_frame(r, alpha, r->pixels, stride));
    put_rows(r, alpha, stride);
    return KIN_OK;
}

static kin_status decode(kin_context *ctx, const uint8_t *bytes, size_t size, int shrink, kin_image **out)
{
    (void)shrink;
    KIN_TRY(kin_library_load(ctx, &libwebp_library));
    reader   r = {.ctx = ctx};
    uint64_t whole = size < 8 ? 12 : little_endian(bytes + 4) + 8;
    if (whole > size) return kin_fail_cut_off(ctx, size, whole);
    if (kin_cancelled(ctx)) return kin_fail(ctx, KIN_E_CANCELLED, "interrupted");
    WebPData data = {bytes, size};
    r.demuxer = libwebp.WebPDemuxInternal(&data, 0, NULL, WEBP_DEMUX_ABI_VERSION);
    kin_status status = r.demuxer ? read_frame(&r) : kin_fail(ctx, KIN_E_FORMAT, "damaged WebP: its parts do not fit together");
    libwebp.WebPDemuxReleaseIterator(&r.frame);
    libwebp.WebPDemuxDelete(r.demuxer);
    kin_release(ctx, r.pixels);
    kin_upright_end(&r.upright, status == KIN_OK, out);
    return status;
}
#else
#define decode NULL
#endif

const kin_codec kin_codec_webp = {"WebP", "webp", {{"WEBP", 8, 4}}, decode, NULL};
