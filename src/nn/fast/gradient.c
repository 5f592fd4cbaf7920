/* SPDX-License-Identifier: Apache-2.0
 *
 * Which gradients have a fast way, and partial sums.
 */
#include <string.h>

#include "nn/fast/back.h"

static const struct {
    const char    *op;
    kin_bind_back *bind;
} table[] = {
    {"conv2d", kin_back_conv2d},
    {"depthwise_conv2d", kin_back_depthwise},
    {"dense", kin_back_dense},
    {"prelu", kin_back_prelu},
    {"relu", kin_back_unary},
    {"relu6", kin_back_unary},
    {"relu_n1_to_1", kin_back_unary},
    {"leaky_relu", kin_back_unary},
    {"sigmoid", kin_back_unary},
    {"tanh", kin_back_unary},
    {"hard_swish", kin_back_unary},
    {"exp", kin_back_unary},
    {"add", kin_back_binary},
    {"sub", kin_back_binary},
    {"mul", kin_back_binary},
    {"max_pool", kin_back_pool},
    {"avg_pool", kin_back_pool},
    {"mean", kin_back_mean},
    {"batch_norm", kin_back_batch_norm},
    {"batch_norm_train", kin_back_batch_norm},
};

kin_bind_back *kin_back_for(const kin_op *op)
{
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (!strcmp(table[i].op, op->name)) return table[i].bind;
    return NULL;
}

size_t kin_back_only(const kin_gradient_call *of)
{
    size_t only = KIN_MANY, count = 0;
    for (size_t i = 0; i < of->call.in_count; i++)
        if (of->dx[i]) only = i, count++;
    return count == 1 ? only : KIN_MANY;
}

/* All that has values to read or write is float32 and not empty; the forward op's integers are axes and shapes. */
static const kin_kernels *kernels_for(kin_binder *binder, const kin_call *call, const kin_gradient_call *of)
{
    const kin_kernels *kernels = kin_kernels_for(kin_bind_context(binder)->cpu);
    if (kernels->level == KIN_CPU_SCALAR || !of->dy[0]) return NULL;
    if (kin_count(&of->dy[0]->shape) == 0) return NULL;
    for (size_t i = 0; i < call->out_count; i++)
        if (kin_count(&call->out[i]->shape) == 0) return NULL;
    return kernels;
}

kin_status kin_bind_gradient(kin_binder *binder, const kin_op *op, const kin_call *call, kin_exec *exec, bool *taken)
{
    const kin_gradient_attrs *a = call->attrs;
    kin_gradient_call         of;
    (void)op;
    kin_gradient_open(call, &of);
    const kin_kernels *kernels = kernels_for(binder, call, &of);
    kin_bind_back     *bind = kernels ? kin_back_for(a->op) : NULL;
    return bind ? bind(binder, kernels, call, &of, exec, taken) : KIN_OK;
}

/* --- partial sums --- */

enum { CHUNK = 8192 /* floats that a task adds up */ };

static void add_up(const kin_exec *exec, const kin_call *call, size_t task, void *scratch)
{
    const kin_partial *p = exec->state;
    const float       *part = exec->shared;
    float             *y = call->out[0]->data;
    size_t             from, to;
    (void)scratch;
    kin_fast_piece(p->count, exec->after_tasks, task, &from, &to);
    memcpy(y + from, part + from, (to - from) * sizeof *y);
    for (size_t i = 1; i < p->pieces; i++)
        for (size_t k = from; k < to; k++) y[k] += part[i * p->count + k];
}

void kin_partial_bind(kin_binder *binder, const kin_partial *partial, kin_exec *exec)
{
    if (partial->pieces < 2) return;
    exec->shared_bytes = partial->pieces * partial->count * sizeof(float);
    exec->after = add_up;
    exec->after_tasks = kin_fast_pieces(kin_fast_width(binder), partial->count, CHUNK);
}
