/* SPDX-License-Identifier: Apache-2.0
 *
 * depthwise_conv2d with one filter a channel. A whole-picture window (global depthwise convolution) is the same loop.
 */
#include "nn/fast/fast.h"

#include <string.h>

typedef struct {
    const kin_depthwise_kernel *kernel;
    kin_depthwise_args          args;
    size_t                      lines;
} state;

/* The kernel reads the weights as they are; a copy, since the graph's own may be let go after packing. */
static void pack(const kin_call *call, const void *from, void *out)
{
    const state *s = from;
    memcpy(out, call->in[KIN_IN_WEIGHTS]->data, s->args.kh * s->args.kw * s->args.c * sizeof(float));
}

static void run(const kin_exec *exec, const kin_call *call, size_t task, void *scratch)
{
    (void)scratch;
    const state          *s = exec->state;
    const kin_conv_attrs *attrs = call->attrs;
    kin_depthwise_args    a = s->args;
    size_t                from, to;
    a.x = kin_floats(call, KIN_IN_X);
    a.weights = exec->packed;
    a.bias = kin_floats(call, KIN_IN_BIAS);
    a.residual = kin_floats(call, KIN_IN_RESIDUAL);
    a.y = call->out[0]->data;
    a.epilogue = kin_fast_epilogue(call, &attrs->epilogue);
    kin_fast_piece(s->lines, exec->tasks, task, &from, &to);
    s->kernel->run(&a, from, to);
}

kin_status kin_bind_depthwise(kin_binder *binder, const kin_op *op, const kin_call *call, kin_exec *exec, bool *taken)
{
    (void)op;
    const kin_kernels *kernels = kin_fast_kernels(binder, call, KIN_MANY);
    if (!kernels || !call->in[KIN_IN_WEIGHTS]->data) return KIN_OK;
    kin_conv_dims d = kin_conv_dims_of(call);
    if (d.out_c != d.c) return KIN_OK;
    state *s;
    KIN_TRY(kin_bind_alloc(binder, sizeof *s, &s));
    s->kernel = kernels->depthwise;
    s->args.n = (size_t)d.n;
    s->args.h = (size_t)d.h, s->args.w = (size_t)d.w, s->args.c = (size_t)d.c;
    s->args.oh = (size_t)d.oh, s->args.ow = (size_t)d.ow;
    s->args.kh = (size_t)d.kh, s->args.kw = (size_t)d.kw;
    s->args.stride_h = (size_t)d.stride_h, s->args.stride_w = (size_t)d.stride_w;
    s->args.dilation_h = (size_t)d.dilation_h, s->args.dilation_w = (size_t)d.dilation_w;
    s->args.top = (ptrdiff_t)d.top, s->args.left = (ptrdiff_t)d.left;
    s->lines = (size_t)(d.n * d.oh);
    size_t line = s->args.ow * s->args.c * s->args.kh * s->args.kw; /* multiply-adds */
    exec->kernel = s->kernel->name;
    exec->tasks = kin_fast_pieces(kin_fast_width(binder), s->lines, 65536 / line + 1);
    exec->run = run;
    exec->state = s;
    size_t bytes = s->args.kh * s->args.kw * s->args.c * sizeof(float);
    KIN_TRY(kin_bind_pack(binder, "depthwise", bytes, pack, s, &exec->packed));
    *taken = true;
    return KIN_OK;
}
