/* SPDX-License-Identifier: Apache-2.0
 *
 * cosine_distance: the mean over rows (the last axis) of 1 - cos(x, y), cos = x.y / (|x| |y|), 0 for a vector of zeros.
 * Gradient by x of one row: -(y / |y| - cos x / |x|) / |x|.
 *
 * For distillation: x the student's embedding, y the teacher's. Keras: CosineSimilarity plus 1.
 */
#include "nn/loss/loss.h"

static kin_status infer(const kin_call *call)
{
    return kin_loss_infer_pair(call, &kin_op_cosine_distance, 1);
}

typedef struct {
    double x, y, cosine; /* lengths */
} pair;

static pair pair_of(const float *x, const float *y, size_t width)
{
    double xx = 0, yy = 0, xy = 0;
    for (size_t i = 0; i < width; i++) {
        xx += (double)x[i] * x[i];
        yy += (double)y[i] * y[i];
        xy += (double)x[i] * y[i];
    }
    pair p = {sqrt(xx), sqrt(yy), 0};
    if (p.x > 0 && p.y > 0) p.cosine = xy / (p.x * p.y);
    return p;
}

static void forward(const kin_call *call)
{
    const kin_shape *shape = &call->in[0]->shape;
    size_t           width = (size_t)shape->dim[shape->rank - 1], rows = kin_count(shape) / width;
    const float     *x = call->in[0]->data, *y = call->in[1]->data;
    double           loss = 0;
    for (size_t r = 0; r < rows; r++) loss += 1 - pair_of(x + r * width, y + r * width, width).cosine;
    *(float *)call->out[0]->data = (float)(loss / (double)rows);
}

/* By `a`, of length `la`. */
static void row_backward(const float *a, const float *b, double la, double lb, double cosine, double seed, size_t width,
                         float *out)
{
    for (size_t i = 0; i < width; i++) out[i] = la > 0 && lb > 0 ? (float)(-seed * (b[i] / lb - cosine * a[i] / la) / la) : 0;
}

static void backward(const kin_back *back)
{
    const kin_shape *shape = &back->call->in[0]->shape;
    size_t           width = (size_t)shape->dim[shape->rank - 1], rows = kin_count(shape) / width;
    double           seed = kin_loss_seed(back) / (double)rows;
    for (size_t r = 0; r < rows; r++) {
        const float *x = (const float *)back->call->in[0]->data + r * width;
        const float *y = (const float *)back->call->in[1]->data + r * width;
        pair         p = pair_of(x, y, width);
        if (back->dx[0]) row_backward(x, y, p.x, p.y, p.cosine, seed, width, (float *)back->dx[0]->data + r * width);
        if (back->dx[1]) row_backward(y, x, p.y, p.x, p.cosine, seed, width, (float *)back->dx[1]->data + r * width);
    }
}

static kin_status draw(kin_draw *draw_)
{
    kin_shape x = kin_draw_shape(draw_, 1, 3, 5);
    x.dim[x.rank - 1] += 2;
    draw_->out_count = 1;
    KIN_TRY(kin_draw_tensor(draw_, 0, KIN_FLOAT32, x, -2, 2, false));
    return kin_draw_tensor(draw_, 1, KIN_FLOAT32, x, -2, 2, false);
}

KIN_LOSS(cosine_distance, "mean over rows of 1 - cosine of x and y", "x y", 2, 3, .attrs_size = 0)
