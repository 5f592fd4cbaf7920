/* SPDX-License-Identifier: Apache-2.0
 *
 * Depthwise convolution of every level against scalar, which is itself checked against sums in double.
 */
#include "tests/kern/harness.h"

static void truth(const kin_depthwise_args *a, float *y)
{
    for (size_t at = 0; at < a->n * a->oh * a->ow * a->c; at++) {
        size_t ch = at % a->c, j = at / a->c % a->ow, i = at / a->c / a->ow % a->oh, b = at / a->c / a->ow / a->oh;
        double sum = a->bias ? (double)a->bias[ch] : 0;
        for (ptrdiff_t p = 0; p < (ptrdiff_t)a->kh; p++)
            for (ptrdiff_t q = 0; q < (ptrdiff_t)a->kw; q++) {
                ptrdiff_t line = (ptrdiff_t)(i * a->stride_h) + p * (ptrdiff_t)a->dilation_h - a->top;
                ptrdiff_t column = (ptrdiff_t)(j * a->stride_w) + q * (ptrdiff_t)a->dilation_w - a->left;
                if (line < 0 || column < 0 || line >= (ptrdiff_t)a->h || column >= (ptrdiff_t)a->w) continue;
                sum += (double)a->x[((b * a->h + (size_t)line) * a->w + (size_t)column) * a->c + ch] *
                       (double)a->weights[((size_t)p * a->kw + (size_t)q) * a->c + ch];
            }
        y[at] = kin_kern_finish(&a->epilogue, (float)sum, ch, a->residual ? a->residual + at : NULL);
    }
}

/* Into every second line and third pixel of something larger: the same, and nothing between. */
static void spread(kern_test *t, const kin_depthwise_args *args, const float *y, size_t lines)
{
    kin_depthwise_args a = *args;
    size_t             line = a.ow * 3 * a.c, picture = a.oh * 2 * line, at = 0, size = a.n * picture - line - 2 * a.c;
    if (a.residual) return;
    a.y_pixel = (ptrdiff_t)(3 * a.c), a.y_line = (ptrdiff_t)(2 * line), a.y_picture = (ptrdiff_t)picture;
    a.y = kern_blank(t, size);
    float *expected = kern_blank(t, size);
    for (size_t i = 0; i < lines; i++)
        for (size_t j = 0; j < a.ow; j++, at += a.c)
            memcpy(expected + kin_depthwise_at(&a, i, j), y + at, a.c * sizeof *y);
    t->k->depthwise->run(&a, 0, lines);
    kern_same(t, "spread", expected, a.y, size, true, 0);
}

static void gradient(kern_test *t, const kin_depthwise_args *a, const float *dy, size_t lines, size_t cut)
{
    size_t size = a->kh * a->kw * a->c;
    float *exact = kern_blank(t, size), *scalar = kern_floats(t, size), *dw = kern_blank(t, size), *parts = kern_blank(t, size);
    memcpy(dw, scalar, size * sizeof *dw);
    memcpy(parts, scalar, size * sizeof *dw);
    for (size_t at = 0; at < size; at++) {
        size_t ch = at % a->c, q = at / a->c % a->kw, p = at / a->c / a->kw;
        double sum = scalar[at];
        for (size_t k = 0; k < lines * a->ow; k++) {
            ptrdiff_t line = (ptrdiff_t)(k / a->ow % a->oh * a->stride_h + p * a->dilation_h) - a->top;
            ptrdiff_t column = (ptrdiff_t)(k % a->ow * a->stride_w + q * a->dilation_w) - a->left;
            if (line < 0 || column < 0 || line >= (ptrdiff_t)a->h || column >= (ptrdiff_t)a->w) continue;
            sum += (double)dy[k * a->c + ch] *
                   (double)a->x[((k / a->ow / a->oh * a->h + (size_t)line) * a->w + (size_t)column) * a->c + ch];
        }
        exact[at] = (float)sum;
    }
    kin_depthwise_scalar.weights(a, dy, 0, lines, scalar);
    kern_same(t, "weights: scalar against double", exact, scalar, size, false, 1e-5);
    t->k->depthwise->weights(a, dy, 0, lines, dw);
    kern_same(t, "weights", scalar, dw, size, t->fused, 1e-5);
    t->k->depthwise->weights(a, dy, 0, cut, parts);
    t->k->depthwise->weights(a, dy, cut, lines, parts);
    kern_same(t, "weights in pieces", dw, parts, size, true, 0);
}

static void body(kern_test *t)
{
    bool               with_residual;
    kin_depthwise_args a = {.n = kern_range(t, 1, 2), .h = kern_range(t, 1, 14), .w = kern_range(t, 1, 14)};
    a.c = kern_range(t, 1, 70);
    a.kh = kern_range(t, 1, 7);
    a.kw = kern_range(t, 1, 7);
    if (kern_flip(t)) a.kh = a.kw = 3;
    a.stride_h = kern_range(t, 1, 3);
    a.stride_w = kern_range(t, 1, 3);
    a.dilation_h = kern_range(t, 1, 3);
    a.dilation_w = kern_range(t, 1, 3);
    a.top = (ptrdiff_t)kern_range(t, 0, 4);
    a.left = (ptrdiff_t)kern_range(t, 0, 4);
    a.oh = kern_range(t, 1, 12);
    a.ow = kern_range(t, 1, 12);
    size_t size = a.n * a.oh * a.ow * a.c, lines = a.n * a.oh, cut = kern_range(t, 0, lines);
    a.x = kern_wild(t, a.n * a.h * a.w * a.c);
    a.weights = kern_wild(t, a.kh * a.kw * a.c);
    a.bias = kern_flip(t) ? kern_wild(t, a.c) : NULL;
    a.epilogue = kern_epilogue(t, a.c, &with_residual);
    a.residual = with_residual ? kern_wild(t, size) : NULL;
    float *exact = kern_blank(t, size), *scalar = kern_blank(t, size), *y = kern_blank(t, size);
    truth(&a, exact);
    a.y = scalar;
    kin_depthwise_scalar.run(&a, 0, lines);
    kern_same(t, "scalar against double", exact, scalar, size, false, 1e-5);
    a.y = y;
    t->k->depthwise->run(&a, cut, lines);
    t->k->depthwise->run(&a, 0, cut);
    kern_same(t, t->k->depthwise->name, scalar, y, size, t->fused, 1e-5);
    spread(t, &a, y, lines);
    gradient(t, &a, kern_floats(t, size), lines, cut);
}

int main(int argc, char **argv)
{
    return kern_main(argc, argv, 300, body);
}
