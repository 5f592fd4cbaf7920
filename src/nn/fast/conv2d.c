/* SPDX-License-Identifier: Apache-2.0
 *
 * conv2d by gemm: a row is an output pixel, its inputs are runs of the picture (rows.h).
 */
#include "nn/fast/layers.h"

#include <string.h>

enum { BAND_BYTES = 192 * 1024, ROWS_LEAST = 48, ROWS_MOST = 4096 };

typedef struct {
    kin_conv_part part;
    kin_conv_rows rows;
    size_t        out_c;                  /* of a group */
    size_t        panels, floats, packed; /* of a group's weights; where the part's begin in the pack */
    size_t        lines, line_pieces, panel_pieces, tasks;
} part;

typedef struct {
    kin_fast_packing       packing;
    const kin_gemm_kernel *kernel;
    kin_conv_problem       problem;
    size_t                 band_floats, row_count; /* scratch: the band, then pointers to rows of x, then of y */
    size_t                 parts;
    part                   part[];
} state;

/* --- weights: a unit is a panel --- */

static void pack(const kin_fast_packing *packing, const float *weights, size_t from, size_t to, float *out)
{
    const state *s = (const state *)packing;
    size_t       unit = 0;
    for (const part *p = s->part; p < s->part + s->parts; p++)
        for (size_t g = 0; g < (size_t)p->part.d.groups; g++)
            for (size_t panel = 0; panel < p->panels; panel++, unit++)
                if (unit >= from && unit < to)
                    kin_gemm_pack(s->kernel, (size_t)p->part.d.kh, (size_t)p->part.d.kw, p->rows.c, p->out_c,
                                  weights + (ptrdiff_t)g * p->part.weights_group, &p->part.weights, panel, panel + 1,
                                  out + p->packed + g * p->floats);
}

/* --- a run --- */

/* Output line i of the piece: its first pixel. */
static float *line_at(const part *p, float *y, size_t picture, size_t i)
{
    const kin_conv_part *q = &p->part;
    return y + ((picture * q->h + q->first_h + i * q->step_h) * q->w + q->first_w) * (size_t)q->d.out_c;
}

static void clear(const part *p, float *y, size_t picture, size_t from, size_t to)
{
    size_t c = (size_t)p->part.d.out_c;
    for (size_t i = from; i < to; i++) {
        float *line = line_at(p, y, picture, i);
        for (size_t j = 0; j < (size_t)p->part.d.ow; j++) memset(line + j * p->part.step_w * c, 0, c * sizeof *line);
    }
}

static bool is_dense(const kin_conv_part *p)
{
    return p->step_h == 1 && p->step_w == 1 && p->w == (size_t)p->d.ow;
}

/* Where the rows of y begin, as a dense matrix or row by row. */
static void place(const part *p, float *y, size_t picture, size_t group, size_t from, size_t to, float **rows,
                  kin_gemm_args *g)
{
    size_t c = (size_t)p->part.d.out_c;
    g->ldy = (ptrdiff_t)c;
    if (is_dense(&p->part)) {
        g->y = line_at(p, y, picture, from) + group * p->out_c;
        return;
    }
    g->y_rows = rows;
    for (size_t i = from; i < to; i++) {
        float *line = line_at(p, y, picture, i) + group * p->out_c;
        for (size_t j = 0; j < (size_t)p->part.d.ow; j++) *rows++ = line + j * p->part.step_w * c;
    }
}

static void run(const kin_exec *exec, const kin_call *call, size_t task, void *scratch)
{
    const state            *s = exec->state;
    const kin_conv_problem *c = &s->problem;
    const part             *p = s->part;
    for (; task >= p->tasks; p++) task -= p->tasks;
    const kin_conv_rows *r = &p->rows;
    size_t panel = task % p->panel_pieces, group = task / p->panel_pieces % (size_t)r->d.groups;
    size_t band = task / p->panel_pieces / (size_t)r->d.groups, picture = band / p->line_pieces, from, to;
    kin_fast_piece((size_t)r->d.oh, p->line_pieces, band % p->line_pieces, &from, &to);
    if (r->segments == 0) {
        if (panel == 0 && group == 0) clear(p, call->out[0]->data, picture, from, to);
        return;
    }
    const float **rows = (const float **)((float *)scratch + s->band_floats);
    kin_gemm_args g = {.m = (to - from) * (size_t)r->d.ow, .n = p->out_c, .a_rows = rows};
    g.offset = r->offset;
    g.segments = r->segments;
    g.run = r->run;
    kin_conv_rows_set(r, kin_floats(call, c->x), picture, group, from, to, scratch, rows);
    g.row_floats = (size_t)(r->d.stride_h * r->d.stride_w) * r->c;
    if (g.row_floats > r->segments * r->run) g.row_floats = 0;
    g.b = kin_fast_packed(exec) + p->packed + group * p->floats;
    g.epilogue = kin_fast_epilogue(call, c->epilogue);
    if (g.epilogue.slope) g.epilogue.slope += group * p->out_c;
    const float *bias = kin_floats(call, c->bias), *residual = kin_floats(call, c->residual);
    float       *y = call->out[0]->data;
    place(p, y, picture, group, from, to, (float **)(rows + s->row_count), &g);
    g.bias = bias ? bias + group * p->out_c : NULL;
    g.residual = residual ? residual + (g.y - y) : NULL; /* forward only: dense */
    g.ld_residual = g.ldy;
    kin_fast_piece(p->panels, p->panel_pieces, panel, &g.panel_from, &g.panel_to);
    kin_gemm_run(s->kernel, &g);
}

/* --- binding --- */

/* Lines a task, and parts of the columns where lines are few or the weights large. */
static void cut(part *p, size_t width)
{
    const kin_conv_dims *d = &p->part.d;
    size_t oh = (size_t)d->oh, ow = (size_t)d->ow, n = (size_t)d->n, line_bytes = p->rows.wide * (size_t)d->c * sizeof(float);
    size_t lines = ROWS_MOST / ow ? ROWS_MOST / ow : 1, want = width > 1 ? 4 * width : 1, least = (ROWS_LEAST + ow - 1) / ow;
    bool   heavy = p->rows.segments * p->rows.run * p->out_c * sizeof(float) > 256 * 1024; /* do not stay in L2 */
    if (p->rows.padded)
        while (lines > 1 && kin_conv_rows_lines(&p->rows, lines) * line_bytes > BAND_BYTES) lines = (lines + 1) / 2;
    if (lines > oh) lines = oh;
    size_t bands = (oh + lines - 1) / lines, more = (want + n - 1) / n;
    if (!heavy && bands < more) bands = more;
    if (bands > oh / (least < oh ? least : oh) && bands > (oh + lines - 1) / lines) bands = oh / (least < oh ? least : oh);
    if (bands < (oh + lines - 1) / lines) bands = (oh + lines - 1) / lines;
    p->line_pieces = bands;
    p->lines = (oh + bands - 1) / bands;
    size_t tasks = bands * n * (size_t)d->groups;
    p->panel_pieces = tasks < want ? (want + tasks - 1) / tasks : 1;
    if (p->panel_pieces > p->panels) p->panel_pieces = p->panels;
    p->tasks = tasks * p->panel_pieces;
}

/* One part, behind those that are there already. */
static kin_status add_part(kin_binder *binder, state *s, const kin_conv_part *from, size_t *floats, bool *fits)
{
    part  *p = &s->part[s->parts];
    size_t band, columns, all;
    p->part = *from;
    KIN_TRY(kin_conv_rows_make(binder, &from->d, &p->rows, fits));
    if (!*fits) return KIN_OK;
    *fits = false;
    p->out_c = (size_t)(from->d.out_c / from->d.groups);
    p->panels = kin_gemm_panels(s->kernel, p->out_c);
    cut(p, kin_fast_width(binder));
    if (!kin_conv_rows_band(&p->rows, p->lines, &band)) return KIN_OK;
    if (!kin_mul_size(p->panels, s->kernel->nr, &columns) ||
        !kin_mul_size(columns, p->rows.segments * p->rows.run, &p->floats) ||
        !kin_mul_size(p->floats, (size_t)from->d.groups, &all))
        return KIN_OK;
    p->packed = *floats;
    if (!kin_add_size(*floats, all, floats)) return KIN_OK;
    if (band > s->band_floats) s->band_floats = kin_align_up(band, KIN_ALIGN / sizeof(float));
    if (p->lines * (size_t)from->d.ow > s->row_count) s->row_count = p->lines * (size_t)from->d.ow;
    s->packing.units += (size_t)from->d.groups * p->panels;
    s->parts++;
    *fits = true;
    return KIN_OK;
}

kin_status kin_bind_conv_gemm(kin_binder *binder, const kin_kernels *kernels, const kin_call *call,
                              const kin_conv_problem *problem, kin_exec *exec, bool *taken)
{
    state *s;
    size_t floats = 0;
    bool   fits, dense = true;
    KIN_TRY(kin_bind_alloc(binder, sizeof *s + problem->parts * sizeof *s->part, &s));
    s->kernel = kernels->gemm;
    s->problem = *problem;
    s->packing = (kin_fast_packing){.pack = pack, .weights = problem->weights};
    for (size_t i = 0; i < problem->parts; i++) {
        KIN_TRY(add_part(binder, s, &problem->part[i], &floats, &fits));
        if (!fits) return KIN_OK;
        dense = dense && is_dense(&problem->part[i]);
        exec->tasks += s->part[i].tasks;
    }
    exec->kernel = s->kernel->name;
    exec->scratch = s->band_floats * sizeof(float) + s->row_count * sizeof(float *) * (dense ? 1 : 2);
    exec->run = run;
    exec->state = s;
    KIN_TRY(kin_fast_pack(binder, call, s->kernel->name, floats, &s->packing, exec));
    *taken = true;
    return KIN_OK;
}

kin_status kin_bind_conv(kin_binder *binder, const kin_kernels *kernels, const kin_call *call,
                         const kin_conv_problem *problem, kin_exec *exec, bool *taken)
{
    KIN_TRY(kin_bind_conv_winograd(binder, kernels, call, problem, exec, taken));
    return *taken ? KIN_OK : kin_bind_conv_gemm(binder, kernels, call, problem, exec, taken);
}

kin_status kin_bind_conv2d(kin_binder *binder, const kin_op *op, const kin_call *call, kin_exec *exec, bool *taken)
{
    (void)op;
    const kin_kernels    *kernels = kin_fast_kernels(binder, call, KIN_MANY);
    const kin_conv_attrs *attrs = call->attrs;
    if (!kernels) return KIN_OK;
    kin_conv_part p = {.d = kin_conv_dims_of(call), .step_h = 1, .step_w = 1};
    p.d.groups = attrs->groups; /* where depthwise weights look alike, this says */
    ptrdiff_t cell = (ptrdiff_t)(p.d.c / p.d.groups), filter = (ptrdiff_t)(p.d.kh * p.d.kw) * cell;
    p.weights = (kin_gemm_strides){0, (ptrdiff_t)p.d.kw * cell, cell, 1, filter};
    p.weights_group = filter * (ptrdiff_t)(p.d.out_c / p.d.groups);
    p.h = (size_t)p.d.oh, p.w = (size_t)p.d.ow;
    kin_conv_problem problem = {KIN_IN_X, KIN_IN_WEIGHTS, KIN_IN_BIAS, KIN_IN_RESIDUAL, &attrs->epilogue, 1, 1, &p};
    return kin_bind_conv(binder, kernels, call, &problem, exec, taken);
}
