/* SPDX-License-Identifier: Apache-2.0
 *
 * Batches: what is in them, the same bits whoever makes them and wherever one begins, errors, the end.
 */
#include "learn/people.h"
#include "face/crop.h"
#include "support/oom.h"

enum { BATCH = 4, PHOTOS = 7, PEOPLE = 3, COUNT = PEOPLE * PHOTOS, STEPS = 6, EPOCHS = 3, RUN = STEPS * EPOCHS };

static const char everything[] = "flip rotation zoom crop brightness contrast saturation hue gamma noise@0.5 jpeg@0.5 blur@0.5 motion "
                                 "downscale cutout occlusion";
static kin_recipe recipe;

typedef struct {
    uint64_t epoch;
    size_t   step, count, samples[BATCH];
    int32_t  labels[BATCH];
    float    pictures[BATCH * CROP];
} kept;

static kept runs[2][RUN];

static kin_loader *open_loader(const kin_dataset *set, const kin_loader_options *options)
{
    kin_loader *loader;
    if (kin_loader_new(set, options, &loader) != KIN_OK) fail_msg("%s", kin_error(set->ctx));
    return loader;
}

/* All batches until the end; returns how many. */
static size_t run(const kin_dataset *set, const kin_loader_options *options, kept *to)
{
    kin_loader *loader = open_loader(set, options);
    kin_batch   batch;
    size_t      n = 0;
    for (;; n++) {
        if (kin_loader_next(loader, &batch) != KIN_OK) fail_msg("%s", kin_error(set->ctx));
        if (!batch.count) break;
        assert_true(n < RUN);
        memset(&to[n], 0, sizeof to[n]);
        to[n].epoch = batch.epoch, to[n].step = batch.step, to[n].count = batch.count;
        memcpy(to[n].samples, batch.samples, batch.count * sizeof *batch.samples);
        memcpy(to[n].labels, batch.labels, batch.count * sizeof *batch.labels);
        memcpy(to[n].pictures, batch.pictures, batch.count * CROP * sizeof(float));
    }
    kin_loader_free(loader);
    return n;
}

static kin_loader_options shuffled(size_t threads)
{
    assert_int_equal(kin_recipe_read(&ctx, everything, &recipe), KIN_OK);
    return (kin_loader_options){.sampling = {.order = KIN_ORDER_SHUFFLED, .batch = BATCH, .seed = 5}, .recipe = &recipe,
                                .epochs = EPOCHS, .threads = threads};
}

static void test_what_is_in_a_batch(void **state)
{
    (void)state;
    write_people(PEOPLE, PHOTOS);
    kin_dataset       *set = open_set(&ctx, NULL, 0);
    kin_loader_options options = shuffled(2);
    kin_image         *picture, *made;
    assert_int_equal(kin_pixels_new(&ctx, SIDE, SIDE, &picture), KIN_OK);
    assert_int_equal(kin_pixels_new(&ctx, SIDE, SIDE, &made), KIN_OK);
    for (int with = 0; with < 2; with++) {
        options.recipe = with ? &recipe : NULL;
        assert_int_equal(run(set, &options, runs[0]), RUN);
        for (size_t n = 0; n < RUN; n++) {
            const kept *k = &runs[0][n];
            assert_int_equal(k->epoch, n / STEPS);
            assert_int_equal(k->step, n % STEPS);
            assert_int_equal(k->count, n % STEPS < STEPS - 1 ? BATCH : COUNT - (STEPS - 1) * BATCH);
            for (size_t i = 0; i < k->count; i++) {
                float x[CROP];
                paint(k->samples[i], picture);
                kin_random chance = kin_recipe_chance(5, k->epoch, k->samples[i], 0);
                assert_int_equal(kin_recipe_apply(&recipe, &chance, picture, made), KIN_OK);
                assert_int_equal(kin_crop_feed(&ctx, &small_card, with ? made : picture, x), KIN_OK);
                assert_memory_equal(x, k->pictures + i * CROP, sizeof x);
                assert_int_equal(k->labels[i], k->samples[i] / PHOTOS);
            }
        }
    }
    kin_image_free(picture);
    kin_image_free(made);
    kin_dataset_free(set);
}

/* Any number of threads and batches ahead, crops in memory or read again: the same bits. */
static void test_threads_change_nothing(void **state)
{
    (void)state;
    write_people(PEOPLE, PHOTOS);
    for (int turn = 0; turn < 8; turn++) {
        kin_context       *on = kin_context_new(&(kin_options){.threads = turn % 3 + 1});
        kin_dataset       *set = open_set(on, NULL, turn % 2 ? 1 : 0);
        kin_loader_options options = shuffled(turn == 0 ? 1 : (size_t)turn);
        options.ahead = (size_t)turn % 5;
        assert_int_equal(run(set, &options, runs[turn > 0]), RUN);
        if (turn) assert_memory_equal(runs[0], runs[1], sizeof runs[0]);
        kin_dataset_free(set);
        kin_context_free(on);
    }
}

static void test_resume(void **state)
{
    (void)state;
    write_people(PEOPLE, PHOTOS);
    kin_dataset *set = open_set(&ctx, NULL, 0);
    static const kin_sampling samplings[] = {
        {.order = KIN_ORDER_SHUFFLED, .batch = BATCH, .seed = 5},
        {.order = KIN_ORDER_PAIRS, .batch = BATCH, .seed = 5},
        {.order = KIN_ORDER_PEOPLE, .batch = BATCH, .people = 2, .photos = 2, .seed = 5},
    };
    for (size_t k = 0; k < sizeof samplings / sizeof *samplings; k++) {
        kin_loader_options options = shuffled(2);
        options.sampling = samplings[k];
        size_t all = run(set, &options, runs[0]);
        for (size_t from = 0; from < all; from++) {
            options.epoch = runs[0][from].epoch;
            options.step = runs[0][from].step;
            assert_int_equal(run(set, &options, runs[1]), all - from);
            assert_memory_equal(runs[0] + from, runs[1], (all - from) * sizeof **runs);
        }
    }
    kin_loader        *loader;
    kin_loader_options options = shuffled(1);
    options.step = STEPS;
    assert_int_equal(kin_loader_new(set, &options, &loader), KIN_E_USAGE);
    assert_string_equal(kin_error(&ctx), "step 6 of an epoch of 6");
    options = shuffled(1);
    options.ahead = 1u << 20;
    assert_int_equal(kin_loader_new(set, &options, &loader), KIN_E_USAGE);
    options = shuffled(1);
    options.sampling.batch = SIZE_MAX / 100;
    assert_int_equal(kin_loader_new(set, &options, &loader), KIN_E_LIMIT);
    kin_dataset_free(set);
}

/* A picture twice in a batch is not twice the same. */
static void test_repeats_are_drawn_anew(void **state)
{
    (void)state;
    write_people(2, 2);
    kin_dataset       *set = open_set(&ctx, NULL, 0);
    kin_loader_options options = shuffled(2);
    options.sampling = (kin_sampling){.order = KIN_ORDER_PEOPLE, .batch = BATCH, .people = 1, .photos = BATCH};
    options.epochs = 1;
    assert_int_equal(run(set, &options, runs[0]), 1);
    assert_int_equal(runs[0][0].samples[0], runs[0][0].samples[2]);
    assert_memory_not_equal(runs[0][0].pictures, runs[0][0].pictures + 2 * CROP, CROP * sizeof(float));
    kin_dataset_free(set);
}

static void test_validation_part(void **state)
{
    (void)state;
    write_people(PEOPLE, PHOTOS);
    kin_dataset       *set = open_set(&ctx, &(kin_dataset_options){.validation = 0.3}, 0);
    kin_loader_options options = {.part = KIN_PART_VALIDATION, .sampling = {.batch = BATCH}, .epochs = 1};
    assert_int_equal(run(set, &options, runs[0]), 2); /* 6 pictures */
    for (size_t i = 0; i < 6; i++) assert_int_equal(runs[0][i / BATCH].samples[i % BATCH], set->part[KIN_PART_VALIDATION][i]);
    kin_dataset_free(set);
}

static void test_a_picture_goes_away(void **state)
{
    (void)state;
    write_people(PEOPLE, PHOTOS);
    for (size_t threads = 1; threads < 4; threads++) {
        kin_dataset       *set = open_set(&ctx, NULL, 1);
        kin_loader_options options = {.sampling = {.batch = BATCH}, .threads = threads};
        write_bytes("p1/2.png", "damaged", 7); /* number 9: the second of the third batch */
        write_bytes("p1/3.png", "", 0);
        kin_loader *loader = open_loader(set, &options);
        kin_batch   batch;
        assert_int_equal(kin_loader_next(loader, &batch), KIN_OK);
        assert_int_equal(kin_loader_next(loader, &batch), KIN_OK);
        for (int again = 0; again < 2; again++) {
            assert_int_equal(kin_loader_next(loader, &batch), KIN_E_FORMAT);
            assert_int_equal(batch.count, 0);
            assert_non_null(strstr(kin_error(&ctx), "p1/2.png: no picture"));
        }
        kin_loader_free(loader);
        write_picture("p1/2.png", 9, SIDE, SIDE);
        write_picture("p1/3.png", 10, SIDE, SIDE);
        kin_dataset_free(set);
    }
}

static void test_cancel_and_early_end(void **state)
{
    (void)state;
    write_people(PEOPLE, PHOTOS);
    kin_dataset       *set = open_set(&ctx, NULL, 1);
    kin_loader_options options = shuffled(3);
    kin_batch          batch;
    options.epochs = 0;
    kin_loader *loader = open_loader(set, &options);
    for (int i = 0; i < 2 * RUN; i++) assert_int_equal(kin_loader_next(loader, &batch), KIN_OK); /* never ends */
    kin_context_cancel(&ctx);
    assert_int_equal(kin_loader_next(loader, &batch), KIN_E_CANCELLED);
    kin_context_resume(&ctx);
    uint64_t epoch = batch.epoch;
    assert_int_equal(kin_loader_next(loader, &batch), KIN_OK); /* nothing was lost */
    assert_true(epoch == 0 && batch.epoch == 2 * RUN / STEPS && batch.step == 0);
    kin_loader_free(loader);
    for (int i = 0; i < 30; i++) kin_loader_free(open_loader(set, &options)); /* while its threads work */
    kin_dataset_free(set);
}

/* What threads may take counts against the limit as long as they are there. */
static void test_memory_of_threads_counts(void **state)
{
    (void)state;
    write_people(2, 2);
    for (int cached = 0; cached < 2; cached++) {
        kin_dataset *set = open_set(&ctx, NULL, cached ? 0 : 1);
        uint64_t     before = ctx.memory, hand = cached ? 32u << 20 : 256u << 20;
        kin_loader_options options = shuffled(2);
        kin_loader        *loader = open_loader(set, &options);
        assert_in_range(ctx.memory, before + 3 * hand, before + 3 * hand + (1 << 20));
        kin_loader_free(loader);
        assert_int_equal(ctx.memory, before);
        kin_dataset_free(set);
    }
}

/* With so little memory that the caller is alone: allocations come in one order. */
static kin_status alone(kin_context *walked)
{
    kin_dataset *set;
    kin_loader  *loader = NULL;
    kin_batch    batch;
    KIN_TRY(kin_dataset_open(walked, folder, NULL, &set));
    kin_loader_options options = shuffled(2);
    kin_status         status = kin_dataset_prepare(set, &(kin_prepare_options){.card = &small_card, .cache_bytes = 3 * CROP});
    if (status == KIN_OK) status = kin_loader_new(set, &options, &loader);
    for (int i = 0; i < 2 && status == KIN_OK; i++) status = kin_loader_next(loader, &batch);
    kin_loader_free(loader);
    kin_dataset_free(set);
    return status;
}

static void test_out_of_memory(void **state)
{
    (void)state;
    write_people(2, 3);
    ctx.max_memory = 63 << 20;
    oom_walk(&ctx, alone, 100, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_what_is_in_a_batch), TEST(test_threads_change_nothing), TEST(test_resume),
        TEST(test_repeats_are_drawn_anew), TEST(test_validation_part),    TEST(test_a_picture_goes_away),
        TEST(test_cancel_and_early_end), TEST(test_memory_of_threads_counts), TEST(test_out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
