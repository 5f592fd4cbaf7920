/* SPDX-License-Identifier: Apache-2.0
 *
 * contrastive: the mean over pairs of rows (a, b) of  d^2 for two of one label,  max(margin - d, 0)^2 for two of different
 * labels, d the Euclidean distance. Pairs: all, or rows 0 and 1, 2 and 3 ... (pairing=neighbours, the siamese form). A pair
 * with a label of -1 adds nothing.
 *
 * Hadsell, Chopra, LeCun, Dimensionality reduction by learning an invariant mapping, 2006 (without its factor 1/2);
 * TensorFlow Addons: contrastive_loss.
 */
#include "nn/loss/loss.h"

typedef struct {
    double margin;
    int    pairing;
} kin_contrastive_attrs;

static const char *const pairing_words[] = {"all", "neighbours", NULL};

static kin_status infer(const kin_call *call)
{
    const kin_contrastive_attrs *attrs = call->attrs;
    KIN_TRY(kin_loss_infer_labels(call, &kin_op_contrastive));
    if (attrs->margin > 0 && attrs->margin < INFINITY) return KIN_OK;
    return kin_op_fail(call, KIN_E_FORMAT, "contrastive: margin %g, expected above 0", attrs->margin);
}

typedef void pair_visitor(void *arg, size_t a, size_t b, bool same);

/* Calls `visit` for each pair that counts; returns how many pairs there are in all. */
static size_t for_pairs(const kin_call *call, pair_visitor *visit, void *arg)
{
    size_t rows = kin_loss_rows(call->in[0]), pairs = 0;
    bool   all = ((const kin_contrastive_attrs *)call->attrs)->pairing == 0;
    for (size_t a = 0; a + 1 < rows; a += all ? 1 : 2)
        for (size_t b = a + 1; b < (all ? rows : a + 2); b++, pairs++) {
            int64_t la = kin_int_at(call->in[1], a), lb = kin_int_at(call->in[1], b);
            if (visit && la >= 0 && lb >= 0) visit(arg, a, b, la == lb);
        }
    return pairs ? pairs : 1;
}

typedef struct {
    const float *x;
    float       *dx;
    size_t       width;
    double       margin, loss, seed;
} work;

static double distance(const work *w, size_t a, size_t b)
{
    double sum = 0;
    for (size_t i = 0; i < w->width; i++) {
        double d = (double)w->x[a * w->width + i] - w->x[b * w->width + i];
        sum += d * d;
    }
    return sqrt(sum);
}

static void add_loss(void *arg, size_t a, size_t b, bool same)
{
    work  *w = arg;
    double d = distance(w, a, b), part = same ? d : fmax(w->margin - d, 0);
    w->loss += part * part;
}

/* d(d^2) = 2 (a - b); d((m - d)^2) = -2 (m - d) / d (a - b), nothing where the two are the same point. */
static void add_gradient(void *arg, size_t a, size_t b, bool same)
{
    work  *w = arg;
    double d = distance(w, a, b), by = same ? 2 : d > 0 && d < w->margin ? -2 * (w->margin - d) / d : 0;
    for (size_t i = 0; i < w->width; i++) {
        size_t at = a * w->width + i, bt = b * w->width + i;
        float  g = (float)(w->seed * by * ((double)w->x[at] - w->x[bt]));
        w->dx[at] += g;
        w->dx[bt] -= g;
    }
}

static work work_of(const kin_call *call)
{
    return (work){.x = call->in[0]->data,
                  .width = (size_t)call->in[0]->shape.dim[1],
                  .margin = ((const kin_contrastive_attrs *)call->attrs)->margin};
}

static void forward(const kin_call *call)
{
    work   w = work_of(call);
    size_t pairs = for_pairs(call, add_loss, &w);
    *(float *)call->out[0]->data = (float)(w.loss / (double)pairs);
}

static void backward(const kin_back *back)
{
    work w = work_of(back->call);
    w.seed = kin_loss_seed(back) / (double)for_pairs(back->call, NULL, NULL);
    w.dx = back->dx[0]->data;
    memset(w.dx, 0, kin_count(&back->dx[0]->shape) * sizeof *w.dx);
    for_pairs(back->call, add_gradient, &w);
}

static kin_status draw(kin_draw *draw_)
{
    kin_contrastive_attrs *attrs = draw_->attrs;
    attrs->margin = kin_draw_flip(draw_) ? 1 : 4;
    attrs->pairing = kin_draw_flip(draw_);
    return kin_loss_draw_labels(draw_, 2, 2);
}

static const kin_attr attributes[] = {
    KIN_ATTR(kin_contrastive_attrs, "margin", KIN_ATTR_FLOAT, margin, "1", "different people farther apart cost nothing"),
    {"pairing", KIN_ATTR_ENUM, offsetof(kin_contrastive_attrs, pairing), "all", pairing_words,
     "all pairs of rows, or neighbours: rows 0 and 1, 2 and 3 ..."},
};

KIN_LOSS(contrastive, "pairs of rows: squared distance, or what is missing to a margin", "x labels", 2, 1,
         .attrs_size = sizeof(kin_contrastive_attrs), KIN_ATTR_TABLE(attributes))
