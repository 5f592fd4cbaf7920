/* SPDX-License-Identifier: Apache-2.0
 *
 * Folding and fusing: for each pattern, random weights and inputs give the same values with and without it, the nodes
 * that it folds away are gone, and what only looks like the pattern stays.
 */
#include <math.h>
#include <string.h>

#include "nn/plan/plan.h"
#include "support/graph.h"

static int setup(void **state)
{
    (void)state;
    kin_context_init(&ctx);
    dice = kin_random_make(5, 3);
    return kin_graph_new(&ctx, &graph) == KIN_OK ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    kin_graph_free(graph);
    return ctx.memory == 0 ? 0 : -1;
}

/* --- building --- */

static int scalar(float v)
{
    int id;
    assert_int_equal(kin_graph_add_tensor(graph, "s", KIN_FLOAT32, SHAPE(1), &v, &id), KIN_OK);
    return id;
}

static int ints(int count, const int32_t *v)
{
    int       id;
    kin_shape shape = {1, {count}};
    assert_int_equal(kin_graph_add_tensor(graph, "i", KIN_INT32, shape, v, &id), KIN_OK);
    return id;
}

static int input(kin_shape shape)
{
    int id;
    assert_int_equal(kin_graph_add_tensor(graph, "x", KIN_FLOAT32, shape, NULL, &id), KIN_OK);
    return id;
}

static int conv(int x, int64_t in, int64_t out, const char *attrs)
{
    return OP("conv2d", attrs, x, constant(SHAPE(out, 3, 3, in), -1, 1), constant(SHAPE(out), -1, 1));
}

/* --- comparing --- */

static void fill(kin_plan *plan, uint64_t seed)
{
    for (size_t i = 0; kin_plan_input(plan, i); i++) {
        kin_random random = kin_random_make(seed, i);
        kin_shape  shape = kin_plan_input_shape(plan, i);
        float     *x = kin_plan_input(plan, i);
        for (size_t k = 0; k < kin_count(&shape); k++) x[k] = (float)(4 * kin_random_unit(&random) - 2);
    }
}

static void compare(const kin_plan *a, const kin_plan *b, size_t outputs)
{
    for (size_t i = 0; i < outputs; i++) {
        kin_shape    shape = kin_plan_output_shape(a, i), other = kin_plan_output_shape(b, i);
        const float *x = kin_plan_output(a, i), *y = kin_plan_output(b, i);
        float        largest = 1e-20f;
        assert_true(kin_shape_equal(&shape, &other));
        for (size_t k = 0; k < kin_count(&shape); k++) largest = fmaxf(largest, fabsf(y[k]));
        for (size_t k = 0; k < kin_count(&shape); k++)
            if (!(fabsf(x[k] - y[k]) <= 1e-5f * largest))
                fail_msg("output %zu, element %zu: %.9g, expected %.9g", i, k, (double)x[k], (double)y[k]);
    }
}

/* Plans `graph` folded and plain, runs both, compares; gives the ops of the folded one as "conv2d relu". */
static const char *run_both(const int *in, size_t in_count, const int *out, size_t out_count)
{
    static char text[1000];
    kin_plan   *folded, *plain;
    assert_int_equal(kin_graph_set_inputs(graph, in, in_count), KIN_OK);
    assert_int_equal(kin_graph_set_outputs(graph, out, out_count), KIN_OK);
    if (kin_plan_make(&ctx, graph, NULL, NULL, &folded) != KIN_OK) fail_msg("%s", kin_error(&ctx));
    if (kin_plan_make(&ctx, graph, NULL, &(kin_plan_options){.plain = true}, &plain) != KIN_OK)
        fail_msg("%s", kin_error(&ctx));
    for (uint64_t seed = 0; seed < 3; seed++) {
        fill(folded, seed);
        fill(plain, seed);
        assert_int_equal(kin_plan_run(folded), KIN_OK);
        assert_int_equal(kin_plan_run(plain), KIN_OK);
        compare(folded, plain, out_count);
    }
    text[0] = '\0';
    for (size_t s = 0; s < folded->step_count; s++) {
        if (*text) strcat(text, " ");
        strcat(text, folded->step[s].node ? folded->step[s].node->op->name : "copy");
    }
    kin_plan_free(folded);
    kin_plan_free(plain);
    return text;
}

static void expect(int x, int y, const char *ops)
{
    assert_string_equal(run_both(&x, 1, &y, 1), ops);
}

/* --- patterns --- */

static void test_batch_norm(void **state)
{
    (void)state;
    int x = input(SHAPE(2, 6, 5, 3)), c = conv(x, 3, 4, "padding=same");
    int y = OP("batch_norm", "epsilon=0.001", c, constant(SHAPE(4), -1, 1), constant(SHAPE(4), -1, 1),
               constant(SHAPE(4), -1, 1), constant(SHAPE(4), 0.1, 2));
    y = OP("relu6", "", y);
    expect(x, y, "conv2d");
}

static void test_factors_and_shifts(void **state)
{
    (void)state;
    int x = input(SHAPE(1, 6, 5, 3)), w = constant(SHAPE(1, 3, 3, 6), -1, 1);
    int y = OP("depthwise_conv2d", "padding=same", x, w);
    y = OP("mul", "", y, constant(SHAPE(1, 1, 6), -2, 2));
    y = OP("add", "", constant(SHAPE(6), -2, 2), y);
    y = OP("div", "", y, scalar(3));
    y = OP("sub", "activation=relu", scalar(0.25f), y); /* 0.25 - y */
    expect(x, y, "depthwise_conv2d");
}

static void test_dense_factors(void **state)
{
    (void)state;
    int x = input(SHAPE(3, 7)), y = OP("dense", "", x, constant(SHAPE(5, 7), -1, 1));
    y = OP("mul", "", y, constant(SHAPE(5), -2, 2));
    y = OP("sub", "", y, scalar(1));
    expect(x, y, "dense");
}

static void test_what_is_no_channel_factor_stays(void **state)
{
    (void)state;
    int x = input(SHAPE(1, 4, 4, 3)), y = OP("mul", "", conv(x, 3, 4, "padding=same"), constant(SHAPE(4, 4, 4), -1, 1));
    expect(x, y, "conv2d mul");
}

static void test_a_value_with_two_readers_stays(void **state)
{
    (void)state;
    int x = input(SHAPE(1, 4, 4, 3)), c = conv(x, 3, 4, "padding=same");
    int out[2] = {OP("relu", "", c), c};
    assert_string_equal(run_both(&x, 1, out, 2), "conv2d relu");
}

static void test_pad(void **state)
{
    (void)state;
    int x = input(SHAPE(1, 5, 6, 3));
    int p = OP("pad", "", x, OP("reshape", "shape=4,2", ints(8, (int32_t[]){0, 0, 1, 2, 0, 1, 0, 0})));
    int out[2] = {conv(p, 3, 4, "stride=2,2"), OP("depthwise_conv2d", "padding=explicit pads=1,0,0,1", p,
                                                  constant(SHAPE(1, 3, 3, 3), -1, 1))};
    assert_string_equal(run_both(&x, 1, out, 2), "conv2d depthwise_conv2d");
}

static void test_factor_before_a_layer(void **state)
{
    (void)state;
    int x = input(SHAPE(2, 5, 6, 3)), y = OP("mul", "", OP("sub", "", x, scalar(1.5f)), scalar(0.25f));
    int32_t pads[8] = {0, 0, 1, 1, 1, 1, 0, 0};
    int     p;
    assert_int_equal(kin_graph_add_tensor(graph, "p", KIN_INT32, SHAPE(4, 2), pads, &p), KIN_OK);
    expect(x, conv(OP("pad", "", y, p), 3, 4, "stride=2,2 activation=relu"), "sub conv2d");
}

static void test_pad_that_convolutions_cannot_do_stays(void **state)
{
    (void)state;
    int x = input(SHAPE(1, 5, 6, 3));
    int p = OP("pad", "", x, OP("reshape", "shape=4,2", ints(8, (int32_t[]){0, 1, 1, 2, 0, 1, 0, 0})));
    int q = OP("pad", "", x, OP("reshape", "shape=4,2", ints(8, (int32_t[]){0, 0, 1, 1, 1, 1, 0, 0})));
    int out[2] = {conv(p, 3, 4, ""), conv(q, 3, 4, "padding=same")};
    assert_string_equal(run_both(&x, 1, out, 2), "pad pad conv2d conv2d");
}

static void test_activations(void **state)
{
    (void)state;
    int x = input(SHAPE(1, 4, 5, 2)), out[6];
    out[0] = OP("relu", "", conv(x, 2, 3, ""));
    out[1] = OP("relu_n1_to_1", "", conv(x, 2, 3, ""));
    out[2] = OP("leaky_relu", "alpha=0.3", conv(x, 2, 3, ""));
    out[3] = OP("prelu", "", conv(x, 2, 3, ""), constant(SHAPE(1, 1, 3), -1, 1));
    out[4] = OP("minimum", "", OP("maximum", "", conv(x, 2, 3, ""), scalar(-0.5f)), scalar(1.5f));
    out[5] = OP("prelu", "", conv(x, 2, 3, ""), constant(SHAPE(2, 3, 3), -1, 1)); /* a slope a pixel */
    assert_string_equal(run_both(&x, 1, out, 6), "conv2d conv2d conv2d conv2d conv2d conv2d prelu");
}

static void test_written_out_prelu(void **state)
{
    (void)state;
    int x = input(SHAPE(2, 3, 4, 3)), c = conv(x, 3, 5, "padding=same"), a = constant(SHAPE(1, 1, 1, 5), -1, 1), out[6];
    /* relu(c) - a * relu(-c), the form of the default recogniser */
    out[0] = OP("sub", "", OP("relu", "", c), OP("mul", "", OP("mul", "activation=relu", c, scalar(-1)), a));
    c = conv(x, 3, 5, "padding=same"); /* relu(c) + (-a) * relu(-c) */
    out[1] = OP("add", "", OP("relu", "", c), OP("mul", "", OP("neg", "", a), OP("relu", "", OP("neg", "", c))));
    c = conv(x, 3, 5, "padding=same"); /* relu(c) + a * (c - |c|) * 0.5 */
    out[2] = OP("add", "", OP("relu", "", c),
                OP("mul", "", OP("mul", "", a, OP("sub", "", c, OP("abs", "", c))), scalar(0.5f)));
    c = conv(x, 3, 5, "padding=same"); /* -(a * relu(-c)) + relu(c) */
    out[3] = OP("add", "", OP("neg", "", OP("mul", "", OP("relu", "", OP("neg", "", c)), a)), OP("relu", "", c));
    c = conv(x, 3, 5, "padding=same"); /* relu(c) + 0.2 * min(c, 0) */
    out[4] = OP("add", "", OP("relu", "", c), OP("mul", "", OP("minimum", "", c, scalar(0)), scalar(0.2f)));
    c = conv(x, 3, 5, "padding=same"); /* of another tensor: no PReLU */
    out[5] = OP("sub", "", OP("relu", "", c), OP("mul", "", OP("relu", "", OP("neg", "", out[4])), a));
    assert_string_equal(run_both(&x, 1, out, 6), "conv2d conv2d conv2d conv2d conv2d conv2d neg relu mul sub");
}

static void test_written_out_softmax(void **state)
{
    (void)state;
    int x = input(SHAPE(2, 3, 5)), axis = ints(1, (int32_t[]){-1});
    int e = OP("exp", "", OP("sub", "", x, OP("reduce_max", "keep_dims=true", x, axis)));
    int y = OP("div", "", e, OP("sum", "keep_dims=true", e, axis));
    expect(x, y, "softmax");
}

static void test_softmax_over_another_axis_stays(void **state)
{
    (void)state;
    int x = input(SHAPE(2, 3, 5)), axis = ints(1, (int32_t[]){1});
    int e = OP("exp", "", OP("sub", "", x, OP("reduce_max", "keep_dims=true", x, axis)));
    int y = OP("div", "", e, OP("sum", "keep_dims=true", e, axis));
    expect(x, y, "reduce_max sub exp sum div");
}

static void test_residual(void **state)
{
    (void)state;
    int x = input(SHAPE(1, 4, 5, 3)), a = conv(x, 3, 3, "padding=same"), b = conv(a, 3, 3, "padding=same activation=relu");
    int sum = OP("add", "", b, a); /* after the activation */
    int c = OP("add", "", sum, conv(sum, 3, 3, "padding=same"));
    c = OP("prelu", "", c, constant(SHAPE(3), -1, 1)); /* before it */
    int d = OP("add", "activation=relu", conv(c, 3, 3, "padding=same"), c);
    expect(x, d, "conv2d conv2d conv2d conv2d");
}

static void test_sum_that_broadcasts_is_no_residual(void **state)
{
    (void)state;
    int in[2] = {input(SHAPE(2, 4, 5, 3)), input(SHAPE(1, 1, 1, 3))};
    int y = OP("add", "", conv(in[0], 3, 3, "padding=same"), in[1]);
    assert_string_equal(run_both(in, 2, &y, 1), "conv2d add");
}

/* The same graph with shapes that make it a residual, and with shapes that do not. */
static void test_residual_depends_on_the_shapes(void **state)
{
    (void)state;
    kin_plan *plan;
    int       in[2] = {input(SHAPE(2, 4, 5, 3)), input(SHAPE(1, 1, 1, 3))};
    int       y = OP("add", "", conv(in[0], 3, 3, "padding=same"), in[1]);
    run_both(in, 2, &y, 1);
    assert_int_equal(kin_plan_new(graph, (kin_shape[]){SHAPE(1, 4, 5, 3), SHAPE(1, 4, 5, 3)}, &plan), KIN_OK);
    assert_int_equal(plan->step_count, 1);
    kin_plan_free(plan);
    assert_int_equal(kin_plan_new(graph, (kin_shape[]){SHAPE(1, 4, 5, 3), SHAPE(1, 1, 5, 3)}, &plan), KIN_OK);
    assert_int_equal(plan->step_count, 2);
    kin_plan_free(plan);
}

static void test_constants_and_dead_nodes_go(void **state)
{
    (void)state;
    int x = input(SHAPE(2, 3)), c = constant(SHAPE(2, 3), -1, 1);
    int y = OP("add", "", OP("dropout", "", x), OP("exp", "", OP("neg", "", c)));
    OP("exp", "", x); /* nobody reads it */
    expect(x, y, "add");
}

static void test_outputs_that_nobody_makes_are_copied(void **state)
{
    (void)state;
    int x = input(SHAPE(2, 3)), c = constant(SHAPE(2, 3), -1, 1);
    int out[3] = {x, OP("exp", "", c), OP("dropout", "", x)};
    assert_string_equal(run_both(&x, 1, out, 3), "copy copy copy");
}

/* Large float16 weights are unpacked when a layer wants them, and give the same as those unpacked at once. */
static void test_half_weights(void **state)
{
    (void)state;
    uint16_t  half[64 * 100];
    int       id;
    kin_shape shape = SHAPE(64, 100);
    for (size_t i = 0; i < 6400; i++) half[i] = (uint16_t)(0x3000 + kin_random_below(&dice, 0x800));
    assert_int_equal(kin_graph_add_tensor(graph, "h", KIN_FLOAT16, shape, half, &id), KIN_OK);
    int x = input(SHAPE(2, 100)), w = OP("dequantize", "", id);
    int out[2] = {OP("dense", "", x, w), OP("mul", "", OP("dense", "", x, w), scalar(2))};
    assert_string_equal(run_both(&x, 1, out, 2), "dense dense");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_batch_norm),
        TEST(test_factors_and_shifts),
        TEST(test_dense_factors),
        TEST(test_what_is_no_channel_factor_stays),
        TEST(test_a_value_with_two_readers_stays),
        TEST(test_pad),
        TEST(test_factor_before_a_layer),
        TEST(test_pad_that_convolutions_cannot_do_stays),
        TEST(test_activations),
        TEST(test_written_out_prelu),
        TEST(test_written_out_softmax),
        TEST(test_softmax_over_another_axis_stays),
        TEST(test_residual),
        TEST(test_sum_that_broadcasts_is_no_residual),
        TEST(test_residual_depends_on_the_shapes),
        TEST(test_constants_and_dead_nodes_go),
        TEST(test_outputs_that_nobody_makes_are_copied),
        TEST(test_half_weights),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
