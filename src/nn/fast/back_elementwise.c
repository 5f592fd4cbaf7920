/* SPDX-License-Identifier: Apache-2.0
 *
 * Gradients of functions of one value, of prelu with a slope a channel, and of add, sub and mul.
 */
#include "nn/fast/back.h"

#include <math.h>
#include <string.h>

/* --- one value, prelu --- */

static const struct {
    const char    *name;
    kin_unary_kind kind;
    float          p[2];
    bool           of_x;
} table[] = {
    {"relu", KIN_UNARY_CLAMP, {0, INFINITY}, false}, {"relu6", KIN_UNARY_CLAMP, {0, 6}, false},
    {"relu_n1_to_1", KIN_UNARY_CLAMP, {-1, 1}, false}, {"leaky_relu", KIN_UNARY_LEAKY, {0, 0}, true},
    {"sigmoid", KIN_UNARY_SIGMOID, {0, 0}, false}, {"tanh", KIN_UNARY_TANH, {0, 0}, false},
    {"hard_swish", KIN_UNARY_HARD_SWISH, {0, 0}, true}, {"exp", KIN_UNARY_EXP, {0, 0}, false},
};

enum { PIECE = 16384 };

typedef struct {
    const kin_elementwise_kernel *kernel;
    kin_unary_kind                kind;
    float                         p[2];
    size_t                        of; /* input of the call: x or y */
    size_t                        rows, n;
} state;

static void run_unary(const kin_exec *exec, const kin_call *call, size_t task, void *scratch)
{
    const state *s = exec->state;
    size_t       from, to;
    (void)scratch;
    kin_fast_piece(s->rows, exec->tasks, task, &from, &to);
    s->kernel->back[s->kind](to - from, kin_floats(call, KIN_BACK_DY) + from, kin_floats(call, s->of) + from, s->p,
                             (float *)call->out[0]->data + from);
}

static void run_prelu(const kin_exec *exec, const kin_call *call, size_t task, void *scratch)
{
    const state *s = exec->state;
    size_t       from, to, at;
    (void)scratch;
    kin_fast_piece(s->rows, exec->tasks, task, &from, &to);
    at = from * s->n;
    s->kernel->prelu_back(to - from, s->n, kin_floats(call, KIN_BACK_DY) + at, kin_floats(call, s->of) + at,
                          kin_floats(call, KIN_BACK_IN + 1), (float *)call->out[0]->data + at);
}

static kin_status bind(kin_binder *binder, const kin_kernels *kernels, const kin_call *call, size_t n, kin_exec *exec, state **out)
{
    state *s;
    KIN_TRY(kin_bind_alloc(binder, sizeof *s, &s));
    s->kernel = kernels->elementwise;
    s->n = n;
    s->rows = kin_count(&call->in[KIN_BACK_DY]->shape) / n;
    exec->kernel = s->kernel->name;
    exec->tasks = kin_fast_pieces(kin_fast_width(binder), s->rows, PIECE / n + 1);
    exec->state = s;
    *out = s;
    return KIN_OK;
}

kin_status kin_back_unary(kin_binder *binder, const kin_kernels *kernels, const kin_call *call, const kin_gradient_call *of,
                          kin_exec *exec, bool *taken)
{
    const kin_op   *op = ((const kin_gradient_attrs *)call->attrs)->op;
    const kin_attr *alpha = kin_attr_find(op, "alpha");
    size_t          i = 0;
    state          *s;
    KIN_TRY(bind(binder, kernels, call, 1, exec, &s));
    while (strcmp(table[i].name, op->name) != 0) i++;
    s->kind = table[i].kind;
    memcpy(s->p, table[i].p, sizeof s->p);
    if (alpha) s->p[0] = (float)*(const double *)((const char *)of->call.attrs + alpha->offset);
    s->of = table[i].of_x ? KIN_BACK_IN : KIN_BACK_IN + of->call.in_count;
    exec->run = run_unary;
    *taken = true;
    return KIN_OK;
}

kin_status kin_back_prelu(kin_binder *binder, const kin_kernels *kernels, const kin_call *call, const kin_gradient_call *of,
                          kin_exec *exec, bool *taken)
{
    const kin_shape *x = &of->in[0]->shape, *slope = &of->in[1]->shape;
    size_t           n = x->rank ? (size_t)x->dim[x->rank - 1] : 0, only = kin_back_only(of);
    state           *s;
    if (slope->rank == 0 || kin_count(slope) != n || (size_t)slope->dim[slope->rank - 1] != n || only == KIN_MANY) return KIN_OK;
    if (only == 1)
        return kin_back_columns(binder, kernels, KIN_COLUMNS_BELOW, KIN_BACK_IN, KIN_BACK_DY, 1, kin_count(x) / n, n, exec, taken);
    KIN_TRY(bind(binder, kernels, call, n, exec, &s));
    s->of = KIN_BACK_IN;
    exec->run = run_prelu;
    *taken = true;
    return KIN_OK;
}

/* --- add, sub, mul: dx = dy times nothing, -1 or the other operand, summed over what was broadcast --- */

typedef struct {
    const kin_elementwise_kernel *kernel;
    kin_rows_form                 other; /* of the other operand, mul only */
    size_t                        from;  /* input of the call: the other operand, KIN_MANY: the number `factor` */
    float                         factor;
} product;

static void run_product(const kin_exec *exec, const kin_call *call, size_t task, void *scratch)
{
    const product  *s = exec->state;
    kin_binary_args g;
    size_t          from, to;
    (void)scratch;
    kin_fast_piece(s->other.rows, exec->tasks, task, &from, &to);
    for (size_t end; from < to; from = end) {
        end = kin_rows_args(&s->other, from, to, &g);
        g.a = kin_floats(call, KIN_BACK_DY) + from * s->other.n;
        g.lda = (ptrdiff_t)s->other.n;
        g.a_step = 1;
        g.b = s->from == KIN_MANY ? &s->factor : kin_floats(call, s->from) + kin_rows_at(&s->other, from);
        g.y = (float *)call->out[0]->data + from * s->other.n;
        s->kernel->binary[KIN_BINARY_MUL](&g);
    }
}

static void run_copy(const kin_exec *exec, const kin_call *call, size_t task, void *scratch)
{
    size_t from, to;
    (void)scratch;
    kin_fast_piece(kin_count(&call->out[0]->shape), exec->tasks, task, &from, &to);
    memmove((float *)call->out[0]->data + from, kin_floats(call, KIN_BACK_DY) + from, (to - from) * sizeof(float));
}

static kin_status bind_product(kin_binder *binder, const kin_kernels *kernels, const kin_rows_form *other, size_t from,
                               float factor, kin_exec *exec, bool *taken)
{
    product *s;
    KIN_TRY(kin_bind_alloc(binder, sizeof *s, &s));
    *s = (product){kernels->elementwise, *other, from, factor};
    exec->kernel = s->kernel->name;
    exec->tasks = kin_fast_pieces(kin_fast_width(binder), other->rows, PIECE / other->n + 1);
    exec->run = factor == 1 && from == KIN_MANY ? run_copy : run_product;
    exec->state = s;
    *taken = true;
    return KIN_OK;
}

kin_status kin_back_binary(kin_binder *binder, const kin_kernels *kernels, const kin_call *call, const kin_gradient_call *of,
                           kin_exec *exec, bool *taken)
{
    const char      *op = ((const kin_gradient_attrs *)call->attrs)->op->name;
    const kin_shape *full = &of->dy[0]->shape;
    size_t           only = kin_back_only(of), i = only == 1, groups;
    bool             mul = !strcmp(op, "mul");
    kin_rows_form    own, other;
    if (only == KIN_MANY || !kin_rows_form_of(&of->in[i]->shape, full, &own) || !kin_rows_form_of(&of->in[1 - i]->shape, full, &other))
        return KIN_OK;
    if (!mul) kin_rows_form_of(full, full, &other); /* is not looked at */
    if (own.kind == KIN_ROWS_FULL) {
        kin_rows_form number = other;
        number.kind = KIN_ROWS_NUMBER;
        return mul ? bind_product(binder, kernels, &other, KIN_BACK_IN + 1 - i, 1, exec, taken)
                   : bind_product(binder, kernels, &number, KIN_MANY, !strcmp(op, "sub") && i == 1 ? -1.0f : 1.0f, exec, taken);
    }
    if ((mul && other.kind != KIN_ROWS_FULL) || (!strcmp(op, "sub") && i == 1) || own.kind == KIN_ROWS_NUMBER) return KIN_OK;
    groups = own.kind == KIN_ROWS_ROW ? 1 : own.rows / own.group;
    return kin_back_columns(binder, kernels, mul ? KIN_COLUMNS_DOT : KIN_COLUMNS_SUM, KIN_BACK_DY, KIN_BACK_IN + 1 - i, groups,
                            own.rows / groups, own.n, exec, taken);
}
