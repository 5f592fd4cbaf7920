/* SPDX-License-Identifier: Apache-2.0
 *
 * Packing, and the loops around a level's tile: blocks of rows that stay in L2, in them panels of columns, in those
 * tiles of mr rows. The last panel's missing columns go through a small buffer, so that tiles are always full.
 */
#include "kern/gemm/gemm.h"

#include <string.h>

enum { A_BLOCK_BYTES = 192 * 1024 }; /* of rows kept in L2 beside a panel; chosen for an L2 of 512 KB, not swept */

void kin_gemm_pack(const kin_gemm_kernel *kernel, size_t lines, size_t columns, size_t k, size_t n, const float *b,
                   const kin_gemm_strides *s, size_t panel_from, size_t panel_to, float *packed)
{
    size_t nr = kernel->nr;
    packed += panel_from * lines * columns * k * nr;
    for (size_t first = panel_from * nr; first < panel_to * nr; first += nr)
        for (size_t p = 0; p < lines; p++)
            for (size_t q = 0; q < columns; q++) {
                const float *at = b + s->first + (ptrdiff_t)p * s->line + (ptrdiff_t)q * s->column + (ptrdiff_t)first * s->n;
                for (size_t i = 0; i < k; i++, at += s->k)
                    for (size_t j = 0; j < nr; j++) *packed++ = first + j < n ? at[(ptrdiff_t)j * s->n] : 0.0f;
            }
}

typedef struct {
    float bias[KIN_GEMM_NR], slope[KIN_GEMM_NR];
    float y[KIN_GEMM_MR * KIN_GEMM_NR], residual[KIN_GEMM_MR * KIN_GEMM_NR];
} edge; /* where a panel with fewer than nr columns is worked on */

static const float *a_row(const kin_gemm_args *g, size_t i)
{
    return g->a_rows ? g->a_rows[i] : g->a + (ptrdiff_t)i * g->lda;
}
static float *y_row(const kin_gemm_args *g, size_t i)
{
    return g->y_rows ? g->y_rows[i] : g->y + (ptrdiff_t)i * g->ldy;
}
static const float *residual_row(const kin_gemm_args *g, size_t i)
{
    return g->residual_rows ? g->residual_rows[i] : g->residual + (ptrdiff_t)i * g->ld_residual;
}

/* Bias and slope of one panel, nr values each. */
static void begin_panel(const kin_gemm_args *g, size_t first, size_t columns, size_t nr, edge *e, kin_gemm_tile *t)
{
    static const float zeros[KIN_GEMM_NR];
    const float *slope = g->epilogue.act == KIN_KERN_SLOPE ? g->epilogue.slope + first : NULL;
    t->bias = g->bias ? g->bias + first : zeros;
    t->slope = slope;
    if (columns == nr) return;
    if (g->bias) {
        memset(e->bias, 0, sizeof e->bias);
        memcpy(e->bias, g->bias + first, columns * sizeof(float));
        t->bias = e->bias;
    }
    if (slope) {
        memset(e->slope, 0, sizeof e->slope);
        memcpy(e->slope, slope, columns * sizeof(float));
        t->slope = e->slope;
    }
}

static void run_tile(const kin_gemm_kernel *kernel, const kin_gemm_args *g, size_t row, size_t rows, size_t first,
                     size_t columns, edge *e, kin_gemm_tile *t)
{
    size_t nr = kernel->nr;
    bool   with_residual = g->residual || g->residual_rows;
    for (size_t i = 0; i < rows; i++) {
        t->a[i] = a_row(g, row + i);
        t->y[i] = columns == nr ? y_row(g, row + i) + first : e->y + i * nr;
        t->residual[i] = with_residual ? residual_row(g, row + i) + first : NULL;
        if (with_residual && columns < nr) {
            memcpy(e->residual + i * nr, t->residual[i], columns * sizeof(float));
            t->residual[i] = e->residual + i * nr;
        }
    }
    kernel->tile[rows](t);
    if (columns < nr)
        for (size_t i = 0; i < rows; i++)
            memcpy(y_row(g, row + i) + first, e->y + i * nr, columns * sizeof(float));
}

void kin_gemm_run(const kin_gemm_kernel *kernel, const kin_gemm_args *g)
{
    static const ptrdiff_t at_once[1] = {0};
    size_t                 k = g->segments * g->run, mr = kernel->mr, nr = kernel->nr;
    size_t                 fresh = g->row_floats ? g->row_floats : k ? k : 1;
    size_t                 block = A_BLOCK_BYTES / sizeof(float) / fresh / mr * mr;
    edge                   e;
    kin_gemm_tile          t = {.segments = g->segments, .run = g->run, .epilogue = &g->epilogue};
    t.offset = g->offset ? g->offset : at_once;
    if (g->panel_to * nr > g->n) memset(&e, 0, sizeof e);
    if (block < 4 * mr) block = 4 * mr;
    for (size_t from = 0; from < g->m; from += block) {
        size_t to = from + block < g->m ? from + block : g->m;
        for (size_t p = g->panel_from; p < g->panel_to; p++) {
            size_t first = p * nr, columns = g->n - first < nr ? g->n - first : nr;
            begin_panel(g, first, columns, nr, &e, &t);
            t.b = g->b + p * k * nr;
            for (size_t row = from; row < to; row += mr)
                run_tile(kernel, g, row, to - row < mr ? to - row : mr, first, columns, &e, &t);
        }
    }
}
