/* SPDX-License-Identifier: Apache-2.0
 *
 * gemm of every level against the sum written down: random rows in pieces, tails, strides, epilogues, and the same bits
 * however rows and panels are split.
 */
#include "tests/kern/harness.h"

typedef struct {
    size_t       m, n, k, ldy, ldr;
    const float *weights; /* [n][k] */
    float       *residual;
} problem;

static void truth(const kin_gemm_args *g, const problem *p, float *y)
{
    for (size_t m = 0; m < p->m; m++)
        for (size_t n = 0; n < p->n; n++) {
            float        sum = g->bias ? g->bias[n] : 0.0f;
            const float *a = g->a_rows ? g->a_rows[m] : g->a + (ptrdiff_t)m * g->lda;
            for (size_t s = 0, k = 0; s < g->segments; s++)
                for (size_t i = 0; i < g->run; i++, k++)
                    sum = fmaf(a[(g->offset ? g->offset[s] : 0) + (ptrdiff_t)i], p->weights[n * p->k + k], sum);
            y[m * p->ldy + n] =
                kin_kern_finish(&g->epilogue, sum, n, p->residual ? p->residual + m * p->ldr + n : NULL);
        }
}

/* Rows at random places of one block; runs of each row too. */
static void draw_rows(kern_test *t, kin_gemm_args *g, const problem *p)
{
    size_t        reach = g->run + 40;
    const float **rows = kern_bytes(t, p->m * sizeof *rows, sizeof *rows);
    ptrdiff_t    *offset = kern_bytes(t, g->segments * sizeof *offset, sizeof *offset);
    size_t        size = 200 + g->segments * reach;
    const float  *block = kern_wild(t, size);
    for (size_t s = 0; s < g->segments; s++) offset[s] = (ptrdiff_t)(s * reach + kern_range(t, 0, 40));
    for (size_t m = 0; m < p->m; m++) rows[m] = block + kern_range(t, 0, 200);
    if (kern_flip(t)) { /* one row whose last run ends at the guard page */
        offset[g->segments - 1] = (ptrdiff_t)(g->segments * reach - g->run);
        rows[p->m - 1] = block + 200;
    }
    g->a_rows = rows;
    g->offset = offset;
}

static void body(kern_test *t)
{
    const kin_gemm_kernel *kernel = t->k->gemm;
    problem                p = {.m = kern_range(t, 1, 40), .n = kern_range(t, 1, 150)};
    kin_gemm_args          g = {.m = p.m, .n = p.n, .segments = kern_range(t, 1, 5), .run = kern_range(t, 1, 70)};
    bool                   with_residual;
    if (t->round % 50 == 49) g.run = kern_range(t, 1000, 6000); /* several blocks of rows */
    if (kern_flip(t)) {
        g.segments = 1;
        g.lda = (ptrdiff_t)(g.run + kern_range(t, 0, 9));
        g.a = kern_wild(t, (p.m - 1) * (size_t)g.lda + g.run);
    } else
        draw_rows(t, &g, &p);
    p.k = g.segments * g.run;
    p.weights = kern_wild(t, p.n * p.k);
    p.ldy = p.n + kern_range(t, 0, 9);
    p.ldr = p.n + kern_range(t, 0, 9);
    g.bias = kern_flip(t) ? kern_wild(t, p.n) : NULL;
    g.epilogue = kern_epilogue(t, p.n, &with_residual);
    p.residual = with_residual ? kern_wild(t, (p.m - 1) * p.ldr + p.n) : NULL;
    size_t panels = kin_gemm_panels(kernel, p.n), size = (p.m - 1) * p.ldy + p.n;
    float *packed = kern_blank(t, kin_gemm_packed(kernel, p.k, p.n));
    float *expected = kern_blank(t, size), *y = kern_blank(t, size), *parts = kern_blank(t, size);
    kin_gemm_strides by = {0, 0, (ptrdiff_t)g.run, 1, (ptrdiff_t)p.k};
    kin_gemm_pack(kernel, 1, g.segments, g.run, p.n, p.weights, &by, panels / 2, panels, packed);
    kin_gemm_pack(kernel, 1, g.segments, g.run, p.n, p.weights, &by, 0, panels / 2, packed);
    truth(&g, &p, expected);
    g.b = packed;
    g.ldy = (ptrdiff_t)p.ldy;
    g.ld_residual = (ptrdiff_t)p.ldr;
    g.panel_to = panels;

    g.y = y;
    g.residual = p.residual;
    if (kern_flip(t)) { /* by row pointers */
        float       **y_rows = kern_bytes(t, p.m * sizeof *y_rows, sizeof *y_rows);
        const float **r_rows = kern_bytes(t, p.m * sizeof *r_rows, sizeof *r_rows);
        for (size_t m = 0; m < p.m; m++) {
            y_rows[m] = y + m * p.ldy;
            if (p.residual) r_rows[m] = p.residual + m * p.ldr;
        }
        g.y_rows = y_rows;
        g.residual_rows = p.residual ? r_rows : NULL;
        g.y = NULL;
        g.residual = NULL;
    }
    kin_gemm_run(kernel, &g);
    kern_same(t, kernel->name, expected, y, size, t->fused, 1e-5);

    g.y_rows = NULL;
    g.residual_rows = NULL;
    size_t row = kern_range(t, 0, p.m), panel = kern_range(t, 0, panels);
    for (int i = 0; i < 4; i++) { /* in four pieces */
        kin_gemm_args part = g;
        size_t        from = i & 1 ? row : 0;
        part.m = i & 1 ? p.m - row : row;
        if (part.a_rows)
            part.a_rows += from;
        else
            part.a += (ptrdiff_t)from * g.lda;
        part.y = parts + from * p.ldy;
        part.residual = p.residual ? p.residual + from * p.ldr : NULL;
        part.panel_from = i & 2 ? panel : 0;
        part.panel_to = i & 2 ? panels : panel;
        kin_gemm_run(kernel, &part);
    }
    kern_same(t, "in pieces", y, parts, size, true, 0);
    if (p.residual && p.ldr == p.ldy) { /* the residual's memory becomes the output */
        g.y = p.residual;
        g.residual = p.residual;
        kin_gemm_run(kernel, &g);
        for (size_t m = 0; m < p.m; m++)
            kern_same(t, "in place", y + m * p.ldy, p.residual + m * p.ldr, p.n, true, 0);
    }
}

int main(int argc, char **argv)
{
    return kern_main(argc, argv, 300, body);
}
