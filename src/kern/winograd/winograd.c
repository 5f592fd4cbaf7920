/* SPDX-License-Identifier: Apache-2.0
 *
 * Weights, blocks of tiles, the 36 gemms. Scratch: the transformed inputs v [36][block][c], the products
 * m [36][block][columns of a few panels], one border tile of inputs.
 */
#include "kern/winograd/winograd.h"

#include <string.h>

enum {
    PLANES = 36,
    PAD = 16,                      /* floats between planes, so that 36 planes do not meet in one cache set */
    BLOCK_BYTES = 384 * 1024,      /* of v and m together, about the L2 of one core */
    BLOCK_COLUMNS = 64,            /* columns of m worked on at a time */
    MOST_TILES = 96,
    LEAST_TILES = 18
};

/* As many as fill L2, whole gemm tiles; at least 18, so that a picture of 14 x 14 reads the weights once. */
size_t kin_winograd_block(const kin_winograd_kernel *k, size_t c)
{
    size_t columns = BLOCK_COLUMNS, mr = k->gemm->mr;
    size_t tiles = BLOCK_BYTES / (PLANES * sizeof(float)) / (c + columns);
    if (tiles > MOST_TILES) tiles = MOST_TILES;
    return tiles < LEAST_TILES ? (LEAST_TILES + mr - 1) / mr * mr : tiles / mr * mr;
}
static size_t columns_at_once(const kin_winograd_kernel *k)
{
    size_t nr = k->gemm->nr;
    return nr > BLOCK_COLUMNS ? nr : BLOCK_COLUMNS / nr * nr;
}

size_t kin_winograd_scratch(const kin_winograd_kernel *k, size_t c, size_t out_c)
{
    (void)out_c;
    size_t tiles = kin_winograd_block(k, c), columns = columns_at_once(k);
    return PLANES * (tiles * c + PAD) + PLANES * (tiles * columns + PAD) + PLANES * c;
}

static size_t weights_plane(const kin_winograd_kernel *k, size_t c, size_t out_c)
{
    return kin_gemm_packed(k->gemm, c, out_c) + PAD;
}

size_t kin_winograd_packed(const kin_winograd_kernel *k, size_t c, size_t out_c)
{
    return PLANES * weights_plane(k, c, out_c);
}

/* Output channels that are transformed together; divides every nr. The compiler's vectors: two of SSE2 or NEON make one. */
enum { LANES = 4 };
typedef double lanes __attribute__((vector_size(LANES * sizeof(double))));
typedef float  half_lanes __attribute__((vector_size(LANES * sizeof(float))));

/*     1/4    0    0
 *    -1/6 -1/6 -1/6
 * G = -1/6  1/6 -1/6     out = G (a, b, c)', in double: the transformed weights are rounded once
 *    1/24 1/12  1/6
 *    1/24 -1/12 1/6
 *       0    0    1  */
static inline __attribute__((always_inline)) void weight_line(const lanes *a, const lanes *b, const lanes *c, lanes out[6])
{
    lanes even = *a * (1.0 / 24) + *c * (1.0 / 6), odd = *b * (1.0 / 12), outer = (*a + *c) * (-1.0 / 6), inner = *b * (1.0 / 6);
    out[0] = *a * 0.25;
    out[1] = outer - inner;
    out[2] = outer + inner;
    out[3] = even + odd;
    out[4] = even - odd;
    out[5] = *c;
}

/* The 36 values G w G' of one input channel and `count` output channels (the others of the LANES become 0), `apart` floats
 * apart. */
static void transform_weights(const float *w, const kin_gemm_strides *s, size_t count, float *out, size_t apart)
{
    lanes tap[9], half[3][6], line[6];
    for (ptrdiff_t t = 0; t < 9; t++) {
        const float *from = w + t / 3 * s->line + t % 3 * s->column;
        if (count == LANES)
            for (int l = 0; l < LANES; l++) tap[t][l] = from[l * s->n];
        else
            for (int l = 0; l < LANES; l++) tap[t][l] = (size_t)l < count ? from[l * s->n] : 0;
    }
    for (int q = 0; q < 3; q++) weight_line(&tap[q], &tap[3 + q], &tap[6 + q], half[q]);
    for (size_t i = 0; i < 6; i++) {
        weight_line(&half[0][i], &half[1][i], &half[2][i], line);
        for (size_t j = 0; j < 6; j++) {
            half_lanes rounded = __builtin_convertvector(line[j], half_lanes);
            memcpy(out + (i * 6 + j) * apart, &rounded, sizeof rounded);
        }
    }
}

void kin_winograd_pack(const kin_winograd_kernel *k, size_t c, size_t out_c, const float *weights,
                       const kin_gemm_strides *s, size_t panel_from, size_t panel_to, float *packed)
{
    size_t nr = k->gemm->nr, plane = weights_plane(k, c, out_c);
    packed += panel_from * c * nr;
    for (size_t first = panel_from * nr; first < panel_to * nr; first += nr)
        for (size_t i = 0; i < c; i++, packed += nr)
            for (size_t j = 0; j < nr; j += LANES) {
                size_t left = first + j < out_c ? out_c - first - j : 0;
                transform_weights(weights + s->first + (ptrdiff_t)(first + j) * s->n + (ptrdiff_t)i * s->k, s, left < LANES ? left : LANES,
                                  packed + j, plane);
            }
}

kin_winograd_tile kin_winograd_tile_at(const kin_winograd_args *a, size_t tile)
{
    size_t            across = (a->ow + 3) / 4, down = (a->oh + 3) / 4;
    kin_winograd_tile t = {tile / (across * down), tile / across % down * 4, tile % across * 4, 0, 0};
    t.line = (ptrdiff_t)t.i - a->top;
    t.column = (ptrdiff_t)t.j - a->left;
    return t;
}

const float *kin_winograd_tile_inputs(const kin_winograd_args *a, const kin_winograd_tile *t, size_t from, size_t count,
                                      float *border, ptrdiff_t *line, ptrdiff_t *pixel)
{
    ptrdiff_t    h = (ptrdiff_t)a->h, w = (ptrdiff_t)a->w, c = (ptrdiff_t)a->c, n = (ptrdiff_t)count;
    const float *picture = a->x + t->b * a->h * a->w * a->c + from;
    *line = w * c;
    *pixel = c;
    if (t->line >= 0 && t->line + 6 <= h && t->column >= 0 && t->column + 6 <= w) return picture + (t->line * w + t->column) * c;
    *line = 6 * n;
    *pixel = n;
    for (ptrdiff_t i = 0; i < 6; i++)
        for (ptrdiff_t j = 0; j < 6; j++) {
            ptrdiff_t y = t->line + i, x = t->column + j;
            float    *to = border + (i * 6 + j) * n;
            if (y >= 0 && y < h && x >= 0 && x < w)
                memcpy(to, picture + (y * w + x) * c, count * sizeof *to);
            else
                memset(to, 0, count * sizeof *to);
        }
    return border;
}

static void load_tile(const kin_winograd_kernel *k, const kin_winograd_args *a, kin_winograd_tile t, float *border, float *v,
                      ptrdiff_t plane)
{
    ptrdiff_t    line, pixel;
    const float *x = kin_winograd_tile_inputs(a, &t, 0, a->c, border, &line, &pixel);
    k->input(a->c, x, line, pixel, v, plane);
}

static void store_tile(const kin_winograd_kernel *k, const kin_winograd_args *a, kin_winograd_tile t, size_t first,
                       size_t columns, const float *m, ptrdiff_t plane)
{
    size_t           at = ((t.b * a->oh + t.i) * a->ow + t.j) * a->out_c + first;
    kin_winograd_out out = {.m = m, .plane = plane, .columns = columns, .epilogue = &a->epilogue};
    out.rows = a->oh - t.i < 4 ? a->oh - t.i : 4;
    out.cols = a->ow - t.j < 4 ? a->ow - t.j : 4;
    out.bias = a->bias ? a->bias + first : NULL;
    out.slope = a->epilogue.act == KIN_KERN_SLOPE ? a->epilogue.slope + first : NULL;
    out.y = a->y + at;
    out.residual = a->residual ? a->residual + at : NULL;
    out.line = (ptrdiff_t)(a->ow * a->out_c);
    out.pixel = (ptrdiff_t)a->out_c;
    k->output(&out);
}

/* The products of `tiles` tiles and the columns of panels [from, to) -> m. */
static void multiply(const kin_winograd_kernel *k, const kin_winograd_args *a, size_t tiles, size_t from, size_t to,
                     const float *v, size_t v_plane, float *m, size_t m_plane, size_t ldm)
{
    size_t        weights = weights_plane(k, a->c, a->out_c), nr = k->gemm->nr;
    kin_gemm_args g = {.m = tiles, .lda = (ptrdiff_t)a->c, .segments = 1, .run = a->c, .ldy = (ptrdiff_t)ldm};
    g.panel_to = to - from;
    g.n = g.panel_to * nr; /* m has room for the last panel's zeros */
    for (size_t p = 0; p < PLANES; p++) {
        g.a = v + p * v_plane;
        g.b = a->weights + p * weights + from * a->c * nr;
        g.y = m + p * m_plane;
        kin_gemm_run(k->gemm, &g);
    }
}

void kin_winograd_run(const kin_winograd_kernel *k, const kin_winograd_args *a, size_t tile_from, size_t tile_to,
                      size_t panel_from, size_t panel_to, float *scratch)
{
    size_t most = kin_winograd_block(k, a->c), nr = k->gemm->nr, at_once = columns_at_once(k) / nr;
    size_t blocks = (tile_to - tile_from + most - 1) / most;
    size_t block = blocks ? (tile_to - tile_from + blocks - 1) / blocks : 1; /* all of about the same size */
    size_t v_plane = block * a->c + PAD, m_plane = block * at_once * nr + PAD;
    float *v = scratch, *m = v + PLANES * v_plane, *border = m + PLANES * m_plane;
    for (size_t tile = tile_from; tile < tile_to; tile += block) {
        size_t tiles = tile_to - tile < block ? tile_to - tile : block;
        for (size_t i = 0; i < tiles; i++)
            load_tile(k, a, kin_winograd_tile_at(a, tile + i), border, v + i * a->c, (ptrdiff_t)v_plane);
        for (size_t p = panel_from; p < panel_to; p += at_once) {
            size_t to = p + at_once < panel_to ? p + at_once : panel_to;
            size_t first = p * nr, end = to * nr < a->out_c ? to * nr : a->out_c, ldm = at_once * nr;
            multiply(k, a, tiles, p, to, v, v_plane, m, m_plane, ldm);
            for (size_t i = 0; i < tiles; i++)
                store_tile(k, a, kin_winograd_tile_at(a, tile + i), first, end - first, m + i * ldm, (ptrdiff_t)m_plane);
        }
    }
}
