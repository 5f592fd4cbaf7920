/* SPDX-License-Identifier: Apache-2.0
 *
 * Gradients of conv2d and depthwise_conv2d: one truth for both, since a depthwise convolution is one of as many groups as
 * channels whose weights lie otherwise. With dy[n,oy,ox,o] the gradient by the output:
 *
 *   dx[n,iy,ix,i]     = sum over o of i's group, ky, kx, and the oy, ox whose window cell (ky, kx) lies on iy, ix, of dy * w
 *   dw[o,ky,kx,i]     = sum over n, oy, ox of dy[n,oy,ox,o] * x[n, oy*stride - top + ky*dilation, ..., i]
 *   dbias[o]          = sum over n, oy, ox of dy
 */
#include "nn/ops/conv_attrs.h"

typedef struct {
    kin_conv_dims d;
    int64_t       each_in, each_out; /* channels of a group */
    int64_t       w_out, w_cell;     /* strides of the weights: from output channel to the next, from cell to cell */
} dims;

static int64_t weight_at(const dims *s, int64_t o, int64_t ky, int64_t kx, int64_t i)
{
    return o * s->w_out + (ky * s->d.kw + kx) * s->w_cell + i;
}

/* The output line whose window cell `k` lies on input line `at`; -1: none. */
static int64_t line_of(int64_t at, int64_t before, int64_t k, int64_t dilation, int64_t stride, int64_t out)
{
    int64_t from = at + before - k * dilation;
    return from < 0 || from % stride || from / stride >= out ? -1 : from / stride;
}

static void by_x(const dims *s, const float *dy, const float *w, float *dx)
{
    const kin_conv_dims *d = &s->d;
    for (int64_t n = 0; n < d->n; n++)
        for (int64_t iy = 0; iy < d->h; iy++)
            for (int64_t ix = 0; ix < d->w; ix++)
                for (int64_t c = 0; c < d->c; c++) {
                    double  sum = 0;
                    int64_t group = c / s->each_in;
                    for (int64_t cell = 0; cell < d->kh * d->kw; cell++) {
                        int64_t ky = cell / d->kw, kx = cell % d->kw;
                        int64_t oy = line_of(iy, d->top, ky, d->dilation_h, d->stride_h, d->oh);
                        int64_t ox = line_of(ix, d->left, kx, d->dilation_w, d->stride_w, d->ow);
                        if (oy < 0 || ox < 0) continue;
                        const float *at = dy + ((n * d->oh + oy) * d->ow + ox) * d->out_c;
                        for (int64_t o = group * s->each_out; o < (group + 1) * s->each_out; o++)
                            sum += (double)at[o] * w[weight_at(s, o, ky, kx, c % s->each_in)];
                    }
                    *dx++ = (float)sum;
                }
}

static double weight_sum(const dims *s, const float *dy, const float *x, int64_t o, int64_t ky, int64_t kx, int64_t c)
{
    const kin_conv_dims *d = &s->d;
    double               sum = 0;
    for (int64_t n = 0; n < d->n; n++)
        for (int64_t oy = 0; oy < d->oh; oy++) {
            int64_t iy = oy * d->stride_h - d->top + ky * d->dilation_h;
            if (iy < 0 || iy >= d->h) continue;
            for (int64_t ox = 0; ox < d->ow; ox++) {
                int64_t ix = ox * d->stride_w - d->left + kx * d->dilation_w;
                if (ix < 0 || ix >= d->w) continue;
                sum += (double)dy[((n * d->oh + oy) * d->ow + ox) * d->out_c + o] * x[((n * d->h + iy) * d->w + ix) * d->c + c];
            }
        }
    return sum;
}

static void by_weights(const dims *s, const float *dy, const float *x, float *dw)
{
    const kin_conv_dims *d = &s->d;
    for (int64_t o = 0; o < d->out_c; o++)
        for (int64_t ky = 0; ky < d->kh; ky++)
            for (int64_t kx = 0; kx < d->kw; kx++)
                for (int64_t i = 0; i < s->each_in; i++)
                    dw[weight_at(s, o, ky, kx, i)] =
                        (float)weight_sum(s, dy, x, o, ky, kx, o / s->each_out * s->each_in + i);
}

void kin_bias_backward(const kin_back *back)
{
    const kin_tensor *dy = back->dy[0], *dbias = back->dx[KIN_IN_BIAS];
    size_t            out = kin_count(&dbias->shape), rows = kin_count(&dy->shape) / out;
    for (size_t o = 0; o < out; o++) {
        double sum = 0;
        for (size_t r = 0; r < rows; r++) sum += ((const float *)dy->data)[r * out + o];
        ((float *)dbias->data)[o] = (float)sum;
    }
}

static void backward(const kin_back *back, const dims *s)
{
    const float *dy = back->dy[0]->data;
    if (back->dx[KIN_IN_X]) by_x(s, dy, kin_floats(back->call, KIN_IN_WEIGHTS), back->dx[KIN_IN_X]->data);
    if (back->dx[KIN_IN_WEIGHTS]) by_weights(s, dy, kin_floats(back->call, KIN_IN_X), back->dx[KIN_IN_WEIGHTS]->data);
    if (back->call->in_count > KIN_IN_BIAS && back->dx[KIN_IN_BIAS]) kin_bias_backward(back);
}

void kin_conv_backward(const kin_back *back)
{
    dims s = {.d = kin_conv_dims_of(back->call)};
    s.d.groups = ((const kin_conv_attrs *)back->call->attrs)->groups; /* depthwise weights may look alike */
    s.each_in = s.d.c / s.d.groups;
    s.each_out = s.d.out_c / s.d.groups;
    s.w_out = s.d.kh * s.d.kw * s.each_in;
    s.w_cell = s.each_in;
    backward(back, &s);
}

void kin_depthwise_backward(const kin_back *back)
{
    dims s = {.d = kin_conv_dims_of(back->call)};
    s.each_in = 1;
    s.each_out = s.d.out_c / s.d.c;
    s.w_out = 1;
    s.w_cell = s.d.out_c;
    backward(back, &s);
}
