/* SPDX-License-Identifier: Apache-2.0
 *
 * Random graphs of all ops, joined by reshapes, slices, concats and casts: a plan whose values share memory gives the bits
 * of one in which every value has memory of its own. Memory is filled with two patterns before, so that who reads what
 * nobody wrote differs too.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nn/plan/plan.h"
#include "support/cmocka.h"

enum { GRAPHS = 1000, OPS = 12, VALUES = 64, OUTPUTS = 4, ELEMENTS_MOST = 3000 };

typedef struct {
    int       id;
    kin_type  type;
    kin_shape shape;
} value;

typedef struct {
    kin_context *ctx;
    kin_graph   *graph;
    kin_random   dice;
    value        value[VALUES];
    size_t       count;
} soup;

static size_t below(soup *s, size_t limit)
{
    return (size_t)kin_random_below(&s->dice, limit);
}

static int add_op(soup *s, const char *op, const char *attrs, const int *in, size_t in_count)
{
    int out;
    if (kin_graph_add_op(s->graph, op, NULL, attrs, in, in_count, &out, 1) != KIN_OK)
        fail_msg("%s %s: %s", op, attrs, kin_error(s->ctx));
    return out;
}

static int constant(soup *s, kin_type type, kin_shape shape, const void *data)
{
    int id;
    if (kin_graph_add_tensor(s->graph, "c", type, shape, data, &id) != KIN_OK) fail_msg("%s", kin_error(s->ctx));
    return id;
}

static int reshaped(soup *s, int x, const kin_shape *shape)
{
    char   attrs[200];
    size_t at = (size_t)snprintf(attrs, sizeof attrs, "shape=");
    for (int i = 0; i < shape->rank; i++)
        at += (size_t)snprintf(attrs + at, sizeof attrs - at, "%s%d", i ? "," : "", (int)shape->dim[i]);
    return add_op(s, "reshape", attrs, &x, 1);
}

/* Some value as a tensor of this type and shape: cast, made flat, repeated, cut, folded up again. */
static int adapted(soup *s, kin_type type, const kin_shape *shape)
{
    value     from = s->value[below(s, s->count)];
    size_t    have = kin_count(&from.shape), want = kin_count(shape);
    int64_t   length = (int64_t)have;
    kin_shape flat = {1, {length}};
    char      attrs[40];
    int       x = from.id;
    if (from.type != type) {
        snprintf(attrs, sizeof attrs, "type=%s", kin_type_name(type));
        x = add_op(s, "cast", attrs, &x, 1);
    }
    if (kin_shape_equal(&from.shape, shape)) return x;
    if (have == want) return reshaped(s, x, shape);
    x = reshaped(s, x, &flat);
    for (; have < want; have *= 3) x = add_op(s, "concat", "axis=0", (int[]){x, x, x}, 3);
    if (have > want) {
        int32_t   begin = (int32_t)below(s, have - want + 1), size = (int32_t)want;
        kin_shape one = {1, {1}};
        int       in[3] = {x, constant(s, KIN_INT32, one, &begin), constant(s, KIN_INT32, one, &size)};
        x = add_op(s, "slice", "", in, 3);
    }
    return reshaped(s, x, shape);
}

/* A drawn instance of the op on values of the graph. */
static void add_drawn(soup *s, const kin_op *op, kin_draw *draw)
{
    char             text[600];
    int              in[16], out[16];
    kin_tensor       x[16], y[16];
    const kin_tensor *x_at[16];
    kin_tensor      *y_at[16];
    assert_int_equal(kin_attrs_default(s->ctx, op, draw->attrs), KIN_OK);
    assert_int_equal(op->draw(draw), KIN_OK);
    for (size_t i = 0; i < draw->in_count; i++)
        if (draw->in[i].quant.count) return; /* a builder's graph has no quantised tensors */
    for (size_t i = 0; i < draw->in_count; i++) {
        bool left_out = !draw->in[i].name;
        in[i] = left_out            ? -1
                : draw->constant[i] ? constant(s, draw->in[i].type, draw->in[i].shape, draw->in[i].data)
                                    : adapted(s, draw->in[i].type, &draw->in[i].shape);
        x[i] = draw->in[i];
        if (!draw->constant[i]) x[i].data = NULL;
        x_at[i] = left_out ? NULL : &x[i];
    }
    for (size_t i = 0; i < draw->out_count; i++) {
        y[i] = (kin_tensor){.name = "y"};
        y_at[i] = &y[i];
    }
    kin_attrs_text(op, draw->attrs, text, sizeof text);
    kin_call call = {s->ctx, "drawn", draw->attrs, draw->in_count, draw->out_count, x_at, y_at};
    if (op->infer(&call) != KIN_OK) fail_msg("%s %s: %s", op->name, text, kin_error(s->ctx));
    if (kin_graph_add_op(s->graph, op->name, NULL, text, in, draw->in_count, out, draw->out_count) != KIN_OK)
        fail_msg("%s %s: %s", op->name, text, kin_error(s->ctx));
    for (size_t i = 0; i < draw->out_count; i++) {
        size_t count = kin_count(&y[i].shape);
        if (s->count < VALUES && count > 0 && count < ELEMENTS_MOST && y[i].quant.count == 0)
            s->value[s->count++] = (value){out[i], y[i].type, y[i].shape};
    }
}

static kin_graph *make(kin_context *ctx, uint64_t seed)
{
    soup s = {.ctx = ctx, .dice = kin_random_make(seed, 0)};
    int  inputs[2], outputs[OUTPUTS];
    assert_int_equal(kin_graph_new(ctx, &s.graph), KIN_OK);
    s.value[0] = (value){0, KIN_FLOAT32, {4, {1, 3, 4, 5}}};
    s.value[1] = (value){0, KIN_INT32, {1, {7}}};
    for (s.count = 0; s.count < 2; s.count++) {
        value *v = &s.value[s.count];
        assert_int_equal(kin_graph_add_tensor(s.graph, "x", v->type, v->shape, NULL, &v->id), KIN_OK);
        inputs[s.count] = v->id;
    }
    for (int i = 0; i < OPS; i++) {
        kin_draw draw = {.ctx = ctx, .arena = kin_arena_make(ctx), .random = kin_random_make(seed, (uint64_t)i + 1)};
        char     attrs[1024] = {0};
        draw.attrs = attrs;
        add_drawn(&s, kin_ops[below(&s, kin_op_count)], &draw);
        kin_arena_free(&draw.arena);
    }
    for (size_t i = 0; i < OUTPUTS; i++) outputs[i] = s.value[s.count - 1 - below(&s, s.count < 8 ? s.count : 8)].id;
    assert_int_equal(kin_graph_set_inputs(s.graph, inputs, 2), KIN_OK);
    assert_int_equal(kin_graph_set_outputs(s.graph, outputs, OUTPUTS), KIN_OK);
    return s.graph;
}

static void run(kin_plan *plan, int pattern)
{
    kin_random random = kin_random_make(1, 1);
    memset(plan->memory, pattern, plan->memory_bytes);
    float *x = kin_plan_input(plan, 0);
    for (int i = 0; i < 60; i++) x[i] = (float)(8 * kin_random_unit(&random) - 4);
    int32_t *k = kin_plan_input(plan, 1);
    for (int i = 0; i < 7; i++) k[i] = i - 3;
    assert_int_equal(kin_plan_run(plan), KIN_OK);
}

/* false: refused (indices out of range that turn out to be constants). */
static bool check(kin_context *ctx, kin_graph *graph, uint64_t seed)
{
    kin_plan_options apart_options = {.keep = true};
    kin_plan        *shared, *apart;
    if (kin_plan_new(graph, NULL, &shared) != KIN_OK) return false;
    assert_int_equal(kin_plan_make(ctx, graph, NULL, &apart_options, &apart), KIN_OK);
    run(shared, 0xFF);
    run(apart, 0x11);
    for (size_t i = 0; i < OUTPUTS; i++) {
        kin_shape a = kin_plan_output_shape(shared, i), b = kin_plan_output_shape(apart, i);
        size_t    bytes = kin_count(&a) * kin_type_size(kin_plan_output_type(shared, i));
        assert_true(kin_shape_equal(&a, &b));
        if (memcmp(kin_plan_output(shared, i), kin_plan_output(apart, i), bytes))
            fail_msg("seed %d at %s: output %d differs", (int)seed, kin_cpu_name(ctx), (int)i);
    }
    kin_plan_free(shared);
    kin_plan_free(apart);
    return true;
}

static void test_shared_memory_changes_nothing(void **state)
{
    (void)state;
    const char *first = getenv("KIN_SEED");
    uint64_t    from = first ? strtoull(first, NULL, 10) : 0, refused = 0;
    for (uint64_t seed = from; seed < from + GRAPHS; seed++) {
        kin_context ctx;
        kin_context_init(&ctx);
        if (seed % 3 == 0) ctx.cpu = KIN_CPU_SCALAR;
        kin_graph *graph = make(&ctx, seed);
        refused += !check(&ctx, graph, seed);
        kin_graph_free(graph);
        assert_int_equal(ctx.memory, 0);
    }
    assert_true(refused < GRAPHS / 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_shared_memory_changes_nothing)};
    cmocka_set_message_output(CM_OUTPUT_STDOUT);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
