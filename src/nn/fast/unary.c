/* SPDX-License-Identifier: Apache-2.0
 *
 * Functions of one value, and prelu with a slope a channel.
 */
#include "nn/fast/fast.h"

#include <math.h>
#include <string.h>

static const struct {
    const char    *name;
    kin_unary_kind kind;
    float          p[2];
} table[] = {
    {"relu", KIN_UNARY_CLAMP, {0, INFINITY}},
    {"relu6", KIN_UNARY_CLAMP, {0, 6}},
    {"relu_n1_to_1", KIN_UNARY_CLAMP, {-1, 1}},
    {"leaky_relu", KIN_UNARY_LEAKY, {0, 0}}, /* its attribute alpha */
    {"sigmoid", KIN_UNARY_SIGMOID, {0, 0}},
    {"tanh", KIN_UNARY_TANH, {0, 0}},
    {"hard_swish", KIN_UNARY_HARD_SWISH, {0, 0}},
    {"exp", KIN_UNARY_EXP, {0, 0}},
};

typedef struct {
    const kin_elementwise_kernel *kernel;
    kin_unary_kind                kind;
    float                         p[2];
    size_t                        rows, n; /* unary: rows of one value */
} state;

static void run_unary(const kin_exec *exec, const kin_call *call, size_t task, void *scratch)
{
    (void)scratch;
    const state *s = exec->state;
    size_t       from, to;
    kin_fast_piece(s->rows, exec->tasks, task, &from, &to);
    s->kernel->unary[s->kind](to - from, kin_floats(call, 0) + from, s->p, (float *)call->out[0]->data + from);
}

static void run_prelu(const kin_exec *exec, const kin_call *call, size_t task, void *scratch)
{
    (void)scratch;
    const state *s = exec->state;
    size_t       from, to;
    kin_fast_piece(s->rows, exec->tasks, task, &from, &to);
    s->kernel->prelu(to - from, s->n, kin_floats(call, 0) + from * s->n, kin_floats(call, 1),
                     (float *)call->out[0]->data + from * s->n);
}

static kin_status bind(kin_binder *binder, const kin_kernels *kernels, const kin_call *call, size_t n, kin_exec *exec,
                       state **out)
{
    state *s;
    KIN_TRY(kin_bind_alloc(binder, sizeof *s, &s));
    s->kernel = kernels->elementwise;
    s->n = n;
    s->rows = kin_count(&call->out[0]->shape) / n;
    exec->kernel = s->kernel->name;
    exec->tasks = kin_fast_pieces(kin_fast_width(binder), s->rows, 16384 / n + 1);
    exec->state = s;
    *out = s;
    return KIN_OK;
}

kin_status kin_bind_unary(kin_binder *binder, const kin_op *op, const kin_call *call, kin_exec *exec, bool *taken)
{
    const kin_kernels *kernels = kin_fast_kernels(binder, call, KIN_MANY);
    const kin_attr    *alpha = kin_attr_find(op, "alpha");
    size_t             i = 0;
    state             *s;
    if (!kernels) return KIN_OK;
    KIN_TRY(bind(binder, kernels, call, 1, exec, &s));
    while (strcmp(table[i].name, op->name) != 0) i++;
    s->kind = table[i].kind;
    memcpy(s->p, table[i].p, sizeof s->p);
    if (alpha) s->p[0] = (float)*(const double *)((const char *)call->attrs + alpha->offset);
    exec->run = run_unary;
    *taken = true;
    return KIN_OK;
}

kin_status kin_bind_prelu(kin_binder *binder, const kin_op *op, const kin_call *call, kin_exec *exec, bool *taken)
{
    (void)op;
    const kin_kernels *kernels = kin_fast_kernels(binder, call, KIN_MANY);
    state             *s;
    if (!kernels) return KIN_OK;
    const kin_shape *out = &call->out[0]->shape, *slope = &call->in[1]->shape;
    size_t           n = out->rank ? (size_t)out->dim[out->rank - 1] : 0;
    if (slope->rank == 0 || kin_count(slope) != n || (size_t)slope->dim[slope->rank - 1] != n) return KIN_OK;
    KIN_TRY(bind(binder, kernels, call, n, exec, &s));
    exec->run = run_prelu;
    *taken = true;
    return KIN_OK;
}
