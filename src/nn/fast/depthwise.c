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
    size_t                      lines;
} state;

/* The kernel reads the weights as they are or turned; a copy, since the graph's own may be let go after packing. A unit is
 * a cell of the window. */
static void pack(const kin_fast_packing *packing, const float *weights, size_t from, size_t to, float *out)
{
    const state *s = (const state *)packing;
    size_t       c = s->problem.args.c;
    for (size_t i = from; i < to; i++)
        memcpy(out + i * c, weights + (s->problem.turned ? packing->units - 1 - i : i) * c, c * sizeof *out);
}

static void run(const kin_exec *exec, const kin_call *call, size_t task, void *scratch)
{
    (void)scratch;
    const state                 *s = exec->state;
    const kin_depthwise_problem *d = &s->problem;
    kin_depthwise_args           a = d->args;
    size_t                       from, to;
    a.x = kin_floats(call, d->x);
    a.weights = kin_fast_packed(exec);
    a.bias = kin_floats(call, d->bias);
    a.residual = kin_floats(call, d->residual);
    a.y = call->out[0]->data;
    a.epilogue = kin_fast_epilogue(call, d->epilogue);
    kin_fast_piece(s->lines, exec->tasks, task, &from, &to);
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
    const kin_depthwise_args *a = &problem->args;
    state                    *s;
    KIN_TRY(kin_bind_alloc(binder, sizeof *s, &s));
    s->kernel = kernels->depthwise;
    s->problem = *problem;
    s->packing = (kin_fast_packing){pack, a->kh * a->kw, problem->weights};
    s->lines = a->n * a->oh;
    exec->kernel = s->kernel->name;
    exec->tasks = kin_fast_pieces(kin_fast_width(binder), s->lines, 65536 / (a->ow * a->c * a->kh * a->kw) + 1);
    exec->run = run;
    exec->state = s;
    KIN_TRY(kin_fast_pack(binder, call, "depthwise", a->kh * a->kw * a->c, &s->packing, exec));
    *taken = true;
    return KIN_OK;
}

kin_status kin_bind_depthwise(kin_binder *binder, const kin_op *op, const kin_call *call, kin_exec *exec, bool *taken)
{
    (void)op;
    const kin_kernels    *kernels = kin_fast_kernels(binder, call, KIN_MANY);
    const kin_conv_attrs *attrs = call->attrs;
    if (!kernels) return KIN_OK;
    kin_conv_dims d = kin_conv_dims_of(call);
    if (d.out_c != d.c) return KIN_OK;
    kin_depthwise_problem problem = {KIN_IN_X, KIN_IN_WEIGHTS, KIN_IN_BIAS, KIN_IN_RESIDUAL, false, &attrs->epilogue,
                                     kin_depthwise_sizes(&d)};
    return kin_bind_depthwise_problem(binder, kernels, call, &problem, exec, taken);
}
