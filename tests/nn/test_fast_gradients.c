/* SPDX-License-Identifier: Apache-2.0
 *
 * Every gradient with a fast way, at every CPU level of the machine, as a plan runs it: random instances of the op and larger
 * convolutions that reach every way of cutting, against the scalar backward, within 1e-4 of the gradient's largest value;
 * the same bits for any number of workers and any order of the tasks.
 */
#include <math.h>
#include <stdio.h>

#include "support/cmocka.h"

#include "base/cpu.h"
#include "nn/fast/back.h"
#include "nn/grad/grad.h"
#include "nn/plan/plan.h"
#include "ops/call.h"

enum { DRAWS = 60, CONVOLUTIONS = 90, MOST = CALL_IN };

typedef struct {
    kin_context ctx;
    kin_graph  *graph;
    int         feed[MOST + 1]; /* graph inputs: which of the op's inputs each is; the last is dy */
    size_t      feeds, results;
    float      *dy;
} trial;

static void backwards(kin_splitter *self, kin_task task, void *arg, size_t count)
{
    for (size_t i = count; i-- > 0;) task(arg, i, i % self->width);
}

/* Gradients pass through bare ops only. */
static void make_bare(op_call *c)
{
    const kin_attr *activation = kin_attr_find(c->op, "activation");
    if (activation) *(int *)((char *)c->draw.attrs + activation->offset) = KIN_ACT_NONE;
    if (c->op->macs && c->draw.in_count > KIN_IN_BIAS + 1) c->draw.in_count = KIN_IN_BIAS + 1;
}

static void must(const op_call *c, const kin_context *ctx, kin_status status)
{
    char attrs[600];
    if (status != KIN_OK)
        fail_msg("%s %s: %s", c->op->name, kin_attrs_text(c->op, c->draw.attrs, attrs, sizeof attrs), ctx->error);
}

/* The op's node, dy as an input, the gradients by all inputs that may have one as outputs. */
static void make_graph(op_call *c, trial *t)
{
    kin_node  *node;
    kin_tensor none = {.type = KIN_FLOAT32};
    int        in[MOST], list[MOST + 1], dx[MOST], out[CALL_OUT], dy[CALL_OUT], results[MOST];
    must(c, &t->ctx, kin_graph_new(&t->ctx, &t->graph));
    for (size_t i = 0; i < c->in_count; i++) {
        bool value = c->in_at[i] && c->in[i].type == KIN_FLOAT32;
        in[i] = -1;
        if (!c->in_at[i]) continue;
        must(c, &t->ctx, kin_graph_add_tensor(t->graph, "in", c->in[i].type, c->in[i].shape, value ? NULL : c->block[i], &in[i]));
        if (!value) continue;
        t->feed[t->feeds] = (int)i;
        list[t->feeds++] = in[i];
    }
    must(c, &t->ctx, kin_graph_add_tensor(t->graph, "dy", KIN_FLOAT32, c->out[0].shape, NULL, &dy[0]));
    list[t->feeds] = dy[0];
    must(c, &t->ctx, kin_graph_set_inputs(t->graph, list, t->feeds + 1));
    for (size_t j = 0; j < c->out_count; j++) {
        must(c, &t->ctx, kin_graph_tensor(t->graph, "out", 3, &none, &out[j]));
        if (j) dy[j] = -1; /* the loss is of the first alone */
    }
    must(c, &t->ctx, kin_graph_node(t->graph, c->op, "tested", 6, c->in_count, c->out_count, &node));
    memcpy(node->attrs, c->draw.attrs, c->op->attrs_size);
    memcpy(node->in, in, c->in_count * sizeof(int));
    memcpy(node->out, out, c->out_count * sizeof(int));
    uint64_t wanted = 0;
    for (size_t f = 0; f < t->feeds; f++) wanted |= c->op->backward_to & UINT64_C(1) << t->feed[f];
    while (wanted) {
        uint64_t now = c->op->backward_apart ? wanted & (~wanted + 1) : wanted;
        must(c, &t->ctx, kin_gradient_node(t->graph, 0, dy, now, dx));
        for (size_t i = 0; i < c->in_count; i++)
            if (dx[i] >= 0) results[t->results++] = dx[i];
        wanted &= ~now;
    }
    must(c, &t->ctx, kin_graph_set_outputs(t->graph, results, t->results));
}

typedef struct {
    float *data[MOST];
    size_t count[MOST];
    size_t fast; /* gradient steps that are not scalar */
} gradients;

static void run(op_call *c, trial *t, kin_cpu cpu, kin_splitter *splitter, gradients *g)
{
    kin_context ctx;
    kin_plan   *plan;
    kin_context_init(&ctx);
    ctx.cpu = cpu;
    ctx.splitter = splitter;
    must(c, &ctx, kin_plan_make(&ctx, t->graph, NULL, NULL, &plan));
    memset(plan->memory, 0xFF, plan->memory_bytes); /* who reads what nobody wrote gets NaN */
    for (size_t f = 0; f < t->feeds; f++)
        memcpy(kin_plan_input(plan, f), c->block[t->feed[f]], call_bytes(&c->in[t->feed[f]]));
    memcpy(kin_plan_input(plan, t->feeds), t->dy, call_bytes(&c->out[0]));
    must(c, &ctx, kin_plan_run(plan));
    g->fast = 0;
    for (size_t s = 0; s < plan->step_count; s++)
        g->fast += plan->step[s].node && plan->step[s].node->op == &kin_op_gradient && strcmp(plan->step[s].exec.kernel, "scalar");
    for (size_t i = 0; i < t->results; i++) {
        kin_shape shape = kin_plan_output_shape(plan, i);
        g->count[i] = kin_count(&shape);
        g->data[i] = call_block(g->count[i] * sizeof(float), kin_plan_output(plan, i), 0);
    }
    kin_plan_free(plan);
    assert_int_equal((long long)ctx.memory, 0);
}

static void release(const trial *t, gradients *g)
{
    for (size_t i = 0; i < t->results; i++) free(g->data[i]);
}

static void compare(op_call *c, const trial *t, const gradients *truth, const gradients *got, kin_cpu level)
{
    char attrs[600];
    for (size_t i = 0; i < t->results; i++) {
        double largest = 0;
        for (size_t k = 0; k < truth->count[i]; k++) largest = fmax(largest, fabs((double)truth->data[i][k]));
        for (size_t k = 0; k < truth->count[i]; k++)
            if (!(fabs((double)truth->data[i][k] - (double)got->data[i][k]) <= 1e-4 * largest + 1e-6))
                fail_msg("%s %s at %s: gradient %zu, value %zu of %zu is %g, expected %g", c->op->name,
                         kin_attrs_text(c->op, c->draw.attrs, attrs, sizeof attrs), kin_cpu_level_name(level), i, k, truth->count[i],
                         (double)got->data[i][k], (double)truth->data[i][k]);
    }
}

/* Counts gradients that a fast way computed. */
static size_t check(op_call *c)
{
    kin_splitter serial = kin_splitter_serial, mixed = {.run = backwards};
    trial        t = {0};
    gradients    truth, got, again;
    size_t       fast = 0;
    call_make(c);
    kin_context_init(&t.ctx);
    must(c, &c->ctx, c->op->infer(&c->call));
    bool any = c->out[0].type == KIN_FLOAT32;
    for (size_t i = 0; any && i < c->in_count; i++) /* integers here, but no number of them is a gradient */
        if (c->op->backward_to >> i & 1 && c->in_at[i] && c->in[i].type != KIN_FLOAT32) any = false;
    if (!any) return 0;
    t.dy = malloc(call_bytes(&c->out[0]) + 1);
    assert_non_null(t.dy);
    for (size_t k = 0; k < kin_count(&c->out[0].shape); k++) t.dy[k] = (float)(2 * kin_random_unit(&c->draw.random) - 1);
    make_graph(c, &t);
    run(c, &t, KIN_CPU_SCALAR, &serial, &truth);
    for (int level = KIN_CPU_SSE41; level < KIN_CPU_LEVELS; level++) {
        if (!kin_cpu_has((kin_cpu)level)) continue;
        run(c, &t, (kin_cpu)level, &serial, &got);
        fast += got.fast;
        compare(c, &t, &truth, &got, (kin_cpu)level);
        for (mixed.width = 2; mixed.width <= 5; mixed.width += 3) {
            run(c, &t, (kin_cpu)level, &mixed, &again);
            for (size_t i = 0; i < t.results; i++)
                if (memcmp(got.data[i], again.data[i], got.count[i] * sizeof(float)))
                    fail_msg("%s: gradient %zu has other bits with %zu workers", c->op->name, i, mixed.width);
            release(&t, &again);
        }
        release(&t, &got);
    }
    release(&t, &truth);
    kin_graph_free(t.graph);
    assert_int_equal((long long)t.ctx.memory, 0);
    free(t.dy);
    return fast;
}

static void test_random_instances(void **state)
{
    (void)state;
    for (size_t k = 0; k < kin_op_count; k++) {
        size_t fast = 0;
        if (!kin_ops[k]->backward || !kin_back_for(kin_ops[k])) continue;
        uint64_t draws = kin_ops[k] == &kin_op_mean ? 20 * DRAWS : DRAWS; /* few of its instances are means over a picture */
        for (uint64_t seed = 0; seed < draws; seed++) {
            op_call c;
            call_begin(&c, kin_ops[k], seed);
            assert_int_equal(c.op->draw(&c.draw), KIN_OK);
            make_bare(&c);
            fast += check(&c);
            call_end(&c);
        }
        print_message("%-18s %zu gradients by a fast way\n", kin_ops[k]->name, fast);
        if (!fast && kin_cpu_best() != KIN_CPU_SCALAR) fail_msg("the gradient of %s never takes its fast way", kin_ops[k]->name);
    }
}

static int64_t between(op_call *c, int64_t low, int64_t high)
{
    return kin_random_range(&c->draw.random, low, high);
}

/* A convolution of up to five pictures; half of them 3x3 of stride 1, which Winograd may take. */
static void draw_convolution(op_call *c, int i)
{
    kin_conv_attrs *a = c->draw.attrs;
    bool            depthwise = c->op == &kin_op_depthwise_conv2d, plain = i % 2;
    int64_t         groups = !depthwise && i % 5 == 2 ? 2 : 1, in = groups * between(c, 1, 40), out = groups * between(c, 1, 50);
    int64_t         kh = plain ? 3 : between(c, 1, 5), kw = plain ? 3 : between(c, 1, 5);
    if (i % 7 == 3) in = groups * 96, out = groups * 160;
    if (i % 11 == 5) out = groups * 300, in = 3 * groups;
    if (depthwise) out = in;
    a->groups = groups;
    for (int d = 0; d < 2; d++) {
        a->window.stride.value[d] = plain ? 1 : between(c, 1, 3);
        a->window.dilation.value[d] = plain ? 1 : between(c, 1, 3);
    }
    a->window.padding = (int)between(c, KIN_PAD_SAME, KIN_PAD_EXPLICIT);
    for (int d = 0; d < 4; d++) a->window.pads.value[d] = between(c, 0, 3);
    kin_shape x = {4, {between(c, 1, 5), between(c, 13, 29), between(c, 13, 29), in}};
    kin_shape w = depthwise ? (kin_shape){4, {1, kh, kw, out}} : (kin_shape){4, {out, kh, kw, in / groups}};
    c->draw.out_count = 1;
    assert_int_equal(kin_draw_tensor(&c->draw, KIN_IN_X, KIN_FLOAT32, x, -1, 1, false), KIN_OK);
    assert_int_equal(kin_draw_tensor(&c->draw, KIN_IN_WEIGHTS, KIN_FLOAT32, w, -1, 1, false), KIN_OK);
    if (between(c, 0, 1)) assert_int_equal(kin_draw_tensor(&c->draw, KIN_IN_BIAS, KIN_FLOAT32, (kin_shape){1, {out}}, -1, 1, false), KIN_OK);
}

static void check_convolutions(const kin_op *op)
{
    size_t fast = 0;
    for (int i = 0; i < CONVOLUTIONS; i++) {
        op_call c;
        call_begin(&c, op, (uint64_t)(1000 + i));
        draw_convolution(&c, i);
        fast += check(&c);
        call_end(&c);
    }
    print_message("%-18s %zu gradients by a fast way\n", op->name, fast);
    if (kin_cpu_best() != KIN_CPU_SCALAR) assert_true(fast > CONVOLUTIONS);
}

static void test_convolutions(void **state)
{
    (void)state;
    check_convolutions(&kin_op_conv2d);
    if (kin_back_for(&kin_op_depthwise_conv2d)) check_convolutions(&kin_op_depthwise_conv2d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_instances),
        cmocka_unit_test(test_convolutions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
