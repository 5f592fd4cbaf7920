/* SPDX-License-Identifier: Apache-2.0
 *
 * batch_norm, batch_norm_train and their gradients: (x - mean) * scale + beta with a number a channel each. Statistics are
 * partial sums over a number of pieces that depends on shapes only; each task of the next phase adds up what it needs.
 *
 * Gradients, with n = (x - mean) / deviation: dbeta = sum of dy, dgamma = sum of dy * n, dx = gamma / deviation * dy and, in
 * training, gamma / deviation * (-mean of dy - n * mean of dy * n) more.
 */
#include "nn/fast/back.h"

#include <math.h>
#include <string.h>

#include "nn/ops/batch_norm.h"

enum { PIECE_ROWS = 512, PIECES_MOST = 32, PIECE = 32768 /* floats of a task that only maps */ };
enum { X, GAMMA, BETA, MEAN, VARIANCE };

typedef struct {
    const kin_elementwise_kernel *elementwise;
    const kin_columns_kernel     *columns;
    size_t                        rows, n, pieces;
    double                        epsilon;
    bool                          train;
} state;

/* The channels' numbers, a task's own, in its scratch. */
typedef struct {
    float *mean, *scale, *shift, *p, *q;
} numbers;

static numbers numbers_of(const state *s, void *scratch)
{
    float *f = scratch;
    return (numbers){f, f + s->n, f + 2 * s->n, f + 3 * s->n, f + 4 * s->n};
}

/* Column sums of all pieces, over `each`: sums[pieces][n] -> out[n], in double. */
static void add_up(const state *s, const float *sums, double each, float *out)
{
    for (size_t j = 0; j < s->n; j++) {
        double sum = 0;
        for (size_t i = 0; i < s->pieces; i++) sum += sums[i * s->n + j];
        out[j] = (float)(sum / each);
    }
}

static float deviation(const state *s, float variance)
{
    return (float)sqrt((double)variance + s->epsilon);
}

/* --- forward --- */

static void run_frozen(const kin_exec *exec, const kin_call *call, size_t task, void *scratch)
{
    const state *s = exec->state;
    numbers      v = numbers_of(s, scratch);
    size_t       from, to;
    const float *gamma = kin_floats(call, GAMMA), *variance = kin_floats(call, VARIANCE);
    kin_fast_piece(s->rows, exec->tasks, task, &from, &to);
    for (size_t j = 0; j < s->n; j++) v.scale[j] = gamma[j] / deviation(s, variance[j]);
    s->elementwise->affine(to - from, s->n, kin_floats(call, X) + from * s->n, kin_floats(call, MEAN), v.scale, kin_floats(call, BETA),
                           (float *)call->out[0]->data + from * s->n);
}

/* Training, before: sums of x. */
static void sum_x(const kin_exec *exec, const kin_call *call, size_t task, void *scratch)
{
    const state *s = exec->state;
    float       *sums = (float *)exec->shared + task * s->n;
    size_t       from, to;
    (void)scratch;
    kin_fast_piece(s->rows, s->pieces, task, &from, &to);
    memset(sums, 0, s->n * sizeof *sums);
    s->columns->sum(to - from, s->n, kin_floats(call, X) + from * s->n, sums);
}

/* Then: sums of (x - mean)^2. */
static void sum_spread(const kin_exec *exec, const kin_call *call, size_t task, void *scratch)
{
    const state *s = exec->state;
    numbers      v = numbers_of(s, scratch);
    const float *first = exec->shared;
    float       *sums = (float *)exec->shared + (s->pieces + task) * s->n;
    size_t       from, to;
    kin_fast_piece(s->rows, s->pieces, task, &from, &to);
    add_up(s, first, (double)s->rows, v.mean);
    memset(sums, 0, s->n * sizeof *sums);
    s->columns->spread(to - from, s->n, kin_floats(call, X) + from * s->n, v.mean, sums);
}

/* After: y, mean, variance. */
static void normalise(const kin_exec *exec, const kin_call *call, size_t task, void *scratch)
{
    const state *s = exec->state;
    numbers      v = numbers_of(s, scratch);
    const float *sums = exec->shared, *gamma = kin_floats(call, GAMMA);
    size_t       from, to;
    kin_fast_piece(s->rows, exec->after_tasks, task, &from, &to);
    add_up(s, sums, (double)s->rows, v.mean);
    add_up(s, sums + s->pieces * s->n, (double)s->rows, v.shift);
    for (size_t j = 0; j < s->n; j++) v.scale[j] = gamma[j] / deviation(s, v.shift[j]);
    if (task == 0) {
        memcpy(call->out[1]->data, v.mean, s->n * sizeof(float));
        memcpy(call->out[2]->data, v.shift, s->n * sizeof(float));
    }
    s->elementwise->affine(to - from, s->n, kin_floats(call, X) + from * s->n, v.mean, v.scale, kin_floats(call, BETA),
                           (float *)call->out[0]->data + from * s->n);
}

/* What all of them need. */
static kin_status begin(kin_binder *binder, const kin_kernels *kernels, const kin_tensor *x, size_t n, const void *attrs,
                        kin_exec *exec, state **out)
{
    state *s;
    KIN_TRY(kin_bind_alloc(binder, sizeof *s, &s));
    *s = (state){kernels->elementwise, kernels->columns, kin_count(&x->shape) / n, n, 1, ((const kin_batch_norm_attrs *)attrs)->epsilon, false};
    if (s->rows / PIECE_ROWS > 1) s->pieces = s->rows / PIECE_ROWS < PIECES_MOST ? s->rows / PIECE_ROWS : PIECES_MOST;
    exec->kernel = s->elementwise->name;
    exec->state = s;
    exec->scratch = 5 * n * sizeof(float);
    *out = s;
    return KIN_OK;
}

kin_status kin_bind_batch_norm(kin_binder *binder, const kin_op *op, const kin_call *call, kin_exec *exec, bool *taken)
{
    const kin_kernels *kernels = kin_fast_kernels(binder, call, KIN_MANY);
    state             *s;
    if (!kernels) return KIN_OK;
    size_t n = kin_count(&call->in[GAMMA]->shape);
    KIN_TRY(begin(binder, kernels, call->in[X], n, call->attrs, exec, &s));
    size_t maps = kin_fast_pieces(kin_fast_width(binder), s->rows, PIECE / n + 1);
    *taken = true;
    if (op == &kin_op_batch_norm) {
        exec->tasks = maps;
        exec->run = run_frozen;
        return KIN_OK;
    }
    exec->before = sum_x;
    exec->run = sum_spread;
    exec->after = normalise;
    exec->before_tasks = exec->tasks = s->pieces;
    exec->after_tasks = maps;
    exec->shared_bytes = 2 * s->pieces * n * sizeof(float);
    return KIN_OK;
}

/* --- gradients --- */

/* Where the statistics come from: inputs of the frozen form, outputs of the training form. */
static const float *mean_of(const state *s, const kin_gradient_call *of)
{
    return (s->train ? of->out[1] : of->in[MEAN])->data;
}
static const float *variance_of(const state *s, const kin_gradient_call *of)
{
    return (s->train ? of->out[2] : of->in[VARIANCE])->data;
}

/* Sums of dy, then of dy * (x - mean): [2][pieces][n]. */
static void sum_dy(const kin_exec *exec, const kin_call *call, size_t task, void *scratch)
{
    const state      *s = exec->state;
    float            *sums = (float *)exec->shared + task * s->n, *products = sums + s->pieces * s->n;
    size_t            from, to;
    kin_gradient_call of;
    (void)scratch;
    kin_gradient_open(call, &of);
    kin_fast_piece(s->rows, s->pieces, task, &from, &to);
    memset(sums, 0, s->n * sizeof *sums);
    memset(products, 0, s->n * sizeof *sums);
    bool products_too = s->train || of.dx[GAMMA];
    for (size_t end; from < to; from = end) { /* both of a few rows, while they are in the cache */
        end = to - from < KIN_COLUMNS_ROWS ? to : from + KIN_COLUMNS_ROWS;
        const float *dy = (const float *)of.dy[0]->data + from * s->n;
        s->columns->sum(end - from, s->n, dy, sums);
        if (products_too)
            s->columns->centred(end - from, s->n, (const float *)of.in[X]->data + from * s->n, dy, mean_of(s, &of), products);
    }
}

static void give(const kin_exec *exec, const kin_call *call, size_t task, void *scratch)
{
    const state      *s = exec->state;
    numbers           v = numbers_of(s, scratch);
    size_t            from, to;
    kin_gradient_call of;
    kin_gradient_open(call, &of);
    bool         summed = exec->after == give;
    const float *sums = exec->shared, *variance = NULL, *gamma = of.in[GAMMA]->data;
    kin_fast_piece(s->rows, summed ? exec->after_tasks : exec->tasks, task, &from, &to);
    if (of.dx[X] || of.dx[GAMMA]) variance = variance_of(s, &of);
    if (summed) {
        add_up(s, sums, 1, v.shift);
        add_up(s, sums + s->pieces * s->n, 1, v.q);
    }
    for (size_t j = 0; j < s->n && variance; j++) {
        float dev = deviation(s, variance[j]);
        if (summed && task == 0 && of.dx[GAMMA]) ((float *)of.dx[GAMMA]->data)[j] = v.q[j] / dev;
        if (!of.dx[X]) continue;
        v.p[j] = gamma[j] / dev;
        if (!s->train) continue;
        if (task == 0 && of.dx[BETA]) ((float *)of.dx[BETA]->data)[j] = v.shift[j];
        v.shift[j] = -v.p[j] * (v.shift[j] / (float)s->rows);
        v.q[j] = -v.p[j] * (v.q[j] / (float)s->rows) / (dev * dev);
    }
    if (task == 0 && of.dx[BETA] && !(s->train && of.dx[X] && variance)) memcpy(of.dx[BETA]->data, v.shift, s->n * sizeof(float));
    if (!of.dx[X] || from == to) return;
    const float *dy = (const float *)of.dy[0]->data + from * s->n;
    float       *dx = (float *)of.dx[X]->data + from * s->n;
    if (s->train)
        s->elementwise->affine_two(to - from, s->n, dy, v.p, (const float *)of.in[X]->data + from * s->n, mean_of(s, &of), v.q, v.shift, dx);
    else {
        kin_binary_args g = {to - from, s->n, dy, (ptrdiff_t)s->n, 1, v.p, 0, 1, dx, (ptrdiff_t)s->n};
        s->elementwise->binary[KIN_BINARY_MUL](&g);
    }
}

kin_status kin_back_batch_norm(kin_binder *binder, const kin_kernels *kernels, const kin_call *call, const kin_gradient_call *of,
                               kin_exec *exec, bool *taken)
{
    state *s;
    size_t n = kin_count(&of->in[GAMMA]->shape);
    if (!of->dy[0] || (of->call.out_count > 1 && (of->dy[1] || of->dy[2]))) return KIN_OK; /* nobody learns by statistics */
    KIN_TRY(begin(binder, kernels, of->in[X], n, of->call.attrs, exec, &s));
    s->train = ((const kin_gradient_attrs *)call->attrs)->op == &kin_op_batch_norm_train;
    size_t maps = of->dx[X] ? kin_fast_pieces(kin_fast_width(binder), s->rows, PIECE / n + 1) : 1;
    *taken = true;
    if (!s->train && !of->dx[GAMMA] && !of->dx[BETA]) {
        exec->tasks = maps;
        exec->run = give;
        return KIN_OK;
    }
    exec->run = sum_dy;
    exec->tasks = s->pieces;
    exec->after = give;
    exec->after_tasks = maps;
    exec->shared_bytes = 2 * s->pieces * n * sizeof(float);
    return KIN_OK;
}
