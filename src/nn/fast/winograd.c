/* SPDX-License-Identifier: Apache-2.0
 *
 * conv2d by Winograd: 3x3, stride 1, one group, where the estimate says that it beats the gemm.
 */
#include "nn/fast/layers.h"

typedef struct {
    kin_fast_packing           packing;
    kin_conv_problem           problem;
    kin_gemm_strides           weights;
    const kin_winograd_kernel *kernel;
    kin_winograd_args          args;
    size_t                     tiles, tile_pieces, panels, panel_pieces;
} state;

/* Cycles of one picture both ways, from shapes alone: multiply-adds at the kernel's rate, Winograd's transforms (36
 * values in, 36 out a tile and channel), and the transformed weights streamed once a block of tiles. Fitted to layers
 * inside the pilots on Zen 3 (alone, with all in cache, Winograd does better). */
static bool pays(const kin_winograd_kernel *k, const kin_winograd_args *a, double pictures)
{
    double tiles = (double)kin_winograd_tiles(1, a->oh, a->ow), c = (double)a->c, out = (double)a->out_c;
    double pixels = (double)a->oh * (double)a->ow, rate = (double)k->gemm->cost, block = (double)kin_winograd_block(k, a->c);
    double weights = 36 * c * out * sizeof(float), passes = tiles < block ? 1 : tiles / block;
    double full = tiles < 2 * (double)k->gemm->mr ? 1.3 : 1.1; /* tiles with missing rows */
    double winograd = tiles * 36 * c * out * rate * full + tiles * 36 * (c + out) * 8 * rate;
    tiles *= pictures, passes = tiles < block ? 1 / pictures : tiles / block / pictures; /* a picture's part */
    if (weights > 256 * 1024) winograd += passes * weights / (weights < 16 * 1024 * 1024 ? 6 : 3); /* L3 : memory */
    double direct = pixels * 9 * c * out * rate * 1.05;
    return winograd < direct;
}

/* A unit is a panel. */
static void pack(const kin_fast_packing *packing, const float *weights, size_t from, size_t to, float *out)
{
    const state *s = (const state *)packing;
    kin_winograd_pack(s->kernel, s->args.c, s->args.out_c, weights, &s->weights, from, to, out);
}

static void run(const kin_exec *exec, const kin_call *call, size_t task, void *scratch)
{
    const state      *s = exec->state;
    kin_winograd_args a = s->args;
    size_t            tile_from, tile_to, panel_from, panel_to;
    a.x = kin_floats(call, s->problem.x);
    a.bias = kin_floats(call, s->problem.bias);
    a.residual = kin_floats(call, s->problem.residual);
    a.weights = kin_fast_packed(exec);
    a.y = call->out[0]->data;
    a.epilogue = kin_fast_epilogue(call, s->problem.epilogue);
    kin_fast_piece(s->tiles, s->tile_pieces, task / s->panel_pieces, &tile_from, &tile_to);
    kin_fast_piece(s->panels, s->panel_pieces, task % s->panel_pieces, &panel_from, &panel_to);
    kin_winograd_run(s->kernel, &a, tile_from, tile_to, panel_from, panel_to, scratch);
}

static void cut(state *s, size_t width)
{
    size_t block = kin_winograd_block(s->kernel, s->args.c);
    s->tile_pieces = kin_fast_pieces(width, s->tiles, block);
    s->panel_pieces = 1;
    if (s->tile_pieces < width) { /* few tiles: their transform is cheap, each worker does it for its panels */
        s->tile_pieces = 1;
        s->panel_pieces = kin_fast_pieces(width, s->panels, 1);
        if (s->panel_pieces > width) s->panel_pieces = width;
    }
    if (s->tile_pieces * s->panel_pieces < width && s->panel_pieces == 1)
        s->tile_pieces = kin_fast_pieces(width, s->tiles, s->kernel->gemm->mr);
}

kin_winograd_args kin_winograd_sizes(const kin_conv_dims *d)
{
    kin_winograd_args a = {.n = (size_t)d->n, .h = (size_t)d->h, .w = (size_t)d->w, .c = (size_t)d->c};
    a.oh = (size_t)d->oh;
    a.ow = (size_t)d->ow;
    a.out_c = (size_t)d->out_c;
    a.top = (ptrdiff_t)d->top;
    a.left = (ptrdiff_t)d->left;
    return a;
}

kin_status kin_bind_conv_winograd(kin_binder *binder, const kin_kernels *kernels, const kin_call *call,
                                  const kin_conv_problem *problem, kin_exec *exec, bool *taken)
{
    kin_conv_dims d = problem->part[0].d;
    state        *s;
    if (problem->parts != 1 || d.kh != 3 || d.kw != 3 || d.stride_h != 1 || d.stride_w != 1 || d.dilation_h != 1 ||
        d.dilation_w != 1 || d.groups != 1)
        return KIN_OK;
    kin_winograd_args a = kin_winograd_sizes(&d);
    size_t            weights, scratch;
    if (!kin_mul_size(a.c, 36 * 4 * (KIN_GEMM_NR + a.out_c), &weights) || !kin_mul_size(a.c, 36 * 4 * 128, &scratch))
        return KIN_OK;
    if (!pays(kernels->winograd, &a, (double)problem->pictures)) return KIN_OK;
    KIN_TRY(kin_bind_alloc(binder, sizeof *s, &s));
    s->kernel = kernels->winograd;
    s->problem = *problem;
    s->weights = problem->part[0].weights;
    s->args = a;
    s->tiles = kin_winograd_tiles(a.n, a.oh, a.ow);
    s->panels = kin_gemm_panels(s->kernel->gemm, a.out_c);
    s->packing = (kin_fast_packing){pack, s->panels, problem->weights};
    cut(s, kin_fast_width(binder));
    exec->kernel = s->kernel->name;
    exec->tasks = s->tile_pieces * s->panel_pieces;
    exec->scratch = kin_winograd_scratch(s->kernel, a.c, a.out_c) * sizeof(float);
    exec->run = run;
    exec->state = s;
    KIN_TRY(kin_fast_pack(binder, call, s->kernel->name, kin_winograd_packed(s->kernel, a.c, a.out_c), &s->packing, exec));
    *taken = true;
    return KIN_OK;
}
