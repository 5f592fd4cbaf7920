/* SPDX-License-Identifier: Apache-2.0
 *
 * triplet: max(margin + d(a, p) - d(a, n), 0) with p of a's label and n of another, d the squared distance (squared=false:
 * the distance), the triplets chosen in the batch:
 *
 * mining=semi_hard: for each pair a, p the nearest n that is farther from a than p, or, where there is none, the farthest n;
 *   the mean over all pairs a, p. Schroff, Kalenichenko, Philbin, FaceNet, 2015; TensorFlow Addons: triplet_semihard_loss.
 * mining=batch_hard: for each a that has both, the farthest p and the nearest n; the mean over these a. Hermans, Beyer,
 *   Leibe, In defense of the triplet loss, 2017.
 *
 * A row with label -1 takes no part. The choice counts as fixed in the gradient.
 */
#include "nn/loss/loss.h"

enum { SEMI_HARD, BATCH_HARD };
static const char *const mining_words[] = {"semi_hard", "batch_hard", NULL};

typedef struct {
    double margin;
    int    mining;
    bool   squared;
} kin_triplet_attrs;

static kin_status infer(const kin_call *call)
{
    const kin_triplet_attrs *attrs = call->attrs;
    KIN_TRY(kin_loss_infer_labels(call, &kin_op_triplet));
    if (attrs->margin >= 0 && attrs->margin < INFINITY) return KIN_OK;
    return kin_op_fail(call, KIN_E_FORMAT, "triplet: margin %g, expected 0 or more", attrs->margin);
}

typedef struct {
    const kin_call    *call;
    const float       *x;
    size_t             rows, width;
    kin_triplet_attrs attrs;
    float             *dx; /* NULL: only the loss */
    double             loss, seed;
    size_t             triplets;
} work;

static double distance(const work *w, size_t a, size_t b)
{
    double sum = 0;
    for (size_t i = 0; i < w->width; i++) {
        double d = (double)w->x[a * w->width + i] - w->x[b * w->width + i];
        sum += d * d;
    }
    return w->attrs.squared ? sum : sqrt(sum);
}

static int64_t label(const work *w, size_t r)
{
    return kin_int_at(w->call->in[1], r);
}

/* The gradient of `by` * d(a, b). */
static void add_distance(work *w, size_t a, size_t b, double by)
{
    double scale = w->attrs.squared ? 2 : 1 / fmax(distance(w, a, b), 1e-12);
    for (size_t i = 0; i < w->width; i++) {
        size_t at = a * w->width + i, bt = b * w->width + i;
        float  g = (float)(by * scale * ((double)w->x[at] - w->x[bt]));
        w->dx[at] += g;
        w->dx[bt] -= g;
    }
}

static void add_triplet(work *w, size_t a, size_t p, size_t n)
{
    double part = w->attrs.margin + distance(w, a, p) - distance(w, a, n);
    w->triplets++;
    if (part <= 0) return;
    w->loss += part;
    if (!w->dx) return;
    add_distance(w, a, p, w->seed);
    add_distance(w, a, n, -w->seed);
}

static size_t semi_hard_negative(const work *w, size_t a, double positive)
{
    size_t nearest = w->rows, farthest = w->rows;
    double near = INFINITY, far = -1;
    for (size_t n = 0; n < w->rows; n++) {
        if (label(w, n) < 0 || label(w, n) == label(w, a)) continue;
        double d = distance(w, a, n);
        if (d > positive && d < near) near = d, nearest = n;
        if (d > far) far = d, farthest = n;
    }
    return nearest < w->rows ? nearest : farthest;
}

static void semi_hard(work *w, size_t a)
{
    for (size_t p = 0; p < w->rows; p++) {
        if (p == a || label(w, p) != label(w, a)) continue;
        size_t n = semi_hard_negative(w, a, distance(w, a, p));
        if (n < w->rows) add_triplet(w, a, p, n);
    }
}

static void batch_hard(work *w, size_t a)
{
    size_t p = w->rows, n = w->rows;
    double far = -1, near = INFINITY;
    for (size_t b = 0; b < w->rows; b++) {
        if (b == a || label(w, b) < 0) continue;
        double d = distance(w, a, b);
        bool   same = label(w, b) == label(w, a);
        if (same && d > far) far = d, p = b;
        if (!same && d < near) near = d, n = b;
    }
    if (p < w->rows && n < w->rows) add_triplet(w, a, p, n);
}

static void run(work *w)
{
    w->triplets = 0;
    w->loss = 0;
    for (size_t a = 0; a < w->rows; a++)
        if (label(w, a) >= 0) (w->attrs.mining == BATCH_HARD ? batch_hard : semi_hard)(w, a);
}

static work work_of(const kin_call *call)
{
    const kin_triplet_attrs *attrs = call->attrs;
    return (work){.call = call,
                  .x = call->in[0]->data,
                  .rows = kin_loss_rows(call->in[0]),
                  .width = (size_t)call->in[0]->shape.dim[1],
                  .attrs = *attrs};
}

static void forward(const kin_call *call)
{
    work w = work_of(call);
    run(&w);
    *(float *)call->out[0]->data = w.triplets ? (float)(w.loss / (double)w.triplets) : 0;
}

static void backward(const kin_back *back)
{
    work   w = work_of(back->call);
    float *dx = back->dx[0]->data;
    run(&w);
    w.seed = w.triplets ? kin_loss_seed(back) / (double)w.triplets : 0;
    w.dx = dx;
    memset(dx, 0, kin_count(&back->dx[0]->shape) * sizeof *dx);
    run(&w);
}

static kin_status draw(kin_draw *draw_)
{
    kin_triplet_attrs *attrs = draw_->attrs;
    attrs->margin = kin_draw_flip(draw_) ? 1 : 0.2;
    attrs->mining = kin_draw_flip(draw_);
    attrs->squared = kin_draw_flip(draw_);
    return kin_loss_draw_labels(draw_, 3, 3);
}

static const kin_attr attributes[] = {
    KIN_ATTR(kin_triplet_attrs, "margin", KIN_ATTR_FLOAT, margin, "1", "how much nearer one's own must be"),
    {"mining", KIN_ATTR_ENUM, offsetof(kin_triplet_attrs, mining), "semi_hard", mining_words,
     "which triplets of the batch count: semi_hard or batch_hard"},
    KIN_ATTR(kin_triplet_attrs, "squared", KIN_ATTR_BOOL, squared, "true", "squared distances, not distances"),
};

KIN_LOSS(triplet, "rows nearer to their own label's than to others' by a margin", "x labels", 2, 1,
         .attrs_size = sizeof(kin_triplet_attrs), KIN_ATTR_TABLE(attributes))
