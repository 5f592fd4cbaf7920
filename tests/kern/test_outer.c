/* SPDX-License-Identifier: Apache-2.0
 *
 * kin_gemm_outer of every level against the scalar level, which is checked against sums in double: rows in pieces, tails, and
 * the same bits however m, panels and (at multiples of KIN_OUTER_ROWS) rows are split.
 */
#include "tests/kern/harness.h"

typedef struct {
    size_t m, n, ldy;
} problem;

static float *outer(kern_test *t, const kin_gemm_kernel *kernel, const kin_outer_args *args, const problem *p, const float *start,
                    bool pieces)
{
    kin_outer_args g = *args;
    size_t         size = (p->m - 1) * p->ldy + p->n, panels = kin_gemm_panels(kernel, p->n);
    float         *scratch = kern_bytes(t, kin_gemm_outer_scratch(kernel, p->m) * sizeof *scratch, 64), *y = kern_blank(t, size);
    size_t         row = pieces ? kern_range(t, 0, g.k / KIN_OUTER_ROWS) * KIN_OUTER_ROWS : 0;
    size_t         m = pieces ? kern_range(t, 0, p->m) : 0, panel = pieces ? kern_range(t, 0, panels) : 0;
    memcpy(y, start, size * sizeof *y);
    g.y = y;
    for (int i = 0; i < 8; i++) {
        kin_outer_args part = g;
        size_t         from = i & 4 ? row : 0, to = i & 4 ? g.k : row;
        part.a += (ptrdiff_t)from * g.lda;
        part.b_rows += from;
        part.k = to - from;
        part.m_from = i & 1 ? m : 0;
        part.m_to = i & 1 ? p->m : m;
        part.panel_from = i & 2 ? panel : 0;
        part.panel_to = i & 2 ? panels : panel;
        kin_gemm_outer(kernel, &part, scratch);
    }
    return y;
}

static void body(kern_test *t)
{
    problem        p = {.m = kern_range(t, 1, 40)};
    kin_outer_args g = {.k = kern_range(t, 0, 300), .segments = kern_range(t, 1, 5), .run = kern_range(t, 1, 50)};
    p.n = g.segments * g.run;
    p.ldy = p.n + kern_range(t, 0, 5);
    g.lda = (ptrdiff_t)(p.m + kern_range(t, 0, 9));
    g.ldy = (ptrdiff_t)p.ldy;
    g.a = kern_wild(t, g.k ? (g.k - 1) * (size_t)g.lda + p.m : 0);
    size_t        reach = g.run + 20, size = 200 + g.segments * reach;
    const float  *block = kern_wild(t, size), **rows = kern_bytes(t, (g.k + 1) * sizeof *rows, sizeof *rows);
    ptrdiff_t    *offset = kern_bytes(t, g.segments * sizeof *offset, sizeof *offset);
    for (size_t s = 0; s < g.segments; s++) offset[s] = (ptrdiff_t)(s * reach + kern_range(t, 0, 20));
    for (size_t i = 0; i < g.k; i++) rows[i] = block + kern_range(t, 0, 200);
    if (g.k && kern_flip(t)) { /* one row whose last run ends at the guard page */
        offset[g.segments - 1] = (ptrdiff_t)(g.segments * reach - g.run);
        rows[g.k - 1] = block + 200;
    }
    g.b_rows = rows;
    g.offset = offset;
    size_t       full = (p.m - 1) * p.ldy + p.n;
    const float *start = kern_floats(t, full);
    float       *exact = kern_blank(t, full);
    memcpy(exact, start, full * sizeof *exact);
    for (size_t m = 0; m < p.m; m++)
        for (size_t n = 0; n < p.n; n++) {
            double sum = start[m * p.ldy + n];
            for (size_t i = 0; i < g.k; i++)
                sum += (double)g.a[(ptrdiff_t)i * g.lda + (ptrdiff_t)m] * rows[i][offset[n / g.run] + (ptrdiff_t)(n % g.run)];
            exact[m * p.ldy + n] = (float)sum;
        }
    const float *scalar = outer(t, &kin_gemm_scalar, &g, &p, start, false), *y = outer(t, t->k->gemm, &g, &p, start, false);
    kern_same(t, "scalar against double", exact, scalar, full, false, 1e-4);
    kern_same(t, t->k->gemm->name, scalar, y, full, t->fused, 1e-4);
    kern_same(t, "in pieces", y, outer(t, t->k->gemm, &g, &p, start, true), full, true, 0);
}

int main(int argc, char **argv)
{
    return kern_main(argc, argv, 300, body);
}
