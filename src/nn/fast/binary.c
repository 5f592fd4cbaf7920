/* SPDX-License-Identifier: Apache-2.0
 *
 * add, sub, mul, div, minimum, maximum: equal shapes, one operand a number, or one a row of the last dimension.
 */
#include "nn/fast/fast.h"

#include <math.h>
#include <string.h>

static const char *const names[KIN_BINARY_KINDS] = {"add", "sub", "mul", "div", "minimum", "maximum"};

typedef struct {
    const kin_elementwise_kernel *kernel;
    int                           kind;
    size_t                        rows, n; /* of the output */
    bool                          one_row; /* all of it is one long row, cut in it */
    ptrdiff_t                     lda, a_step, ldb, b_step;
    bool                          clamp;
    float                         range[2];
} state;

typedef enum { FULL, ROW, NUMBER, OTHER } form;

static form form_of(const kin_shape *in, const kin_shape *out)
{
    size_t count = kin_count(in);
    if (count == kin_count(out)) return FULL;
    if (count == 1) return NUMBER;
    if (in->rank && in->dim[in->rank - 1] == (int64_t)count && out->dim[out->rank - 1] == (int64_t)count) return ROW;
    return OTHER;
}

static void run(const kin_exec *exec, const kin_call *call, size_t task, void *scratch)
{
    (void)scratch;
    const state    *s = exec->state;
    kin_binary_args g = {.a_step = s->a_step, .b_step = s->b_step, .lda = s->lda, .ldb = s->ldb, .ldy = (ptrdiff_t)s->n};
    size_t          from, to;
    kin_fast_piece(s->one_row ? s->n : s->rows, exec->tasks, task, &from, &to);
    ptrdiff_t first = (ptrdiff_t)from, a = s->one_row ? s->a_step : s->lda, b = s->one_row ? s->b_step : s->ldb;
    g.rows = s->one_row ? 1 : to - from;
    g.n = s->one_row ? to - from : s->n;
    g.a = kin_floats(call, 0) + first * a;
    g.b = kin_floats(call, 1) + first * b;
    g.y = (float *)call->out[0]->data + first * (s->one_row ? 1 : g.ldy);
    s->kernel->binary[s->kind](&g);
    if (s->clamp) s->kernel->unary[KIN_UNARY_CLAMP](g.rows * g.n, g.y, s->range, g.y);
}

/* The attribute "activation" of add, sub, mul and div is the first and only one. */
static bool range_of(int activation, float range[2])
{
    range[0] = activation == KIN_ACT_RELU_N1_1 ? -1.0f : 0.0f;
    range[1] = activation == KIN_ACT_RELU6 ? 6.0f : activation == KIN_ACT_RELU_N1_1 ? 1.0f : INFINITY;
    return activation != KIN_ACT_NONE;
}

kin_status kin_bind_binary(kin_binder *binder, const kin_op *op, const kin_call *call, kin_exec *exec, bool *taken)
{
    const kin_kernels *kernels = kin_fast_kernels(binder, call, KIN_MANY);
    if (!kernels) return KIN_OK;
    const kin_shape *out = &call->out[0]->shape;
    form             a = form_of(&call->in[0]->shape, out), b = form_of(&call->in[1]->shape, out);
    const kin_attr  *activation = kin_attr_find(op, "activation");
    state           *s;
    if (a == OTHER || b == OTHER || (a != FULL && b != FULL)) return KIN_OK;
    KIN_TRY(kin_bind_alloc(binder, sizeof *s, &s));
    while (strcmp(names[s->kind], op->name) != 0) s->kind++;
    s->kernel = kernels->elementwise;
    s->one_row = a != ROW && b != ROW;
    s->n = s->one_row ? kin_count(out) : (size_t)out->dim[out->rank - 1];
    s->rows = kin_count(out) / s->n;
    s->a_step = a != NUMBER;
    s->b_step = b != NUMBER;
    s->lda = a == FULL ? (ptrdiff_t)s->n : 0;
    s->ldb = b == FULL ? (ptrdiff_t)s->n : 0;
    if (activation) s->clamp = range_of(*(const int *)((const char *)call->attrs + activation->offset), s->range);
    exec->kernel = s->kernel->name;
    exec->tasks = kin_fast_pieces(kin_fast_width(binder), s->one_row ? s->n : s->rows, s->one_row ? 16384 : 16384 / s->n + 1);
    exec->run = run;
    exec->state = s;
    *taken = true;
    return KIN_OK;
}
