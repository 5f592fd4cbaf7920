/* SPDX-License-Identifier: Apache-2.0
 *
 * Gradients of max_pool, avg_pool and of the mean over height and width. A task is some pictures.
 */
#include "nn/fast/back.h"

#include <string.h>

typedef struct {
    const kin_pool_kernel *kernel;
    kin_pool_args          args;
    bool                   average;
} state;

static void run(const kin_exec *exec, const kin_call *call, size_t task, void *scratch)
{
    const state  *s = exec->state;
    kin_pool_args a = s->args;
    size_t        from, to;
    (void)scratch;
    a.x = s->average ? NULL : kin_floats(call, KIN_BACK_IN);
    kin_fast_piece(a.n, exec->tasks, task, &from, &to);
    (s->average ? s->kernel->average_back : s->kernel->max_back)(&a, kin_floats(call, KIN_BACK_DY), call->out[0]->data, from, to);
}

static kin_status bind(kin_binder *binder, const kin_kernels *kernels, const kin_pool_args *args, bool average, kin_exec *exec,
                       bool *taken)
{
    state *s;
    KIN_TRY(kin_bind_alloc(binder, sizeof *s, &s));
    *s = (state){kernels->pool, *args, average};
    exec->kernel = s->kernel->name;
    exec->tasks = kin_fast_pieces(kin_fast_width(binder), args->n, 1);
    exec->run = run;
    exec->state = s;
    *taken = true;
    return KIN_OK;
}

kin_status kin_back_pool(kin_binder *binder, const kin_kernels *kernels, const kin_call *call, const kin_gradient_call *of,
                         kin_exec *exec, bool *taken)
{
    bool          average = !strcmp(((const kin_gradient_attrs *)call->attrs)->op->name, "avg_pool");
    kin_pool_args args = kin_pool_sizes(&of->call);
    return bind(binder, kernels, &args, average, exec, taken);
}

/* A window as large as the picture. */
kin_status kin_back_mean(kin_binder *binder, const kin_kernels *kernels, const kin_call *call, const kin_gradient_call *of,
                         kin_exec *exec, bool *taken)
{
    (void)call;
    if (!kin_mean_of_picture(&of->call)) return KIN_OK;
    const int64_t *x = of->in[0]->shape.dim;
    kin_pool_args  args = {.n = (size_t)x[0], .h = (size_t)x[1], .w = (size_t)x[2], .c = (size_t)x[3], .oh = 1, .ow = 1};
    args.kh = args.h, args.kw = args.w;
    args.stride_h = args.stride_w = 1;
    return bind(binder, kernels, &args, true, exec, taken);
}
