/* SPDX-License-Identifier: Apache-2.0
 */
#include "learn/trainer.h"

#include <math.h>
#include <string.h>

#include "base/random.h"
#include "nn/grad/grad.h"
#include "nn/plan/plan.h"

enum { SPREAD_ROWS = 32 }; /* rows compared for kin_trainer_spread */

/* --- making --- */

/* Weights, gradients, the optimiser's slots, the average: one block, `floats` each. */
static kin_status allocate(kin_trainer *t)
{
    size_t each = t->training->floats, slots = t->optim.kind->slots(&t->optim), arrays = 2 + slots + (t->optim.average > 0);
    KIN_TRY(kin_alloc_zero(t->ctx, arrays * each, sizeof(float), &t->floats));
    KIN_TRY(kin_alloc_zero(t->ctx, t->training->statistic_floats + 1, sizeof(float), &t->statistics));
    KIN_TRY(kin_alloc_zero(t->ctx, t->training->weight_count, sizeof *t->tensor, &t->tensor));
    t->state = (kin_optim_state){.tensor = t->tensor,
                                 .tensor_count = t->training->weight_count,
                                 .count = each,
                                 .weight = t->floats,
                                 .gradient = t->floats + each};
    for (size_t i = 0; i < slots; i++) t->state.slot[i] = t->floats + (2 + i) * each;
    if (t->optim.average > 0) t->state.average = t->floats + (2 + slots) * each;
    for (size_t i = 0; i < t->training->weight_count; i++) {
        const kin_weight *w = &t->training->weight[i];
        memcpy(t->floats + w->offset, w->first, w->count * sizeof(float));
        t->tensor[i] = (kin_optim_tensor){w->offset, w->count, w->rate, w->decays};
    }
    for (size_t i = 0; i < t->training->statistic_count; i++) {
        const kin_statistic *s = &t->training->statistic[i];
        memcpy(t->statistics + s->offset, s->first, s->count * sizeof(float));
    }
    return KIN_OK;
}

/* The graph's inputs at this batch size; weights and gradients stand in the trainer's arrays. */
static kin_status plan(kin_trainer *t, size_t batch, uint64_t *needed)
{
    kin_training *training = t->training;
    kin_graph    *graph = training->graph;
    size_t        weights = training->weight_count;
    kin_shape    *shapes;
    kin_variable *places;
    KIN_TRY(kin_arena_alloc(&graph->arena, graph->input_count, sizeof *shapes, &shapes));
    KIN_TRY(kin_arena_alloc(&graph->arena, 2 * weights, sizeof *places, &places));
    for (size_t i = 0; i < graph->input_count; i++) {
        shapes[i] = graph->tensor[graph->input[i]].shape;
        bool of_batch = i < training->source->input_count || graph->input[i] == training->target;
        if (of_batch && shapes[i].rank > 0) shapes[i].dim[0] = (int64_t)batch;
    }
    for (size_t i = 0; i < weights; i++) {
        const kin_weight *w = &training->weight[i];
        places[2 * i] = (kin_variable){w->tensor, t->state.weight + w->offset};
        places[2 * i + 1] = (kin_variable){w->gradient, t->floats + training->floats + w->offset};
    }
    if (t->again) KIN_TRY(kin_grad_recompute(graph, training->forward, shapes, 0));
    kin_plan_options options = {.variable = places, .variable_count = 2 * weights, .needed = needed};
    return kin_plan_make(t->ctx, graph, shapes, &options, &t->plan);
}

/* In M as --max-memory counts; `needed` 0: it was not found out. */
static kin_status too_little(kin_context *ctx, size_t batch, uint64_t needed)
{
    enum { M = 1 << 20 };
    const char *helps = "smaller batches, fewer layers that learn, or a smaller network need less";
    const unsigned long long limit = ctx->max_memory / M;
    if (needed <= ctx->max_memory)
        return kin_fail(ctx, KIN_E_LIMIT, "training with batches of %zu needs more memory than the limit of %lluM: %s", batch, limit, helps);
    return kin_fail(ctx, KIN_E_LIMIT, "training with batches of %zu needs %lluM of memory, the limit is %lluM: %s", batch,
                    (unsigned long long)(needed / M + (needed % M != 0)), limit, helps);
}

/* Where the plan passes the limit, another one that keeps less of the forward run and computes it again. *needed: of the smaller. */
static kin_status plan_within(kin_trainer *t, kin_graph *graph, const kin_trainer_options *o, uint64_t *needed)
{
    uint64_t   less = 0;
    kin_status status = plan(t, o->batch, needed);
    if (status != KIN_E_LIMIT || !*needed) return status;
    kin_training_free(t->training);
    t->again = true;
    KIN_TRY(kin_training_make(t->ctx, graph, o, &t->training));
    status = plan(t, o->batch, &less);
    if (less && less < *needed) *needed = less;
    return status;
}

static kin_status build(kin_trainer *t, kin_graph *graph, const kin_trainer_options *o, uint64_t *needed)
{
    if (o->batch < 1) return kin_fail(t->ctx, KIN_E_USAGE, "training: a batch of %zu", o->batch);
    KIN_TRY(kin_optim_parse(t->ctx, o->optimiser ? o->optimiser : "adam", &t->optim));
    KIN_TRY(kin_schedule_parse(t->ctx, o->schedule ? o->schedule : "constant", &t->schedule));
    t->schedule.rate = o->rate > 0 ? o->rate : t->optim.kind->rate;
    t->seed = o->seed;
    t->steps = o->steps;
    t->momentum = o->momentum > 0 ? o->momentum : 0.99;
    KIN_TRY(kin_training_make(t->ctx, graph, o, &t->training));
    KIN_TRY(allocate(t));
    return plan_within(t, graph, o, needed);
}

kin_status kin_trainer_new(kin_context *ctx, kin_graph *graph, const kin_trainer_options *options, kin_trainer **out)
{
    kin_trainer *t;
    uint64_t     needed = 0;
    *out = NULL;
    kin_enter(ctx);
    kin_status status = kin_alloc_zero(ctx, 1, sizeof *t, &t);
    if (status == KIN_OK) {
        t->ctx = ctx;
        status = build(t, graph, options, &needed);
        if (status == KIN_OK)
            *out = t;
        else
            kin_trainer_free(t);
    }
    if (status == KIN_E_LIMIT) too_little(ctx, options->batch, needed);
    kin_leave(ctx);
    return status;
}

void kin_trainer_free(kin_trainer *t)
{
    if (!t) return;
    kin_plan_free(t->plan);
    kin_training_free(t->training);
    kin_release(t->ctx, t->floats);
    kin_release(t->ctx, t->statistics);
    kin_release(t->ctx, t->tensor);
    kin_release(t->ctx, t);
}

uint64_t kin_trainer_weights(const kin_trainer *t)
{
    uint64_t count = 0;
    for (size_t i = 0; i < t->training->weight_count; i++) count += t->training->weight[i].count;
    return count;
}

/* --- a step --- */

float *kin_trainer_input(kin_trainer *t, size_t i)
{
    return i < t->training->source->input_count ? kin_plan_input(t->plan, i) : NULL;
}

int32_t *kin_trainer_labels(kin_trainer *t)
{
    return t->training->target_kind == KIN_TARGET_LABELS ? kin_plan_input(t->plan, t->training->source->input_count) : NULL;
}

float *kin_trainer_teacher(kin_trainer *t)
{
    return t->training->target_kind == KIN_TARGET_VALUES ? kin_plan_input(t->plan, t->training->source->input_count) : NULL;
}

double kin_trainer_rate(const kin_trainer *t)
{
    return kin_schedule_rate(&t->schedule, t->state.step, t->steps);
}

/* Keras: moving = momentum * moving + (1 - momentum) * batch. */
static void move_statistics(kin_trainer *t)
{
    float keep = (float)t->momentum;
    for (size_t i = 0; i < t->training->statistic_count; i++) {
        const kin_statistic *s = &t->training->statistic[i];
        const float         *batch = kin_plan_output(t->plan, 2 + i);
        float               *moving = t->statistics + s->offset;
        for (size_t c = 0; c < s->count; c++) moving[c] = keep * moving[c] + (1 - keep) * batch[c];
    }
}

static kin_status step(kin_trainer *t, double *loss)
{
    kin_random draw = kin_random_make(t->seed, t->state.step);
    *loss = NAN;
    if (t->training->seed >= 0)
        *(int64_t *)kin_plan_input(t->plan, t->training->source->input_count + 1) = (int64_t)(kin_random_u64(&draw) >> 1);
    double rate = kin_trainer_rate(t);
    KIN_TRY(kin_plan_run(t->plan));
    *loss = *(const float *)kin_plan_output(t->plan, 0);
    if (!isfinite(*loss) || !kin_optim_step(&t->optim, t->ctx->splitter, rate, &t->state))
        return kin_fail(t->ctx, KIN_E_UNSUPPORTED, "training: at step %llu the loss or a gradient is no finite number: a smaller "
                        "learning rate than %g may help", (unsigned long long)t->state.step + 1, rate);
    move_statistics(t);
    return KIN_OK;
}

kin_status kin_trainer_step(kin_trainer *trainer, double *loss)
{
    kin_enter(trainer->ctx);
    kin_status status = step(trainer, loss);
    kin_leave(trainer->ctx);
    return status;
}

const float *kin_trainer_output(const kin_trainer *t, kin_shape *shape)
{
    *shape = kin_plan_output_shape(t->plan, 1);
    return kin_plan_output(t->plan, 1);
}

double kin_trainer_spread(const kin_trainer *t)
{
    kin_shape    shape;
    const float *x = kin_trainer_output(t, &shape);
    size_t       width = shape.rank ? (size_t)shape.dim[shape.rank - 1] : 1, rows = kin_count(&shape) / width, pairs = 0;
    double       sum = 0;
    if (rows > SPREAD_ROWS) rows = SPREAD_ROWS;
    for (size_t a = 0; a < rows; a++)
        for (size_t b = 0; b < a; b++, pairs++) {
            double aa = 0, bb = 0, ab = 0;
            for (size_t i = 0; i < width; i++) {
                double u = x[a * width + i], v = x[b * width + i];
                aa += u * u, bb += v * v, ab += u * v;
            }
            if (aa > 0 && bb > 0) sum += sqrt(fmax(2 - 2 * ab / sqrt(aa * bb), 0));
        }
    return pairs ? sum / (double)pairs : 0;
}

kin_status kin_trainer_result(const kin_trainer *t, kin_graph **out)
{
    const float *weights = t->state.average && t->state.step ? t->state.average : t->state.weight;
    kin_enter(t->ctx);
    kin_status status = kin_training_result(t->training, weights, t->statistics, out);
    kin_leave(t->ctx);
    return status;
}
