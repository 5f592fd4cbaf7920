/* SPDX-License-Identifier: Apache-2.0
 *
 * dense: a gemm over the rows of x; workers take panels of columns, so that each reads its part of the weights once.
 */
#include "nn/fast/layers.h"

typedef struct {
    kin_fast_packing       packing;
    const kin_gemm_kernel *kernel;
    kin_dense_problem      problem;
    size_t                 panels;
} state;

static void pack(const kin_fast_packing *packing, const float *weights, size_t from, size_t to, float *out)
{
    const state           *s = (const state *)packing;
    const kin_gemm_strides by = {0, 0, 0, s->problem.by_k, s->problem.by_out};
    kin_gemm_pack(s->kernel, 1, 1, s->problem.k, s->problem.out, weights, &by, from, to, out);
}

static void run(const kin_exec *exec, const kin_call *call, size_t task, void *scratch)
{
    (void)scratch;
    const state             *s = exec->state;
    const kin_dense_problem *d = &s->problem;
    kin_gemm_args            g = {.m = d->rows, .n = d->out, .segments = 1, .run = d->k, .lda = (ptrdiff_t)d->k};
    g.a = kin_floats(call, d->x);
    g.b = kin_fast_packed(exec);
    g.bias = kin_floats(call, d->bias);
    g.residual = kin_floats(call, d->residual);
    g.y = call->out[0]->data;
    g.ldy = g.ld_residual = (ptrdiff_t)d->out;
    g.epilogue = kin_fast_epilogue(call, d->epilogue);
    kin_fast_piece(s->panels, exec->tasks, task, &g.panel_from, &g.panel_to);
    kin_gemm_run(s->kernel, &g);
}

kin_status kin_bind_rows_by_weights(kin_binder *binder, const kin_kernels *kernels, const kin_call *call,
                                    const kin_dense_problem *problem, kin_exec *exec, bool *taken)
{
    state *s;
    size_t columns, floats;
    KIN_TRY(kin_bind_alloc(binder, sizeof *s, &s));
    s->kernel = kernels->gemm;
    s->problem = *problem;
    s->panels = kin_gemm_panels(s->kernel, problem->out);
    s->packing = (kin_fast_packing){pack, s->panels, problem->weights};
    if (!kin_mul_size(s->panels, s->kernel->nr, &columns) || !kin_mul_size(columns, problem->k, &floats)) return KIN_OK;
    exec->kernel = s->kernel->name;
    exec->tasks = kin_fast_pieces(kin_fast_width(binder), s->panels, 32768 / (problem->k * s->kernel->nr) + 1);
    exec->run = run;
    exec->state = s;
    KIN_TRY(kin_fast_pack(binder, call, s->kernel->name, floats, &s->packing, exec));
    *taken = true;
    return KIN_OK;
}

kin_status kin_bind_dense(kin_binder *binder, const kin_op *op, const kin_call *call, kin_exec *exec, bool *taken)
{
    (void)op;
    const kin_kernels     *kernels = kin_fast_kernels(binder, call, KIN_MANY);
    const kin_dense_attrs *attrs = call->attrs;
    if (!kernels) return KIN_OK;
    const int64_t    *weights = call->in[KIN_IN_WEIGHTS]->shape.dim;
    kin_dense_problem problem = {KIN_IN_X, KIN_IN_WEIGHTS, KIN_IN_BIAS, KIN_IN_RESIDUAL, .out = (size_t)weights[0]};
    problem.k = (size_t)weights[1];
    problem.rows = kin_count(&call->in[KIN_IN_X]->shape) / problem.k;
    problem.by_k = 1, problem.by_out = (ptrdiff_t)problem.k;
    problem.epilogue = &attrs->epilogue;
    return kin_bind_rows_by_weights(binder, kernels, call, &problem, exec, taken);
}
