/* SPDX-License-Identifier: Apache-2.0
 *
 * Plans: values, lifetimes of inputs and outputs, known values at plan time, cancelling, memory that fails. The ops are
 * the test's own, so that it tests the plan alone.
 */
#include <string.h>

#include "nn/plan/plan.h"
#include "support/context.h"
#include "support/oom.h"

/* --- ops: y = a + b (same shape), y = 2 x, the shape of x, x under a shape given by a vector --- */

static kin_status like_first(const kin_call *call)
{
    if (call->in[0]->type != KIN_FLOAT32) return kin_op_fail(call, KIN_E_FORMAT, "input 0 is no float32");
    if (call->in_count > 1 && !kin_shape_equal(&call->in[0]->shape, &call->in[1]->shape))
        return kin_op_fail(call, KIN_E_FORMAT, "shapes differ");
    call->out[0]->type = KIN_FLOAT32;
    call->out[0]->shape = call->in[0]->shape;
    return KIN_OK;
}

static void sum_forward(const kin_call *call)
{
    const float *a = call->in[0]->data, *b = call->in[1]->data;
    float       *y = call->out[0]->data;
    for (size_t i = 0, n = kin_count(&call->out[0]->shape); i < n; i++) y[i] = a[i] + b[i];
}

static void twice_forward(const kin_call *call)
{
    const float *x = call->in[0]->data;
    float       *y = call->out[0]->data;
    for (size_t i = 0, n = kin_count(&call->out[0]->shape); i < n; i++) y[i] = 2 * x[i];
}

static kin_status shape_infer(const kin_call *call)
{
    call->out[0]->type = KIN_INT32;
    call->out[0]->shape = kin_shape_make(1, (int64_t[]){call->in[0]->shape.rank});
    return KIN_OK;
}

static void shape_forward(const kin_call *call)
{
    for (int i = 0; i < call->in[0]->shape.rank; i++)
        ((int32_t *)call->out[0]->data)[i] = (int32_t)call->in[0]->shape.dim[i];
}

static kin_status reshape_infer(const kin_call *call)
{
    kin_ints shape;
    KIN_TRY(kin_expect_ints(call, 1, KIN_RANK_MAX, &shape));
    call->out[0]->type = KIN_FLOAT32;
    call->out[0]->shape = kin_shape_make(shape.count, shape.value);
    size_t n;
    if (!kin_shape_elements(&call->out[0]->shape, &n) || n != kin_count(&call->in[0]->shape))
        return kin_op_fail(call, KIN_E_FORMAT, "another number of elements");
    return KIN_OK;
}

static void reshape_forward(const kin_call *call)
{
    memmove(call->out[0]->data, call->in[0]->data, kin_count(&call->in[0]->shape) * sizeof(float));
}

static const kin_op op_sum = {.name = "t_sum", .in_min = 2, .in_max = 2, .out_min = 1, .out_max = 1, .in_place = true,
                              .infer = like_first, .forward = sum_forward};
static const kin_op op_twice = {.name = "t_twice", .in_min = 1, .in_max = 1, .out_min = 1, .out_max = 1,
                                .in_place = true, .infer = like_first, .forward = twice_forward};
static const kin_op op_shape = {.name = "t_shape", .in_min = 1, .in_max = 1, .out_min = 1, .out_max = 1,
                                .of_shapes = true, .infer = shape_infer, .forward = shape_forward};
static const kin_op op_reshape = {.name = "reshape", .in_min = 2, .in_max = 2, .out_min = 1, .out_max = 1,
                                  .in_place = true, .infer = reshape_infer, .forward = reshape_forward};

/* --- building --- */

static kin_status value(kin_graph *g, int *id)
{
    kin_tensor t = {.type = KIN_FLOAT32};
    return kin_graph_tensor(g, "v", 1, &t, id);
}

static kin_status node(kin_graph *g, const kin_op *op, int a, int b, int *out)
{
    kin_node *n;
    KIN_TRY(value(g, out));
    KIN_TRY(kin_graph_node(g, op, op->name, strlen(op->name), b < 0 ? 1 : 2, 1, &n));
    n->in[0] = a;
    if (b >= 0) n->in[1] = b;
    n->out[0] = *out;
    return KIN_OK;
}

static kin_status input(kin_graph *g, int64_t rows, int64_t columns, int *id)
{
    return kin_graph_add_tensor(g, "x", KIN_FLOAT32, kin_shape_make(2, (int64_t[]){rows, columns}), NULL, id);
}

/* A random graph of sums and doublings; every third node may read anything before it. */
static kin_status random_graph(uint64_t seed, kin_graph **out)
{
    kin_random random = kin_random_make(seed, 2);
    kin_graph *g;
    int        id[40], ends[3];
    *out = NULL;
    KIN_TRY(kin_graph_new(&ctx, &g));
    *out = g;
    KIN_TRY(input(g, 3, 5, &id[0]));
    KIN_TRY(input(g, 3, 5, &id[1]));
    KIN_TRY(kin_graph_add_tensor(g, "c", KIN_FLOAT32, kin_shape_make(2, (int64_t[]){3, 5}),
                                 (float[15]){1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}, &id[2]));
    for (int i = 3; i < 40; i++) {
        int a = (int)kin_random_range(&random, i > 8 ? i - 8 : 0, i - 1), b = (int)kin_random_range(&random, 0, i - 1);
        bool two = kin_random_below(&random, 3) != 0;
        KIN_TRY(node(g, two ? &op_sum : &op_twice, id[a], two ? id[b] : -1, &id[i]));
    }
    for (int i = 0; i < 3; i++) ends[i] = id[kin_random_range(&random, 0, 39)]; /* inputs and constants too */
    KIN_TRY(kin_graph_set_inputs(g, id, 2));
    return kin_graph_set_outputs(g, ends, 3);
}

static void fill(kin_plan *plan, float from)
{
    for (size_t i = 0; i < 2; i++)
        for (size_t k = 0, n = 15; k < n; k++) ((float *)kin_plan_input(plan, i))[k] = from + (float)(i * 100 + k);
}

static void test_memory_is_shared_without_changing_a_value(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 200; seed++) {
        kin_graph *g;
        kin_plan  *plan, *kept;
        assert_int_equal(random_graph(seed, &g), KIN_OK);
        assert_int_equal(kin_plan_new(g, NULL, &plan), KIN_OK);
        assert_int_equal(kin_plan_make(&ctx, g, NULL, &(kin_plan_options){.keep = true, .plain = true}, &kept), KIN_OK);
        for (int run = 0; run < 2; run++) {
            fill(plan, (float)run);
            fill(kept, (float)run);
            assert_int_equal(kin_plan_run(plan), KIN_OK);
            assert_int_equal(kin_plan_run(kept), KIN_OK);
            fill(plan, -1); /* outputs stay until the next run */
            for (size_t i = 0; i < 3; i++)
                assert_memory_equal(kin_plan_output(plan, i), kin_plan_output(kept, i), 15 * sizeof(float));
        }
        assert_true(plan->memory_bytes <= kept->memory_bytes);
        kin_plan_free(plan);
        kin_plan_free(kept);
        kin_graph_free(g);
    }
}

static kin_graph *chain(int length)
{
    kin_graph *g;
    int        id, first;
    assert_int_equal(kin_graph_new(&ctx, &g), KIN_OK);
    assert_int_equal(input(g, 100, 100, &first), KIN_OK);
    id = first;
    for (int i = 0; i < length; i++) assert_int_equal(node(g, &op_twice, id, -1, &id), KIN_OK);
    kin_graph_set_inputs(g, &first, 1);
    kin_graph_set_outputs(g, &id, 1);
    return g;
}

static void test_a_chain_needs_memory_for_two(void **state)
{
    (void)state;
    kin_graph *g = chain(50);
    kin_plan  *plan;
    assert_int_equal(kin_plan_new(g, NULL, &plan), KIN_OK);
    assert_true(plan->memory_bytes <= 2 * 40064);
    *(float *)kin_plan_input(plan, 0) = 1;
    assert_int_equal(kin_plan_run(plan), KIN_OK);
    assert_true(*(const float *)kin_plan_output(plan, 0) == 0x1p50f);
    kin_plan_free(plan);
    kin_graph_free(g);
}

static void test_wanted_shapes_are_checked(void **state)
{
    (void)state;
    kin_graph *g = chain(2);
    kin_plan  *plan;
    kin_shape  shape = kin_shape_make(2, (int64_t[]){7, 3});
    assert_int_equal(kin_plan_new(g, &shape, &plan), KIN_OK);
    shape = kin_plan_output_shape(plan, 0);
    assert_int_equal(shape.dim[0], 7);
    assert_int_equal(shape.dim[1], 3);
    assert_int_equal(kin_plan_output_type(plan, 0), KIN_FLOAT32);
    assert_null(kin_plan_output(plan, 1));
    kin_plan_free(plan);
    shape.rank = 1;
    assert_int_equal(kin_plan_new(g, &shape, &plan), KIN_E_USAGE);
    shape = kin_shape_make(2, (int64_t[]){0, 3});
    assert_int_equal(kin_plan_new(g, &shape, &plan), KIN_E_USAGE);
    shape = kin_shape_make(2, (int64_t[]){INT64_MAX / 2, INT64_MAX / 2});
    assert_int_equal(kin_plan_new(g, &shape, &plan), KIN_E_LIMIT);
    shape = kin_shape_make(2, (int64_t[]){1 << 16, 1 << 14}); /* 4 GB */
    assert_int_equal(kin_plan_new(g, &shape, &plan), KIN_E_LIMIT);
    assert_null(plan);
    kin_graph_free(g);
}

/* y = reshape(2 x, shape(x)): the shape is known when the plan is made, whatever it is. */
static void test_shapes_become_constants(void **state)
{
    (void)state;
    kin_graph *g;
    kin_plan  *plan;
    int        x, twice, shape, y;
    assert_int_equal(kin_graph_new(&ctx, &g), KIN_OK);
    assert_int_equal(input(g, 2, 3, &x), KIN_OK);
    assert_int_equal(node(g, &op_twice, x, -1, &twice), KIN_OK);
    assert_int_equal(node(g, &op_shape, x, -1, &shape), KIN_OK);
    assert_int_equal(node(g, &op_reshape, twice, shape, &y), KIN_OK);
    kin_graph_set_inputs(g, &x, 1);
    kin_graph_set_outputs(g, &y, 1);
    for (int64_t rows = 1; rows < 4; rows++) {
        kin_shape wanted = kin_shape_make(2, (int64_t[]){rows, 5});
        assert_int_equal(kin_plan_new(g, &wanted, &plan), KIN_OK);
        wanted = kin_plan_output_shape(plan, 0);
        assert_int_equal(wanted.dim[0], rows);
        kin_plan_free(plan);
    }
    kin_graph_free(g);
}

/* A file made for a batch of one: reshape to [1, 6]. */
static void test_a_fixed_reshape_takes_another_batch(void **state)
{
    (void)state;
    kin_graph *g;
    kin_plan  *plan;
    int        x, twice, shape, y;
    assert_int_equal(kin_graph_new(&ctx, &g), KIN_OK);
    assert_int_equal(kin_graph_add_tensor(g, "x", KIN_FLOAT32, kin_shape_make(3, (int64_t[]){1, 2, 3}), NULL, &x), KIN_OK);
    assert_int_equal(node(g, &op_twice, x, -1, &twice), KIN_OK);
    assert_int_equal(kin_graph_add_tensor(g, "s", KIN_INT32, kin_shape_make(1, (int64_t[]){2}), (int32_t[]){1, 6}, &shape),
                     KIN_OK);
    assert_int_equal(node(g, &op_reshape, twice, shape, &y), KIN_OK);
    kin_graph_set_inputs(g, &x, 1);
    kin_graph_set_outputs(g, &y, 1);
    kin_shape wanted = kin_shape_make(3, (int64_t[]){4, 2, 3});
    assert_int_equal(kin_plan_new(g, &wanted, &plan), KIN_OK);
    wanted = kin_plan_output_shape(plan, 0);
    assert_int_equal(wanted.dim[0], 4);
    assert_int_equal(wanted.dim[1], 6);
    kin_plan_free(plan);
    wanted = kin_shape_make(3, (int64_t[]){1, 2, 4}); /* not a batch: the file's reshape cannot hold it */
    assert_int_equal(kin_plan_new(g, &wanted, &plan), KIN_E_FORMAT);
    kin_graph_free(g);
}

/* A first dimension that only happens to be as large as the wanted batch is none: [4, 3] stays what reshape makes [1, 12],
 * given as a tensor or as an attribute. */
static void test_what_is_no_batch_keeps_its_shape(void **state)
{
    (void)state;
    kin_graph *g;
    kin_plan  *plan;
    int        x[2], y[2], shape;
    kin_shape  wanted[2] = {kin_shape_make(2, (int64_t[]){4, 6}), kin_shape_make(2, (int64_t[]){4, 3})};
    assert_int_equal(kin_graph_new(&ctx, &g), KIN_OK);
    kin_graph_add_tensor(g, "x", KIN_FLOAT32, kin_shape_make(2, (int64_t[]){1, 6}), NULL, &x[0]);
    kin_graph_add_tensor(g, "other", KIN_FLOAT32, wanted[1], NULL, &x[1]);
    kin_graph_add_tensor(g, "s", KIN_INT32, kin_shape_make(1, (int64_t[]){2}), (int32_t[]){1, 12}, &shape);
    assert_int_equal(kin_graph_add_op(g, "reshape", NULL, "", (int[]){x[1], shape}, 2, &y[0], 1), KIN_OK);
    assert_int_equal(kin_graph_add_op(g, "reshape", NULL, "shape=1,12", &x[1], 1, &y[1], 1), KIN_OK);
    kin_graph_set_inputs(g, x, 2);
    kin_graph_set_outputs(g, y, 2);
    if (kin_plan_new(g, wanted, &plan) != KIN_OK) fail_msg("%s", kin_error(&ctx));
    for (size_t i = 0; i < 2; i++) assert_int_equal(kin_plan_output_shape(plan, i).dim[0], 1);
    kin_plan_free(plan);
    kin_graph_free(g);
}

static void test_cancel_ends_a_run(void **state)
{
    (void)state;
    kin_graph *g = chain(2);
    kin_plan  *plan;
    assert_int_equal(kin_plan_new(g, NULL, &plan), KIN_OK);
    kin_context_cancel(&ctx);
    assert_int_equal(kin_plan_run(plan), KIN_E_CANCELLED);
    kin_context_resume(&ctx);
    assert_int_equal(kin_plan_run(plan), KIN_OK);
    kin_plan_free(plan);
    kin_graph_free(g);
}

/* --- memory that fails at the n-th call --- */

static kin_status build_and_run(kin_context *same)
{
    (void)same; /* random_graph uses it */
    kin_graph *g;
    kin_plan  *plan = NULL;
    kin_status status = random_graph(7, &g);
    if (status == KIN_OK) status = kin_plan_new(g, NULL, &plan);
    if (status == KIN_OK) {
        long before = oom.calls;
        status = kin_plan_run(plan);
        assert_int_equal(oom.calls, before); /* a run allocates nothing */
    }
    kin_plan_free(plan);
    kin_graph_free(g);
    return status;
}

static void test_each_allocation_may_fail(void **state)
{
    (void)state;
    oom_walk(&ctx, build_and_run, 20, false);
}

static void test_prepared_memory_is_counted(void **state)
{
    (void)state;
    kin_graph *g;
    kin_plan  *plan;
    assert_int_equal(random_graph(1, &g), KIN_OK);
    uint64_t before = ctx.memory;
    assert_int_equal(kin_plan_new(g, NULL, &plan), KIN_OK);
    kin_plan_free(plan);
    assert_true(ctx.memory > before); /* the prepared graph stays */
    assert_true(ctx.memory == before + g->prepared->charged);
    ctx.max_memory = ctx.memory + 100;
    assert_int_equal(kin_plan_new(g, NULL, &plan), KIN_E_LIMIT);
    kin_graph_free(g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_memory_is_shared_without_changing_a_value),
        TEST(test_a_chain_needs_memory_for_two),
        TEST(test_wanted_shapes_are_checked),
        TEST(test_shapes_become_constants),
        TEST(test_a_fixed_reshape_takes_another_batch),
        TEST(test_what_is_no_batch_keeps_its_shape),
        TEST(test_cancel_ends_a_run),
        TEST(test_each_allocation_may_fail),
        TEST(test_prepared_memory_is_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
