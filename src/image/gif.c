/* SPDX-License-Identifier: Apache-2.0
 *
 * GIF by giflib: the first frame on its canvas, interlaced or not; what is transparent or outside the frame is white.
 */
#include <string.h>

#include "image/codec.h"
#include "os/library.h"

#ifdef KIN_HAVE_GIF
#include <gif_lib.h>

#define GIFLIB(f) f(DGifCloseFile) f(DGifExtensionToGCB) f(DGifGetExtension) f(DGifGetExtensionNext) \
    f(DGifGetImageDesc) f(DGifGetLine) f(DGifGetRecordType) f(DGifOpen) f(GifErrorString)
KIN_LIBRARY(giflib, KIN_GIF_FILE, GIFLIB)

typedef struct {
    kin_context   *ctx;
    GifFileType   *gif;
    const uint8_t *bytes;
    size_t         size, at;
    bool           at_end;      /* giflib wanted more than there is */
    int            transparent; /* a number of the palette, -1: none */
    uint8_t       *numbers;     /* of a row, or of the whole frame when it is interlaced */
    kin_upright    upright;
} reader;

static int on_read(GifFileType *gif, GifByteType *to, int n)
{
    reader *r = gif->UserData;
    if ((size_t)n > r->size - r->at) {
        r->at_end = true;
        return 0;
    }
    memcpy(to, r->bytes + r->at, (size_t)n);
    r->at += (size_t)n;
    return n;
}

/* What giflib did not like. */
static kin_status refuse(const reader *r, int code)
{
    char        bytes[32], text[KIN_CUT_OFF_TEXT];
    const char *why = giflib.GifErrorString(code);
    if (code == D_GIF_ERR_NOT_ENOUGH_MEM) return kin_fail(r->ctx, KIN_E_MEMORY, "out of memory");
    if (r->at_end && !r->upright.ctx)
        return kin_fail(r->ctx, KIN_E_FORMAT, "cut off after %s bytes, before the picture", kin_thousands(r->size, bytes));
    if (r->at_end)
        return kin_fail(r->ctx, KIN_E_FORMAT, "%s",
                        kin_cut_off(r->size, (uint64_t)r->upright.y, (uint64_t)r->upright.height, text));
    return kin_fail(r->ctx, KIN_E_FORMAT, "damaged GIF%s%s", why ? ": " : "", why ? why : "");
}

/* An extension; a graphics control block names the transparent colour. */
static kin_status pass_extension(reader *r)
{
    int                  function;
    GifByteType         *block;
    GraphicsControlBlock control;
    if (giflib.DGifGetExtension(r->gif, &function, &block) != GIF_OK) return refuse(r, r->gif->Error);
    if (function == GRAPHICS_EXT_FUNC_CODE && block && giflib.DGifExtensionToGCB(block[0], block + 1, &control) == GIF_OK)
        r->transparent = control.TransparentColor;
    while (block)
        if (giflib.DGifGetExtensionNext(r->gif, &block) != GIF_OK) return refuse(r, r->gif->Error);
    return KIN_OK;
}

/* Goes on to the first frame. */
static kin_status find_frame(reader *r)
{
    for (;;) {
        GifRecordType type;
        if (kin_cancelled(r->ctx)) return kin_fail(r->ctx, KIN_E_CANCELLED, "interrupted");
        if (giflib.DGifGetRecordType(r->gif, &type) != GIF_OK) return refuse(r, r->gif->Error);
        switch (type) {
        case EXTENSION_RECORD_TYPE:
            KIN_TRY(pass_extension(r));
            break;
        case IMAGE_DESC_RECORD_TYPE:
            return KIN_OK;
        default:
            return kin_fail(r->ctx, KIN_E_FORMAT, "damaged GIF: no picture in it");
        }
    }
}

static void put_row(reader *r, const uint8_t *number, const ColorMapObject *colours)
{
    const GifImageDesc *frame = &r->gif->Image;
    uint8_t            *row = kin_upright_row(&r->upright);
    memset(row, 255, (size_t)r->upright.width * 3);
    for (int x = 0; number && x < frame->Width; x++) {
        uint8_t *to = row + (size_t)(frame->Left + x) * 3;
        if (number[x] == r->transparent) continue;
        const GifColorType *colour = number[x] < colours->ColorCount ? &colours->Colors[number[x]] : &(GifColorType){0};
        to[0] = colour->Red;
        to[1] = colour->Green;
        to[2] = colour->Blue;
    }
    kin_upright_next(&r->upright);
}

/* Rows of an interlaced frame come as every 8th, the 8ths between, the 4ths, the 2nds between. */
static kin_status read_interlaced(reader *r)
{
    static const int    first[4] = {0, 4, 2, 1}, step[4] = {8, 8, 4, 2};
    const GifImageDesc *frame = &r->gif->Image;
    for (int pass = 0; pass < 4; pass++)
        for (int y = first[pass]; y < frame->Height; y += step[pass])
            if (giflib.DGifGetLine(r->gif, r->numbers + (size_t)y * (size_t)frame->Width, frame->Width) != GIF_OK)
                return refuse(r, r->gif->Error);
    return KIN_OK;
}

static kin_status read_frame(reader *r)
{
    KIN_TRY(find_frame(r));
    if (giflib.DGifGetImageDesc(r->gif) != GIF_OK) return refuse(r, r->gif->Error);
    const GifImageDesc   *frame = &r->gif->Image;
    const ColorMapObject *colours = frame->ColorMap ? frame->ColorMap : r->gif->SColorMap;
    int                   width = r->gif->SWidth, height = r->gif->SHeight;
    if (!colours) return kin_fail(r->ctx, KIN_E_FORMAT, "damaged GIF: no palette");
    if (frame->Width < 1 || frame->Height < 1 || frame->Left < 0 || frame->Top < 0)
        return kin_fail(r->ctx, KIN_E_FORMAT, "damaged GIF: a frame of %d x %d pixels", frame->Width, frame->Height);
    /* as browsers do with frames that reach over the canvas */
    if (width < frame->Left + frame->Width) width = frame->Left + frame->Width;
    if (height < frame->Top + frame->Height) height = frame->Top + frame->Height;
    KIN_TRY(kin_pixels_check_size(r->ctx, width, height));
    KIN_TRY(kin_upright_start(&r->upright, r->ctx, width, height, &(kin_exif){.orientation = 1}));
    size_t row = (size_t)frame->Width;
    KIN_TRY(kin_alloc(r->ctx, row * (frame->Interlace ? (size_t)frame->Height : 1), &r->numbers));
    if (frame->Interlace) KIN_TRY(read_interlaced(r));
    for (int y = 0; y < height; y++) {
        int  at = y - frame->Top;
        bool inside = at >= 0 && at < frame->Height;
        if (kin_cancelled(r->ctx)) return kin_fail(r->ctx, KIN_E_CANCELLED, "interrupted");
        if (inside && !frame->Interlace && giflib.DGifGetLine(r->gif, r->numbers, frame->Width) != GIF_OK)
            return refuse(r, r->gif->Error);
        put_row(r, !inside ? NULL : r->numbers + (frame->Interlace ? (size_t)at * row : 0), colours);
    }
    return KIN_OK;
}

static kin_status decode(kin_context *ctx, const uint8_t *bytes, size_t size, int shrink, kin_image **out)
{
    (void)shrink;
    KIN_TRY(kin_library_load(ctx, &giflib_library));
    int    code = 0;
    reader r = {.ctx = ctx, .bytes = bytes, .size = size, .transparent = NO_TRANSPARENT_COLOR};
    r.gif = giflib.DGifOpen(&r, on_read, &code);
    kin_status status = r.gif ? read_frame(&r) : refuse(&r, code);
    if (r.gif) giflib.DGifCloseFile(r.gif, &code);
    kin_release(ctx, r.numbers);
    kin_upright_end(&r.upright, status == KIN_OK, out);
    return status;
}
#else
#define decode NULL
#endif

const kin_codec kin_codec_gif = {"GIF", "gif", {{"GIF87a", 0, 6}, {"GIF89a", 0, 6}}, decode, NULL};
