/* SPDX-License-Identifier: Apache-2.0
 *
 * Resizing as OpenCV's resize(INTER_AREA) does it, so that MTCNN sees the same pixels as in facenet. Found by comparison
 * with cv2 5.0 (scripts/mtcnn-reference.py): three ways, by the ratios of the sizes.
 * - Both ratios whole numbers: the plain mean; of 2 x 2 bytes halves are rounded up, else to even.
 * - Neither side grows: weights by area as floats, rows of the result one after the other; places, then rows. A part of a
 *   pixel that is less than 1e-3 of one does not count.
 * - A side grows: linear, but between pixel i and i + 1 only over the last part of the pixel's length; bytes in fixed point.
 */
#include <math.h>
#include <string.h>

#if defined(__SSE2__)
#include <immintrin.h>
#endif

#include "face/detect/mtcnn.h"
#include "pixels/pixels.h"

/* R, G, B and a lane that nobody looks at. */
typedef float   lanes __attribute__((vector_size(16)));
#if !defined(__SSE2__)
typedef uint8_t bytes __attribute__((vector_size(4)));
#endif

typedef enum { WHOLE, AREA, LINEAR } way;

/* Which places of the input count for one of the output: the first, those between, the last. */
typedef struct {
    int   first, count;
    float head, body, tail;
} span;

static way way_of(const kin_mtcnn_view *v)
{
    if (v->out_width > v->width || v->out_height > v->height) return LINEAR;
    return v->width % v->out_width == 0 && v->height % v->out_height == 0 ? WHOLE : AREA;
}

/* Sizes may be large (a window far beyond the picture), so places are kept inside `in`, which fits an int. */
static span area_span(int in, int out, int i)
{
    const double scale = 1 / ((double)out / in), from = i * scale, to = from + scale, cell = fmin(scale, in - from);
    int          end = (int)fmin(floor(to), in - 1), begin = (int)fmin(ceil(from), end);
    span         s = {.first = begin, .count = end - begin, .body = (float)(1 / cell)};
    s.head = s.tail = s.body;
    if (begin - from > 1e-3) {
        s.first--, s.count++;
        s.head = (float)((begin - from) / cell);
    }
    if (to - end > 1e-3) {
        s.count++;
        s.tail = (float)(fmin(fmin(to - end, 1), cell) / cell);
        if (s.count == 1) s.head = s.tail;
    }
    return s;
}

static span linear_span(int in, int out, int i)
{
    const double grow = (double)out / in, scale = 1 / grow;
    int          first = (int)floor(i * scale);
    float        part = (float)((i + 1) - (first + 1) * grow);
    part = part <= 0 ? 0 : part - floorf(part);
    if (first >= in - 1) first = in - 1, part = 0;
    return (span){.first = first, .count = part > 0 ? 2 : 1, .head = 1 - part, .tail = part};
}

static float weight(const span *s, int k)
{
    return k == s->first ? s->head : k == s->first + s->count - 1 ? s->tail : s->body;
}

/* The row of the picture that row `y` of the window is, NULL outside. */
static const uint8_t *row_of(const kin_mtcnn_view *v, int y)
{
    int64_t at = (int64_t)v->y + y;
    return at >= 0 && at < v->in->height ? kin_pixels_row(v->in, (int)at) : NULL;
}

/* Cuts the places [*from, *to) of the window down to those on the picture (its other direction: `height`). */
static void clip(int64_t origin, int64_t size, int *from, int *to)
{
    if (*from + origin < 0) *from = origin < -(int64_t)*to ? *to : (int)-origin;
    if (*to + origin > size) *to = size - origin < *from ? *from : (int)(size - origin);
}

static float feed(float value)
{
    return (value - 127.5f) * 0.0078125f;
}

static float to_byte(float value)
{
    const float whole = rintf(value);
    return whole < 0 ? 0 : whole > 255 ? 255 : whole;
}

/* --- whole ratios --- */

static void whole(const kin_mtcnn_view *v, int x, int y, float *out)
{
    const int   across = v->width / v->out_width, down = v->height / v->out_height;
    const float part = 1.0f / ((float)across * (float)down);
    int         x0 = x * across, x1 = x0 + across, y0 = y * down, y1 = y0 + down;
    double      sum[3] = {0};
    clip(v->x, v->in->width, &x0, &x1);
    clip(v->y, v->in->height, &y0, &y1);
    for (int row = y0; row < y1 && x0 < x1; row++) {
        const uint8_t *p = row_of(v, row) + 3 * (size_t)(v->x + (int64_t)x0);
        uint32_t       part_sum[3] = {0}; /* of a row of at most KIN_PIXELS_SIDE_MAX pixels */
        for (int k = x0; k < x1; k++, p += 3)
            for (int c = 0; c < 3; c++) part_sum[c] += p[c];
        for (int c = 0; c < 3; c++) sum[c] += part_sum[c]; /* whole numbers: exact */
    }
    for (int c = 0; c < 3; c++)
        out[c] = feed(v->bytes && across == 2 && down == 2 ? (float)floor((sum[c] + 2) / 4)
                      : v->bytes                           ? to_byte((float)sum[c] * part)
                                                           : (float)(sum[c] * (double)part));
}

/* --- weights --- */

/* A pixel; reads the byte behind it too. (Compilers convert bytes one by one without SSE4; this is what they do with it.) */
static lanes pixel(const uint8_t *p)
{
#if defined(__SSE2__)
    const __m128i zero = _mm_setzero_si128();
    int           four;
    memcpy(&four, p, sizeof four);
    return (lanes)_mm_cvtepi32_ps(_mm_unpacklo_epi16(_mm_unpacklo_epi8(_mm_cvtsi32_si128(four), zero), zero));
#else
    bytes four;
    memcpy(&four, p, sizeof four);
    return __builtin_convertvector(four, lanes);
#endif
}

/* mixed[x] = the places of one row of the picture that count for x, times their weights. `last`: no row stands behind it. */
static void mix_places(const kin_mtcnn_view *v, const uint8_t *row, bool last, const span *across, int width, lanes *mixed)
{
    for (int x = 0; x < width; x++) {
        const span *s = &across[x];
        const int   tail = s->first + s->count - 1;
        int         k = s->first, to = s->first + s->count;
        clip(v->x, v->in->width, &k, &to);
        mixed[x] = (lanes){0};
        if (k == to) continue;
        const bool     edge = last && v->x + (int64_t)to == v->in->width; /* the picture's last byte is the last to read */
        const uint8_t *p = row + 3 * (size_t)(v->x + (int64_t)k);
        lanes          sum = {0};
        to -= edge;
        for (; k < to && k == s->first; k++, p += 3) sum = pixel(p) * s->head;
        for (; k < to && k < tail; k++, p += 3) sum += pixel(p) * s->body;
        for (; k < to; k++, p += 3) sum += pixel(p) * s->tail;
        if (edge) sum += (lanes){p[0], p[1], p[2], 0} * weight(s, k);
        mixed[x] = sum;
    }
}

/* One row of the result: rows of the picture that count, one after the other. */
static void mix_row(const kin_mtcnn_view *v, const span *across, const span *down, int width, lanes *sum)
{
    lanes mixed[KIN_MTCNN_SIDE_MAX];
    int   from = down->first, to = down->first + down->count;
    clip(v->y, v->in->height, &from, &to);
    memset(sum, 0, (size_t)width * sizeof *sum);
    for (int k = from; k < to; k++) {
        mix_places(v, row_of(v, k), v->y + (int64_t)k == v->in->height - 1, across, width, mixed);
        const float w = weight(down, k);
        for (int x = 0; x < width; x++) sum[x] += mixed[x] * w;
    }
}

/* --- bytes that grow: weights of 11 bits --- */

static int fixed(float weight)
{
    return (int)lrintf(weight * 2048);
}

static void fixed_row(const kin_mtcnn_view *v, const span *across, const span *down, int width, lanes *out)
{
    int value[2][3], rows[2] = {down->first, down->first + down->count - 1};
    for (int x = 0; x < width; x++) {
        const span *s = &across[x];
        for (int r = 0; r < 2; r++) {
            const uint8_t *a = row_of(v, rows[r]) + 3 * (size_t)(v->x + s->first), *b = a + 3 * (s->count - 1);
            for (int c = 0; c < 3; c++) value[r][c] = a[c] * fixed(s->head) + b[c] * fixed(s->tail);
        }
        for (int c = 0; c < 3; c++)
            out[x][c] = (float)((((fixed(down->head) * (value[0][c] >> 4)) >> 16) +
                                 ((fixed(down->tail) * (value[1][c] >> 4)) >> 16) + 2) >> 2);
    }
}

/* --- all --- */

void kin_mtcnn_resample(const kin_mtcnn_view *v, int x0, int y0, int width, int height, float *out)
{
    const way how = way_of(v);
    span      across[KIN_MTCNN_SIDE_MAX];
    lanes     row[KIN_MTCNN_SIDE_MAX];
    span (*const span_of)(int, int, int) = how == LINEAR ? linear_span : area_span;
    for (int x = 0; x < width && how != WHOLE; x++) across[x] = span_of(v->width, v->out_width, x0 + x);
    for (int y = 0; y < height; y++) {
        if (how == WHOLE) {
            for (int x = 0; x < width; x++) whole(v, x0 + x, y0 + y, out + 3 * ((size_t)x * (size_t)height + (size_t)y));
            continue;
        }
        span down = span_of(v->height, v->out_height, y0 + y);
        if (how == LINEAR && v->bytes)
            fixed_row(v, across, &down, width, row);
        else
            mix_row(v, across, &down, width, row);
        for (int x = 0; x < width; x++)
            for (int c = 0; c < 3; c++)
                out[3 * ((size_t)x * (size_t)height + (size_t)y) + (size_t)c] = feed(v->bytes ? to_byte(row[x][c]) : row[x][c]);
    }
}
