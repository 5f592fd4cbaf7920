/* SPDX-License-Identifier: Apache-2.0
 *
 * dense: a gemm over the rows of x; workers take panels of columns, so that each reads its part of the weights once.
 */
#include "nn/fast/fast.h"

typedef struct {
    const kin_gemm_kernel *kernel;
    size_t                 rows, k, out, panels;
} state;

static void pack(const kin_call *call, const void *from, void *out)
{
    const state *s = from;
    kin_gemm_pack(s->kernel, s->k, s->out, call->in[KIN_IN_WEIGHTS]->data, 1, (ptrdiff_t)s->k, out);
}

static void run(const kin_exec *exec, const kin_call *call, size_t task, void *scratch)
{
    (void)scratch;
    const state           *s = exec->state;
    const kin_dense_attrs *attrs = call->attrs;
    kin_gemm_args          g = {.m = s->rows, .n = s->out, .segments = 1, .run = s->k, .lda = (ptrdiff_t)s->k};
    g.a = kin_floats(call, KIN_IN_X);
    g.b = exec->packed;
    g.bias = kin_floats(call, KIN_IN_BIAS);
    g.residual = kin_floats(call, KIN_IN_RESIDUAL);
    g.y = call->out[0]->data;
    g.ldy = g.ld_residual = (ptrdiff_t)s->out;
    g.epilogue = kin_fast_epilogue(call, &attrs->epilogue);
    kin_fast_piece(s->panels, exec->tasks, task, &g.panel_from, &g.panel_to);
    kin_gemm_run(s->kernel, &g);
}

kin_status kin_bind_dense(kin_binder *binder, const kin_op *op, const kin_call *call, kin_exec *exec, bool *taken)
{
    (void)op;
    const kin_kernels *kernels = kin_fast_kernels(binder, call, KIN_MANY);
    if (!kernels || !call->in[KIN_IN_WEIGHTS]->data) return KIN_OK;
    state *s;
    size_t columns, bytes;
    KIN_TRY(kin_bind_alloc(binder, sizeof *s, &s));
    s->kernel = kernels->gemm;
    s->out = (size_t)call->in[KIN_IN_WEIGHTS]->shape.dim[0];
    s->k = (size_t)call->in[KIN_IN_WEIGHTS]->shape.dim[1];
    s->rows = kin_count(&call->in[KIN_IN_X]->shape) / s->k;
    s->panels = kin_gemm_panels(s->kernel, s->out);
    if (!kin_mul_size(s->panels, s->kernel->nr * sizeof(float), &columns) || !kin_mul_size(columns, s->k, &bytes))
        return KIN_OK;
    exec->kernel = s->kernel->name;
    exec->tasks = kin_fast_pieces(kin_fast_width(binder), s->panels, 32768 / (s->k * s->kernel->nr) + 1);
    exec->run = run;
    exec->state = s;
    KIN_TRY(kin_bind_pack(binder, s->kernel->name, bytes, pack, s, &exec->packed));
    *taken = true;
    return KIN_OK;
}
