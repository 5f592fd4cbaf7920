/* SPDX-License-Identifier: Apache-2.0
 *
 * Random graphs of layers, activations, sums and constants: the folded plan gives what the plain one gives, at the best
 * CPU level too, and two threads may plan one graph at the same time.
 */
#include <math.h>
#include <pthread.h>
#include <string.h>

#include "nn/plan/plan.h"
#include "support/cmocka.h"

enum { H = 6, W = 5, C = 8, VALUES = 24 };
#define SHAPE(...) kin_shape_make(sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t), (int64_t[]){__VA_ARGS__})

typedef struct {
    kin_graph *graph;
    kin_random dice;
    int        value[VALUES]; /* all [n, H, W, C] */
    int        count;
} soup;

static int below(soup *s, int limit)
{
    return (int)kin_random_below(&s->dice, (uint64_t)limit);
}

static int constant(soup *s, kin_shape shape, double low, double high)
{
    float data[3 * 3 * C * C];
    int   id;
    for (size_t i = 0; i < kin_count(&shape); i++) data[i] = (float)(low + (high - low) * kin_random_unit(&s->dice));
    assert_int_equal(kin_graph_add_tensor(s->graph, "c", KIN_FLOAT32, shape, data, &id), KIN_OK);
    return id;
}

static int op(soup *s, const char *name, const char *attrs, int a, int b, int c)
{
    int in[3] = {a, b, c}, out;
    if (kin_graph_add_op(s->graph, name, NULL, attrs, in, b < 0 ? 1 : c < 0 ? 2 : 3, &out, 1) != KIN_OK)
        fail_msg("%s", kin_error(s->graph->ctx));
    return out;
}

/* Small weights: values stay near 1 through many layers. */
static int layer(soup *s, int x)
{
    static const char *const window[] = {"padding=same", "padding=explicit pads=1,1,1,1", "padding=same dilation=2,2"};
    const char              *how = window[below(s, 3)];
    if (below(s, 3) == 0)
        return op(s, "depthwise_conv2d", how, x, constant(s, SHAPE(1, 3, 3, C), -0.4, 0.4),
                  below(s, 2) ? constant(s, SHAPE(C), -1, 1) : -1);
    return op(s, "conv2d", how, x, constant(s, SHAPE(C, 3, 3, C), -0.15, 0.15),
              below(s, 2) ? constant(s, SHAPE(C), -1, 1) : -1);
}

static int channel(soup *s)
{
    switch (below(s, 3)) {
    case 0: return constant(s, SHAPE(1), 0.5, 1.5);
    case 1: return constant(s, SHAPE(C), -1.5, 1.5);
    default: return constant(s, SHAPE(1, 1, 1, C), -1.5, 1.5);
    }
}

static int prelu_written_out(soup *s, int x)
{
    int below_zero = op(s, "mul", "", op(s, "relu", "", op(s, "neg", "", x, -1, -1), -1, -1), channel(s), -1);
    return op(s, below(s, 2) ? "sub" : "add", "", op(s, "relu", "", x, -1, -1), below_zero, -1);
}

static int next(soup *s)
{
    static const char *const act[] = {"relu", "relu6", "relu_n1_to_1", "leaky_relu", "tanh", "dropout"};
    static const char *const two[] = {"add", "sub", "mul"}, *const fused[] = {"", "activation=relu", "activation=relu6"};
    int x = s->value[s->count - 1 - below(s, s->count < 3 ? s->count : 3)], y = s->value[below(s, s->count)];
    switch (below(s, 7)) {
    case 0:
    case 1: return layer(s, x);
    case 2: return op(s, act[below(s, 6)], "", x, -1, -1);
    case 3: return op(s, "add", fused[below(s, 3)], x, y, -1);
    case 4: return op(s, two[below(s, 3)], fused[below(s, 3)], x, channel(s), -1);
    case 5: return prelu_written_out(s, x);
    default: return op(s, "prelu", "", x, constant(s, SHAPE(1, 1, C), -1, 1), -1);
    }
}

static kin_graph *make(kin_context *ctx, uint64_t seed)
{
    soup s = {.dice = kin_random_make(seed, 8)};
    assert_int_equal(kin_graph_new(ctx, &s.graph), KIN_OK);
    assert_int_equal(kin_graph_add_tensor(s.graph, "x", KIN_FLOAT32, SHAPE(1, H, W, C), NULL, &s.value[0]), KIN_OK);
    for (s.count = 1; s.count < VALUES; s.count++) s.value[s.count] = next(&s);
    int out[3] = {s.value[VALUES - 1], s.value[VALUES - 2 - below(&s, 4)], s.value[below(&s, VALUES)]};
    assert_int_equal(kin_graph_set_inputs(s.graph, s.value, 1), KIN_OK);
    assert_int_equal(kin_graph_set_outputs(s.graph, out, 3), KIN_OK);
    return s.graph;
}

static void run(kin_plan *plan)
{
    kin_random random = kin_random_make(1, 1);
    float     *x = kin_plan_input(plan, 0);
    kin_shape  shape = kin_plan_input_shape(plan, 0);
    for (size_t i = 0; i < kin_count(&shape); i++) x[i] = (float)(2 * kin_random_unit(&random) - 1);
    assert_int_equal(kin_plan_run(plan), KIN_OK);
}

static void compare(const kin_plan *a, const kin_plan *b, uint64_t seed)
{
    for (size_t i = 0; i < 3; i++) {
        kin_shape    shape = kin_plan_output_shape(a, i);
        const float *x = kin_plan_output(a, i), *y = kin_plan_output(b, i);
        float        largest = 1e-20f;
        for (size_t k = 0; k < kin_count(&shape); k++) largest = fmaxf(largest, fabsf(y[k]));
        for (size_t k = 0; k < kin_count(&shape); k++)
            if (!(fabsf(x[k] - y[k]) <= 1e-4f * largest))
                fail_msg("seed %d, output %d: %g, expected %g of %g", (int)seed, (int)i, (double)x[k], (double)y[k],
                         (double)largest);
    }
}

static void test_random_graphs(void **state)
{
    (void)state;
    size_t folded_steps = 0, plain_steps = 0;
    for (uint64_t seed = 0; seed < 150; seed++) {
        kin_context ctx, scalar;
        kin_plan   *folded, *plain;
        kin_shape   shape = SHAPE(1 + (int64_t)(seed % 2), H, W, C);
        kin_context_init(&ctx);
        kin_context_init(&scalar);
        scalar.cpu = KIN_CPU_SCALAR;
        kin_graph *graph = make(&ctx, seed);
        if (kin_plan_new(graph, &shape, &folded) != KIN_OK) fail_msg("seed %d: %s", (int)seed, kin_error(&ctx));
        kin_plan_options options = {.plain = true};
        assert_int_equal(kin_plan_make(&scalar, graph, &shape, &options, &plain), KIN_OK);
        run(folded);
        run(plain);
        compare(folded, plain, seed);
        folded_steps += folded->step_count;
        plain_steps += plain->step_count;
        kin_plan_free(folded);
        kin_plan_free(plain);
        kin_graph_free(graph);
        assert_int_equal(ctx.memory, 0);
        assert_int_equal(scalar.memory, 0);
    }
    assert_true(folded_steps * 4 < plain_steps * 3);
}

/* --- two threads, each with its own context, one graph --- */

static void *plan_often(void *arg)
{
    kin_graph  *graph = arg;
    kin_context ctx;
    size_t      failed = 0;
    kin_context_init(&ctx);
    for (int64_t n = 1; n <= 20; n++) {
        kin_plan *plan;
        kin_shape shape = SHAPE(n % 3 + 1, H, W, C);
        failed += kin_plan_new_on(&ctx, graph, &shape, &plan) != KIN_OK || kin_plan_run(plan) != KIN_OK;
        kin_plan_free(plan);
    }
    return (void *)(failed + (size_t)ctx.memory);
}

static void test_threads_share_a_graph(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 10; seed++) {
        kin_context ctx;
        pthread_t   thread[3];
        kin_context_init(&ctx);
        kin_graph *graph = make(&ctx, seed);
        for (int i = 0; i < 3; i++) assert_int_equal(pthread_create(&thread[i], NULL, plan_often, graph), 0);
        for (int i = 0; i < 3; i++) {
            void *failed;
            pthread_join(thread[i], &failed);
            assert_null(failed);
        }
        kin_graph_free(graph);
        assert_int_equal(ctx.memory, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_random_graphs), cmocka_unit_test(test_threads_share_a_graph)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
