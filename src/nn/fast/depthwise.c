/* SPDX-License-Identifier: Apache-2.0
 *
 * depthwise_conv2d with one filter a channel. A whole-picture window (global depthwise convolution) is the same loop.
 */
#include "nn/fast/layers.h"

#include <string.h>

typedef struct {
    kin_fast_packing            packing;
    const kin_depthwise_kernel *kernel;
    kin_depthwise_problem       problem;
    size_t                      line_pieces; /* of each part */
} state;

/* The kernel reads the weights as they are, but perhaps in another order; a copy, since the graph's own may be let go after
 * packing. A unit is a cell of a window. */
static void pack(const kin_fast_packing *packing, const float *weights, size_t from, size_t to, float *out)
{
    const kin_depthwise_problem *d = &((const state *)packing)->problem;
    size_t                       unit = 0;
    for (const kin_depthwise_part *part = d->part; part < d->part + d->parts; part++)
        for (size_t k = 0; k < part->args.kh * part->args.kw; k++, unit++) {
            ptrdiff_t p = part->first_h + (ptrdiff_t)(k / part->args.kw) * part->step_h;
            ptrdiff_t q = part->first_w + (ptrdiff_t)(k % part->args.kw) * part->step_w;
            size_t    c = part->args.c;
            if (unit >= from && unit < to)
                memcpy(out + unit * c, weights + ((size_t)p * d->filter_w + (size_t)q) * c, c * sizeof *out);
        }
}

static void run(const kin_exec *exec, const kin_call *call, size_t task, void *scratch)
{
    (void)scratch;
    const state                 *s = exec->state;
    const kin_depthwise_problem *d = &s->problem;
    const kin_depthwise_part    *part = d->part;
    const float                 *weights = kin_fast_packed(exec), *residual = kin_floats(call, d->residual);
    size_t                       from, to;
    for (; task >= s->line_pieces; task -= s->line_pieces, part++) weights += part->args.kh * part->args.kw * part->args.c;
    kin_depthwise_args a = part->args;
    a.x = kin_floats(call, d->x);
    a.weights = weights;
    a.bias = kin_floats(call, d->bias);
    a.residual = residual ? residual + part->y : NULL;
    a.y = (float *)call->out[0]->data + part->y;
    a.epilogue = kin_fast_epilogue(call, d->epilogue);
    kin_fast_piece(a.n * a.oh, s->line_pieces, task, &from, &to);
    s->kernel->run(&a, from, to);
}

kin_depthwise_args kin_depthwise_sizes(const kin_conv_dims *d)
{
    kin_depthwise_args a = {.n = (size_t)d->n};
    a.h = (size_t)d->h, a.w = (size_t)d->w, a.c = (size_t)d->c;
    a.oh = (size_t)d->oh, a.ow = (size_t)d->ow;
    a.kh = (size_t)d->kh, a.kw = (size_t)d->kw;
    a.stride_h = (size_t)d->stride_h, a.stride_w = (size_t)d->stride_w;
    a.dilation_h = (size_t)d->dilation_h, a.dilation_w = (size_t)d->dilation_w;
    a.top = (ptrdiff_t)d->top, a.left = (ptrdiff_t)d->left;
    return a;
}

kin_status kin_bind_depthwise_problem(kin_binder *binder, const kin_kernels *kernels, const kin_call *call,
                                      const kin_depthwise_problem *problem, kin_exec *exec, bool *taken)
{
    const kin_depthwise_args *a = &problem->part[0].args;
    state                    *s;
    KIN_TRY(kin_bind_alloc(binder, sizeof *s, &s));
    s->kernel = kernels->depthwise;
    s->problem = *problem;
    s->packing = (kin_fast_packing){.pack = pack, .weights = problem->weights};
    for (size_t i = 0; i < problem->parts; i++) s->packing.units += problem->part[i].args.kh * problem->part[i].args.kw;
    s->line_pieces = kin_fast_pieces(kin_fast_width(binder), a->n * a->oh, 65536 / (a->ow * a->c * (a->kh * a->kw + 1)) + 1);
    exec->kernel = s->kernel->name;
    exec->tasks = s->line_pieces * problem->parts;
    exec->run = run;
    exec->state = s;
    KIN_TRY(kin_fast_pack(binder, call, "depthwise", s->packing.units * a->c, &s->packing, exec));
    *taken = true;
    return KIN_OK;
}

kin_status kin_bind_depthwise(kin_binder *binder, const kin_op *op, const kin_call *call, kin_exec *exec, bool *taken)
{
    (void)op;
    const kin_kernels    *kernels = kin_fast_kernels(binder, call, KIN_MANY);
    const kin_conv_attrs *attrs = call->attrs;
    kin_depthwise_part   *part;
    if (!kernels) return KIN_OK;
    kin_conv_dims d = kin_conv_dims_of(call);
    if (d.out_c != d.c) return KIN_OK;
    KIN_TRY(kin_bind_alloc(binder, sizeof *part, &part));
    *part = (kin_depthwise_part){.args = kin_depthwise_sizes(&d), .step_h = 1, .step_w = 1};
    kin_depthwise_problem problem = {KIN_IN_X, KIN_IN_WEIGHTS, KIN_IN_BIAS, KIN_IN_RESIDUAL, &attrs->epilogue, (size_t)d.kw, 1, part};
    return kin_bind_depthwise_problem(binder, kernels, call, &problem, exec, taken);
}
