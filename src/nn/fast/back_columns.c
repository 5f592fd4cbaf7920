/* SPDX-License-Identifier: Apache-2.0
 *
 * Gradients that are sums of columns: by biases, slopes, and operands that were broadcast along rows.
 */
#include "nn/fast/back.h"

#include <string.h>

enum { PIECE_ROWS = 1024, PIECES_MOST = 64 };

typedef struct {
    kin_partial               partial;
    const kin_columns_kernel *kernel;
    kin_columns_kind          kind;
    size_t                    a, b; /* inputs of the call */
    size_t                    groups, rows, n;
} state;

/* A group, or a piece of the only one. */
static void run(const kin_exec *exec, const kin_call *call, size_t task, void *scratch)
{
    const state *s = exec->state;
    float       *y = kin_partial_at(exec, call, task);
    size_t       from = 0, to = s->rows;
    (void)scratch;
    if (s->groups > 1) {
        from = task * s->rows, to = from + s->rows;
        y = (float *)call->out[0]->data + task * s->n;
    } else
        kin_fast_piece(s->rows, s->partial.pieces, task, &from, &to);
    const float *a = kin_floats(call, s->a) + from * s->n, *b = s->kind == KIN_COLUMNS_SUM ? a : kin_floats(call, s->b) + from * s->n;
    memset(y, 0, s->n * sizeof *y);
    if (s->kind == KIN_COLUMNS_SUM)
        s->kernel->sum(to - from, s->n, a, y);
    else
        (s->kind == KIN_COLUMNS_DOT ? s->kernel->dot : s->kernel->below)(to - from, s->n, a, b, y);
}

kin_status kin_back_columns(kin_binder *binder, const kin_kernels *kernels, kin_columns_kind kind, size_t a, size_t b,
                            size_t groups, size_t rows, size_t n, kin_exec *exec, bool *taken)
{
    state *s;
    KIN_TRY(kin_bind_alloc(binder, sizeof *s, &s));
    *s = (state){{1, n}, kernels->columns, kind, a, b, groups, rows, n};
    if (groups == 1) s->partial.pieces = rows / PIECE_ROWS < 1 ? 1 : rows / PIECE_ROWS < PIECES_MOST ? rows / PIECE_ROWS : PIECES_MOST;
    exec->kernel = s->kernel->name;
    exec->tasks = groups * s->partial.pieces;
    exec->run = run;
    exec->state = s;
    kin_partial_bind(binder, &s->partial, exec);
    *taken = true;
    return KIN_OK;
}

kin_status kin_back_bias(kin_binder *binder, const kin_kernels *kernels, const kin_call *call, kin_exec *exec, bool *taken)
{
    size_t n = kin_count(&call->out[0]->shape), rows = kin_count(&call->in[KIN_BACK_DY]->shape) / n;
    return kin_back_columns(binder, kernels, KIN_COLUMNS_SUM, KIN_BACK_DY, KIN_BACK_DY, 1, rows, n, exec, taken);
}
