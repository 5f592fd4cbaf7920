/* SPDX-License-Identifier: Apache-2.0
 *
 * sparse_cross_entropy: the mean over rows r, with l the row's label, of
 *   -weight[l] * sum over c of target[c] * log softmax(x[r])[c],   target[c] = (1 - smoothing) * (c == l) + smoothing / classes
 * Gradient by x[r,c]: weight[l] * (softmax(x[r])[c] - target[c]) / rows.
 *
 * Keras: SparseCategoricalCrossentropy(from_logits=True), with label_smoothing as in CategoricalCrossentropy and
 * class_weight as in Model.fit (keras/src/losses/losses.py). Label smoothing: Szegedy et al., Rethinking the Inception
 * architecture, 2015.
 */
#include "nn/loss/loss.h"

typedef struct {
    double smoothing;
} kin_cross_entropy_attrs;

static kin_status infer(const kin_call *call)
{
    const kin_op *op = &kin_op_sparse_cross_entropy;
    double        smoothing = ((const kin_cross_entropy_attrs *)call->attrs)->smoothing;
    KIN_TRY(kin_loss_infer_labels(call, op));
    if (!(smoothing >= 0 && smoothing < 1))
        return kin_op_fail(call, KIN_E_FORMAT, "%s: smoothing %g, expected 0 or more, below 1", op->name, smoothing);
    if (call->in_count < 3 || !call->in[2]) return KIN_OK;
    KIN_TRY(kin_op_type(call, op, 2, KIN_SET_FLOAT));
    KIN_TRY(kin_expect_rank(call, 2, 1, 1));
    if (call->in[2]->shape.dim[0] == call->in[0]->shape.dim[1]) return KIN_OK;
    return kin_op_fail(call, KIN_E_FORMAT, "%s: %lld class weights for %lld classes", op->name,
                       (long long)call->in[2]->shape.dim[0], (long long)call->in[0]->shape.dim[1]);
}

typedef struct {
    const float *x;      /* of the row */
    size_t       classes;
    double       weight; /* 0: no class */
    double       smoothing;
    int64_t      label;
    double       log_sum; /* log of the sum of exp(x) */
} row;

static row row_of(const kin_call *call, size_t r)
{
    row          w = {.classes = (size_t)call->in[0]->shape.dim[1]};
    const float *weights = call->in_count > 2 && call->in[2] ? call->in[2]->data : NULL;
    double       sum = 0;
    w.x = (const float *)call->in[0]->data + r * w.classes;
    w.smoothing = ((const kin_cross_entropy_attrs *)call->attrs)->smoothing;
    w.label = kin_int_at(call->in[1], r);
    if (w.label >= 0 && w.label < (int64_t)w.classes) w.weight = weights ? weights[w.label] : 1;
    double largest = w.x[0];
    for (size_t c = 1; c < w.classes; c++) largest = fmax(largest, w.x[c]);
    for (size_t c = 0; c < w.classes; c++) sum += exp(w.x[c] - largest);
    w.log_sum = largest + log(sum);
    return w;
}

static double target(const row *w, size_t c)
{
    return (1 - w->smoothing) * ((int64_t)c == w->label) + w->smoothing / (double)w->classes;
}

static void forward(const kin_call *call)
{
    size_t rows = kin_loss_rows(call->in[0]);
    double loss = 0;
    for (size_t r = 0; r < rows; r++) {
        row w = row_of(call, r);
        for (size_t c = 0; c < w.classes && w.weight != 0; c++) loss -= w.weight * target(&w, c) * (w.x[c] - w.log_sum);
    }
    *(float *)call->out[0]->data = (float)(loss / (double)rows);
}

static void backward(const kin_back *back)
{
    size_t rows = kin_loss_rows(back->call->in[0]);
    float *dx = back->dx[0]->data;
    double seed = kin_loss_seed(back) / (double)rows;
    for (size_t r = 0; r < rows; r++) {
        row w = row_of(back->call, r);
        for (size_t c = 0; c < w.classes; c++)
            *dx++ = (float)(w.weight * seed * (exp(w.x[c] - w.log_sum) - target(&w, c)));
    }
}

static kin_status draw(kin_draw *draw_)
{
    kin_cross_entropy_attrs *attrs = draw_->attrs;
    KIN_TRY(kin_loss_draw_labels(draw_, 0, 1));
    attrs->smoothing = kin_draw_flip(draw_) ? 0 : 0.1;
    if (kin_draw_flip(draw_)) return KIN_OK;
    return kin_draw_tensor(draw_, 2, KIN_FLOAT32, (kin_shape){1, {draw_->in[0].shape.dim[1]}}, 0, 2, true);
}

static const kin_attr attributes[] = {
    KIN_ATTR(kin_cross_entropy_attrs, "smoothing", KIN_ATTR_FLOAT, smoothing, "0",
             "share of each row's target that is spread over all classes"),
};

KIN_LOSS(sparse_cross_entropy, "mean cross entropy of softmax(x) and a class a row", "x labels weight?", 3, 1,
         .attrs_size = sizeof(kin_cross_entropy_attrs), KIN_ATTR_TABLE(attributes))
