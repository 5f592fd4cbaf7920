/* SPDX-License-Identifier: Apache-2.0
 *
 * Winograd of every level against the direct sum (tolerance), against the scalar level (bits, where there is FMA), in
 * pieces and by batch (bits).
 */
#include "tests/kern/harness.h"

/* Returns the size of the largest sum (what follows it may cut all outputs to nothing), at least the deviation of a sum of
 * 9 c products of numbers in [-1, 1): an output that sees only padding shares its tile with others. */
static double truth(const kin_winograd_args *a, const float *weights, float *y)
{
    double largest = sqrt(9 * (double)a->c) / 3;
    for (size_t at = 0; at < a->n * a->oh * a->ow * a->out_c; at++) {
        size_t ch = at % a->out_c, j = at / a->out_c % a->ow, i = at / a->out_c / a->ow % a->oh;
        size_t b = at / a->out_c / a->ow / a->oh;
        double sum = a->bias ? (double)a->bias[ch] : 0;
        for (ptrdiff_t p = 0; p < 3; p++)
            for (ptrdiff_t q = 0; q < 3; q++) {
                ptrdiff_t line = (ptrdiff_t)i + p - a->top, column = (ptrdiff_t)j + q - a->left;
                if (line < 0 || column < 0 || line >= (ptrdiff_t)a->h || column >= (ptrdiff_t)a->w) continue;
                const float *x = a->x + ((b * a->h + (size_t)line) * a->w + (size_t)column) * a->c;
                const float *w = weights + ((ch * 3 + (size_t)p) * 3 + (size_t)q) * a->c;
                for (size_t c = 0; c < a->c; c++) sum += (double)x[c] * (double)w[c];
            }
        largest = fmax(largest, fabs(sum));
        y[at] = kin_kern_finish(&a->epilogue, (float)sum, ch, a->residual ? a->residual + at : NULL);
    }
    return largest;
}

static float *run(kern_test *t, const kin_winograd_kernel *k, const kin_winograd_args *args, const float *weights,
                  size_t size, bool pieces)
{
    kin_winograd_args a = *args;
    size_t tiles = kin_winograd_tiles(a.n, a.oh, a.ow), panels = kin_gemm_panels(k->gemm, a.out_c);
    float *packed = kern_blank(t, kin_winograd_packed(k, a.c, a.out_c)), *y = kern_blank(t, size);
    float *scratch = kern_bytes(t, kin_winograd_scratch(k, a.c, a.out_c) * sizeof(float), 64);
    kin_gemm_strides by = {0, (ptrdiff_t)(3 * a.c), (ptrdiff_t)a.c, 1, (ptrdiff_t)(9 * a.c)};
    kin_winograd_pack(k, a.c, a.out_c, weights, &by, panels / 2, panels, packed);
    kin_winograd_pack(k, a.c, a.out_c, weights, &by, 0, panels / 2, packed);
    a.weights = packed;
    a.y = y;
    size_t tile = pieces ? kern_range(t, 0, tiles) : tiles, panel = pieces ? kern_range(t, 0, panels) : panels;
    kin_winograd_run(k, &a, 0, tile, 0, panel, scratch);
    kin_winograd_run(k, &a, tile, tiles, 0, panel, scratch);
    kin_winograd_run(k, &a, 0, tile, panel, panels, scratch);
    kin_winograd_run(k, &a, tile, tiles, panel, panels, scratch);
    return y;
}

/* An infinite input spoils the outputs whose window holds it, may spoil others of the tiles that read it, and no other tile
 * (winograd.h states it). */
static void infinite(kern_test *t, const kin_winograd_kernel *k, const kin_winograd_args *a, const float *weights, float *x,
                     const float *before, size_t size)
{
    size_t at = kern_range(t, 0, a->n * a->h * a->w * a->c - 1), b = at / a->c / a->w / a->h;
    ptrdiff_t line = (ptrdiff_t)(at / a->c / a->w % a->h) + a->top, column = (ptrdiff_t)(at / a->c % a->w) + a->left;
    float was = x[at];
    x[at] = kern_flip(t) ? INFINITY : -INFINITY;
    const float *y = run(t, k, a, weights, size, false);
    x[at] = was;
    for (size_t i = 0; i < size; i++) {
        size_t pixel = i / a->out_c;
        ptrdiff_t row = (ptrdiff_t)(pixel / a->ow % a->oh), across = (ptrdiff_t)(pixel % a->ow);
        bool here = pixel / a->ow / a->oh == b;
        bool holds = here && line >= row && line < row + 3 && column >= across && column < across + 3;
        bool reads = here && line >= row / 4 * 4 && line < row / 4 * 4 + 6 && column >= across / 4 * 4 && column < across / 4 * 4 + 6;
        if ((holds && isfinite(y[i])) || (!reads && memcmp(&y[i], &before[i], sizeof *y) != 0)) {
            kern_fail(t, "infinite input: value %zu of %zu is %g, was %g; %s", i, size, (double)y[i], (double)before[i],
                      holds ? "its window holds it" : "its tile does not read it");
            break;
        }
    }
}

static void body(kern_test *t)
{
    const kin_winograd_kernel *k = t->k->winograd;
    bool                       with_residual;
    kin_winograd_args          a = {.n = kern_range(t, 1, 3), .h = kern_range(t, 1, 19), .w = kern_range(t, 1, 19)};
    a.c = kern_range(t, 1, 40);
    a.out_c = kern_range(t, 1, 70);
    if (t->round % 20 == 19) a.c = kern_range(t, 100, 300); /* several blocks of tiles */
    a.top = (ptrdiff_t)kern_range(t, 0, 3);
    a.left = (ptrdiff_t)kern_range(t, 0, 3);
    a.oh = kern_range(t, 1, a.h + 4);
    a.ow = kern_range(t, 1, a.w + 4);
    size_t size = a.n * a.oh * a.ow * a.out_c;
    float *x = kern_floats(t, a.n * a.h * a.w * a.c);
    a.x = x;
    a.bias = kern_flip(t) ? kern_floats(t, a.out_c) : NULL;
    a.epilogue = kern_epilogue(t, a.out_c, &with_residual);
    a.residual = with_residual ? kern_floats(t, size) : NULL;
    const float *weights = kern_floats(t, a.out_c * 9 * a.c);
    float       *expected = kern_blank(t, size);
    double largest = truth(&a, weights, expected);
    float *y = run(t, k, &a, weights, size, false);
    for (size_t i = 0; i < size; i++)
        if (!(fabs((double)y[i] - (double)expected[i]) <= 1e-4 * largest)) {
            kern_fail(t, "value %zu of %zu is %g, expected %g, sums up to %g", i, size, (double)y[i], (double)expected[i], largest);
            break;
        }
    kern_same(t, "in pieces", y, run(t, k, &a, weights, size, true), size, true, 0);
    if (t->fused) kern_same(t, "as scalar", run(t, kin_kernels_for(KIN_CPU_SCALAR)->winograd, &a, weights, size, false), y, size, true, 0);

    kin_winograd_args bare = a; /* an activation may cut what is infinite */
    bare.epilogue = (kin_kern_epilogue){0};
    bare.residual = NULL;
    if (t->round % 4 == 0) infinite(t, k, &bare, weights, x, run(t, k, &bare, weights, size, false), size);

    size_t            one = size / a.n; /* the last picture alone */
    kin_winograd_args last = a;
    last.n = 1;
    last.x = a.x + (a.n - 1) * a.h * a.w * a.c;
    last.residual = a.residual ? a.residual + (a.n - 1) * one : NULL;
    kern_same(t, "batch of one", y + (a.n - 1) * one, run(t, k, &last, weights, one, false), one, true, 0);
}

int main(int argc, char **argv)
{
    return kern_main(argc, argv, 100, body);
}
