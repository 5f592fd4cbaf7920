/* SPDX-License-Identifier: Apache-2.0
 *
 * conv2d by gemm: a row is an output pixel, its inputs are runs of the picture (kern/gemm/gemm.h). Where the window
 * reaches over the border, a task first copies its band of input lines with zeros around it into its scratch.
 */
#include "nn/fast/fast.h"

#include <string.h>

enum { BAND_BYTES = 192 * 1024, ROWS_LEAST = 48, ROWS_MOST = 4096, SCRATCH_MOST = 64 << 20 };

typedef struct {
    const kin_gemm_kernel *kernel;
    kin_conv_dims          d;
    size_t                 c, out_c; /* of a group */
    size_t                 segments, run, wide; /* wide: pixels of a line that the rows point into */
    bool                   padded;
    size_t                 lines, line_pieces, panels, panel_pieces;
    size_t                 band_floats; /* scratch: the band, then the row pointers */
    ptrdiff_t              offset[];
} state;

static void pack(const kin_call *call, const void *from, void *out)
{
    const state *s = from;
    size_t       k = s->segments * s->run, each = kin_gemm_packed(s->kernel, k, s->out_c);
    const float *weights = call->in[KIN_IN_WEIGHTS]->data;
    for (size_t g = 0; g < (size_t)s->d.groups; g++)
        kin_gemm_pack(s->kernel, k, s->out_c, weights + g * s->out_c * k, 1, (ptrdiff_t)k, (float *)out + g * each);
}

static size_t band_lines(const kin_conv_dims *d, size_t lines)
{
    return (lines - 1) * (size_t)d->stride_h + (size_t)((d->kh - 1) * d->dilation_h) + 1;
}

/* Input lines top .. top + count of `picture` with zeros where they leave it; returns the band. */
static const float *copy_band(const state *s, const float *picture, ptrdiff_t top, size_t count, float *band)
{
    const kin_conv_dims *d = &s->d;
    size_t               c = (size_t)d->c, left = (size_t)d->left, inside = (size_t)d->w;
    if (left > s->wide) left = s->wide;
    if (inside > s->wide - left) inside = s->wide - left;
    for (size_t i = 0; i < count; i++) {
        float    *to = band + i * s->wide * c;
        ptrdiff_t line = top + (ptrdiff_t)i;
        if (line < 0 || line >= (ptrdiff_t)d->h) {
            memset(to, 0, s->wide * c * sizeof *to);
            continue;
        }
        memset(to, 0, left * c * sizeof *to);
        memcpy(to + left * c, picture + (size_t)line * (size_t)d->w * c, inside * c * sizeof *to);
        memset(to + (left + inside) * c, 0, (s->wide - left - inside) * c * sizeof *to);
    }
    return band;
}

static void run(const kin_exec *exec, const kin_call *call, size_t task, void *scratch)
{
    const state          *s = exec->state;
    const kin_conv_dims  *d = &s->d;
    const kin_conv_attrs *attrs = call->attrs;
    size_t                panel = task % s->panel_pieces, group = task / s->panel_pieces % (size_t)d->groups;
    size_t                band = task / s->panel_pieces / (size_t)d->groups, ow = (size_t)d->ow;
    size_t                image = band / s->line_pieces, from, to, c = (size_t)d->c;
    kin_fast_piece((size_t)d->oh, s->line_pieces, band % s->line_pieces, &from, &to);

    kin_gemm_args g = {.m = (to - from) * ow, .n = s->out_c, .offset = s->offset, .segments = s->segments, .run = s->run};
    const float  *x = kin_floats(call, KIN_IN_X) + image * (size_t)(d->h * d->w) * c;
    const float **rows = (const float **)((float *)scratch + s->band_floats);
    ptrdiff_t     top = (ptrdiff_t)(from * (size_t)d->stride_h) - (ptrdiff_t)d->top;
    if (s->padded)
        x = copy_band(s, x, top, band_lines(d, to - from), scratch);
    else
        x += top * (ptrdiff_t)(s->wide * c);
    x += group * s->c;
    for (size_t i = 0, m = 0; i < to - from; i++)
        for (size_t j = 0; j < ow; j++, m++)
            rows[m] = x + (i * (size_t)d->stride_h * s->wide + j * (size_t)d->stride_w) * c;
    g.a_rows = rows;
    g.row_floats = (size_t)(d->stride_h * d->stride_w) * s->c;
    if (g.row_floats > s->segments * s->run) g.row_floats = 0;
    size_t first = ((image * (size_t)d->oh + from) * ow) * (size_t)d->out_c + group * s->out_c;
    g.b = (const float *)exec->packed + group * kin_gemm_packed(s->kernel, s->segments * s->run, s->out_c);
    g.epilogue = kin_fast_epilogue(call, &attrs->epilogue);
    const float *bias = kin_floats(call, KIN_IN_BIAS), *residual = kin_floats(call, KIN_IN_RESIDUAL);
    g.bias = bias ? bias + group * s->out_c : NULL;
    if (g.epilogue.slope) g.epilogue.slope += group * s->out_c;
    g.residual = residual ? residual + first : NULL;
    g.y = (float *)call->out[0]->data + first;
    g.ldy = g.ld_residual = (ptrdiff_t)d->out_c;
    kin_fast_piece(s->panels, s->panel_pieces, panel, &g.panel_from, &g.panel_to);
    kin_gemm_run(s->kernel, &g);
}

/* Lines a task, and parts of the columns where lines are few or the weights large. */
static void cut(state *s, size_t width)
{
    const kin_conv_dims *d = &s->d;
    size_t oh = (size_t)d->oh, ow = (size_t)d->ow, n = (size_t)d->n, line_bytes = s->wide * (size_t)d->c * sizeof(float);
    size_t lines = ROWS_MOST / ow ? ROWS_MOST / ow : 1, want = width > 1 ? 4 * width : 1, least = (ROWS_LEAST + ow - 1) / ow;
    bool   heavy = s->segments * s->run * s->out_c * sizeof(float) > 256 * 1024; /* weights do not stay in L2 */
    if (s->padded)
        while (lines > 1 && band_lines(d, lines) * line_bytes > BAND_BYTES) lines = (lines + 1) / 2;
    if (lines > oh) lines = oh;
    size_t bands = (oh + lines - 1) / lines, more = (want + n - 1) / n;
    if (!heavy && bands < more) bands = more;
    if (bands > oh / (least < oh ? least : oh) && bands > (oh + lines - 1) / lines) bands = oh / (least < oh ? least : oh);
    if (bands < (oh + lines - 1) / lines) bands = (oh + lines - 1) / lines;
    s->line_pieces = bands;
    s->lines = (oh + bands - 1) / bands;
    size_t tasks = bands * n * (size_t)d->groups;
    s->panel_pieces = tasks < want ? (want + tasks - 1) / tasks : 1;
    if (s->panel_pieces > s->panels) s->panel_pieces = s->panels;
}

/* false: sizes that no scratch memory is made for (pads or strides far beyond the picture). */
static bool fill(state *s, const kin_conv_dims *d, const kin_gemm_kernel *kernel, size_t width, size_t *scratch)
{
    s->kernel = kernel;
    s->d = *d;
    s->c = (size_t)(d->c / d->groups);
    s->out_c = (size_t)(d->out_c / d->groups);
    bool whole_line = d->dilation_w == 1 && d->groups == 1; /* a window's line is one run */
    s->segments = (size_t)(whole_line ? d->kh : d->kh * d->kw);
    s->run = (whole_line ? (size_t)d->kw : 1) * s->c;
    int64_t bottom = (d->oh - 1) * d->stride_h - d->top + (d->kh - 1) * d->dilation_h;
    int64_t right = (d->ow - 1) * d->stride_w - d->left + (d->kw - 1) * d->dilation_w;
    s->padded = d->top > 0 || d->left > 0 || bottom >= d->h || right >= d->w;
    s->wide = (size_t)(s->padded ? right + d->left + 1 : d->w);
    size_t line, band = 0;
    if (!kin_mul_size(s->wide, (size_t)d->c * sizeof(float), &line) || line > SCRATCH_MOST) return false;
    s->panels = kin_gemm_panels(kernel, s->out_c);
    if ((d->kh - 1) * d->dilation_h > SCRATCH_MOST || d->stride_h > SCRATCH_MOST) return false;
    cut(s, width);
    if (s->padded && (!kin_mul_size(band_lines(d, s->lines), line, &band) || band > SCRATCH_MOST)) return false;
    s->band_floats = kin_align_up(band, KIN_ALIGN) / sizeof(float);
    *scratch = s->band_floats * sizeof(float) + s->lines * (size_t)d->ow * sizeof(float *);
    size_t line_step = s->padded ? s->wide * (size_t)d->c : (size_t)(d->w * d->c);
    for (size_t i = 0; i < s->segments; i++) {
        size_t p = whole_line ? i : i / (size_t)d->kw, q = whole_line ? 0 : i % (size_t)d->kw;
        s->offset[i] = (ptrdiff_t)(p * (size_t)d->dilation_h * line_step + q * (size_t)(d->dilation_w * d->c));
    }
    return true;
}

kin_status kin_bind_conv2d(kin_binder *binder, const kin_op *op, const kin_call *call, kin_exec *exec, bool *taken)
{
    (void)op;
    const kin_kernels *kernels = kin_fast_kernels(binder, call, KIN_MANY);
    if (!kernels || !call->in[KIN_IN_WEIGHTS]->data) return KIN_OK;
    KIN_TRY(kin_bind_winograd(binder, kernels, call, exec, taken));
    if (*taken) return KIN_OK;
    kin_conv_dims d = kin_conv_dims_of(call);
    size_t        panels, bytes, scratch;
    state        *s;
    d.groups = ((const kin_conv_attrs *)call->attrs)->groups; /* where depthwise weights look alike, this says */
    KIN_TRY(kin_bind_alloc(binder, sizeof *s + (size_t)(d.kh * d.kw) * sizeof(ptrdiff_t), &s));
    if (!fill(s, &d, kernels->gemm, kin_fast_width(binder), &scratch)) return KIN_OK;
    if (!kin_mul_size(s->panels * (size_t)d.groups, s->kernel->nr * sizeof(float), &panels) ||
        !kin_mul_size(panels, s->segments * s->run, &bytes))
        return KIN_OK;
    exec->kernel = s->kernel->name;
    exec->tasks = (size_t)d.n * s->line_pieces * (size_t)d.groups * s->panel_pieces;
    exec->scratch = scratch;
    exec->run = run;
    exec->state = s;
    KIN_TRY(kin_bind_pack(binder, s->kernel->name, bytes, pack, s, &exec->packed));
    *taken = true;
    return KIN_OK;
}
