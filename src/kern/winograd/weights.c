/* SPDX-License-Identifier: Apache-2.0
 *
 * The gradient by the weights. Scratch: the sums u [36][outputs][channels], of a block of tiles the transformed x
 * [36][panels][tiles][nr] as the outer tile reads it and the transformed dy [36][tiles][outputs], a border tile.
 */
#include "kern/winograd/winograd.h"

#include <string.h>

enum { PLANES = 36, PAD = 16 /* floats between planes */ };

/* Sizes of the scratch's parts, in floats. */
typedef struct {
    size_t wide; /* channels, whole panels */
    size_t u, v, m; /* of a plane */
} layout;

static layout layout_of(const kin_winograd_kernel *k, size_t outputs, size_t channels)
{
    size_t nr = k->gemm->nr;
    layout l = {.wide = (channels + nr - 1) / nr * nr};
    l.u = outputs * l.wide + PAD;
    l.v = KIN_WINOGRAD_SUM * l.wide + PAD;
    l.m = KIN_WINOGRAD_SUM * outputs + PAD;
    return l;
}

size_t kin_winograd_weights_scratch(const kin_winograd_kernel *k)
{
    layout l = layout_of(k, KIN_WINOGRAD_CHANNELS, KIN_WINOGRAD_CHANNELS);
    return PLANES * (l.u + l.v + l.m + KIN_WINOGRAD_CHANNELS);
}

typedef struct {
    size_t from, count; /* input channels */
    size_t out_from, outputs;
} channels;

/* Tile `t` of the block: x's channels into v, panel by panel, dy's into m. */
static void transform(const kin_winograd_kernel *k, const kin_winograd_args *a, const float *dy, size_t tile, size_t t,
                      const channels *c, const layout *l, float *v, float *m, float *border)
{
    kin_winograd_tile at = kin_winograd_tile_at(a, tile);
    ptrdiff_t         line, pixel;
    size_t            nr = k->gemm->nr, out_c = a->out_c;
    const float      *x = kin_winograd_tile_inputs(a, &at, c->from, c->count, border, &line, &pixel);
    for (size_t i = 0; i < c->count; i += nr)
        k->input(c->count - i < nr ? c->count - i : nr, x + i, line, pixel, v + i * KIN_WINOGRAD_SUM + t * nr, (ptrdiff_t)l->v);
    k->give(c->outputs, dy + ((at.b * a->oh + at.i) * a->ow + at.j) * out_c + c->out_from, (ptrdiff_t)(a->ow * out_c),
            (ptrdiff_t)out_c, a->oh - at.i < 4 ? a->oh - at.i : 4, a->ow - at.j < 4 ? a->ow - at.j : 4, m + t * c->outputs,
            (ptrdiff_t)l->m);
}

static void multiply(const kin_gemm_kernel *gemm, size_t tiles, const channels *c, const layout *l, float *u, const float *v,
                     const float *m)
{
    for (size_t p = 0; p < PLANES; p++, u += l->u, v += l->v, m += l->m)
        for (size_t i = 0; i < l->wide; i += gemm->nr)
            for (size_t o = 0; o < c->outputs; o += gemm->mr) {
                size_t rows = c->outputs - o < gemm->mr ? c->outputs - o : gemm->mr;
                gemm->outer[rows](tiles, m + o, c->outputs, v + i * KIN_WINOGRAD_SUM, u + o * l->wide + i, (ptrdiff_t)l->wide);
            }
}

void kin_winograd_weights(const kin_winograd_kernel *k, const kin_winograd_args *a, const float *dy, size_t tile_from,
                          size_t tile_to, size_t out_from, size_t out_to, size_t from, size_t to, float *dw, float *scratch)
{
    channels c = {from, to - from, out_from, out_to - out_from};
    layout   l = layout_of(k, c.outputs, c.count);
    float   *u = scratch, *v = u + PLANES * l.u, *m = v + PLANES * l.v, *border = m + PLANES * l.m;
    memset(u, 0, PLANES * l.u * sizeof *u);
    memset(v, 0, PLANES * l.v * sizeof *v); /* lanes behind the last channel stay so */
    for (size_t tile = tile_from; tile < tile_to; tile += KIN_WINOGRAD_SUM) {
        size_t tiles = tile_to - tile < KIN_WINOGRAD_SUM ? tile_to - tile : KIN_WINOGRAD_SUM;
        for (size_t t = 0; t < tiles; t++) transform(k, a, dy, tile + t, t, &c, &l, v, m, border);
        multiply(k->gemm, tiles, &c, &l, u, v, m);
    }
    for (size_t o = 0; o < c.outputs; o++)
        k->finish(c.count, u + o * l.wide, (ptrdiff_t)l.u, dw + (out_from + o) * 9 * a->c + from, (ptrdiff_t)a->c);
}
