/* SPDX-License-Identifier: Apache-2.0
 */
#include "learn/course.h"

#include <string.h>
#include <unistd.h>

#include "os/clock.h"

enum { REPORT_MS = 1000, MINUTES = 10 };

typedef struct {
    const kin_course *c;
    kin_context      *ctx;
    kin_loader       *loader;
    kin_plan         *teacher;
    size_t            per_epoch, batch;
    uint64_t          total;
    int64_t           saved_ns, reported_ns;
    double            sum; /* of the losses of `summed` steps: the epoch's */
    uint64_t          summed, seen; /* steps since the last report */
} run;

kin_status kin_course_steps(const kin_dataset *set, const kin_sampling *sampling, size_t *steps)
{
    kin_sampler sampler;
    KIN_TRY(kin_sampler_make(set, KIN_PART_TRAINING, sampling, &sampler));
    *steps = kin_sampler_steps(&sampler);
    kin_sampler_free(&sampler);
    return KIN_OK;
}

/* --- the teacher --- */

static kin_status hire(run *r)
{
    const kin_card *own = &r->c->set->card;
    if (!r->c->teacher) return KIN_OK;
    const kin_card *card = r->c->teacher->card;
    if (card->width != own->width || card->height != own->height)
        return kin_fail(r->ctx, KIN_E_UNSUPPORTED, "the teacher looks at %d x %d pixels, the network at %d x %d", card->width,
                        card->height, own->width, own->height);
    kin_shape in = {4, {(int64_t)r->batch, own->height, own->width, 3}}, shape, wanted = {0};
    KIN_TRY(kin_plan_new_on(r->ctx, r->c->teacher->graph, &in, &r->teacher));
    shape = kin_plan_output_shape(r->teacher, 0);
    kin_trainer_output(r->c->trainer, &wanted);
    if (kin_count(&shape) == kin_count(&wanted)) return KIN_OK;
    return kin_fail(r->ctx, KIN_E_UNSUPPORTED, "the teacher says %zu numbers a picture, the network %zu",
                    kin_count(&shape) / r->batch, kin_count(&wanted) / r->batch);
}

/* The same pixels as its own card wants them. */
static kin_status ask_teacher(run *r, const kin_batch *batch)
{
    const kin_card *from = &r->c->set->card, *to = r->c->teacher->card;
    size_t          pixels = batch->count * (size_t)from->width * (size_t)from->height;
    float          *x = kin_plan_input(r->teacher, 0);
    for (size_t i = 0; i < pixels; i++)
        for (int ch = 0; ch < 3; ch++) {
            int   other = from->bgr == to->bgr ? ch : 2 - ch; /* where the colour stands for the teacher */
            float level = batch->pictures[3 * i + (size_t)ch] * from->scale[ch] + from->mean[ch];
            x[3 * i + (size_t)other] = (level - to->mean[other]) / to->scale[other];
        }
    KIN_TRY(kin_plan_run(r->teacher));
    kin_shape shape = kin_plan_output_shape(r->teacher, 0);
    memcpy(kin_trainer_teacher(r->c->trainer), kin_plan_output(r->teacher, 0), kin_count(&shape) * sizeof(float));
    return KIN_OK;
}

/* --- a step --- */

static kin_status step(run *r, const kin_batch *batch)
{
    kin_trainer *t = r->c->trainer;
    size_t       picture = (size_t)r->c->set->card.width * (size_t)r->c->set->card.height * 3;
    double       loss;
    memcpy(kin_trainer_input(t, 0), batch->pictures, batch->count * picture * sizeof(float));
    if (kin_trainer_labels(t)) memcpy(kin_trainer_labels(t), batch->labels, batch->count * sizeof(int32_t));
    if (r->c->teacher) KIN_TRY(ask_teacher(r, batch));
    KIN_TRY(kin_trainer_step(t, &loss));
    r->sum += loss;
    r->summed++;
    r->seen++;
    return KIN_OK;
}

static kin_status report(run *r, bool epoch_ends)
{
    int64_t now = kin_clock_ns();
    if (!r->c->report || (!epoch_ends && now - r->reported_ns < REPORT_MS * INT64_C(1000000))) return KIN_OK;
    uint64_t          done = r->c->trainer->state.step;
    kin_course_report say = {.step = done,
                             .steps = r->total,
                             .epoch = (done + r->per_epoch - 1) / r->per_epoch,
                             .epochs = r->c->epochs,
                             .loss = r->summed ? r->sum / (double)r->summed : 0,
                             .spread = kin_trainer_spread(r->c->trainer),
                             .rate = kin_trainer_rate(r->c->trainer),
                             .pictures_per_second = (double)(r->seen * r->batch) * 1e9 / (double)(now - r->reported_ns + 1),
                             .epoch_ends = epoch_ends,
                             .again = r->c->trainer->again};
    r->reported_ns = now;
    r->seen = 0;
    if (epoch_ends) r->sum = 0, r->summed = 0;
    return r->c->report(r->c->user, &say);
}

static kin_status save(run *r, bool now)
{
    double minutes = r->c->minutes > 0 ? r->c->minutes : MINUTES;
    if (!r->c->checkpoint || (!now && (double)(kin_clock_ns() - r->saved_ns) < minutes * 60e9)) return KIN_OK;
    KIN_TRY(kin_checkpoint_write(r->c->trainer, r->c->name, r->c->checkpoint));
    r->saved_ns = kin_clock_ns();
    return KIN_OK;
}

static kin_status go(run *r)
{
    kin_trainer *t = r->c->trainer;
    while (t->state.step < r->total) {
        kin_batch batch;
        KIN_TRY(kin_loader_next(r->loader, &batch));
        if (batch.count != r->batch)
            return kin_fail(r->ctx, KIN_E_USAGE, "a batch of %zu pictures, but there are only %zu", r->batch, batch.count);
        KIN_TRY(step(r, &batch));
        KIN_TRY(report(r, t->state.step % r->per_epoch == 0));
        KIN_TRY(save(r, false));
    }
    return KIN_OK;
}

/* --- the whole --- */

static kin_status begin(run *r)
{
    const kin_course  *c = r->c;
    kin_loader_options how = {.part = KIN_PART_TRAINING, .sampling = c->sampling, .recipe = c->recipe, .epochs = c->epochs};
    kin_shape          shape;
    how.sampling.drop_last = true;
    kin_trainer_output(c->trainer, &shape);
    r->batch = c->sampling.batch;
    KIN_TRY(kin_course_steps(c->set, &how.sampling, &r->per_epoch));
    r->total = c->epochs * r->per_epoch;
    if (c->resume) KIN_TRY(kin_checkpoint_read(c->trainer, c->name, c->checkpoint));
    how.epoch = c->trainer->state.step / r->per_epoch;
    how.step = c->trainer->state.step % r->per_epoch;
    KIN_TRY(hire(r));
    r->saved_ns = r->reported_ns = kin_clock_ns();
    return c->trainer->state.step < r->total ? kin_loader_new(c->set, &how, &r->loader) : KIN_OK;
}

kin_status kin_course_run(const kin_course *course)
{
    run        r = {.c = course, .ctx = course->trainer->ctx};
    kin_status status = begin(&r);
    if (status == KIN_OK) {
        status = go(&r);
        if (status == KIN_E_CANCELLED && save(&r, true) == KIN_OK) kin_fail(r.ctx, status, "broken off at step %llu of %llu",
            (unsigned long long)course->trainer->state.step, (unsigned long long)r.total);
        if (status == KIN_OK && course->checkpoint) unlink(course->checkpoint);
    }
    kin_loader_free(r.loader);
    kin_plan_free(r.teacher);
    return status;
}
