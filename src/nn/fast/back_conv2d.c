/* SPDX-License-Identifier: Apache-2.0
 *
 * Gradients of conv2d by x, by weights and by bias.
 */
#include "nn/fast/back.h"

#include <string.h>

kin_conv_dims kin_back_dims(const kin_gradient_call *of)
{
    kin_conv_dims d = kin_conv_dims_of(&of->call);
    d.groups = ((const kin_conv_attrs *)of->call.attrs)->groups;
    return d;
}

/* --- by x --- */

static int64_t gcd(int64_t a, int64_t b)
{
    while (b) {
        int64_t rest = a % b;
        a = b, b = rest;
    }
    return a;
}

kin_back_phase kin_back_phase_of(int64_t first, int64_t in, int64_t k, int64_t stride, int64_t dilation, int64_t top)
{
    int64_t        common = gcd(stride, dilation);
    kin_back_phase p = {.pixels = (in - first + stride - 1) / stride};
    p.cell_step = stride / common;
    p.dilation = dilation / common;
    for (int64_t cell = k - 1; cell >= 0; cell--) {
        if ((first + top - cell * dilation) % stride) continue;
        if (!p.cells++) {
            p.cell = cell;
            p.before = -(first + top - cell * dilation) / stride;
        }
    }
    return p;
}

static kin_status by_x(kin_binder *binder, const kin_kernels *kernels, const kin_call *call, const kin_gradient_call *of,
                       kin_exec *exec, bool *taken)
{
    static const kin_epilogue bare;
    kin_conv_dims    d = kin_back_dims(of);
    kin_conv_problem problem = {KIN_BACK_DY, KIN_BACK_IN + KIN_IN_WEIGHTS, KIN_MANY, KIN_MANY, &bare, (size_t)d.n, 0, NULL};
    kin_conv_part   *part;
    ptrdiff_t        c = (ptrdiff_t)(d.c / d.groups), line = (ptrdiff_t)d.kw * c, filter = (ptrdiff_t)d.kh * line;
    if (d.stride_h > KIN_BACK_STRIDE_MOST || d.stride_w > KIN_BACK_STRIDE_MOST) return KIN_OK;
    KIN_TRY(kin_bind_alloc(binder, (size_t)(d.stride_h * d.stride_w) * sizeof *part, &part));
    problem.part = part;
    for (int64_t i = 0; i < d.stride_h && i < d.h; i++)
        for (int64_t j = 0; j < d.stride_w && j < d.w; j++) {
            kin_back_phase v = kin_back_phase_of(i, d.h, d.kh, d.stride_h, d.dilation_h, d.top);
            kin_back_phase h = kin_back_phase_of(j, d.w, d.kw, d.stride_w, d.dilation_w, d.left);
            kin_conv_part *p = &part[problem.parts++];
            p->d = (kin_conv_dims){.n = d.n, .h = d.oh, .w = d.ow, .c = d.out_c, .out_c = d.c, .groups = d.groups};
            p->d.kh = v.cells, p->d.kw = h.cells;
            p->d.oh = v.pixels, p->d.ow = h.pixels;
            p->d.stride_h = p->d.stride_w = 1;
            p->d.dilation_h = v.dilation, p->d.dilation_w = h.dilation;
            p->d.top = v.before, p->d.left = h.before;
            p->weights = (kin_gemm_strides){(ptrdiff_t)v.cell * line + (ptrdiff_t)h.cell * c, -(ptrdiff_t)v.cell_step * line,
                                            -(ptrdiff_t)h.cell_step * c, filter, 1};
            p->weights_group = filter * (ptrdiff_t)(d.out_c / d.groups);
            p->h = (size_t)d.h, p->w = (size_t)d.w;
            p->first_h = (size_t)i, p->first_w = (size_t)j;
            p->step_h = (size_t)d.stride_h, p->step_w = (size_t)d.stride_w;
        }
    return kin_bind_conv(binder, kernels, call, &problem, exec, taken);
}

/* --- by weights: dW[m][n] = sum over pixels of dy[pixel][m] * row(pixel)[n] --- */

enum {
    UNIT_ROWS = 384,             /* of a unit, at most, unless a line has more */
    CALL_ROWS = 256,             /* at least, by several units where pictures are small */
    BAND_BYTES = 192 * 1024,
    PIECES_MOST = 16,
    PIECES_BYTES = 4 << 20,      /* of partial sums */
    CHUNK_M = 256                /* of dy's channels that a task packs */
};

typedef struct {
    kin_partial            partial;
    const kin_gemm_kernel *kernel;
    kin_conv_rows          rows;
    size_t                 m, n, panels;
    size_t                 lines, units, picture_units, together; /* a unit is `lines` lines of a picture */
    size_t                 band_floats;
    size_t                 chunks, panel_pieces;
} weights_state;

/* Rows of units [from, to), which follow each other; returns how many. */
static size_t set_units(const weights_state *s, const float *x, size_t group, size_t from, size_t to, float *bands,
                        const float **rows)
{
    size_t count = 0, ow = (size_t)s->rows.d.ow, oh = (size_t)s->rows.d.oh;
    for (size_t u = from; u < to; u++, bands += s->band_floats) {
        size_t first = u % s->picture_units * s->lines, end = first + s->lines < oh ? first + s->lines : oh;
        kin_conv_rows_set(&s->rows, x, u / s->picture_units, group, first, end, bands, rows + count);
        count += (end - first) * ow;
    }
    return count;
}

static void run_weights(const kin_exec *exec, const kin_call *call, size_t task, void *scratch)
{
    const weights_state *s = exec->state;
    const kin_conv_rows *r = &s->rows;
    size_t panel = task % s->panel_pieces, chunk = task / s->panel_pieces % s->chunks;
    size_t rest = task / s->panel_pieces / s->chunks, group = rest % (size_t)r->d.groups, piece = rest / (size_t)r->d.groups;
    size_t out_c = (size_t)r->d.out_c, from, to, nr = s->kernel->nr;
    kin_outer_args g = {.offset = r->offset, .segments = r->segments, .run = r->run, .lda = (ptrdiff_t)out_c};
    float         *bands = (float *)scratch + kin_gemm_outer_scratch(s->kernel, CHUNK_M);
    const float  **rows = (const float **)(bands + s->band_floats * s->together);
    const float   *x = kin_floats(call, KIN_BACK_IN + KIN_IN_X), *dy = kin_floats(call, KIN_BACK_DY);
    g.m_from = chunk * CHUNK_M;
    g.m_to = g.m_from + CHUNK_M < s->m ? g.m_from + CHUNK_M : s->m;
    kin_fast_piece(s->panels, s->panel_pieces, panel, &g.panel_from, &g.panel_to);
    g.y = kin_partial_at(exec, call, piece) + group * s->m * s->n;
    g.ldy = (ptrdiff_t)s->n;
    g.b_rows = rows;
    size_t end = g.panel_to * nr < s->n ? g.panel_to * nr : s->n;
    for (size_t m = g.m_from; m < g.m_to; m++)
        memset(g.y + m * s->n + g.panel_from * nr, 0, (end - g.panel_from * nr) * sizeof(float));
    kin_fast_piece(s->units, s->partial.pieces, piece, &from, &to);
    for (size_t u = from; u < to; u += s->together) {
        size_t first = u / s->picture_units * (size_t)r->d.oh + u % s->picture_units * s->lines; /* line of dy */
        g.a = dy + first * (size_t)r->d.ow * out_c + group * s->m;
        g.k = set_units(s, x, group, u, u + s->together < to ? u + s->together : to, bands, rows);
        kin_gemm_outer(s->kernel, &g, scratch);
    }
}

/* From shapes alone, so that sums have one order; then the tasks, by width too. */
static bool cut_weights(weights_state *s, size_t width)
{
    size_t oh = (size_t)s->rows.d.oh, ow = (size_t)s->rows.d.ow, more, bytes, cost;
    s->lines = 1;
    if (!kin_conv_rows_band(&s->rows, 1, &s->band_floats)) return false;
    while (s->lines < oh && (s->lines + 1) * ow <= UNIT_ROWS && kin_conv_rows_band(&s->rows, s->lines + 1, &more) &&
           more * sizeof(float) <= BAND_BYTES) {
        s->lines++;
        s->band_floats = more;
    }
    s->band_floats = kin_align_up(s->band_floats, KIN_ALIGN / sizeof(float));
    s->picture_units = (oh + s->lines - 1) / s->lines;
    s->units = s->picture_units * (size_t)s->rows.d.n;
    s->together = (CALL_ROWS + s->lines * ow - 1) / (s->lines * ow);
    if (s->together > s->units) s->together = s->units;
    if (!kin_mul_size(s->partial.count, sizeof(float), &bytes)) return false;
    s->partial.pieces = PIECES_BYTES / bytes < 1 ? 1 : PIECES_BYTES / bytes < PIECES_MOST ? PIECES_BYTES / bytes : PIECES_MOST;
    if (s->partial.pieces > s->units / s->together) s->partial.pieces = s->units / s->together;
    s->chunks = (s->m + CHUNK_M - 1) / CHUNK_M;
    size_t tasks = s->partial.pieces * s->chunks * (size_t)s->rows.d.groups, want = width > 1 ? 4 * width : 1;
    if (!kin_mul_size(tasks, s->panels, &cost)) return false;
    s->panel_pieces = tasks < want ? (want + tasks - 1) / tasks : 1;
    if (s->panel_pieces > s->panels) s->panel_pieces = s->panels;
    return true;
}

kin_status kin_back_weights(kin_binder *binder, const kin_kernels *kernels, const kin_conv_dims *d, kin_exec *exec,
                            bool *taken)
{
    weights_state *s;
    bool           fits;
    KIN_TRY(kin_bind_alloc(binder, sizeof *s, &s));
    s->kernel = kernels->gemm;
    KIN_TRY(kin_conv_rows_make(binder, d, &s->rows, &fits));
    if (!fits || s->rows.segments == 0) return KIN_OK;
    s->m = (size_t)(d->out_c / d->groups);
    s->n = s->rows.segments * s->rows.run;
    s->panels = (s->n + s->kernel->nr - 1) / s->kernel->nr;
    s->partial.count = (size_t)d->out_c * s->n;
    if (!cut_weights(s, kin_fast_width(binder))) return KIN_OK;
    exec->kernel = s->kernel->name;
    exec->tasks = s->partial.pieces * s->chunks * (size_t)d->groups * s->panel_pieces;
    exec->scratch = (kin_gemm_outer_scratch(s->kernel, CHUNK_M) + s->band_floats * s->together) * sizeof(float) +
                    s->together * s->lines * (size_t)d->ow * sizeof(float *);
    exec->run = run_weights;
    exec->state = s;
    kin_partial_bind(binder, &s->partial, exec);
    *taken = true;
    return KIN_OK;
}

kin_status kin_back_conv2d(kin_binder *binder, const kin_kernels *kernels, const kin_call *call, const kin_gradient_call *of,
                           kin_exec *exec, bool *taken)
{
    kin_conv_dims d = kin_back_dims(of);
    switch (kin_back_only(of)) {
    case KIN_IN_X: return by_x(binder, kernels, call, of, exec, taken);
    case KIN_IN_WEIGHTS:
        KIN_TRY(kin_back_winograd_weights(binder, kernels, &d, exec, taken));
        return *taken ? KIN_OK : kin_back_weights(binder, kernels, &d, exec, taken);
    case KIN_IN_BIAS: return kin_back_bias(binder, kernels, call, exec, taken);
    default: return KIN_OK;
    }
}
