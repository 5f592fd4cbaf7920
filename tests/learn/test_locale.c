/* SPDX-License-Identifier: Apache-2.0
 *
 * In a program whose locale writes 0,5 for a half the same texts mean the same: attributes, optimisers, losses, recipes, networks
 * of the zoo, and a step of training comes to the same bits.
 */
#include <string.h>

#include "base/context.h"
#include "learn/augment/augment.h"
#include "learn/trainer.h"
#include "support/comma.h"
#include "support/graph.h"
#include "zoo/zoo.h"

enum { BATCH = 4, SIDE = 4, CHANNELS = 3, CLASSES = 2 };

/* What is written in numbers on the way: a leaky convolution, a batch norm, a dropout. */
static void make(void)
{
    int x, out;
    kin_context_init(&ctx);
    dice = kin_random_make(5, 5);
    assert_int_equal(kin_graph_new(&ctx, &graph), KIN_OK);
    assert_int_equal(kin_graph_add_tensor(graph, "x", KIN_FLOAT32, SHAPE(1, SIDE, SIDE, CHANNELS), NULL, &x), KIN_OK);
    assert_int_equal(kin_graph_set_inputs(graph, &x, 1), KIN_OK);
    int v = OP("conv2d", "activation=leaky_relu alpha=0.3", x, constant(SHAPE(5, 3, 3, CHANNELS), -0.5, 0.5));
    v = OP("batch_norm", "epsilon=0.0123", v, constant(SHAPE(5), 0.5, 1.5), constant(SHAPE(5), -0.1, 0.1), constant(SHAPE(5), -0.1, 0.1),
           constant(SHAPE(5), 0.5, 1.5));
    v = OP("dropout", "rate=0.25", v);
    v = OP("flatten", "", v);
    out = OP("dense", "", v, constant(SHAPE(CLASSES, 4 * 5), -0.5, 0.5));
    graph->tensor[out].shape = SHAPE(1, CLASSES);
    assert_int_equal(kin_graph_set_outputs(graph, &out, 1), KIN_OK);
}

static double teach(float *weights, size_t room)
{
    kin_trainer        *t;
    double              loss = 0;
    kin_trainer_options how = {.loss = "cross_entropy smoothing=0.1", .optimiser = "sgd momentum=0.9", .schedule = "cosine warmup=0.25",
                               .batch = BATCH, .rate = 0.05, .steps = 8, .seed = 3};
    make();
    if (kin_trainer_new(&ctx, graph, &how, &t) != KIN_OK) fail_msg("%s", kin_error(&ctx));
    for (int step = 0; step < 8; step++) {
        for (int i = 0; i < BATCH * SIDE * SIDE * CHANNELS; i++) kin_trainer_input(t, 0)[i] = (float)((i * 7 + step) % 11) / 11;
        for (int i = 0; i < BATCH; i++) kin_trainer_labels(t)[i] = i % CLASSES;
        assert_int_equal(kin_trainer_step(t, &loss), KIN_OK);
    }
    assert_true(t->training->floats <= room);
    memcpy(weights, t->state.weight, t->training->floats * sizeof *weights);
    kin_trainer_free(t);
    kin_graph_free(graph);
    assert_int_equal((long long)ctx.memory, 0);
    return loss;
}

static void test_training(void **state)
{
    static float weights[2][400];
    (void)state;
    double dot = teach(weights[0], 400);
    if (!comma_begin()) skip();
    double comma = teach(weights[1], 400);
    comma_end();
    assert_true(dot == comma);
    assert_memory_equal(weights[0], weights[1], sizeof weights[0]);
}

static void test_recipes(void **state)
{
    kin_recipe recipe, again;
    char       text[KIN_RECIPE_TEXT];
    (void)state;
    if (!comma_begin()) skip();
    kin_context_init(&ctx);
    kin_status status = kin_recipe_read(&ctx, "motion=7.5@0.2", &recipe), back = kin_recipe_read(&ctx, kin_recipe_write(&recipe, text), &again),
               comma = kin_recipe_read(&ctx, "motion=7,5", &again);
    comma_end();
    assert_int_equal(status, KIN_OK);
    assert_int_equal(back, KIN_OK);
    assert_int_equal(comma, KIN_E_USAGE);
    assert_string_equal(text, "motion=7.5@0.2");
    assert_true(recipe.step[0].strength == 7.5 && recipe.step[0].probability == 0.2);
}

static void test_zoo(void **state)
{
    kin_zoo_net net;
    (void)state;
    if (!comma_begin()) skip();
    kin_context_init(&ctx);
    kin_status status = kin_zoo_build(&ctx, "vggface2-resnet50", NULL, &net);
    comma_end();
    if (status != KIN_OK) fail_msg("%s", kin_error(&ctx));
    kin_graph_free(net.graph);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_training), cmocka_unit_test(test_recipes), cmocka_unit_test(test_zoo)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
