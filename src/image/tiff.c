/* SPDX-License-Identifier: Apache-2.0
 *
 * TIFF by libtiff: the first page, whatever its colours, bits, compression, strips or tiles; transparency on white. Nothing
 * that libtiff says reaches standard error, its handlers are the file's own (4.5.0 and later).
 */
#include <stdio.h>
#include <string.h>

#include "image/codec.h"
#include "os/library.h"

#ifdef KIN_HAVE_TIFF
#include <tiffio.h>

#define LIBTIFF(f) f(TIFFClientOpenExt) f(TIFFClose) f(TIFFGetField) f(TIFFGetFieldDefaulted)                  \
    f(TIFFGetStrileByteCount) f(TIFFGetStrileOffset) f(TIFFIsTiled) f(TIFFNumberOfStrips) f(TIFFNumberOfTiles) \
    f(TIFFOpenOptionsAlloc) f(TIFFOpenOptionsFree) f(TIFFOpenOptionsSetErrorHandlerExtR)                       \
    f(TIFFOpenOptionsSetMaxSingleMemAlloc) f(TIFFOpenOptionsSetWarningHandlerExtR) f(TIFFRGBAImageBegin)       \
    f(TIFFRGBAImageEnd) f(TIFFRGBAImageGet) f(TIFFRGBAImageOK)
KIN_LIBRARY(libtiff, KIN_TIFF_FILE, LIBTIFF)

/* Rows at a time; a strip that holds more is taken whole, as it must be decoded whole. */
enum { BAND_ROWS = 64 };

typedef struct {
    kin_context   *ctx;
    TIFF          *tiff;
    const uint8_t *bytes;
    uint64_t       size, at;
    char           said[200]; /* the first error */
    uint32_t      *band;      /* rows of pixels, ABGR in a number */
    kin_upright    upright;
} reader;

/* --- the file: bytes in memory --- */

static tmsize_t on_read(thandle_t handle, void *to, tmsize_t n)
{
    reader  *r = handle;
    uint64_t left = r->at < r->size ? r->size - r->at : 0;
    if (n < 0) return 0;
    if ((uint64_t)n > left) n = (tmsize_t)left;
    if (n) memcpy(to, r->bytes + r->at, (size_t)n);
    r->at += (uint64_t)n;
    return n;
}

static tmsize_t on_write(thandle_t handle, void *from, tmsize_t n)
{
    (void)handle, (void)from, (void)n;
    return 0;
}

static toff_t on_seek(thandle_t handle, toff_t at, int whence)
{
    reader *r = handle;
    r->at = whence == SEEK_SET ? at : whence == SEEK_CUR ? r->at + at : r->size + at;
    return r->at;
}

static int on_close(thandle_t handle)
{
    (void)handle;
    return 0;
}

static toff_t on_size(thandle_t handle)
{
    return ((reader *)handle)->size;
}

/* The whole file is in memory. (Without this, Debian's 4.5.0 refuses sound files: it takes the size of its read buffer for
 * that of an uncompressed tile.) */
static int on_map(thandle_t handle, void **base, toff_t *size)
{
    reader *r = handle;
    *base = (void *)(uintptr_t)r->bytes; /* only read */
    *size = r->size;
    return 1;
}

static void on_unmap(thandle_t handle, void *base, toff_t size)
{
    (void)handle, (void)base, (void)size;
}

static int on_error(TIFF *tiff, void *user, const char *module, const char *format, va_list args)
{
    reader *r = user;
    (void)tiff, (void)module;
    if (!r->said[0]) vsnprintf(r->said, sizeof r->said, format, args);
    return 1; /* said; nobody else prints it */
}

static int on_warning(TIFF *tiff, void *user, const char *module, const char *format, va_list args)
{
    (void)tiff, (void)user, (void)module, (void)format, (void)args;
    return 1;
}

static kin_status refuse(const reader *r, kin_status status)
{
    char bytes[32];
    if (strstr(r->said, "IO error")) /* all bytes are in memory: there are no others */
        return kin_fail(r->ctx, KIN_E_FORMAT, "cut off after %s bytes", kin_thousands(r->size, bytes));
    return kin_fail(r->ctx, status, "%s%s", status == KIN_E_FORMAT ? "damaged TIFF: " : "a TIFF that cannot be read: ",
                    r->said[0] ? r->said : "no reason is known");
}

static uint64_t number(const reader *r, uint64_t at, int n)
{
    uint64_t value = 0;
    for (int i = 0; i < n; i++) value |= (uint64_t)r->bytes[at + (uint64_t)i] << 8 * (r->bytes[0] == 'M' ? n - 1 - i : i);
    return value;
}

/* Writers put the directory at the end: whether it is missing. */
static bool lacks_directory(const reader *r)
{
    if (r->size < 16) return true;
    bool     big = number(r, 2, 2) == 43;
    uint64_t at = big ? number(r, 8, 8) : number(r, 4, 4), count_bytes = big ? 8 : 2, entry = big ? 20 : 12;
    if (at >= r->size || r->size - at < count_bytes) return true;
    return number(r, at, (int)count_bytes) > (r->size - at - count_bytes) / entry;
}

/* Refuses a file whose strips or tiles lie behind its end. */
static kin_status check_whole(const reader *r)
{
    uint32_t count = libtiff.TIFFIsTiled(r->tiff) ? libtiff.TIFFNumberOfTiles(r->tiff) : libtiff.TIFFNumberOfStrips(r->tiff);
    uint64_t whole = 0;
    for (uint32_t i = 0; i < count; i++) {
        uint64_t at = libtiff.TIFFGetStrileOffset(r->tiff, i), n = libtiff.TIFFGetStrileByteCount(r->tiff, i);
        if (n > UINT64_MAX - at) return kin_fail(r->ctx, KIN_E_FORMAT, "damaged TIFF: strip %u lies nowhere", i);
        if (at + n > whole) whole = at + n;
    }
    return whole <= r->size ? KIN_OK : kin_fail_cut_off(r->ctx, r->size, whole);
}

static kin_status open_file(reader *r)
{
    TIFFOpenOptions *options = libtiff.TIFFOpenOptionsAlloc();
    if (!options) return kin_fail(r->ctx, KIN_E_MEMORY, "out of memory");
    uint64_t left = r->ctx->max_memory - (r->ctx->memory < r->ctx->max_memory ? r->ctx->memory : r->ctx->max_memory);
    libtiff.TIFFOpenOptionsSetMaxSingleMemAlloc(options, left < INT64_MAX ? (tmsize_t)left + 1 : INT64_MAX);
    libtiff.TIFFOpenOptionsSetErrorHandlerExtR(options, on_error, r);
    libtiff.TIFFOpenOptionsSetWarningHandlerExtR(options, on_warning, r);
    r->tiff = libtiff.TIFFClientOpenExt("", "r", r, on_read, on_write, on_seek, on_close, on_size, on_map, on_unmap, options);
    libtiff.TIFFOpenOptionsFree(options);
    if (r->tiff) return KIN_OK;
    char bytes[32];
    if (lacks_directory(r)) return kin_fail(r->ctx, KIN_E_FORMAT, "cut off after %s bytes", kin_thousands(r->size, bytes));
    return refuse(r, KIN_E_FORMAT);
}

/* --- the picture --- */

static kin_exif read_exif(const reader *r)
{
    kin_exif exif = kin_exif_read(r->bytes, (size_t)r->size);
    uint16_t orientation = 1; /* libtiff also reads it in files of 64-bit offsets */
    libtiff.TIFFGetFieldDefaulted(r->tiff, TIFFTAG_ORIENTATION, &orientation);
    exif.orientation = orientation >= 1 && orientation <= 8 ? orientation : 1;
    return exif;
}

/* Rows that are decoded together: those of a strip or of a row of tiles. */
static uint32_t rows_together(const reader *r, uint32_t height)
{
    uint32_t rows = 0;
    libtiff.TIFFGetFieldDefaulted(r->tiff, libtiff.TIFFIsTiled(r->tiff) ? TIFFTAG_TILELENGTH : TIFFTAG_ROWSPERSTRIP, &rows);
    if (rows < 1 || rows > height) rows = height;
    return rows >= BAND_ROWS ? rows : BAND_ROWS / rows * rows;
}

static kin_status read_bands(reader *r, TIFFRGBAImage *image, uint32_t rows)
{
    uint32_t width = image->width, height = image->height;
    image->req_orientation = image->orientation; /* as stored; upright.c turns */
    for (uint32_t y = 0; y < height; y += rows) {
        uint32_t n = height - y < rows ? height - y : rows;
        if (kin_cancelled(r->ctx)) return kin_fail(r->ctx, KIN_E_CANCELLED, "interrupted");
        image->row_offset = (int)y;
        image->col_offset = 0;
        if (!libtiff.TIFFRGBAImageGet(image, r->band, width, n)) return refuse(r, KIN_E_FORMAT);
        for (uint32_t k = 0; k < n; k++) {
            const uint32_t *in = r->band + (size_t)k * width;
            uint8_t        *to = kin_upright_row(&r->upright);
            for (uint32_t x = 0; x < width; x++, to += 3) {
                /* libtiff multiplies colours with their alpha: what is missing to 255 is the white behind */
                uint32_t p = in[x], white = 255 - TIFFGetA(p);
                uint32_t c[3] = {TIFFGetR(p) + white, TIFFGetG(p) + white, TIFFGetB(p) + white};
                for (int i = 0; i < 3; i++) to[i] = (uint8_t)(c[i] < 255 ? c[i] : 255);
            }
            kin_upright_next(&r->upright);
        }
    }
    return KIN_OK;
}

static kin_status read_page(reader *r)
{
    uint32_t width = 0, height = 0, kind = 0, rows;
    uint16_t bits = 1, samples = 1;
    if (kin_cancelled(r->ctx)) return kin_fail(r->ctx, KIN_E_CANCELLED, "interrupted");
    KIN_TRY(open_file(r));
    libtiff.TIFFGetField(r->tiff, TIFFTAG_IMAGEWIDTH, &width);
    libtiff.TIFFGetField(r->tiff, TIFFTAG_IMAGELENGTH, &height);
    libtiff.TIFFGetFieldDefaulted(r->tiff, TIFFTAG_SUBFILETYPE, &kind);
    libtiff.TIFFGetFieldDefaulted(r->tiff, TIFFTAG_BITSPERSAMPLE, &bits);
    libtiff.TIFFGetFieldDefaulted(r->tiff, TIFFTAG_SAMPLESPERPIXEL, &samples);
    KIN_TRY(kin_pixels_check_size(r->ctx, width, height));
    if (kind & FILETYPE_REDUCEDIMAGE)
        return kin_fail(r->ctx, KIN_E_UNSUPPORTED, "a camera's raw file: its first picture is only a preview");
    KIN_TRY(check_whole(r));
    rows = rows_together(r, height);
    /* libtiff's own: a strip as it is stored (at least the raw data) and unpacked */
    KIN_TRY(kin_afford(r->ctx, (uint64_t)rows * width * ((uint64_t)bits * samples / 8 + 1), width, height));
    TIFFRGBAImage image;
    char          why[1024] = "";
    if (!libtiff.TIFFRGBAImageOK(r->tiff, why) || !libtiff.TIFFRGBAImageBegin(&image, r->tiff, 1, why)) {
        snprintf(r->said, sizeof r->said, "%.*s", (int)sizeof r->said - 1, why);
        return refuse(r, KIN_E_UNSUPPORTED);
    }
    kin_exif   exif = read_exif(r);
    kin_status status = kin_upright_start(&r->upright, r->ctx, (int)width, (int)height, &exif);
    if (status == KIN_OK) status = kin_alloc(r->ctx, (size_t)rows * width * sizeof *r->band, &r->band);
    if (status == KIN_OK) status = read_bands(r, &image, rows);
    libtiff.TIFFRGBAImageEnd(&image);
    return status;
}

static kin_status decode(kin_context *ctx, const uint8_t *bytes, size_t size, int shrink, kin_image **out)
{
    (void)shrink;
    KIN_TRY(kin_library_load(ctx, &libtiff_library));
    reader     r = {.ctx = ctx, .bytes = bytes, .size = size};
    kin_status status = read_page(&r);
    if (r.tiff) libtiff.TIFFClose(r.tiff);
    kin_release(ctx, r.band);
    kin_upright_end(&r.upright, status == KIN_OK, out);
    return status;
}
#else
#define decode NULL
#endif

/* 42: the classic form, 43: that of 64-bit offsets. */
const kin_codec kin_codec_tiff = {
    "TIFF", "tif tiff", {{"II*\0", 0, 4}, {"MM\0*", 0, 4}, {"II+\0", 0, 4}, {"MM\0+", 0, 4}}, decode, NULL};
