/* SPDX-License-Identifier: Apache-2.0
 *
 * max_pool, avg_pool; mean over height and width. An average of the whole picture is a mean.
 */
#include "nn/fast/fast.h"

#include <math.h>
#include <string.h>

typedef struct {
    const kin_pool_kernel *kernel;
    kin_pool_args          args;
    bool                   average;
    size_t                 lines;
} state;

static void run(const kin_exec *exec, const kin_call *call, size_t task, void *scratch)
{
    (void)scratch;
    const state  *s = exec->state;
    kin_pool_args a = s->args;
    size_t        from, to;
    a.x = kin_floats(call, 0);
    a.y = call->out[0]->data;
    kin_fast_piece(s->lines, exec->tasks, task, &from, &to);
    (s->average ? s->kernel->average : s->kernel->max)(&a, from, to);
}

/* One picture a task. */
static void run_mean(const kin_exec *exec, const kin_call *call, size_t task, void *scratch)
{
    (void)scratch;
    const state *s = exec->state;
    size_t       pixels = s->args.h * s->args.w, c = s->args.c;
    s->kernel->mean(pixels, c, kin_floats(call, 0) + task * pixels * c, (ptrdiff_t)c,
                    (float *)call->out[0]->data + task * c);
}

static kin_status begin(kin_binder *binder, const kin_kernels *kernels, const kin_pool_args *args, kin_exec *exec, state **out)
{
    KIN_TRY(kin_bind_alloc(binder, sizeof **out, out));
    (*out)->kernel = kernels->pool;
    (*out)->args = *args;
    (*out)->lines = args->n * args->oh;
    exec->kernel = kernels->pool->name;
    exec->state = *out;
    return KIN_OK;
}

kin_pool_args kin_pool_sizes(const kin_call *call)
{
    const kin_pool_attrs *attrs = call->attrs;
    const int64_t        *in = call->in[0]->shape.dim, *out = call->out[0]->shape.dim;
    kin_pool_args         a = {.n = (size_t)in[0], .h = (size_t)in[1], .w = (size_t)in[2], .c = (size_t)in[3]};
    kin_window            w = attrs->window;
    kin_span              h, v;
    a.oh = (size_t)out[1], a.ow = (size_t)out[2];
    a.kh = a.h, a.kw = a.w;
    a.stride_h = a.stride_w = 1;
    if (attrs->size.count == 0) return a;
    w.dilation = (kin_ints){2, {1, 1}};
    a.kh = (size_t)attrs->size.value[0], a.kw = (size_t)attrs->size.value[1];
    if (w.stride.count) a.stride_h = (size_t)w.stride.value[0], a.stride_w = (size_t)w.stride.value[1];
    if (kin_window_span(&w, 0, in[1], attrs->size.value[0], &v)) a.top = (ptrdiff_t)v.before;
    if (kin_window_span(&w, 1, in[2], attrs->size.value[1], &h)) a.left = (ptrdiff_t)h.before;
    return a;
}

kin_status kin_bind_pool(kin_binder *binder, const kin_op *op, const kin_call *call, kin_exec *exec, bool *taken)
{
    const kin_kernels    *kernels = kin_fast_kernels(binder, call, KIN_MANY);
    const kin_pool_attrs *attrs = call->attrs;
    state                *s;
    if (!kernels) return KIN_OK;
    bool average = !strcmp(op->name, "avg_pool"), whole = attrs->size.count == 0;
    if (whole && (!average || attrs->activation != KIN_ACT_NONE)) return KIN_OK;
    kin_pool_args args = kin_pool_sizes(call);
    KIN_TRY(begin(binder, kernels, &args, exec, &s));
    *taken = true;
    if (whole) {
        exec->tasks = s->args.n;
        exec->run = run_mean;
        return KIN_OK;
    }
    s->average = average;
    kin_epilogue      e = {.activation = attrs->activation};
    kin_kern_epilogue range = kin_fast_epilogue(call, &e);
    s->args.low = range.act == KIN_KERN_CLAMP ? range.low : -INFINITY;
    s->args.high = range.act == KIN_KERN_CLAMP ? range.high : INFINITY;
    exec->tasks = kin_fast_pieces(kin_fast_width(binder), s->lines, 32768 / (s->args.ow * s->args.c * s->args.kh) + 1);
    exec->run = run;
    return KIN_OK;
}

bool kin_mean_of_picture(const kin_call *call)
{
    const kin_tensor *axes = call->in[1];
    bool              gone[4] = {false};
    if (call->in[0]->shape.rank != 4 || axes->type != KIN_INT32 || !axes->data) return false;
    for (size_t i = 0; i < kin_count(&axes->shape); i++) {
        int32_t axis = ((const int32_t *)axes->data)[i];
        gone[axis < 0 ? axis + 4 : axis] = true;
    }
    return !gone[0] && gone[1] && gone[2] && !gone[3];
}

kin_status kin_bind_mean(kin_binder *binder, const kin_op *op, const kin_call *call, kin_exec *exec, bool *taken)
{
    (void)op;
    const kin_kernels *kernels = kin_fast_kernels(binder, call, 1);
    state             *s;
    if (!kernels || !kin_mean_of_picture(call)) return KIN_OK;
    const int64_t *x = call->in[0]->shape.dim;
    kin_pool_args  args = {.n = (size_t)x[0], .h = (size_t)x[1], .w = (size_t)x[2], .c = (size_t)x[3]};
    KIN_TRY(begin(binder, kernels, &args, exec, &s));
    exec->tasks = s->args.n;
    exec->run = run_mean;
    *taken = true;
    return KIN_OK;
}
