/* SPDX-License-Identifier: Apache-2.0
 *
 * Gradients of depthwise_conv2d with one filter a channel, by x, by weights and by bias.
 */
#include "nn/fast/back.h"

#include <string.h>

static kin_status by_x(kin_binder *binder, const kin_kernels *kernels, const kin_call *call, const kin_conv_dims *d,
                       kin_exec *exec, bool *taken)
{
    static const kin_epilogue bare;
    kin_depthwise_problem     problem = {KIN_BACK_DY, KIN_BACK_IN + KIN_IN_WEIGHTS, KIN_MANY, KIN_MANY, &bare, (size_t)d->kw, 0, NULL};
    kin_depthwise_part       *part;
    if (d->stride_h > KIN_BACK_STRIDE_MOST || d->stride_w > KIN_BACK_STRIDE_MOST) return KIN_OK;
    KIN_TRY(kin_bind_alloc(binder, (size_t)(d->stride_h * d->stride_w) * sizeof *part, &part));
    problem.part = part;
    for (int64_t i = 0; i < d->stride_h && i < d->h; i++)
        for (int64_t j = 0; j < d->stride_w && j < d->w; j++) {
            kin_back_phase v = kin_back_phase_of(i, d->h, d->kh, d->stride_h, d->dilation_h, d->top);
            kin_back_phase h = kin_back_phase_of(j, d->w, d->kw, d->stride_w, d->dilation_w, d->left);
            kin_conv_dims  of = {.n = d->n, .h = d->oh, .w = d->ow, .c = d->c, .kh = v.cells, .kw = h.cells, .out_c = d->c};
            of.oh = v.pixels, of.ow = h.pixels;
            of.stride_h = of.stride_w = 1;
            of.dilation_h = v.dilation, of.dilation_w = h.dilation;
            of.top = v.before, of.left = h.before;
            kin_depthwise_part *p = &part[problem.parts++];
            *p = (kin_depthwise_part){.args = kin_depthwise_sizes(&of), .y = (size_t)((i * d->w + j) * d->c)};
            p->args.y_picture = (ptrdiff_t)(d->h * d->w * d->c);
            p->args.y_line = (ptrdiff_t)(d->stride_h * d->w * d->c);
            p->args.y_pixel = (ptrdiff_t)(d->stride_w * d->c);
            p->first_h = (ptrdiff_t)v.cell, p->first_w = (ptrdiff_t)h.cell;
            p->step_h = -(ptrdiff_t)v.cell_step, p->step_w = -(ptrdiff_t)h.cell_step;
        }
    return kin_bind_depthwise_problem(binder, kernels, call, &problem, exec, taken);
}

/* --- by weights --- */

enum { PIECE_LINES = 32, PIECES_MOST = 32 };

typedef struct {
    kin_partial                 partial;
    const kin_depthwise_kernel *kernel;
    kin_depthwise_args          args;
} state;

static void run(const kin_exec *exec, const kin_call *call, size_t task, void *scratch)
{
    const state       *s = exec->state;
    kin_depthwise_args a = s->args;
    float             *dw = kin_partial_at(exec, call, task);
    size_t             from, to;
    (void)scratch;
    a.x = kin_floats(call, KIN_BACK_IN + KIN_IN_X);
    kin_fast_piece(a.n * a.oh, s->partial.pieces, task, &from, &to);
    memset(dw, 0, s->partial.count * sizeof *dw);
    s->kernel->weights(&a, kin_floats(call, KIN_BACK_DY), from, to, dw);
}

static kin_status by_weights(kin_binder *binder, const kin_kernels *kernels, const kin_conv_dims *d, kin_exec *exec, bool *taken)
{
    state *s;
    KIN_TRY(kin_bind_alloc(binder, sizeof *s, &s));
    s->kernel = kernels->depthwise;
    s->args = kin_depthwise_sizes(d);
    size_t pieces = s->args.n * s->args.oh / PIECE_LINES;
    s->partial = (kin_partial){pieces < 1 ? 1 : pieces < PIECES_MOST ? pieces : PIECES_MOST, s->args.kh * s->args.kw * s->args.c};
    exec->kernel = s->kernel->name;
    exec->tasks = s->partial.pieces;
    exec->run = run;
    exec->state = s;
    kin_partial_bind(binder, &s->partial, exec);
    *taken = true;
    return KIN_OK;
}

kin_status kin_back_depthwise(kin_binder *binder, const kin_kernels *kernels, const kin_call *call, const kin_gradient_call *of,
                              kin_exec *exec, bool *taken)
{
    kin_conv_dims d = kin_conv_dims_of(&of->call);
    size_t        only = kin_back_only(of);
    if (only == KIN_IN_BIAS) return kin_back_bias(binder, kernels, call, exec, taken);
    if (d.out_c != d.c) return KIN_OK;
    if (only == KIN_IN_X) return by_x(binder, kernels, call, &d, exec, taken);
    return only == KIN_IN_WEIGHTS ? by_weights(binder, kernels, &d, exec, taken) : KIN_OK;
}
