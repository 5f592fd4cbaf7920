/* SPDX-License-Identifier: Apache-2.0
 */
#include "learn/features.h"

#include <string.h>

enum { BATCH = 16 };

typedef struct {
    kin_plan     *plan;
    size_t        room; /* pictures of a run */
    size_t        picture; /* floats of one */
    kin_features *to;
} extraction;

/* A batch that is not full leaves the rest of the plan's pictures as they were: rows do not depend on one another. */
static kin_status extract(extraction *e, const kin_batch *batch)
{
    kin_features *f = e->to;
    memcpy(kin_plan_input(e->plan, 0), batch->pictures, batch->count * e->picture * sizeof(float));
    KIN_TRY(kin_plan_run(e->plan));
    memcpy(f->value + f->count * f->width, kin_plan_output(e->plan, 0), batch->count * f->width * sizeof(float));
    memcpy(f->label + f->count, batch->labels, batch->count * sizeof *f->label);
    memcpy(f->sample + f->count, batch->samples, batch->count * sizeof *f->sample);
    f->count += batch->count;
    return KIN_OK;
}

static kin_status extract_all(extraction *e, kin_loader *loader, size_t rows, void (*progress)(void *, size_t, size_t), void *user)
{
    for (kin_batch batch;;) {
        KIN_TRY(kin_loader_next(loader, &batch));
        if (batch.count == 0) return KIN_OK;
        KIN_TRY(extract(e, &batch));
        if (progress) progress(user, e->to->count, rows);
    }
}

static kin_status make(const kin_dataset *set, kin_graph *base, const kin_loader_options *how, size_t rows,
                       void (*progress)(void *, size_t, size_t), void *user, kin_features *f)
{
    kin_context *ctx = set->ctx;
    kin_shape    in = {4, {BATCH, set->card.height, set->card.width, 3}};
    extraction   e = {.room = BATCH, .picture = (size_t)set->card.height * (size_t)set->card.width * 3, .to = f};
    kin_loader  *loader = NULL;
    size_t       floats;
    if (!kin_mul_size(rows, f->width, &floats) || floats > SIZE_MAX / sizeof(float) || floats * sizeof(float) > ctx->max_memory)
        return kin_fail(ctx, KIN_E_LIMIT, "features of %zu pictures, %zu numbers each, pass the memory limit of %llu bytes: fewer "
                        "variants, or a later layer, need less", rows, f->width, (unsigned long long)ctx->max_memory);
    KIN_TRY(kin_alloc(ctx, floats * sizeof(float), &f->value));
    KIN_TRY(kin_alloc(ctx, rows * sizeof *f->label, &f->label));
    KIN_TRY(kin_alloc(ctx, rows * sizeof *f->sample, &f->sample));
    KIN_TRY(kin_plan_new_on(ctx, base, &in, &e.plan));
    kin_status status = kin_loader_new(set, how, &loader);
    if (status == KIN_OK) status = extract_all(&e, loader, rows, progress, user);
    kin_loader_free(loader);
    kin_plan_free(e.plan);
    return status;
}

kin_status kin_features_make(const kin_dataset *set, kin_part part, kin_graph *base, size_t width, const kin_recipe *recipe,
                             size_t variants, uint64_t seed, void (*progress)(void *user, size_t done, size_t count), void *user,
                             kin_features *out)
{
    size_t pictures = kin_dataset_size(set, part, SIZE_MAX);
    if (!recipe || variants < 1) variants = 1;
    kin_loader_options how = {.part = part,
                              .sampling = {.order = KIN_ORDER_PLAIN, .batch = BATCH, .seed = seed},
                              .recipe = recipe,
                              .epochs = variants};
    *out = (kin_features){.ctx = set->ctx, .width = width};
    if (pictures == 0) return KIN_OK;
    kin_status status = make(set, base, &how, pictures * variants, progress, user, out);
    if (status != KIN_OK) kin_features_free(out);
    return status;
}

void kin_features_free(kin_features *f)
{
    if (f->ctx) {
        kin_release(f->ctx, f->value);
        kin_release(f->ctx, f->label);
        kin_release(f->ctx, f->sample);
    }
    *f = (kin_features){0};
}
