/* SPDX-License-Identifier: Apache-2.0
 *
 * Gradient checkpointing: the same numbers to the bit, in less memory. On the golden training steps, cut as often as may be,
 * and on a chain of residual blocks with batch norm in training and dropout, whose copies must draw the same.
 */
#include "golden/steps.h"

#include "base/cpu.h"
#include "nn/grad/gradient.h"
#include "support/oom.h"

static void compare(const kin_plan *a, const kin_plan *b, size_t outputs, const char *what)
{
    for (size_t i = 0; i < outputs; i++) {
        kin_shape shape = kin_plan_output_shape(a, i);
        if (memcmp(kin_plan_output(a, i), kin_plan_output(b, i), kin_count(&shape) * sizeof(float)))
            fail_msg("%s: output %zu differs", what, i);
    }
}

static size_t check_golden(const char *name, size_t segments, kin_cpu cpu)
{
    kin_context ctx;
    step_golden plain, again;
    kin_context_init(&ctx);
    ctx.cpu = cpu;
    step_open(&plain, &ctx, name);
    step_open(&again, &ctx, name);
    size_t forward = again.graph->node_count;
    step_reverse(&plain);
    step_reverse(&again);
    assert_int_equal(kin_grad_recompute(again.graph, forward, NULL, segments), KIN_OK);
    size_t copies = again.graph->node_count - plain.graph->node_count;
    kin_plan *one = step_run(&plain), *two = step_run(&again);
    compare(one, two, 1 + plain.gradients + plain.afters, name);
    kin_plan_free(one);
    kin_plan_free(two);
    step_close(&plain);
    step_close(&again);
    assert_int_equal((long long)ctx.memory, 0);
    return copies;
}

static void check_goldens(kin_cpu cpu)
{
    static const size_t segments[] = {0, 2, 3, 5, 64};
    for (size_t i = 1; i < STEPS; i++) { /* the first has nothing to compute again */
        size_t copies = 0;
        for (size_t k = 0; k < sizeof segments / sizeof *segments; k++) copies += check_golden(steps[i].name, segments[k], cpu);
        assert_true(copies > 0);
    }
}

static void test_goldens_scalar(void **state)
{
    (void)state;
    check_goldens(KIN_CPU_SCALAR);
}

static void test_goldens_fast(void **state)
{
    (void)state;
    check_goldens(kin_cpu_best());
}

/* --- a chain --- */

enum { BLOCKS = 16, CHANNELS = 8, SIDE = 12, BATCH = 4, PER_BLOCK = 4, WEIGHTS = PER_BLOCK * BLOCKS + 1 };

typedef struct {
    kin_graph *graph;
    size_t     forward;
    int        x, seed, weight[WEIGHTS], loss;
    size_t     weights;
} chain;

static kin_status weight(chain *c, kin_shape shape, int *id)
{
    KIN_TRY(kin_graph_add_tensor(c->graph, "weight", KIN_FLOAT32, shape, NULL, id));
    c->weight[c->weights++] = *id;
    return KIN_OK;
}

static kin_status add(chain *c, const char *op, const char *attributes, int a, int b, int *out)
{
    return kin_graph_add_op(c->graph, op, NULL, attributes, (int[]){a, b}, b < 0 ? 1 : 2, out, 1);
}

/* x + conv(dropout(relu(norm(conv(x))))) */
static kin_status block(chain *c, int number, int *x)
{
    const kin_shape kernel = {4, {CHANNELS, 3, 3, CHANNELS}}, channels = {1, {CHANNELS}};
    char            stream[60];
    int             in[3], normed[3], v;
    KIN_TRY(weight(c, kernel, &in[1]));
    KIN_TRY(add(c, "conv2d", "padding=same", *x, in[1], &in[0]));
    KIN_TRY(weight(c, channels, &in[1]));
    KIN_TRY(weight(c, channels, &in[2]));
    KIN_TRY(kin_graph_add_op(c->graph, "batch_norm_train", NULL, "", in, 3, normed, 3));
    KIN_TRY(add(c, "relu", "", normed[0], -1, &v));
    snprintf(stream, sizeof stream, "rate=0.2 stream=%d", number);
    KIN_TRY(add(c, "dropout_train", stream, v, c->seed, &v));
    KIN_TRY(weight(c, kernel, &in[1]));
    KIN_TRY(add(c, "conv2d", "padding=same", v, in[1], &v));
    return add(c, "add", "", *x, v, x);
}

/* The first `frozen` blocks' weights are not learnt. */
static kin_status make_chain(kin_context *ctx, chain *c, size_t frozen)
{
    const kin_shape picture = {4, {BATCH, SIDE, SIDE, CHANNELS}}, scalar = {0, {0}}, axes = {1, {2}}, rows = {1, {BATCH}};
    const kin_shape top = {2, {3, CHANNELS}};
    const int32_t   middle[] = {1, 2}, labels[BATCH] = {0, 1, 2, 1};
    int             v, w, list[WEIGHTS + 2], out[WEIGHTS + 1];
    memset(c, 0, sizeof *c);
    KIN_TRY(kin_graph_new(ctx, &c->graph));
    KIN_TRY(kin_graph_add_tensor(c->graph, "x", KIN_FLOAT32, picture, NULL, &c->x));
    KIN_TRY(kin_graph_add_tensor(c->graph, "seed", KIN_INT64, scalar, NULL, &c->seed));
    v = c->x;
    for (int i = 0; i < BLOCKS; i++) KIN_TRY(block(c, i, &v));
    KIN_TRY(kin_graph_add_tensor(c->graph, "axes", KIN_INT32, axes, middle, &w));
    KIN_TRY(add(c, "mean", "", v, w, &v));
    KIN_TRY(weight(c, top, &w));
    KIN_TRY(add(c, "dense", "", v, w, &v));
    KIN_TRY(kin_graph_add_tensor(c->graph, "labels", KIN_INT32, rows, labels, &w));
    KIN_TRY(add(c, "sparse_cross_entropy", "", v, w, &c->loss));
    list[0] = c->x;
    list[1] = c->seed;
    memcpy(list + 2, c->weight, c->weights * sizeof *list);
    KIN_TRY(kin_graph_set_inputs(c->graph, list, c->weights + 2));
    KIN_TRY(kin_graph_set_outputs(c->graph, &c->loss, 1));
    c->forward = c->graph->node_count;
    out[0] = c->loss;
    KIN_TRY(kin_grad_add(c->graph, c->loss, c->weight + frozen * PER_BLOCK, c->weights - frozen * PER_BLOCK, out + 1));
    return kin_graph_set_outputs(c->graph, out, c->weights - frozen * PER_BLOCK + 1);
}

static kin_plan *run_chain(chain *c)
{
    kin_plan  *plan;
    kin_random random = kin_random_make(3, 0);
    assert_int_equal(kin_plan_make(c->graph->ctx, c->graph, NULL, NULL, &plan), KIN_OK);
    for (size_t i = 0; i < c->weights + 2; i++) {
        kin_shape shape = kin_plan_input_shape(plan, i);
        float    *to = kin_plan_input(plan, i);
        if (i == 1)
            *(int64_t *)kin_plan_input(plan, i) = 12345;
        else
            for (size_t k = 0; k < kin_count(&shape); k++) to[k] = (float)(kin_random_unit(&random) - 0.4) * 0.4f;
    }
    assert_int_equal(kin_plan_run(plan), KIN_OK);
    return plan;
}

/* Of the whole memory at most this many per cent; fast gradients have scratch memory too, much of it in so small a net. */
static void check_chain(kin_cpu cpu, size_t most, size_t most_of_best)
{
    kin_context ctx;
    chain       plain, again;
    kin_context_init(&ctx);
    ctx.cpu = cpu;
    assert_int_equal(make_chain(&ctx, &plain, 0), KIN_OK);
    kin_plan *one = run_chain(&plain);
    size_t    whole = one->memory_bytes, picture = BATCH * SIDE * SIDE * CHANNELS * sizeof(float);
    print_message("%zu nodes: %zu bytes, %.1f pictures\n", plain.graph->node_count, whole, (double)whole / (double)picture);
    for (size_t segments = 0; segments <= 8; segments++) {
        assert_int_equal(make_chain(&ctx, &again, 0), KIN_OK);
        assert_int_equal(kin_grad_recompute(again.graph, again.forward, NULL, segments), KIN_OK);
        kin_plan *two = run_chain(&again);
        print_message("%zu segments: %zu nodes, %zu bytes, %.1f pictures\n", segments, again.graph->node_count, two->memory_bytes,
                      (double)two->memory_bytes / (double)picture);
        compare(one, two, plain.weights + 1, "chain");
        assert_true(again.graph->node_count <= plain.graph->node_count + plain.forward); /* at most one more forward run */
        if (segments == 1)
            assert_int_equal(two->memory_bytes, whole);
        else
            assert_true(two->memory_bytes < whole * (segments == 0 ? most_of_best : most) / 100);
        kin_plan_free(two);
        kin_graph_free(again.graph);
    }
    kin_plan_free(one);
    kin_graph_free(plain.graph);
    assert_int_equal((long long)ctx.memory, 0);
}

static void test_chain_scalar(void **state)
{
    (void)state;
    check_chain(KIN_CPU_SCALAR, 82, 36);
}

static void test_chain_fast(void **state)
{
    (void)state;
    check_chain(kin_cpu_best(), 86, 50);
}

/* Nothing of a frozen base is computed again. */
static void test_frozen(void **state)
{
    (void)state;
    kin_context ctx;
    chain       c;
    kin_context_init(&ctx);
    assert_int_equal(make_chain(&ctx, &c, BLOCKS / 2), KIN_OK);
    size_t before = c.graph->node_count;
    assert_int_equal(kin_grad_recompute(c.graph, c.forward, NULL, 0), KIN_OK);
    assert_true(c.graph->node_count > before);
    for (size_t n = c.forward; n < c.graph->node_count; n++)
        for (size_t j = 0; j < PER_BLOCK * (BLOCKS / 2) && c.graph->node[n].op != &kin_op_gradient; j++)
            for (size_t i = 0; i < c.graph->node[n].in_count; i++) assert_int_not_equal(c.graph->node[n].in[i], c.weight[j]);
    kin_graph_free(c.graph);
    assert_int_equal((long long)ctx.memory, 0);
}

static kin_status walk(kin_context *ctx)
{
    chain      c;
    kin_status status = make_chain(ctx, &c, 0);
    if (status == KIN_OK) status = kin_grad_recompute(c.graph, c.forward, NULL, 0);
    kin_graph_free(c.graph);
    return status;
}

static void test_out_of_memory(void **state)
{
    (void)state;
    kin_context ctx;
    kin_context_init(&ctx);
    oom_walk(&ctx, walk, 20, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_goldens_scalar),
        cmocka_unit_test(test_goldens_fast),
        cmocka_unit_test(test_chain_scalar),
        cmocka_unit_test(test_chain_fast),
        cmocka_unit_test(test_frozen),
        cmocka_unit_test(test_out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
