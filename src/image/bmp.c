/* SPDX-License-Identifier: Apache-2.0
 *
 * BMP, read by ourselves: Windows' headers of 40 to 124 bytes and OS/2's of 12; 1 to 32 bits, palettes, bit fields, run
 * lengths. (Microsoft, "Bitmap Storage": BITMAPFILEHEADER, BITMAPINFOHEADER, BITMAPV5HEADER, "Bitmap Compression".)
 */
#include <stdlib.h>
#include <string.h>

#include "image/codec.h"

enum { FILE_HEADER = 14, OS2_HEADER = 12, INFO_HEADER = 40, V2_HEADER = 52, V5_HEADER = 124 };
enum { PLAIN = 0, RUNS_8 = 1, RUNS_4 = 2, FIELDS = 3, ALPHA_FIELDS = 6 }; /* biCompression */

/* Where a channel lies in a pixel of 16 or 32 bits. */
typedef struct {
    uint32_t mask;
    int      shift;
    uint32_t most; /* its greatest value; 0: there is no such channel */
} field;

typedef struct {
    kin_context   *ctx;
    const uint8_t *bytes;
    size_t         size;
    int64_t        width, height;
    bool           from_top; /* else, as most, the last row comes first */
    unsigned       bits, compression;
    size_t         header, pixels, stride; /* where pixels begin; bytes of a row */
    uint8_t        palette[256][3];
    field          channel[4]; /* red, green, blue, alpha */
    uint8_t       *numbers;    /* of run lengths, unpacked: a byte a pixel, rows as in the file */
} reader;

static uint32_t number(const reader *r, size_t at, int n)
{
    uint32_t value = 0;
    for (int i = 0; i < n; i++) value |= at + (size_t)i < r->size ? (uint32_t)r->bytes[at + (size_t)i] << 8 * i : 0;
    return value;
}

static field field_of(uint32_t mask)
{
    field f = {mask, 0, mask};
    while (f.most && !(f.most & 1)) f.most >>= 1, f.shift++;
    return f;
}

static uint8_t value_of(const field *f, uint32_t pixel)
{
    return f->most ? (uint8_t)(((uint64_t)((pixel & f->mask) >> f->shift) * 255 + f->most / 2) / f->most) : 0;
}

/* --- headers --- */

static kin_status read_sizes(reader *r)
{
    r->pixels = number(r, 10, 4);
    r->header = number(r, 14, 4);
    if (r->size < FILE_HEADER + 4 || (r->header <= V5_HEADER && r->size < FILE_HEADER + r->header))
        return kin_fail(r->ctx, KIN_E_FORMAT, "cut off after %zu bytes, inside the header", r->size);
    if (r->header != OS2_HEADER && (r->header < INFO_HEADER || r->header > V5_HEADER))
        return kin_fail(r->ctx, KIN_E_FORMAT, "damaged BMP: a header of %zu bytes, expected 12 or 40 to 124", r->header);
    bool old = r->header == OS2_HEADER;
    r->width = old ? (int32_t)number(r, 18, 2) : (int32_t)number(r, 18, 4);
    r->height = old ? (int32_t)number(r, 20, 2) : (int32_t)number(r, 22, 4);
    r->bits = number(r, old ? 24 : 28, 2);
    r->compression = old ? PLAIN : number(r, 30, 4);
    r->from_top = r->height < 0;
    if (r->from_top) r->height = -r->height;
    return kin_pixels_check_size(r->ctx, r->width, r->height);
}

/* Whether bits and compression go together. */
static kin_status check_form(const reader *r)
{
    static const struct {
        unsigned compression, bits;
    } forms[] = {{PLAIN, 1}, {PLAIN, 2},  {PLAIN, 4},   {PLAIN, 8},   {PLAIN, 16},        {PLAIN, 24},       {PLAIN, 32},
                 {RUNS_8, 8}, {RUNS_4, 4}, {FIELDS, 16}, {FIELDS, 32}, {ALPHA_FIELDS, 16}, {ALPHA_FIELDS, 32}};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (forms[i].compression == r->compression && forms[i].bits == r->bits) return KIN_OK;
    return kin_fail(r->ctx, KIN_E_UNSUPPORTED, "a BMP of %u bits with compression %u", r->bits, r->compression);
}

/* Returns the bytes that masks take behind the header. */
static size_t read_fields(reader *r)
{
    size_t at = FILE_HEADER + INFO_HEADER, behind = 0;
    uint32_t mask[4] = {0x7C00, 0x03E0, 0x001F, 0}; /* of 16 bits without masks */
    if (r->compression == FIELDS || r->compression == ALPHA_FIELDS) {
        int count = r->compression == ALPHA_FIELDS || r->header > V2_HEADER ? 4 : 3;
        for (int i = 0; i < count; i++) mask[i] = number(r, at + 4 * (size_t)i, 4);
        if (r->header == INFO_HEADER) behind = 4 * (size_t)count;
    } else if (r->bits == 32) {
        for (int i = 0; i < 3; i++) mask[i] = (uint32_t)0xFF0000 >> 8 * i;
    }
    for (int i = 0; i < 4; i++) r->channel[i] = field_of(mask[i]);
    return behind;
}

static void read_palette(reader *r, size_t at)
{
    size_t   entry = r->header == OS2_HEADER ? 3 : 4;
    uint32_t count = r->header == OS2_HEADER ? 0 : number(r, 46, 4), most = r->bits > 8 ? 0 : 1u << r->bits;
    if (count == 0 || count > most) count = most;
    for (uint32_t i = 0; i < count && at + (i + 1) * entry <= r->pixels; i++)
        for (size_t c = 0; c < 3; c++) r->palette[i][c] = (uint8_t)number(r, at + i * entry + 2 - c, 1);
}

static kin_status read_headers(reader *r)
{
    KIN_TRY(read_sizes(r));
    KIN_TRY(check_form(r));
    size_t behind = read_fields(r), whole;
    if (r->pixels < FILE_HEADER + r->header)
        return kin_fail(r->ctx, KIN_E_FORMAT, "damaged BMP: its pixels begin at byte %zu, inside the header", r->pixels);
    read_palette(r, FILE_HEADER + r->header + behind);
    r->stride = ((size_t)r->width * r->bits + 31) / 32 * 4;
    if (r->compression == RUNS_8 || r->compression == RUNS_4)
        return r->pixels < r->size ? KIN_OK : kin_fail(r->ctx, KIN_E_FORMAT, "cut off after %zu bytes, before the picture", r->size);
    if (!kin_mul_size(r->stride, (size_t)r->height, &whole) || !kin_add_size(whole, r->pixels, &whole))
        return kin_fail(r->ctx, KIN_E_LIMIT, "more pixels than memory can hold");
    return whole <= r->size ? KIN_OK : kin_fail_cut_off(r->ctx, r->size, whole);
}

/* --- run lengths --- */

/* `count` numbers of pixels from `at` (packed: two a byte in RUNS_4) or, as a run, of the same byte, at x, y. */
static kin_status put_run(reader *r, size_t at, bool run, size_t count, int64_t *x, int64_t y)
{
    if (y >= r->height || *x + (int64_t)count > r->width)
        return kin_fail(r->ctx, KIN_E_FORMAT, "damaged BMP: a run of pixels leaves the picture, at row %lld", (long long)y);
    uint8_t *to = r->numbers + y * r->width + *x;
    for (size_t i = 0; i < count; i++) {
        if (r->compression == RUNS_8)
            to[i] = r->bytes[run ? at : at + i];
        else
            to[i] = r->bytes[run ? at : at + i / 2] >> (i % 2 ? 0 : 4) & 15;
    }
    *x += (int64_t)count;
    return KIN_OK;
}

/* A count and a byte; or 0 and: 0 next row, 1 end, 2 a step right and down, else so many pixels, padded to two bytes. */
static kin_status unpack_runs(reader *r)
{
    int64_t x = 0, y = 0;
    size_t  at = r->pixels;
    KIN_TRY(kin_alloc_zero(r->ctx, (size_t)(r->width * r->height), 1, &r->numbers));
    for (;;) {
        if (r->size - at < 2) break;
        size_t count = r->bytes[at], what = r->bytes[at + 1], packed;
        at += 2;
        if (count > 0) {
            KIN_TRY(put_run(r, at - 1, true, count, &x, y));
            continue;
        }
        if (what == 1) return KIN_OK;
        switch (what) {
        case 0:
            x = 0;
            y++;
            break;
        case 2:
            if (r->size - at < 2) goto cut_off;
            x += r->bytes[at];
            y += r->bytes[at + 1];
            at += 2;
            break;
        default:
            packed = r->compression == RUNS_8 ? what : (what + 1) / 2;
            if (r->size - at < packed) goto cut_off;
            KIN_TRY(put_run(r, at, false, what, &x, y));
            at += packed + packed % 2 < r->size - at ? packed + packed % 2 : r->size - at;
        }
    }
    if (y >= r->height - 1 && x >= r->width) return KIN_OK; /* the end mark alone is missing */
cut_off:;
    char text[KIN_CUT_OFF_TEXT];
    return kin_fail(r->ctx, KIN_E_FORMAT, "%s", kin_cut_off(r->size, (uint64_t)y, (uint64_t)r->height, text));
}

/* --- rows --- */

static const uint8_t *stored_row(const reader *r, int64_t y)
{
    return r->bytes + r->pixels + (size_t)(r->from_top ? y : r->height - 1 - y) * r->stride;
}

static void row_of_numbers(const reader *r, int64_t y, uint8_t *out)
{
    const uint8_t *in = r->numbers ? r->numbers + (r->height - 1 - y) * r->width : stored_row(r, y);
    unsigned       bits = r->numbers ? 8 : r->bits, mask = (1u << bits) - 1;
    for (size_t x = 0; x < (size_t)r->width; x++, out += 3) {
        size_t bit = x * bits;
        memcpy(out, r->palette[in[bit / 8] >> (8 - bits - bit % 8) & mask], 3);
    }
}

static uint32_t pixel_at(const reader *r, const uint8_t *row, size_t x)
{
    const uint8_t *p = row + x * r->bits / 8;
    return r->bits == 16 ? (uint32_t)p[0] | (uint32_t)p[1] << 8
                         : (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static void row_of_fields(const reader *r, int64_t y, uint8_t *out)
{
    const uint8_t *in = stored_row(r, y);
    uint8_t        rgba[4] = {0, 0, 0, 255};
    for (size_t x = 0; x < (size_t)r->width; x++, out += 3) {
        uint32_t pixel = pixel_at(r, in, x);
        for (int c = 0; c < (r->channel[3].most ? 4 : 3); c++) rgba[c] = value_of(&r->channel[c], pixel);
        kin_row_rgba(rgba, out, 1);
    }
}

/* Programs that know no transparency leave its bits 0 everywhere: then there is none. */
static bool has_alpha(const reader *r)
{
    for (int64_t y = 0; r->channel[3].most && r->bits >= 16 && y < r->height; y++)
        for (size_t x = 0; x < (size_t)r->width; x++)
            if (pixel_at(r, stored_row(r, y), x) & r->channel[3].mask) return true;
    return false;
}

static kin_status read_rows(reader *r, kin_upright *upright)
{
    KIN_TRY(read_headers(r));
    if (r->compression == RUNS_8 || r->compression == RUNS_4) KIN_TRY(unpack_runs(r));
    if (r->bits == 24 || !has_alpha(r)) r->channel[3] = (field){0};
    KIN_TRY(kin_upright_start(upright, r->ctx, (int)r->width, (int)r->height, &(kin_exif){.orientation = 1}));
    for (int64_t y = 0; y < r->height; y++) {
        uint8_t *row = kin_upright_row(upright);
        if (kin_cancelled(r->ctx)) return kin_fail(r->ctx, KIN_E_CANCELLED, "interrupted");
        if (r->bits <= 8)
            row_of_numbers(r, y, row);
        else if (r->bits == 24)
            kin_row_bgr(stored_row(r, y), row, (size_t)r->width);
        else
            row_of_fields(r, y, row);
        kin_upright_next(upright);
    }
    return KIN_OK;
}

static kin_status decode(kin_context *ctx, const uint8_t *bytes, size_t size, int shrink, kin_image **out)
{
    (void)shrink;
    reader      r = {.ctx = ctx, .bytes = bytes, .size = size};
    kin_upright upright = {0};
    kin_status  status = read_rows(&r, &upright);
    kin_release(ctx, r.numbers);
    kin_upright_end(&upright, status == KIN_OK, out);
    return status;
}

const kin_codec kin_codec_bmp = {"BMP", "bmp dib", {{"BM", 0, 2}}, decode, NULL};
