/* SPDX-License-Identifier: Apache-2.0
 *
 * The networks of the zoo with their random weights of seed 1 against Keras with the same ones: ends of blocks, poolings
 * and gates, folded and plain. Keras' side makes the weights by itself, so this holds the initialiser too.
 */
#include "zoo/zoo.h"
#include "golden/sampled.h"
#include "nn/plan/plan.h"

static size_t check(kin_zoo_net *net, const char *golden, bool plain, const char *what)
{
    kin_plan        *plan;
    kin_shape        shape = net->layer[0].shape;
    kin_plan_options options = {.keep = true, .plain = plain};
    size_t           compared = 0;
    if (kin_plan_make(net->graph->ctx, net->graph, &shape, &options, &plan) != KIN_OK) fail_msg("%s: %s", what, kin_error(net->graph->ctx));
    fill(kin_plan_input(plan, 0), &shape);
    assert_int_equal(kin_plan_run(plan), KIN_OK);
    for (golden = next_line(next_line(golden)); *golden; golden = next_line(next_line(golden))) {
        size_t layer = strtoul(golden + strlen("tensor "), NULL, 10);
        assert_true(layer < net->count);
        const kin_tensor *t = kin_plan_tensor(plan, net->layer[layer].tensor);
        if (!t) continue;
        check_tensor(t, golden, what);
        compared++;
    }
    kin_plan_free(plan);
    return compared;
}

static void check_network(const char *name, int side, size_t layers)
{
    kin_zoo_options options = {.side = side, .no_top = true};
    kin_zoo_net     net;
    kin_context     ctx;
    char            file[100];
    size_t          size;
    snprintf(file, sizeof file, "%s.txt", name);
    char *golden = read_whole("tests/golden/zoo", file, &size);
    assert_non_null(golden);
    kin_context_init(&ctx);
    assert_int_equal(kin_zoo_build(&ctx, name, &options, &net), KIN_OK);
    assert_int_equal(kin_zoo_fill(&net, 1), KIN_OK);
    assert_int_equal(check(&net, golden, false, name), layers);
    assert_int_equal(check(&net, golden, true, name), layers);
    kin_graph_free(net.graph);
    assert_int_equal(ctx.memory, 0);
    free(golden);
}

static void test_vgg16(void **state)
{
    (void)state;
    check_network("vggface-vgg16", 48, 5);
}

static void test_resnet50(void **state)
{
    (void)state;
    check_network("vggface2-resnet50", 197, 18);
}

static void test_senet50(void **state)
{
    (void)state;
    check_network("vggface2-senet50", 197, 50);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_vgg16), cmocka_unit_test(test_resnet50), cmocka_unit_test(test_senet50)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
