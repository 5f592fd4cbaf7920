/* SPDX-License-Identifier: Apache-2.0
 *
 * The loops around a level's outer tile: blocks of rows, whose part of `a` is packed once into panels of mr columns and
 * each panel of b once for all of those, so that tiles read both in order.
 */
#include "kern/gemm/gemm.h"

#include <string.h>

size_t kin_gemm_outer_scratch(const kin_gemm_kernel *kernel, size_t m)
{
    size_t panels = (m + kernel->mr - 1) / kernel->mr;
    return KIN_OUTER_ROWS * (panels * kernel->mr + kernel->nr);
}

static void pack_a(const kin_gemm_kernel *kernel, const kin_outer_args *g, size_t from, size_t k, float *to)
{
    const float *rows[KIN_OUTER_ROWS];
    size_t       mr = kernel->mr;
    for (size_t i = 0; i < k; i++) rows[i] = g->a + (ptrdiff_t)(from + i) * g->lda;
    for (size_t m = g->m_from; m < g->m_to; m += mr, to += k * mr)
        kernel->gather(k, rows, (ptrdiff_t)m, g->m_to - m < mr ? g->m_to - m : mr, to, mr);
}

/* Columns [first, first + columns) of the rows, run by run; zeros behind. */
static void pack_b(const kin_gemm_kernel *kernel, const kin_outer_args *g, size_t from, size_t k, size_t first,
                   size_t columns, float *to)
{
    size_t nr = kernel->nr;
    if (columns < nr) memset(to, 0, k * nr * sizeof *to);
    for (size_t at = 0; at < columns;) {
        size_t segment = (first + at) / g->run, skip = (first + at) % g->run, n = g->run - skip;
        if (n > columns - at) n = columns - at;
        kernel->gather(k, g->b_rows + from, g->offset[segment] + (ptrdiff_t)skip, n, to + at, nr);
        at += n;
    }
}

/* A panel of fewer than nr columns goes through a buffer. */
static void edge_tile(const kin_gemm_kernel *kernel, size_t rows, size_t columns, size_t k, const float *a, const float *b,
                      float *y, ptrdiff_t ldy)
{
    float  sums[KIN_GEMM_MR * KIN_GEMM_NR];
    size_t mr = kernel->mr, nr = kernel->nr;
    memset(sums, 0, rows * nr * sizeof *sums);
    kernel->outer[rows](k, a, mr, b, sums, (ptrdiff_t)nr);
    for (size_t r = 0; r < rows; r++)
        for (size_t j = 0; j < columns; j++) y[(ptrdiff_t)r * ldy + (ptrdiff_t)j] += sums[r * nr + j];
}

static void run_block(const kin_gemm_kernel *kernel, const kin_outer_args *g, size_t from, size_t k, float *scratch)
{
    size_t mr = kernel->mr, nr = kernel->nr, n = g->segments * g->run;
    float *b = scratch, *packed = scratch + KIN_OUTER_ROWS * nr;
    pack_a(kernel, g, from, k, packed);
    for (size_t p = g->panel_from; p < g->panel_to; p++) {
        size_t       columns = n - p * nr < nr ? n - p * nr : nr;
        const float *a = packed;
        pack_b(kernel, g, from, k, p * nr, columns, b);
        for (size_t m = g->m_from; m < g->m_to; m += mr, a += k * mr) {
            size_t rows = g->m_to - m < mr ? g->m_to - m : mr;
            float *y = g->y + (ptrdiff_t)m * g->ldy + (ptrdiff_t)(p * nr);
            if (columns == nr)
                kernel->outer[rows](k, a, mr, b, y, g->ldy);
            else
                edge_tile(kernel, rows, columns, k, a, b, y, g->ldy);
        }
    }
}

void kin_gemm_outer(const kin_gemm_kernel *kernel, const kin_outer_args *g, float *scratch)
{
    for (size_t from = 0; from < g->k; from += KIN_OUTER_ROWS)
        run_block(kernel, g, from, g->k - from < KIN_OUTER_ROWS ? g->k - from : KIN_OUTER_ROWS, scratch);
}
