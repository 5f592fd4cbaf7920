/* SPDX-License-Identifier: Apache-2.0
 *
 * Gradients of dense: dx = dy weights, dweights = dy^T x as of a convolution over rows, and of a bias: the sums of columns.
 */
#include "nn/fast/back.h"

#include <string.h>

kin_status kin_back_dense(kin_binder *binder, const kin_kernels *kernels, const kin_call *call, const kin_gradient_call *of,
                          kin_exec *exec, bool *taken)
{
    static const kin_epilogue bare;
    const int64_t *weights = of->in[KIN_IN_WEIGHTS]->shape.dim;
    int64_t        rows = (int64_t)(kin_count(&of->dy[0]->shape) / (size_t)weights[0]);
    size_t         only = kin_back_only(of);
    if (only == KIN_IN_BIAS) return kin_back_bias(binder, kernels, call, of, exec, taken);
    if (only == KIN_IN_WEIGHTS) {
        kin_conv_dims d = {.n = 1, .h = 1, .w = rows, .c = weights[1], .kh = 1, .kw = 1, .out_c = weights[0], .groups = 1, .oh = 1,
                           .ow = rows, .stride_h = 1, .stride_w = 1, .dilation_h = 1, .dilation_w = 1};
        return kin_back_weights(binder, kernels, &d, exec, taken);
    }
    if (only != KIN_IN_X) return KIN_OK;
    kin_dense_problem problem = {KIN_BACK_DY, KIN_BACK_IN + KIN_IN_WEIGHTS, KIN_MANY, KIN_MANY, (size_t)rows,
                                 (size_t)weights[0], (size_t)weights[1], (ptrdiff_t)weights[1], 1, &bare};
    return kin_bind_rows_by_weights(binder, kernels, call, &problem, exec, taken);
}

/* --- bias --- */

enum { PIECE_ROWS = 1024, PIECES_MOST = 64 };

typedef struct {
    kin_partial               partial;
    const kin_columns_kernel *kernel;
    size_t                    rows;
} state;

static void run(const kin_exec *exec, const kin_call *call, size_t task, void *scratch)
{
    const state *s = exec->state;
    float       *y = kin_partial_at(exec, call, task);
    size_t       from, to, n = s->partial.count;
    (void)scratch;
    kin_fast_piece(s->rows, s->partial.pieces, task, &from, &to);
    memset(y, 0, n * sizeof *y);
    s->kernel->sum(to - from, n, kin_floats(call, KIN_BACK_DY) + from * n, y);
}

kin_status kin_back_bias(kin_binder *binder, const kin_kernels *kernels, const kin_call *call, const kin_gradient_call *of,
                         kin_exec *exec, bool *taken)
{
    state *s;
    (void)of;
    KIN_TRY(kin_bind_alloc(binder, sizeof *s, &s));
    s->kernel = kernels->columns;
    s->partial.count = kin_count(&call->out[0]->shape);
    s->rows = kin_count(&call->in[KIN_BACK_DY]->shape) / s->partial.count;
    s->partial.pieces = s->rows / PIECE_ROWS < 1 ? 1 : s->rows / PIECE_ROWS < PIECES_MOST ? s->rows / PIECE_ROWS : PIECES_MOST;
    exec->kernel = s->kernel->name;
    exec->tasks = s->partial.pieces;
    exec->run = run;
    exec->state = s;
    kin_partial_bind(binder, &s->partial, exec);
    *taken = true;
    return KIN_OK;
}
