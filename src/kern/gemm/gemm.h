/* SPDX-License-Identifier: Apache-2.0
 *
 * y[m][n] = epilogue(bias[n] + sum_k a[m][k] * b[k][n]) in float32, with rows of `a` in pieces, so that a convolution
 * of any window is a gemm without copying (im2col): row m's inputs are `segments` runs of `run` contiguous floats, run s
 * at offset[s] floats from the row's pointer; k = s * run + position in the run.
 *
 * b is packed once by kin_gemm_pack into panels of `nr` columns, [ceil(n / nr)][k][nr], zeros behind column n.
 *
 * Bits: one accumulator an output, started from the bias, one fused multiply-add a k in ascending order (levels without
 * FMA: multiply, round, add). So the result depends neither on how rows and panels are split into calls nor on the level
 * among those with FMA.
 *
 * y overlaps neither a nor b; a residual may be y itself. Reads no byte outside the rows' runs, the n first values of
 * bias, slope and residual rows; writes only y[0..m)[columns of the panels].
 */
#ifndef KIN_KERN_GEMM_H
#define KIN_KERN_GEMM_H

#include "base/cpu.h"
#include "kern/epilogue.h"

enum { KIN_GEMM_MR = 16, KIN_GEMM_NR = 64 }; /* the largest tile of any level */

/* One tile: mr rows of the kernel's nr columns. For the level's files and for winograd. */
typedef struct {
    const float             *a[KIN_GEMM_MR];
    const ptrdiff_t         *offset;
    size_t                   segments, run;
    const float             *b;        /* the panel */
    const float             *bias;     /* nr values */
    const float             *slope;    /* nr values or NULL */
    float                   *y[KIN_GEMM_MR];
    const float             *residual[KIN_GEMM_MR]; /* all NULL: none */
    const kin_kern_epilogue *epilogue;
} kin_gemm_tile;

typedef struct {
    const char *name;              /* "avx2 6x16" */
    kin_cpu     level;
    size_t      mr, nr;
    float       cost;              /* cycles a multiply-add of a full tile: for choosing between ways */
    void      (*const *tile)(const kin_gemm_tile *tile); /* [rows] for 1 <= rows <= mr */
    /* y[r][j] += sum over i < k of a[i * a_step + r] * b[i * nr + j], nr columns; [rows] likewise */
    void      (*const *outer)(size_t k, const float *a, size_t a_step, const float *b, float *y, ptrdiff_t ldy);
    /* to[i * step + j] = rows[i][offset + j] for i < k, j < n: gathers a panel for `outer` */
    void      (*gather)(size_t k, const float *const *rows, ptrdiff_t offset, size_t n, float *to, size_t step);
} kin_gemm_kernel;

/* Work of one call: m rows and the panels [panel_from, panel_to) of an n-column matrix. */
typedef struct {
    size_t              m, n;
    size_t              panel_from, panel_to; /* of kin_gemm_panels(kernel, n) */
    const float *const *a_rows;               /* [m]; NULL: row i is a + i * lda */
    const float        *a;
    ptrdiff_t           lda;
    const ptrdiff_t    *offset;               /* [segments]; NULL: all zero (segments is then 1) */
    size_t              segments, run;
    size_t              row_floats;           /* inputs that a row does not share with the row before; 0: all k (only
                                                 the size of blocks depends on it) */
    const float        *b;                    /* the whole packed matrix */
    const float        *bias;                 /* [n] or NULL */
    float *const       *y_rows;               /* [m], each at column 0; NULL: row i is y + i * ldy */
    float              *y;
    ptrdiff_t           ldy;
    const float *const *residual_rows;        /* as y; all NULL: none */
    const float        *residual;
    ptrdiff_t           ld_residual;
    kin_kern_epilogue   epilogue;
} kin_gemm_args;

static inline size_t kin_gemm_panels(const kin_gemm_kernel *kernel, size_t n)
{
    return (n + kernel->nr - 1) / kernel->nr;
}
/* Floats that kin_gemm_pack writes. */
static inline size_t kin_gemm_packed(const kin_gemm_kernel *kernel, size_t k, size_t n)
{
    return kin_gemm_panels(kernel, n) * k * kernel->nr;
}
/* Where b's value (segment line, segment column, k in it, n) lies: first + the four times these. */
typedef struct {
    ptrdiff_t first, line, column, k, n;
} kin_gemm_strides;
/* Packs panels [panel_from, panel_to) of b[lines * columns * k][n] to their places in `packed`. */
void kin_gemm_pack(const kin_gemm_kernel *kernel, size_t lines, size_t columns, size_t k, size_t n, const float *b,
                   const kin_gemm_strides *strides, size_t panel_from, size_t panel_to, float *packed);

void kin_gemm_run(const kin_gemm_kernel *kernel, const kin_gemm_args *args);

/* y[m][n] += sum over i < k of a[i][m] * b[i][n], the product of two matrices that lie with their sums' index outside: the
 * gradient of a convolution by its weights. Rows of b are in pieces as those of a above.
 *
 * Bits: sums of KIN_OUTER_ROWS rows, each from zero, are added to y in ascending order: all levels with FMA agree, however
 * m and panels are split. Split k at multiples of KIN_OUTER_ROWS only. */
enum { KIN_OUTER_ROWS = 128 };
typedef struct {
    size_t              k, m_from, m_to, panel_from, panel_to; /* panels of nr columns of b */
    const float        *a;
    ptrdiff_t           lda;
    const float *const *b_rows; /* [k] */
    const ptrdiff_t    *offset; /* [segments] */
    size_t              segments, run;
    float              *y;
    ptrdiff_t           ldy;
} kin_outer_args;
/* Floats of scratch for m_to - m_from = m; aligned to 64 bytes. */
size_t kin_gemm_outer_scratch(const kin_gemm_kernel *kernel, size_t m);
void   kin_gemm_outer(const kin_gemm_kernel *kernel, const kin_outer_args *args, float *scratch);

extern const kin_gemm_kernel kin_gemm_scalar, kin_gemm_sse41, kin_gemm_avx2, kin_gemm_avx512, kin_gemm_neon,
    kin_gemm_simd128;

#endif
