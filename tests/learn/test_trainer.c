/* SPDX-License-Identifier: Apache-2.0
 *
 * Small networks are taught: by every loss, with every optimiser; frozen weights stay, the same seed gives the same bits, also
 * where memory is scarce; a trained network is the source with other weights, numbers that run away are said.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/context.h"
#include "learn/losses.h"
#include "learn/trainer.h"
#include "support/graph.h"
#include "support/oom.h"

enum { BATCH = 12, WIDE = 6, CLASSES = 3 };

static int input(kin_shape shape)
{
    int id;
    assert_int_equal(kin_graph_add_tensor(graph, "x", KIN_FLOAT32, shape, NULL, &id), KIN_OK);
    assert_int_equal(kin_graph_set_inputs(graph, &id, 1), KIN_OK);
    return id;
}

static void begin(void)
{
    kin_context_init(&ctx);
    dice = kin_random_make(5, 5);
    assert_int_equal(kin_graph_new(&ctx, &graph), KIN_OK);
}

static void end(kin_trainer *trainer)
{
    kin_trainer_free(trainer);
    kin_graph_free(graph);
    assert_int_equal((long long)ctx.memory, 0);
}

static void finish(int out, int64_t wide)
{
    graph->tensor[out].shape = SHAPE(1, wide);
    assert_int_equal(kin_graph_set_outputs(graph, &out, 1), KIN_OK);
}

/* x [1, 6] -> dense 8 relu -> dense `out`, ending in softmax when it is a classifier. */
static void make_dense(int64_t out, bool softmax)
{
    begin();
    int x = input(SHAPE(1, WIDE));
    int hidden = OP("dense", "activation=relu", x, constant(SHAPE(8, WIDE), -0.6, 0.6), constant(SHAPE(8), 0, 0.1));
    int last = OP("dense", "", hidden, constant(SHAPE(out, 8), -0.6, 0.6), constant(SHAPE(out), 0, 0.1));
    finish(softmax ? OP("softmax", "", last) : last, out);
}

/* Three clouds around three corners; a batch has four of each. */
static void fill(kin_trainer *t, uint64_t step)
{
    kin_random random = kin_random_make(9, step);
    float     *x = kin_trainer_input(t, 0);
    for (int r = 0; r < BATCH; r++)
        for (int i = 0; i < WIDE; i++) x[r * WIDE + i] = (float)((i % CLASSES == r % CLASSES) + 0.3 * kin_random_normal(&random));
    if (kin_trainer_labels(t))
        for (int r = 0; r < BATCH; r++) kin_trainer_labels(t)[r] = r % CLASSES;
    else
        for (int i = 0; i < BATCH * 4; i++) kin_trainer_teacher(t)[i] = (float)((i / 4 % CLASSES == i % 4) + 0.1);
}

static double teach(kin_trainer *t, int from, int to)
{
    double loss = 0, sum = 0;
    for (int step = from; step < to; step++) {
        fill(t, (uint64_t)step);
        if (kin_trainer_step(t, &loss) != KIN_OK) fail_msg("%s", kin_error(&ctx));
        sum += loss;
    }
    return sum / (to - from);
}

static kin_trainer_options options_of(const char *loss, const char *optimiser, double rate)
{
    return (kin_trainer_options){
        .loss = loss, .classes = CLASSES, .seed = 3, .batch = BATCH, .optimiser = optimiser, .rate = rate, .steps = 300};
}

static void test_losses(void **state)
{
    (void)state;
    for (size_t i = 0; kin_loss_at(i); i++) {
        kin_trainer *t;
        bool         classifier = !strcmp(kin_loss_at(i)->name, "cross_entropy");
        make_dense(classifier ? CLASSES : 4, classifier);
        kin_trainer_options o = options_of(kin_loss_at(i)->name, "adam", 0.01);
        if (kin_trainer_new(&ctx, graph, &o, &t) != KIN_OK) fail_msg("%s: %s", kin_loss_at(i)->name, kin_error(&ctx));
        double before = teach(t, 0, 10), after = (teach(t, 10, 290), teach(t, 290, 300));
        print_message("%-14s %.4f -> %.4f, spread %.2f\n", kin_loss_at(i)->name, before, after, kin_trainer_spread(t));
        assert_true(after < 0.35 * before);
        assert_true(kin_trainer_spread(t) > 0.3);
        end(t);
    }
}

static void test_optimisers(void **state)
{
    (void)state;
    for (size_t i = 0; kin_optim_at(i); i++) {
        kin_trainer *t;
        make_dense(CLASSES, true);
        kin_trainer_options o = options_of("cross_entropy smoothing=0.05", kin_optim_at(i)->name, i ? 0.01 : 0.3);
        o.schedule = "cosine warmup=0.1";
        assert_int_equal(kin_trainer_new(&ctx, graph, &o, &t), KIN_OK);
        double before = teach(t, 0, 10), after = (teach(t, 10, 290), teach(t, 290, 300));
        if (!(after < 0.5 * before)) fail_msg("%s: %g -> %g", kin_optim_at(i)->name, before, after);
        assert_true(kin_trainer_rate(t) < 1e-6);
        end(t);
    }
}

/* The last dense layer alone: named by its place. */
static double only_last(void *user, const char *layer, size_t place)
{
    (void)layer;
    return place >= *(const size_t *)user ? 0.5 : 0;
}

static void outputs(kin_graph *of, float *out, size_t count)
{
    kin_plan *plan;
    assert_int_equal(kin_plan_new(of, NULL, &plan), KIN_OK);
    float *x = kin_plan_input(plan, 0);
    for (size_t i = 0; i < WIDE; i++) x[i] = (float)i / WIDE;
    assert_int_equal(kin_plan_run(plan), KIN_OK);
    memcpy(out, kin_plan_output(plan, 0), count * sizeof *out);
    kin_plan_free(plan);
}

static void test_frozen_weights_stay(void **state)
{
    kin_trainer *t;
    kin_graph   *trained;
    size_t       place = 1;
    float        before[CLASSES], after[CLASSES];
    (void)state;
    make_dense(CLASSES, true);
    outputs(graph, before, CLASSES);
    kin_trainer_options o = options_of("cross_entropy", "sgd", 0.1);
    o.layer_rate = only_last;
    o.user = &place;
    assert_int_equal(kin_trainer_new(&ctx, graph, &o, &t), KIN_OK);
    assert_int_equal((int)t->training->weight_count, 2);
    assert_int_equal((int)(t->training->weight[0].count + t->training->weight[1].count), 8 * CLASSES + CLASSES);
    assert_int_equal(kin_trainer_result(t, &trained), KIN_OK);
    outputs(trained, after, CLASSES);
    assert_memory_equal(before, after, sizeof before); /* nothing learnt yet: the same network */
    kin_graph_free(trained);
    teach(t, 0, 20);
    assert_int_equal(kin_trainer_result(t, &trained), KIN_OK);
    outputs(trained, after, CLASSES);
    assert_memory_not_equal(before, after, sizeof before);
    size_t changed = 0;
    for (size_t i = 0; i < graph->tensor_count; i++) {
        size_t bytes;
        if (!graph->tensor[i].data) continue;
        assert_true(kin_tensor_bytes(&graph->tensor[i], &bytes));
        changed += memcmp(graph->tensor[i].data, trained->tensor[i].data, bytes) != 0;
    }
    assert_int_equal((int)changed, 2);
    kin_graph_free(trained);
    end(t);
}

static void test_same_seed_same_bits(void **state)
{
    static float weights[2][200];
    kin_trainer *t;
    (void)state;
    for (int run = 0; run < 2; run++) {
        make_dense(4, false);
        kin_trainer_options o = options_of("arcface scale=16", "adamw clip_global=1", 0.01);
        assert_int_equal(kin_trainer_new(&ctx, graph, &o, &t), KIN_OK);
        teach(t, 0, 25);
        assert_true(t->training->floats <= 200);
        memcpy(weights[run], t->state.weight, t->training->floats * sizeof(float));
        end(t);
    }
    assert_memory_equal(weights[0], weights[1], sizeof weights[0]);
}

static void test_what_runs_away_is_said(void **state)
{
    kin_trainer *t;
    double       loss;
    kin_status   status = KIN_OK;
    (void)state;
    make_dense(4, false);
    kin_trainer_options o = options_of("squares", "sgd", 1e15);
    assert_int_equal(kin_trainer_new(&ctx, graph, &o, &t), KIN_OK);
    for (int step = 0; step < 50 && status == KIN_OK; step++) {
        fill(t, 0);
        status = kin_trainer_step(t, &loss);
    }
    assert_int_equal(status, KIN_E_UNSUPPORTED);
    assert_non_null(strstr(kin_error(&ctx), "no finite number"));
    end(t);
}

static void refused(const kin_trainer_options *o, kin_status status, const char *text)
{
    kin_trainer *t;
    make_dense(CLASSES, true);
    assert_int_equal(kin_trainer_new(&ctx, graph, o, &t), status);
    if (!strstr(kin_error(&ctx), text)) fail_msg("'%s' does not say '%s'", kin_error(&ctx), text);
    end(t);
}

static double none(void *user, const char *layer, size_t place)
{
    (void)user;
    (void)layer;
    (void)place;
    return 0;
}

static void test_refusals(void **state)
{
    (void)state;
    kin_trainer_options o = options_of("entropy", "sgd", 0);
    refused(&o, KIN_E_USAGE, "loss: 'entropy', expected cross_entropy,");
    o = options_of("cross_entropy smoothing=2", "sgd", 0);
    refused(&o, KIN_E_FORMAT, "smoothing 2");
    o = options_of("cross_entropy", "sgd momentum=7", 0);
    refused(&o, KIN_E_USAGE, "momentum is '7'");
    o = options_of("cross_entropy", "sgd", 0);
    o.layer_rate = none;
    refused(&o, KIN_E_UNSUPPORTED, "no weight of the network trains");
    o = options_of("cross_entropy", "sgd", 0);
    o.batch = 0;
    refused(&o, KIN_E_USAGE, "a batch of 0");
}

/* --- memory --- */

enum { SIDE = 24, WIDTH = 8, BLOCKS = 6, PICTURES = 16 };

/* x [1, 24, 24, 3] -> six times conv, batch norm, relu -> dropout -> mean -> dense 3 -> softmax. */
static void make_deep(void)
{
    const int32_t middle[] = {1, 2};
    int           axes;
    begin();
    int v = input(SHAPE(1, SIDE, SIDE, 3));
    for (int64_t i = 0, from = 3; i < BLOCKS; i++, from = WIDTH) {
        v = OP("conv2d", "padding=same", v, constant(SHAPE(WIDTH, 3, 3, from), -0.3, 0.3));
        v = OP("batch_norm", "", v, constant(SHAPE(WIDTH), 0.5, 1.5), constant(SHAPE(WIDTH), -0.1, 0.1), constant(SHAPE(WIDTH), -0.1, 0.1),
               constant(SHAPE(WIDTH), 0.5, 1.5));
        v = OP("relu", "", v);
    }
    v = OP("dropout", "rate=0.1", v);
    assert_int_equal(kin_graph_add_tensor(graph, "axes", KIN_INT32, SHAPE(2), middle, &axes), KIN_OK);
    v = OP("mean", "", v, axes);
    v = OP("dense", "", v, constant(SHAPE(CLASSES, WIDTH), -0.6, 0.6), constant(SHAPE(CLASSES), 0, 0.1));
    finish(OP("softmax", "", v), CLASSES);
}

/* A few steps within `limit` bytes (0: any); gives the weights and the context's memory meanwhile. */
static kin_status teach_deep(uint64_t limit, float *weights, size_t room, bool *again, uint64_t *memory)
{
    kin_trainer        *t;
    double              loss;
    kin_trainer_options o = options_of("cross_entropy", "adam", 0.01);
    o.batch = PICTURES;
    make_deep();
    if (limit) ctx.max_memory = limit;
    kin_status status = kin_trainer_new(&ctx, graph, &o, &t);
    for (int step = 0; status == KIN_OK && step < 3; step++) {
        kin_random random = kin_random_make(4, (uint64_t)step);
        for (int i = 0; i < PICTURES * SIDE * SIDE * 3; i++) kin_trainer_input(t, 0)[i] = (float)kin_random_normal(&random);
        for (int i = 0; i < PICTURES; i++) kin_trainer_labels(t)[i] = i % CLASSES;
        status = kin_trainer_step(t, &loss);
    }
    if (status == KIN_OK) {
        assert_true(t->training->floats <= room);
        memcpy(weights, t->state.weight, t->training->floats * sizeof *weights);
        *again = t->again;
        *memory = ctx.memory;
    }
    end(t);
    return status;
}

static void test_memory_limit(void **state)
{
    static float weights[2][8000];
    uint64_t     whole, less, asked;
    bool         again;
    (void)state;
    assert_int_equal(teach_deep(0, weights[0], 8000, &again, &whole), KIN_OK);
    assert_false(again);
    if (teach_deep(whole - 1, weights[1], 8000, &again, &less) != KIN_OK) fail_msg("%s", kin_error(&ctx));
    assert_true(again);
    print_message("%.1f MB, within a limit %.1f MB\n", (double)whole / 1e6, (double)less / 1e6);
    assert_true(less < whole * 3 / 4);
    assert_memory_equal(weights[0], weights[1], sizeof weights[0]); /* the same bits */
    assert_int_equal(teach_deep((whole + less) / 2, weights[1], 8000, &again, &less), KIN_OK);
    assert_int_equal(teach_deep(less * 3 / 4, weights[1], 8000, &again, &less), KIN_E_LIMIT);
    const char *told = strstr(kin_error(&ctx), "batches of 16 needs ");
    if (!told || !strstr(told, "smaller batches")) fail_msg("%s", kin_error(&ctx));
    asked = strtoull(told + strlen("batches of 16 needs "), NULL, 10) << 20;
    assert_true(asked < whole); /* and what it asks for is enough */
    if (teach_deep(asked, weights[1], 8000, &again, &less) != KIN_OK) fail_msg("%s", kin_error(&ctx));
}

static kin_graph *lasting;

static kin_status way(kin_context *walked)
{
    kin_trainer        *t;
    kin_graph          *trained = NULL;
    double              loss;
    kin_trainer_options o = options_of("arcface scale=8", "adam average=0.5", 0.01);
    kin_status          status = kin_trainer_new(walked, lasting, &o, &t);
    if (status != KIN_OK) return status;
    fill(t, 0);
    status = kin_trainer_step(t, &loss);
    if (status == KIN_OK) status = kin_trainer_result(t, &trained);
    kin_graph_free(trained);
    kin_trainer_free(t);
    return status;
}

static void test_out_of_memory(void **state)
{
    static kin_context walked;
    (void)state;
    make_dense(4, false);
    lasting = graph;
    kin_context_init(&walked);
    oom_walk(&walked, way, 20, false);
    end(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_losses),
        cmocka_unit_test(test_optimisers),
        cmocka_unit_test(test_frozen_weights_stay),
        cmocka_unit_test(test_same_seed_same_bits),
        cmocka_unit_test(test_what_runs_away_is_said),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_memory_limit),
        cmocka_unit_test(test_out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
