/* SPDX-License-Identifier: Apache-2.0
 *
 * Separable resize, one row of the output at a time: rows of the input are mixed first (long runs of bytes, which the
 * compiler turns into vector code), then the places of that one row, which is still in the cache. Both mixes round to
 * bytes.
 */
#include <string.h>

#include "pixels/axis.h"

enum { BLOCK = 512 };  /* bytes of a row that are mixed at a time: sums stay in the first cache */
enum { BAND_ROWS = 8 }; /* rows of a piece of work */
enum { SLACK = 16 };    /* bytes behind a mixed row that may be read */

typedef struct {
    const kin_image *in;
    kin_image       *out;
    kin_axis         across, down;
    int              first, count; /* places of a row of the input that count at all */
    uint8_t         *scratch;      /* one mixed row a worker */
    size_t           scratch_bytes;
} job;

static inline uint8_t to_byte(int32_t sum)
{
    int32_t v = (sum + (KIN_AXIS_ONE >> 1)) >> KIN_AXIS_BITS;
    return (uint8_t)(v < 0 ? 0 : v > 255 ? 255 : v);
}

/* sum[i] += w0 * a[i] + w1 * b[i] */
static void add_two(const uint8_t *restrict a, const uint8_t *restrict b, int16_t w0, int16_t w1,
                    int32_t *restrict sum, size_t n)
{
    for (size_t i = 0; i < n; i++) sum[i] += (int16_t)a[i] * w0 + (int16_t)b[i] * w1;
}

/* Mixes `count` rows of n bytes, `stride` apart, with `weight`. */
static void mix_rows(const uint8_t *in, size_t stride, const int16_t *weight, int count, uint8_t *out, size_t n)
{
    if (weight[0] == KIN_AXIS_ONE && count == 1) {
        memcpy(out, in, n);
        return;
    }
    for (size_t at = 0; at < n; at += BLOCK) {
        int32_t        sum[BLOCK] = {0};
        size_t         m = n - at < BLOCK ? n - at : BLOCK;
        const uint8_t *row = in + at;
        for (int k = 0; k < count; k += 2, row += 2 * stride) {
            bool pair = k + 1 < count;
            add_two(row, pair ? row + stride : row, weight[k], pair ? weight[k + 1] : 0, sum, m);
        }
        for (size_t i = 0; i < m; i++) out[at + i] = to_byte(sum[i]);
    }
}

/* Four lanes: R, G, B and the next pixel's R, which is dropped. */
typedef int32_t lanes __attribute__((vector_size(16)));
typedef uint8_t bytes4 __attribute__((vector_size(4)));

/* Mixes the places of a row; `first` is the place that in[0] belongs to. Reads up to one byte behind a pixel. */
static void mix_places(const uint8_t *in, int first, const kin_axis *axis, uint8_t *out, int n)
{
    for (int x = 0; x < n; x++, out += 3) {
        const int16_t *weight = axis->weight + (size_t)x * (size_t)axis->taps;
        const uint8_t *pixel = in + (size_t)(axis->start[x] - first) * 3;
        lanes          sum = {KIN_AXIS_ONE >> 1, KIN_AXIS_ONE >> 1, KIN_AXIS_ONE >> 1, 0};
        for (int k = 0; k < axis->count[x]; k++, pixel += 3) {
            bytes4 p;
            memcpy(&p, pixel, sizeof p);
            sum += __builtin_convertvector(p, lanes) * (int32_t)weight[k];
        }
        sum >>= KIN_AXIS_BITS; /* weights are not negative and sum to one: 0..255 */
        for (int c = 0; c < 3; c++) out[c] = (uint8_t)sum[c];
    }
}

static void resize_band(void *arg, size_t index, size_t worker)
{
    job     *j = arg;
    uint8_t *mixed = j->scratch + worker * j->scratch_bytes;
    int      y0 = (int)index * BAND_ROWS, y1 = y0 + BAND_ROWS < j->out->height ? y0 + BAND_ROWS : j->out->height;
    for (int y = y0; y < y1; y++) {
        mix_rows(kin_pixels_row(j->in, j->down.start[y]) + (size_t)j->first * 3, j->in->stride,
                 j->down.weight + (size_t)y * (size_t)j->down.taps, j->down.count[y], mixed, (size_t)j->count * 3);
        mix_places(mixed, j->first, &j->across, kin_pixels_row(j->out, y), j->out->width);
    }
}

kin_status kin_pixels_resize(kin_context *ctx, const kin_image *in, const double box[4], kin_filter filter,
                             kin_image *out)
{
    const double whole[4] = {0, 0, in->width, in->height};
    if (!box) box = whole;
    if (!(box[0] >= 0 && box[1] >= 0 && box[0] < box[2] && box[1] < box[3] && box[2] <= in->width &&
          box[3] <= in->height))
        return kin_fail(ctx, KIN_E_USAGE, "resize: box %g %g %g %g in a picture of %d x %d", box[0], box[1], box[2],
                        box[3], in->width, in->height);
    job        j = {.in = in, .out = out};
    kin_status status = kin_axis_make(ctx, in->width, box[0], box[2], out->width, filter, &j.across);
    if (status == KIN_OK) status = kin_axis_make(ctx, in->height, box[1], box[3], out->height, filter, &j.down);
    if (status == KIN_OK) {
        int last = out->width - 1;
        j.first = j.across.start[0];
        j.count = j.across.start[last] + j.across.count[last] - j.first;
        j.scratch_bytes = kin_align_up((size_t)j.count * 3 + SLACK, KIN_ALIGN);
        status = kin_alloc_zero(ctx, ctx->splitter->width, j.scratch_bytes, &j.scratch);
    }
    if (status == KIN_OK)
        kin_split(ctx->splitter, resize_band, &j, ((size_t)out->height + BAND_ROWS - 1) / BAND_ROWS);
    kin_release(ctx, j.scratch);
    kin_axis_free(ctx, &j.across);
    kin_axis_free(ctx, &j.down);
    return status;
}
