/* SPDX-License-Identifier: Apache-2.0
 *
 * A 3x3 convolution of stride 1 by Winograd's F(4x4, 3x3) (Lavin and Gray, arXiv:1509.09308): the picture is cut into
 * 4x4 tiles of output, each tile's 6x6 inputs and the weights are transformed, 36 gemms over the channels, the result is
 * transformed back: 36 products instead of 144 for an output tile. float32; the largest error is about 1e-5 of the
 * output's largest value, 1e-4 never passed in the tests. A limit: infinity or NaN in a tile's inputs makes the outputs
 * whose window holds it NaN and may do so to the tile's others (the direct sum: infinity or NaN, and only those whose
 * window holds it). Trained networks fed with pixels meet neither; who has to tell the two apart runs KIN_CPU=scalar, whose
 * plans sum directly.
 *
 * x [n, h, w, c], y and residual [n, oh, ow, out_c], dense. Pixels outside x are zero; any `top`, `left`; oh and ow say
 * what is wanted (so bottom and right padding follow). y overlaps nothing else, a residual may be y itself.
 *
 * Bits: an output depends on its own tile only and every sum has one order, so results do not depend on how tiles and
 * panels are split into calls, nor on the batch. Levels with FMA agree bit by bit.
 */
#ifndef KIN_KERN_WINOGRAD_H
#define KIN_KERN_WINOGRAD_H

#include "kern/gemm/gemm.h"

/* One output tile, `columns` channels: transform back, epilogue, store rows x cols of 4x4. */
typedef struct {
    const float             *m;     /* 36 planes, this tile's row in each */
    ptrdiff_t                plane; /* floats from plane to plane */
    size_t                   columns, rows, cols;
    const float             *bias;  /* of the first column, NULL: none */
    const float             *slope;
    float                   *y;
    const float             *residual; /* NULL: none; addressed as y */
    ptrdiff_t                line, pixel; /* of y, in floats */
    const kin_kern_epilogue *epilogue;
} kin_winograd_out;

typedef struct {
    const char            *name; /* "winograd avx2" */
    const kin_gemm_kernel *gemm;
    /* 6x6 pixels of c channels -> 36 planes. */
    void (*input)(size_t c, const float *x, ptrdiff_t line, ptrdiff_t pixel, float *v, ptrdiff_t plane);
    void (*output)(const kin_winograd_out *out);
    /* The gradient by the weights: rows x cols of 4x4 pixels of dy, c channels -> 36 planes; 36 planes of sums -> 3x3. */
    void (*give)(size_t c, const float *dy, ptrdiff_t line, ptrdiff_t pixel, size_t rows, size_t cols, float *m, ptrdiff_t plane);
    void (*finish)(size_t c, const float *u, ptrdiff_t plane, float *dw, ptrdiff_t cell);
} kin_winograd_kernel;

typedef struct {
    size_t            n, h, w, c, oh, ow, out_c;
    ptrdiff_t         top, left;
    const float      *x, *weights /* packed */, *bias /* [out_c] or NULL */, *residual /* or NULL */;
    float            *y;
    kin_kern_epilogue epilogue;
} kin_winograd_args;

/* A tile: picture, first output line and column, first input line and column. */
typedef struct {
    size_t    b, i, j;
    ptrdiff_t line, column;
} kin_winograd_tile;
kin_winograd_tile kin_winograd_tile_at(const kin_winograd_args *args, size_t tile);
/* Its 6x6 inputs, channels [from, from + count): in x itself or, at the border, a copy in border[36 * count]. */
const float *kin_winograd_tile_inputs(const kin_winograd_args *args, const kin_winograd_tile *tile, size_t from, size_t count,
                                      float *border, ptrdiff_t *line, ptrdiff_t *pixel);

/* 4x4 tiles of the whole batch: what `tile_from`, `tile_to` count. */
static inline size_t kin_winograd_tiles(size_t n, size_t oh, size_t ow)
{
    return n * ((oh + 3) / 4) * ((ow + 3) / 4);
}
/* Tiles that are worked on together: a call with fewer reads the weights as often as one with as many. */
size_t kin_winograd_block(const kin_winograd_kernel *kernel, size_t c);
/* Floats of all panels that kin_winograd_pack writes; panels [panel_from, panel_to) to their places. */
size_t kin_winograd_packed(const kin_winograd_kernel *kernel, size_t c, size_t out_c);
void   kin_winograd_pack(const kin_winograd_kernel *kernel, size_t c, size_t out_c, const float *weights,
                         const kin_gemm_strides *strides, size_t panel_from, size_t panel_to, float *packed);
/* Floats of scratch that one call needs; aligned to 64 bytes. */
size_t kin_winograd_scratch(const kin_winograd_kernel *kernel, size_t c, size_t out_c);
/* Tiles [tile_from, tile_to) x the gemm's panels [panel_from, panel_to) of out_c. */
void kin_winograd_run(const kin_winograd_kernel *kernel, const kin_winograd_args *args, size_t tile_from, size_t tile_to,
                      size_t panel_from, size_t panel_to, float *scratch);

/* The gradient by the weights: dw[out_c][3][3][c], of which output channels [out_from, out_to) and input channels [from, to) are
 * written, = the sum over tiles [tile_from, tile_to) of x and dy [n, oh, ow, out_c]. The transposed algorithm: 36 products of
 * transformed dy and x, summed over tiles, transformed back once. Only the sizes, top, left and x of args are read.
 *
 * Bits: blocks of KIN_WINOGRAD_SUM tiles are summed from zero, the sums of blocks one after the other: all levels with FMA
 * agree, however channels are split. */
enum { KIN_WINOGRAD_SUM = 32, KIN_WINOGRAD_CHANNELS = 64 /* at most of either kind in a call */ };
size_t kin_winograd_weights_scratch(const kin_winograd_kernel *kernel);
void   kin_winograd_weights(const kin_winograd_kernel *kernel, const kin_winograd_args *args, const float *dy, size_t tile_from,
                            size_t tile_to, size_t out_from, size_t out_to, size_t from, size_t to, float *dw, float *scratch);

extern const kin_winograd_kernel kin_winograd_scalar, kin_winograd_sse41, kin_winograd_avx2, kin_winograd_avx512,
    kin_winograd_neon, kin_winograd_simd128;

#endif
