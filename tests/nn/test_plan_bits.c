/* SPDX-License-Identifier: Apache-2.0
 *
 * A network's bits do not depend on the number of workers, on the order of the tasks, or on the batch size; and each
 * allocation of preparing and planning it may fail without a leak.
 */
#include <stdlib.h>
#include <string.h>

#include "nn/plan/plan.h"
#include "support/cmocka.h"
#include "support/oom.h"

/* --- a splitter that runs the tasks one by one in a mixed order with odd worker numbers --- */

static void mixed_run(kin_splitter *self, kin_task task, void *arg, size_t count)
{
    kin_random random = kin_random_make(count, 9);
    size_t    *order = malloc(count * sizeof *order);
    for (size_t i = 0; i < count; i++) order[i] = i;
    for (size_t i = count; i-- > 1;) {
        size_t k = (size_t)kin_random_below(&random, i + 1), t = order[i];
        order[i] = order[k];
        order[k] = t;
    }
    for (size_t i = 0; i < count; i++) task(arg, order[i], (i * 5 + 1) % self->width);
    free(order);
}

/* --- a network with every kind of layer that has kernels --- */

#define SHAPE(...) kin_shape_make(sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t), (int64_t[]){__VA_ARGS__})

typedef struct {
    kin_graph *graph;
    kin_random dice;
    kin_status status; /* the first that was not KIN_OK */
} maker;

static int weights(maker *m, kin_shape shape)
{
    int    id = 0;
    size_t count = kin_count(&shape);
    float *data = malloc(count * sizeof *data);
    for (size_t i = 0; i < count; i++) data[i] = (float)(kin_random_unit(&m->dice) - 0.5);
    if (m->status == KIN_OK) m->status = kin_graph_add_tensor(m->graph, "w", KIN_FLOAT32, shape, data, &id);
    free(data);
    return id;
}

#define OP(m, name, attrs, ...)                                                                                        \
    op_of(m, name, attrs, (int[]){__VA_ARGS__}, sizeof((int[]){__VA_ARGS__}) / sizeof(int))
static int op_of(maker *m, const char *name, const char *attrs, const int *in, size_t count)
{
    int out = 0;
    if (m->status == KIN_OK) m->status = kin_graph_add_op(m->graph, name, NULL, attrs, in, count, &out, 1);
    return out;
}

static int conv(maker *m, int x, int64_t k, int64_t in, int64_t out, const char *attrs)
{
    return OP(m, "conv2d", attrs, x, weights(m, SHAPE(out, k, k, in)), weights(m, SHAPE(out)));
}

static kin_status build(kin_context *ctx, kin_graph **out)
{
    maker m = {.dice = kin_random_make(11, 0)};
    int   x = 0;
    *out = NULL;
    KIN_TRY(kin_graph_new(ctx, &m.graph));
    *out = m.graph;
    m.status = kin_graph_add_tensor(m.graph, "x", KIN_FLOAT32, SHAPE(1, 29, 31, 3), NULL, &x);
    int a = OP(&m, "relu6", "", conv(&m, x, 3, 3, 16, "stride=2,2 padding=same"));
    int b = OP(&m, "prelu", "", conv(&m, a, 3, 16, 16, "padding=same"), weights(&m, SHAPE(1, 1, 16)));
    int c = OP(&m, "add", "activation=relu", conv(&m, b, 3, 16, 16, "padding=same"), a);
    int d = OP(&m, "depthwise_conv2d", "padding=same activation=relu6", c, weights(&m, SHAPE(1, 3, 3, 16)),
               weights(&m, SHAPE(16)));
    int e = OP(&m, "max_pool", "size=2,2 stride=2,2 padding=same", conv(&m, d, 1, 16, 24, "activation=relu"));
    int f = OP(&m, "mul", "", e, OP(&m, "sigmoid", "", conv(&m, e, 1, 24, 24, "")));
    int g = OP(&m, "concat", "axis=3", f, OP(&m, "avg_pool", "size=3,3 padding=same", e));
    int h = OP(&m, "avg_pool", "", conv(&m, g, 3, 24, 20, "dilation=2,2 padding=same groups=2"));
    int i = OP(&m, "reshape", "shape=-1,20", h);
    int out_ids[2] = {OP(&m, "softmax", "", OP(&m, "dense", "", i, weights(&m, SHAPE(70, 20)), weights(&m, SHAPE(70)))), g};
    if (m.status == KIN_OK) m.status = kin_graph_set_inputs(m.graph, &x, 1);
    if (m.status == KIN_OK) m.status = kin_graph_set_outputs(m.graph, out_ids, 2);
    return m.status;
}

/* --- running it --- */

typedef struct {
    float *data[2];
    size_t count[2];
} result;

static void run(kin_graph *graph, kin_context *ctx, int64_t batch, const float *pictures, result *out)
{
    kin_plan *plan;
    kin_shape shape = SHAPE(batch, 29, 31, 3);
    if (kin_plan_new_on(ctx, graph, &shape, &plan) != KIN_OK) fail_msg("%s", kin_error(ctx));
    memset(plan->memory, 0xFF, plan->memory_bytes); /* who reads what nobody wrote gets NaN */
    memcpy(kin_plan_input(plan, 0), pictures, kin_count(&shape) * sizeof(float));
    assert_int_equal(kin_plan_run(plan), KIN_OK);
    for (size_t i = 0; i < 2; i++) {
        kin_shape y = kin_plan_output_shape(plan, i);
        out->count[i] = kin_count(&y);
        out->data[i] = malloc(out->count[i] * sizeof(float));
        memcpy(out->data[i], kin_plan_output(plan, i), out->count[i] * sizeof(float));
    }
    kin_plan_free(plan);
}

static void release(result *r)
{
    for (size_t i = 0; i < 2; i++) free(r->data[i]);
}

enum { BATCH = 3, PICTURE = 29 * 31 * 3 };

static float *draw_pictures(void)
{
    static float pictures[BATCH * PICTURE];
    kin_random   random = kin_random_make(4, 4);
    for (size_t i = 0; i < BATCH * PICTURE; i++) pictures[i] = (float)(2 * kin_random_unit(&random) - 1);
    return pictures;
}

static void check_level(kin_cpu level)
{
    kin_context  ctx, other;
    kin_splitter mixed = {.run = mixed_run};
    kin_graph   *graph;
    const float *pictures = draw_pictures();
    result       whole, again, one;
    kin_context_init(&ctx);
    ctx.cpu = level;
    if (build(&ctx, &graph) != KIN_OK) fail_msg("%s", kin_error(&ctx));
    run(graph, &ctx, BATCH, pictures, &whole);
    for (size_t k = 0; k < whole.count[0]; k++) assert_true(whole.data[0][k] == whole.data[0][k]);
    for (mixed.width = 2; mixed.width <= 4; mixed.width++) {
        kin_context_init(&other);
        other.cpu = level;
        other.splitter = &mixed;
        run(graph, &other, BATCH, pictures, &again);
        for (size_t i = 0; i < 2; i++) assert_memory_equal(whole.data[i], again.data[i], whole.count[i] * sizeof(float));
        release(&again);
        assert_int_equal(other.memory, 0);
    }
    for (size_t n = 0; n < BATCH; n++) {
        run(graph, &ctx, 1, pictures + n * PICTURE, &one);
        for (size_t i = 0; i < 2; i++)
            assert_memory_equal(whole.data[i] + n * one.count[i], one.data[i], one.count[i] * sizeof(float));
        release(&one);
    }
    release(&whole);
    kin_graph_free(graph);
    assert_int_equal(ctx.memory, 0);
}

static void test_same_bits_for_any_workers_and_batch(void **state)
{
    (void)state;
    for (int level = 0; level < KIN_CPU_LEVELS; level++)
        if (kin_cpu_has((kin_cpu)level)) check_level((kin_cpu)level);
}

static kin_status build_and_plan(kin_context *ctx)
{
    kin_graph *graph;
    kin_plan  *a = NULL, *b = NULL;
    kin_shape  other = SHAPE(2, 40, 33, 3);
    kin_status status = build(ctx, &graph);
    if (status == KIN_OK) status = kin_plan_new(graph, NULL, &a);
    if (status == KIN_OK) status = kin_plan_new(graph, &other, &b);
    if (status == KIN_OK) {
        long before = oom.calls;
        status = kin_plan_run(a);
        assert_int_equal(oom.calls, before); /* a run allocates nothing */
    }
    kin_plan_free(a);
    kin_plan_free(b);
    kin_graph_free(graph);
    return status;
}

static void test_each_allocation_may_fail(void **state)
{
    (void)state;
    kin_context ctx;
    kin_context_init(&ctx);
    oom_walk(&ctx, build_and_plan, 50, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_bits_for_any_workers_and_batch),
        cmocka_unit_test(test_each_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
