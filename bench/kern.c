/* SPDX-License-Identifier: Apache-2.0
 *
 * Speed of the convolution kernels at the layer shapes of face networks and ResNet-50: GFLOP/s (two a multiply-add of the
 * direct form) and % of the FMA peak that is measured first. One thread, best of several.
 *
 *     build/bench/kern [level]
 */
#include "kern/registry.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/timing.h"

static double now(void) /* seconds */
{
    return now_ms() * 1e-3;
}

static float *filled(size_t n)
{
    float *x = aligned_alloc(64, (n * sizeof(float) + 63) / 64 * 64);
    if (!x) exit(1);
    for (size_t i = 0; i < n; i++) x[i] = (float)(i * 2654435761u % 1000) / 500 - 1;
    return x;
}

typedef struct {
    const kin_kernels *k;
    size_t             size, c, out, window, stride; /* of a square picture with a border */
} layer;

/* Seconds of one pass by gemm over a picture that has its border already. */
static double time_gemm(const layer *l)
{
    const kin_gemm_kernel *kernel = l->k->gemm;
    size_t border = l->window / 2, wide = l->size + 2 * border, out = l->size / l->stride, m = out * out;
    size_t k = l->window * l->window * l->c;
    float *x = filled(wide * wide * l->c), *w = filled(k * l->out), *y = filled(m * l->out), *bias = filled(l->out);
    float *packed = filled(kin_gemm_packed(kernel, k, l->out));
    const float **rows = malloc(m * sizeof *rows);
    ptrdiff_t     offset[16];
    kin_gemm_pack(kernel, 1, 1, k, l->out, w, &(kin_gemm_strides){0, 0, 0, 1, (ptrdiff_t)k}, 0, kin_gemm_panels(kernel, l->out), packed);
    for (size_t i = 0; i < m; i++) rows[i] = x + (i / out * l->stride * wide + i % out * l->stride) * l->c;
    for (size_t s = 0; s < l->window; s++) offset[s] = (ptrdiff_t)(s * wide * l->c);
    kin_gemm_args g = {.m = m, .n = l->out, .panel_to = kin_gemm_panels(kernel, l->out), .a_rows = rows};
    g.offset = offset;
    g.segments = l->window;
    g.run = l->window * l->c;
    g.b = packed;
    g.bias = bias;
    g.y = y;
    g.ldy = (ptrdiff_t)l->out;
    g.epilogue.act = KIN_KERN_CLAMP;
    g.epilogue.high = 6;
    double best = 1e9;
    for (double start = now(); now() - start < 0.3;) {
        double t = now();
        kin_gemm_run(kernel, &g);
        t = now() - t;
        if (t < best) best = t;
    }
    free(x), free(w), free(y), free(bias), free(packed), free(rows);
    return best;
}

static double time_winograd(const layer *l)
{
    const kin_winograd_kernel *kernel = l->k->winograd;
    kin_winograd_args          a = {.n = 1, .h = l->size, .w = l->size, .c = l->c, .oh = l->size, .ow = l->size};
    a.out_c = l->out;
    a.top = a.left = 1;
    float *x = filled(l->size * l->size * l->c), *w = filled(9 * l->c * l->out), *y = filled(l->size * l->size * l->out);
    float *packed = filled(kin_winograd_packed(kernel, l->c, l->out));
    float *scratch = filled(kin_winograd_scratch(kernel, l->c, l->out)), *bias = filled(l->out);
    kin_gemm_strides by = {0, (ptrdiff_t)(3 * l->c), (ptrdiff_t)l->c, 1, (ptrdiff_t)(9 * l->c)};
    kin_winograd_pack(kernel, l->c, l->out, w, &by, 0, kin_gemm_panels(kernel->gemm, l->out), packed);
    a.x = x;
    a.weights = packed;
    a.bias = bias;
    a.y = y;
    a.epilogue.act = KIN_KERN_CLAMP;
    a.epilogue.high = 6;
    double best = 1e9;
    for (double start = now(); now() - start < 0.3;) {
        double t = now();
        kin_winograd_run(kernel, &a, 0, kin_winograd_tiles(1, a.oh, a.ow), 0, kin_gemm_panels(kernel->gemm, l->out), scratch);
        t = now() - t;
        if (t < best) best = t;
    }
    free(x), free(w), free(y), free(packed), free(scratch), free(bias);
    return best;
}

static double time_depthwise(const layer *l)
{
    kin_depthwise_args a = {.n = 1, .h = l->size, .w = l->size, .c = l->c, .kh = 3, .kw = 3, .dilation_h = 1};
    a.dilation_w = 1;
    a.stride_h = a.stride_w = l->stride;
    a.oh = a.ow = l->size / l->stride;
    a.top = a.left = 1;
    float *x = filled(l->size * l->size * l->c), *w = filled(9 * l->c), *y = filled(a.oh * a.ow * l->c);
    a.x = x;
    a.weights = w;
    a.y = y;
    double best = 1e9;
    for (double start = now(); now() - start < 0.2;) {
        double t = now();
        l->k->depthwise->run(&a, 0, a.oh);
        t = now() - t;
        if (t < best) best = t;
    }
    free(x), free(w), free(y);
    return best;
}

/* GFLOP/s of a tile whose operands stay in L1: the peak that a kernel can reach. */
static double peak(const kin_kernels *k)
{
    size_t                 run = 256, nr = k->gemm->nr, mr = k->gemm->mr;
    float                 *a = filled(mr * run), *b = filled(run * nr), *y = filled(mr * nr), *bias = filled(nr);
    const kin_kern_epilogue none = {.act = KIN_KERN_LINEAR};
    const ptrdiff_t        offset[1] = {0};
    kin_gemm_tile          t = {.offset = offset, .segments = 1, .run = run, .b = b, .bias = bias, .epilogue = &none};
    for (size_t i = 0; i < mr; i++) t.a[i] = a + i * run, t.y[i] = y + i * nr;
    double best = 1e9;
    for (double start = now(); now() - start < 0.3;) {
        double s = now();
        for (int i = 0; i < 200; i++) k->gemm->tile[mr](&t);
        s = (now() - s) / 200;
        if (s < best) best = s;
    }
    free(a), free(b), free(y), free(bias);
    return 2e-9 * (double)(mr * nr * run) / best;
}

int main(int argc, char **argv)
{
    static const layer layers[] = {
        /* the pilot recogniser */
        {0, 112, 3, 32, 3, 1}, {0, 112, 32, 32, 3, 1}, {0, 112, 32, 64, 3, 2}, {0, 56, 64, 64, 3, 1}, {0, 56, 64, 128, 3, 2},
        {0, 28, 128, 128, 3, 1}, {0, 28, 128, 256, 3, 2}, {0, 14, 256, 256, 3, 1}, {0, 14, 256, 256, 3, 2},
        {0, 7, 256, 256, 3, 1},
        /* engine.md */
        {0, 112, 64, 64, 3, 1}, {0, 7, 512, 512, 3, 1},
        /* ResNet-50 */
        {0, 224, 3, 64, 7, 2}, {0, 56, 64, 64, 1, 1}, {0, 56, 64, 256, 1, 1}, {0, 56, 256, 64, 1, 1}, {0, 28, 128, 512, 1, 1},
        {0, 14, 1024, 256, 1, 1}, {0, 14, 256, 1024, 1, 1}, {0, 7, 512, 2048, 1, 1}, {0, 7, 2048, 512, 1, 1},
        /* depthwise */
        {0, 56, 128, 0, 3, 1}, {0, 56, 128, 0, 3, 2}, {0, 14, 512, 0, 3, 1}, {0, 7, 512, 0, 3, 1},
    };
    kin_cpu level = kin_cpu_best();
    if (argc > 1 && (!kin_cpu_from_name(argv[1], &level) || !kin_cpu_has(level))) return 1;
    const kin_kernels *k = kin_kernels_for(level);
    double             top = peak(k);
    printf("%s: tile in L1 %.1f GFLOP/s\n%-24s %10s %6s %12s %8s\n", k->gemm->name, top, "layer", "gemm", "%", "winograd", "times");
    for (size_t i = 0; i < sizeof layers / sizeof *layers; i++) {
        layer l = layers[i];
        l.k = k;
        size_t out = l.size / l.stride;
        char   name[64];
        snprintf(name, sizeof name, "%zux%zux%zu %zux%zu/%zu %zu", l.size, l.size, l.c, l.window, l.window, l.stride, l.out);
        double work = 2e-9 * (double)(out * out * l.window * l.window * l.c * (l.out ? l.out : 1));
        double speed = work / (l.out ? time_gemm(&l) : time_depthwise(&l));
        printf("%-24s %10.1f %6.1f", name, speed, speed / top * 100);
        if (l.window == 3 && l.stride == 1 && l.out) {
            double other = work / time_winograd(&l);
            printf(" %12.1f %8.2f", other, other / speed);
        }
        printf("\n");
    }
    return 0;
}
