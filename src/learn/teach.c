/* SPDX-License-Identifier: Apache-2.0
 */
#include "learn/teach.h"

#include <math.h>
#include <string.h>

#include "learn/head.h"

enum { EPOCHS = 60, BATCH = 32, VARIANTS = 8 };
static const double EPSILON = 1e-7; /* Keras' clip of probabilities before the logarithm */

typedef struct {
    kin_context             *ctx;
    const kin_dataset       *set;
    const kin_teach_options *o;
    kin_taught              *out;
    size_t                   variants, epochs, batch;
    kin_features             part[KIN_PARTS];
    size_t                  *order; /* rows of an epoch */
    kin_graph               *head;
    kin_trainer             *trainer;
    kin_graph               *best; /* head of the least validation loss so far; NULL: no patience */
    double                   best_loss;
} lesson;

static size_t argmax(const float *p, size_t count)
{
    size_t best = 0;
    for (size_t i = 1; i < count; i++)
        if (p[i] > p[best]) best = i;
    return best;
}

/* --- the features --- */

/* Before hours of work: whether the tuning behind them could begin. */
static kin_status look_ahead(const lesson *l)
{
    kin_graph *whole;
    KIN_TRY(kin_head_cut(l->ctx, l->o->base, l->o->at, &whole));
    kin_status status = kin_head_add(whole, l->out->features, l->out->classes, l->o->seed);
    if (status == KIN_OK) status = kin_teach_fits(l->set, whole, l->o->tune);
    kin_graph_free(whole);
    return status;
}

static kin_status look(lesson *l)
{
    const kin_teach_options *o = l->o;
    KIN_TRY(kin_head_cut(l->ctx, o->base, o->at, &l->out->graph));
    KIN_TRY(kin_head_width(l->ctx, l->out->graph, l->set->card.height, l->set->card.width, &l->out->features));
    if (o->tune) KIN_TRY(look_ahead(l));
    for (int part = 0; part < KIN_PARTS; part++) {
        bool teaches = part == KIN_PART_TRAINING;
        KIN_TRY(kin_features_make(l->set, (kin_part)part, l->out->graph, l->out->features, teaches ? o->recipe : NULL,
                                  teaches ? l->variants : 1, o->seed, o->progress, o->user, &l->part[part]));
    }
    return KIN_OK;
}

/* --- an epoch --- */

/* Rows of the epoch's variant, shuffled; each picture comes once. */
static size_t draw_order(lesson *l, uint64_t epoch)
{
    size_t     each = l->part[KIN_PART_TRAINING].count / l->variants;
    kin_random random = kin_random_make(l->o->seed, epoch);
    for (size_t i = 0; i < each; i++) l->order[i] = epoch % l->variants * each + i;
    kin_shuffle(&random, l->order, each);
    return each;
}

/* Rows [from, to) of the order into the trainer; what is left of the batch teaches nothing. */
static void load(lesson *l, size_t from, size_t to)
{
    const kin_features *f = &l->part[KIN_PART_TRAINING];
    float              *x = kin_trainer_input(l->trainer, 0);
    int32_t            *label = kin_trainer_labels(l->trainer);
    memset(x, 0, l->batch * f->width * sizeof *x);
    for (size_t i = 0; i < l->batch; i++) {
        label[i] = -1;
        if (from + i >= to) continue;
        memcpy(x + i * f->width, f->value + l->order[from + i] * f->width, f->width * sizeof *x);
        label[i] = f->label[l->order[from + i]];
    }
}

static kin_status teach_epoch(lesson *l, uint64_t epoch, kin_lesson_report *report)
{
    size_t rows = draw_order(l, epoch), right = 0;
    double sum = 0;
    for (size_t from = 0; from < rows; from += l->batch) {
        size_t    to = from + l->batch < rows ? from + l->batch : rows;
        double    loss;
        kin_shape shape;
        load(l, from, to);
        KIN_TRY(kin_trainer_step(l->trainer, &loss));
        const float *p = kin_trainer_output(l->trainer, &shape);
        for (size_t i = 0; i < to - from; i++)
            right += argmax(p + i * l->out->classes, l->out->classes) == (size_t)kin_trainer_labels(l->trainer)[i];
        sum += loss * (double)l->batch;
    }
    report->loss = sum / (double)rows;
    report->accuracy = (double)right / (double)rows;
    report->rate = kin_trainer_rate(l->trainer);
    return KIN_OK;
}

/* --- validation --- */

/* Asks the head about every picture of the validation part. `confusion`: NULL, or [classes, classes] that are added to. */
static kin_status validate(const lesson *l, kin_graph *head, double *accuracy, double *loss, size_t *confusion)
{
    const kin_features *f = &l->part[KIN_PART_VALIDATION];
    size_t              right = 0, classes = l->out->classes;
    double              sum = 0;
    kin_plan           *plan = NULL;
    *accuracy = *loss = NAN;
    if (f->count == 0) return KIN_OK;
    kin_status status = kin_plan_new(head, &(kin_shape){2, {(int64_t)f->count, (int64_t)f->width}}, &plan);
    if (status == KIN_OK) {
        memcpy(kin_plan_input(plan, 0), f->value, f->count * f->width * sizeof(float));
        status = kin_plan_run(plan);
    }
    for (size_t i = 0; status == KIN_OK && i < f->count; i++) {
        const float *p = (const float *)kin_plan_output(plan, 0) + i * classes;
        size_t       answer = argmax(p, classes);
        right += answer == (size_t)f->label[i];
        sum -= log(fmax((double)p[f->label[i]], EPSILON));
        if (confusion) confusion[(size_t)f->label[i] * classes + answer]++;
    }
    *accuracy = (double)right / (double)f->count;
    *loss = sum / (double)f->count;
    kin_plan_free(plan);
    return status;
}

/* The epoch's head is asked, and kept where it is the best so far. */
static kin_status judge(lesson *l, kin_lesson_report *report)
{
    kin_graph *head;
    report->validation = report->validation_loss = NAN;
    if (!l->part[KIN_PART_VALIDATION].count) return KIN_OK;
    KIN_TRY(kin_trainer_result(l->trainer, &head));
    kin_status status = validate(l, head, &report->validation, &report->validation_loss, NULL);
    if (status == KIN_OK && l->o->patience && report->validation_loss < l->best_loss) {
        kin_graph *worse = l->best;
        l->best = head;
        l->best_loss = report->validation_loss;
        l->out->epoch = report->epoch + 1;
        head = worse;
    }
    kin_graph_free(head);
    return status;
}

/* --- the whole --- */

static kin_status begin(lesson *l)
{
    const kin_teach_options *o = l->o;
    size_t                   rows = l->part[KIN_PART_TRAINING].count / l->variants;
    KIN_TRY(kin_alloc(l->ctx, rows * sizeof *l->order, &l->order));
    KIN_TRY(kin_head_alone(l->ctx, l->out->features, l->out->classes, o->seed, &l->head));
    kin_trainer_options how = {.loss = o->loss,
                               .classes = l->out->classes,
                               .batch = l->batch,
                               .optimiser = o->optimiser,
                               .schedule = o->schedule,
                               .rate = o->rate,
                               .steps = l->epochs * ((rows + l->batch - 1) / l->batch),
                               .seed = o->seed};
    return kin_trainer_new(l->ctx, l->head, &how, &l->trainer);
}

static kin_status run(lesson *l)
{
    size_t patience = l->o->patience;
    if (patience && !kin_dataset_size(l->set, KIN_PART_VALIDATION, SIZE_MAX))
        return kin_fail(l->ctx, KIN_E_USAGE, "patience, but no picture to validate with");
    KIN_TRY(look(l));
    KIN_TRY(begin(l));
    kin_lesson_report report = {.epochs = l->epochs};
    for (report.epoch = 0; report.epoch < l->epochs; report.epoch++) {
        KIN_TRY(teach_epoch(l, report.epoch, &report));
        if (!l->best) l->out->epoch = report.epoch + 1;
        KIN_TRY(judge(l, &report));
        if (l->o->report) KIN_TRY(l->o->report(l->o->user, &report));
        if (patience && report.epoch + 1 >= l->out->epoch + patience) break;
    }
    return KIN_OK;
}

static kin_status finish(lesson *l)
{
    size_t classes = l->out->classes;
    double accuracy, loss;
    l->out->trained = l->out->features * classes + classes;
    if (!l->best) KIN_TRY(kin_trainer_result(l->trainer, &l->best));
    if (l->part[KIN_PART_VALIDATION].count) {
        KIN_TRY(kin_alloc_zero(l->ctx, classes * classes, sizeof *l->out->confusion, &l->out->confusion));
        KIN_TRY(validate(l, l->best, &accuracy, &loss, l->out->confusion));
    }
    KIN_TRY(kin_head_add(l->out->graph, l->out->features, classes, l->o->seed));
    kin_head_copy(l->best, l->out->graph);
    return kin_graph_sort(l->out->graph);
}

kin_status kin_teach_head(const kin_dataset *set, const kin_teach_options *options, kin_taught *out)
{
    lesson l = {.ctx = set->ctx, .set = set, .o = options, .out = out, .best_loss = INFINITY};
    *out = (kin_taught){.classes = set->classes};
    l.variants = !options->recipe ? 1 : options->variants ? options->variants : VARIANTS;
    l.epochs = options->epochs ? options->epochs : EPOCHS;
    l.batch = options->batch ? options->batch : BATCH;
    kin_status status = run(&l);
    if (status == KIN_OK) status = finish(&l);
    for (int part = 0; part < KIN_PARTS; part++) kin_features_free(&l.part[part]);
    kin_trainer_free(l.trainer);
    kin_graph_free(l.best);
    kin_graph_free(l.head);
    kin_release(l.ctx, l.order);
    if (status != KIN_OK) kin_taught_free(l.ctx, out);
    return status;
}

/* --- fine-tuning --- */

static kin_status ask(const kin_dataset *set, const kin_taught *taught, double *accuracy)
{
    kin_features f;
    size_t       right = 0;
    *accuracy = NAN;
    if (!taught->confusion) return KIN_OK;
    KIN_TRY(kin_features_make(set, KIN_PART_VALIDATION, taught->graph, taught->classes, NULL, 1, 0, NULL, NULL, &f));
    memset(taught->confusion, 0, taught->classes * taught->classes * sizeof *taught->confusion);
    for (size_t i = 0; i < f.count; i++) {
        size_t answer = argmax(f.value + i * f.width, f.width);
        taught->confusion[(size_t)f.label[i] * taught->classes + answer]++;
        right += answer == (size_t)f.label[i];
    }
    *accuracy = f.count ? (double)right / (double)f.count : NAN;
    kin_features_free(&f);
    return KIN_OK;
}

kin_status kin_teach_tune(const kin_dataset *set, const kin_network_options *options, kin_taught *taught, double *accuracy)
{
    kin_graph *tuned;
    KIN_TRY(kin_teach_network(set, taught->graph, options, &taught->trained, &tuned));
    taught->before = taught->graph;
    taught->graph = tuned;
    return ask(set, taught, accuracy);
}

void kin_taught_free(kin_context *ctx, kin_taught *taught)
{
    kin_graph_free(taught->graph);
    kin_graph_free(taught->before);
    kin_release(ctx, taught->confusion);
    *taught = (kin_taught){0};
}
