/* SPDX-License-Identifier: Apache-2.0
 *
 * l2_normalize: y = x / max(sqrt(sum of x^2), epsilon) along the last axis.
 *
 * TensorFlow Lite: L2_NORMALIZATION (lite/kernels/internal/reference/l2normalization.h), whose epsilon is 1e-6 and bounds
 * the norm; tf.nn.l2_normalize bounds the norm's square by 1e-12, which is the same.
 */
#include "nn/ops/common.h"

typedef struct {
    double epsilon;
} kin_l2_normalize_attrs;

static kin_status infer(const kin_call *call)
{
    const kin_op *op = &kin_op_l2_normalize;
    double        epsilon = ((const kin_l2_normalize_attrs *)call->attrs)->epsilon;
    KIN_TRY(kin_op_begin(call, op));
    KIN_TRY(kin_op_type(call, op, 0, KIN_SET_FLOAT));
    KIN_TRY(kin_expect_rank(call, 0, 1, KIN_RANK_MAX));
    KIN_TRY(kin_op_not_empty(call, op, 0));
    if (!(epsilon > 0))
        return kin_op_fail(call, KIN_E_FORMAT, "l2_normalize: epsilon %g, expected above 0", epsilon);
    return kin_op_result(call, 0, KIN_FLOAT32, &call->in[0]->shape);
}

static void forward(const kin_call *call)
{
    const kin_shape *shape = &call->in[0]->shape;
    const float     *x = call->in[0]->data;
    float           *y = call->out[0]->data;
    double           epsilon = ((const kin_l2_normalize_attrs *)call->attrs)->epsilon;
    size_t           width = (size_t)shape->dim[shape->rank - 1], rows = kin_count(shape) / width;
    for (size_t r = 0; r < rows; r++, x += width, y += width) {
        double sum = 0;
        for (size_t c = 0; c < width; c++) sum += (double)x[c] * x[c];
        double norm = sqrt(sum);
        if (norm < epsilon) norm = epsilon;
        for (size_t c = 0; c < width; c++) y[c] = (float)(x[c] / norm);
    }
}

/* With n = |x|: dx = (dy - x * (x . dy) / n^2) / n; where epsilon stands for the norm: dx = dy / epsilon. */
static void backward(const kin_back *back)
{
    const kin_shape *shape = &back->dy[0]->shape;
    const float     *x = back->call->in[0]->data, *dy = back->dy[0]->data;
    float           *dx = back->dx[0]->data;
    double           epsilon = ((const kin_l2_normalize_attrs *)back->call->attrs)->epsilon;
    size_t           width = (size_t)shape->dim[shape->rank - 1], rows = kin_count(shape) / width;
    for (size_t r = 0; r < rows; r++, x += width, dy += width, dx += width) {
        double square = 0, along = 0;
        for (size_t c = 0; c < width; c++) square += (double)x[c] * x[c], along += (double)x[c] * dy[c];
        double norm = sqrt(square);
        if (norm < epsilon) norm = epsilon, along = 0;
        for (size_t c = 0; c < width; c++) dx[c] = (float)((dy[c] - x[c] * along / (norm * norm)) / norm);
    }
}

static kin_status draw(kin_draw *draw_)
{
    draw_->out_count = 1;
    return kin_draw_tensor(draw_, 0, KIN_FLOAT32, kin_draw_shape(draw_, 1, 4, 7), -5, 5, false);
}

static const kin_attr attributes[] = {
    {"epsilon", KIN_ATTR_FLOAT, offsetof(kin_l2_normalize_attrs, epsilon), "0.000001", NULL, "least norm"},
};

const kin_op kin_op_l2_normalize = {
    .name = "l2_normalize",
    .summary = "divides by the Euclidean norm along the last axis",
    .inputs = "x",
    .in_min = 1,
    .in_max = 1,
    .out_min = 1,
    .out_max = 1,
    .attrs_size = sizeof(kin_l2_normalize_attrs),
    KIN_ATTR_TABLE(attributes),
    .in_place = true,
    .infer = infer,
    .forward = forward,
    .backward = backward,
    .backward_to = 1,
    .backward_reads = {{1, 0}},
    .backward_in_place = true,
    .draw = draw,
};
