/* SPDX-License-Identifier: Apache-2.0
 *
 * Every layer of the default models against TensorFlow's interpreter (tests/golden/models/README.md): each CPU level that
 * this machine has, folded (the tensors that are left) and plain (all).
 */
#include "nn/plan/plan.h"
#include "golden/sampled.h"

/* How many tensors were compared. */
static size_t check(kin_context *ctx, const void *model, size_t size, const char *golden, bool plain, const char *what)
{
    kin_graph *graph;
    kin_plan  *plan;
    kin_shape  shape = {.rank = 4};
    size_t     compared = 0;
    while (*golden == '#') golden = next_line(golden);
    char *at = (char *)golden + strlen("input ");
    for (int d = 0; d < 4; d++) shape.dim[d] = strtoll(at, &at, 10);
    if (kin_graph_read_memory(ctx, model, size, &graph) != KIN_OK) fail_msg("%s: %s", what, kin_error(ctx));
    kin_plan_options options = {.keep = true, .plain = plain};
    if (kin_plan_make(ctx, graph, &shape, &options, &plan) != KIN_OK) fail_msg("%s: %s", what, kin_error(ctx));
    fill(kin_plan_input(plan, 0), &shape);
    assert_int_equal(kin_plan_run(plan), KIN_OK);
    for (golden = next_line(golden); *golden; golden = next_line(next_line(golden))) {
        const kin_tensor *t = kin_plan_tensor(plan, (int)strtol(golden + strlen("tensor "), NULL, 10));
        if (!t) continue;
        check_tensor(t, golden, what);
        compared++;
    }
    for (size_t i = 0; i < kin_graph_outputs(graph); i++) assert_non_null(kin_plan_tensor(plan, graph->output[i]));
    kin_plan_free(plan);
    kin_graph_free(graph);
    return compared;
}

static void check_model(const char *name, size_t all, size_t folded)
{
    size_t size = 0, golden_size = 0;
    char   file[100], what[100];
    snprintf(file, sizeof file, "%s.tflite", name);
    void *model = read_whole("models", file, &size);
    snprintf(file, sizeof file, "%s.txt", name);
    char *golden = read_whole("tests/golden/models", file, &golden_size);
    assert_non_null(model);
    assert_non_null(golden);
    for (int level = 0; level < KIN_CPU_LEVELS; level++) {
        kin_context ctx;
        kin_context_init(&ctx);
        ctx.cpu = (kin_cpu)level;
        if (!kin_cpu_has(ctx.cpu)) continue;
        snprintf(what, sizeof what, "%s on %s, folded", name, kin_cpu_level_name(ctx.cpu));
        assert_int_equal(check(&ctx, model, size, golden, false, what), folded);
        snprintf(what, sizeof what, "%s on %s, plain", name, kin_cpu_level_name(ctx.cpu));
        assert_int_equal(check(&ctx, model, size, golden, true, what), all);
        assert_int_equal(ctx.memory, 0);
    }
    free(model);
    free(golden);
}

static void test_recogniser(void **state)
{
    (void)state;
    check_model("recogniser", 107, 26);
}

static void test_detector(void **state)
{
    (void)state;
    check_model("detector", 37, 26);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_recogniser), cmocka_unit_test(test_detector)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
