/* SPDX-License-Identifier: Apache-2.0
 *
 * add, sub, mul, div, minimum, maximum: equal shapes, one operand a number, one a row of the last dimension, or a row a picture.
 */
#include "nn/fast/fast.h"

#include <math.h>
#include <string.h>

static const char *const names[KIN_BINARY_KINDS] = {"add", "sub", "mul", "div", "minimum", "maximum"};

typedef struct {
    const kin_elementwise_kernel *kernel;
    int                           kind;
    kin_rows_form                 form;     /* of the operand that is not as large as the result, else of the second */
    size_t                        narrow;   /* which operand that is */
    bool                          clamp;
    float                         range[2];
} state;

bool kin_rows_form_of(const kin_shape *in, const kin_shape *out, kin_rows_form *form)
{
    size_t count = kin_count(in), all = kin_count(out), n = out->rank ? (size_t)out->dim[out->rank - 1] : 1;
    bool   along = in->rank && in->dim[in->rank - 1] == (int64_t)n; /* the last dimension is the result's */
    *form = (kin_rows_form){KIN_ROWS_FULL, all, 1, 1};
    if (count == all) return true;
    form->kind = KIN_ROWS_NUMBER;
    if (count == 1) return true;
    *form = (kin_rows_form){KIN_ROWS_ROW, all / n, n, 1};
    if (along && count == n) return true;
    form->kind = KIN_ROWS_GROUP;
    form->group = (size_t)out->dim[0] ? form->rows / (size_t)out->dim[0] : 0;
    return along && in->rank == out->rank && in->dim[0] == out->dim[0] && count == n * (size_t)in->dim[0];
}

size_t kin_rows_args(const kin_rows_form *f, size_t from, size_t to, kin_binary_args *g)
{
    bool one_row = f->kind == KIN_ROWS_FULL || f->kind == KIN_ROWS_NUMBER;
    if (f->kind == KIN_ROWS_GROUP && to > (from / f->group + 1) * f->group) to = (from / f->group + 1) * f->group;
    *g = (kin_binary_args){.rows = one_row ? 1 : to - from, .n = one_row ? (to - from) * f->n : f->n, .a_step = 1};
    g->lda = g->ldy = (ptrdiff_t)g->n;
    g->b_step = f->kind != KIN_ROWS_NUMBER; /* one row is repeated: ldb 0 */
    return to;
}

static void run(const kin_exec *exec, const kin_call *call, size_t task, void *scratch)
{
    (void)scratch;
    const state *s = exec->state;
    size_t       from, to;
    kin_fast_piece(s->form.rows, exec->tasks, task, &from, &to);
    for (size_t end; from < to; from = end) {
        kin_binary_args g, turned;
        end = kin_rows_args(&s->form, from, to, &g);
        g.a = kin_floats(call, 1 - s->narrow) + from * s->form.n;
        g.b = kin_floats(call, s->narrow) + kin_rows_at(&s->form, from);
        g.y = (float *)call->out[0]->data + from * s->form.n;
        turned = g;
        turned.a = g.b, turned.lda = g.ldb, turned.a_step = g.b_step;
        turned.b = g.a, turned.ldb = g.lda, turned.b_step = g.a_step;
        s->kernel->binary[s->kind](s->narrow ? &g : &turned);
        if (s->clamp) s->kernel->unary[KIN_UNARY_CLAMP](g.rows * g.n, g.y, s->range, g.y);
    }
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
    const kin_attr    *activation = kin_attr_find(op, "activation");
    kin_rows_form      a, b;
    state             *s;
    if (!kernels) return KIN_OK;
    const kin_shape *out = &call->out[0]->shape;
    if (!kin_rows_form_of(&call->in[0]->shape, out, &a) || !kin_rows_form_of(&call->in[1]->shape, out, &b)) return KIN_OK;
    if (a.kind != KIN_ROWS_FULL && b.kind != KIN_ROWS_FULL) return KIN_OK;
    KIN_TRY(kin_bind_alloc(binder, sizeof *s, &s));
    while (strcmp(names[s->kind], op->name) != 0) s->kind++;
    s->kernel = kernels->elementwise;
    s->narrow = a.kind == KIN_ROWS_FULL;
    s->form = s->narrow ? b : a;
    if (activation) s->clamp = range_of(*(const int *)((const char *)call->attrs + activation->offset), s->range);
    exec->kernel = s->kernel->name;
    exec->tasks = kin_fast_pieces(kin_fast_width(binder), s->form.rows, s->form.n == 1 ? 16384 : 16384 / s->form.n + 1);
    exec->run = run;
    exec->state = s;
    *taken = true;
    return KIN_OK;
}
