/* SPDX-License-Identifier: Apache-2.0
 *
 * The gradient of a 3x3 convolution of stride 1 by its weights, by Winograd: a quarter of the products.
 */
#include "nn/fast/back.h"

enum {
    CHANNELS_LEAST = 12, /* of both kinds; below, transforms cost more than the products that they save */
    PIECES_MOST = 16,
    PIECES_BYTES = 4 << 20, /* of partial sums */
    PIECE_TILES = 64
};

typedef struct {
    kin_partial                partial;
    const kin_winograd_kernel *kernel;
    kin_winograd_args          args;
    size_t                     tiles, out_chunks, chunks;
} state;

static void run(const kin_exec *exec, const kin_call *call, size_t task, void *scratch)
{
    const state      *s = exec->state;
    kin_winograd_args a = s->args;
    size_t            chunk = task % s->chunks, out = task / s->chunks % s->out_chunks, piece = task / s->chunks / s->out_chunks;
    size_t            tile_from, tile_to, from, to, out_from, out_to;
    a.x = kin_floats(call, KIN_BACK_IN + KIN_IN_X);
    kin_fast_piece(s->tiles, s->partial.pieces, piece, &tile_from, &tile_to);
    from = chunk * KIN_WINOGRAD_CHANNELS;
    to = a.c - from < KIN_WINOGRAD_CHANNELS ? a.c : from + KIN_WINOGRAD_CHANNELS;
    out_from = out * KIN_WINOGRAD_CHANNELS;
    out_to = a.out_c - out_from < KIN_WINOGRAD_CHANNELS ? a.out_c : out_from + KIN_WINOGRAD_CHANNELS;
    kin_winograd_weights(s->kernel, &a, kin_floats(call, KIN_BACK_DY), tile_from, tile_to, out_from, out_to, from, to,
                         kin_partial_at(exec, call, piece), scratch);
}

kin_status kin_back_winograd_weights(kin_binder *binder, const kin_kernels *kernels, const kin_conv_dims *d, kin_exec *exec,
                                     bool *taken)
{
    state *s;
    if (d->kh != 3 || d->kw != 3 || d->stride_h != 1 || d->stride_w != 1 || d->dilation_h != 1 || d->dilation_w != 1 ||
        d->groups != 1 || d->c < CHANNELS_LEAST || d->out_c < CHANNELS_LEAST)
        return KIN_OK;
    KIN_TRY(kin_bind_alloc(binder, sizeof *s, &s));
    s->kernel = kernels->winograd;
    s->args = kin_winograd_sizes(d);
    s->tiles = kin_winograd_tiles(s->args.n, s->args.oh, s->args.ow);
    s->chunks = (s->args.c + KIN_WINOGRAD_CHANNELS - 1) / KIN_WINOGRAD_CHANNELS;
    s->out_chunks = (s->args.out_c + KIN_WINOGRAD_CHANNELS - 1) / KIN_WINOGRAD_CHANNELS;
    s->partial.count = 9 * s->args.c * s->args.out_c;
    s->partial.pieces = PIECES_BYTES / sizeof(float) / s->partial.count;
    if (s->partial.pieces > PIECES_MOST) s->partial.pieces = PIECES_MOST;
    if (s->partial.pieces > s->tiles / PIECE_TILES) s->partial.pieces = s->tiles / PIECE_TILES;
    if (s->partial.pieces < 1) s->partial.pieces = 1;
    exec->kernel = s->kernel->name;
    exec->tasks = s->partial.pieces * s->out_chunks * s->chunks;
    exec->scratch = kin_winograd_weights_scratch(s->kernel) * sizeof(float);
    exec->run = run;
    exec->state = s;
    kin_partial_bind(binder, &s->partial, exec);
    *taken = true;
    return KIN_OK;
}
