/* SPDX-License-Identifier: Apache-2.0
 *
 * The gradient of every op that has one, on random instances (kin_op.draw), against central differences: the op, its
 * epilogue taken apart, as a graph with its gradient nodes, planned and run like any other. Of several outputs the loss
 * reads some. Differences are of outputs summed in double. Where a kink lies near, the gradient must lie between the
 * differences to its two sides.
 */
#include <math.h>
#include <stdio.h>

#include "support/cmocka.h"

#include "base/cpu.h"
#include "nn/grad/grad.h"
#include "nn/ops/conv.h"
#include "nn/plan/plan.h"
#include "ops/call.h"

enum { LAYERS = 30, OTHERS = 150, SEEDS = 1000 /* until so many were float32 */, ENOUGH = 100 /* elements */, MOST = CALL_IN };

typedef struct {
    kin_context ctx;
    kin_graph  *graph;
    kin_plan   *plan;
    op_call     call;
    int         in[MOST], wanted[MOST], gradient[MOST]; /* of the op; -1: left out */
    size_t      wanted_count, outs;
    size_t      feed[MOST], feeds;            /* the graph's inputs: which of the op's each is */
    float             *weight[CALL_OUT];             /* the loss is the sum of weight * out; NULL: without this out */
    size_t             counts;                       /* the output that is always in the loss */
} trial;

static void must(trial *t, kin_status status, const char *what, int seed)
{
    if (status != KIN_OK) fail_msg("%s, seed %d: %s: %s", t->call.op->name, seed, what, t->ctx.error);
}

static bool is_float(const op_call *c, size_t i)
{
    return c->in_at[i] && c->in[i].type == KIN_FLOAT32;
}

/* Layers carry slope and residual behind their bias; a bare node has a gradient by each. */
static bool may_have_gradient(const kin_op *op, size_t i)
{
    return op->backward_to >> i & 1 || (kin_attr_find(op, "residual_first") && i >= KIN_IN_SLOPE);
}

/* Every float is an input of the graph, weights too; integers are constants where they were drawn as such. */
static void add_inputs(trial *t, int seed)
{
    op_call *c = &t->call;
    int      list[MOST];
    for (size_t i = 0; i < c->in_count; i++) {
        t->in[i] = -1;
        if (!c->in_at[i]) continue;
        bool constant = c->draw.constant[i] && !is_float(c, i);
        must(t, kin_graph_add_tensor(t->graph, "in", c->in[i].type, c->in[i].shape, constant ? c->block[i] : NULL, &t->in[i]),
             "input", seed);
        if (constant) continue;
        list[t->feeds] = t->in[i];
        t->feed[t->feeds++] = i;
        if (is_float(c, i) && may_have_gradient(c->op, i)) t->wanted[t->wanted_count++] = t->in[i];
    }
    must(t, kin_graph_set_inputs(t->graph, list, t->feeds), "inputs", seed);
}

static int sum_up(trial *t, int out, const kin_tensor *shape, const float *weight, int seed)
{
    int32_t   axes[KIN_RANK_MAX] = {0, 1, 2, 3, 4, 5, 6, 7};
    kin_shape list = {1, {shape->shape.rank}};
    int       in[2] = {out, -1}, product, sum;
    must(t, kin_graph_add_tensor(t->graph, "weight", KIN_FLOAT32, shape->shape, weight, &in[1]), "weights", seed);
    must(t, kin_graph_add_op(t->graph, "mul", NULL, "", in, 2, &product, 1), "mul", seed);
    must(t, kin_graph_add_tensor(t->graph, "axes", KIN_INT32, list, axes, &in[1]), "axes", seed);
    in[0] = product;
    must(t, kin_graph_add_op(t->graph, "sum", NULL, "", in, 2, &sum, 1), "sum", seed);
    return sum;
}

/* A slope without the activation that reads it is the one input that the loss may not depend on. */
static void drop_unused(trial *t, int seed)
{
    size_t kept = 0;
    for (size_t i = 0; i < t->wanted_count; i++) {
        if (t->gradient[i] < 0 && t->wanted[i] != t->in[KIN_IN_SLOPE])
            fail_msg("%s, seed %d: the loss does not depend on an input", t->call.op->name, seed);
        if (t->gradient[i] < 0) continue;
        t->wanted[kept] = t->wanted[i];
        t->gradient[kept++] = t->gradient[i];
    }
    t->wanted_count = kept;
}

/* The graph of the call and its gradients; outputs: the op's, then the gradients. */
static void make(trial *t, kin_cpu cpu, int seed)
{
    op_call  *c = &t->call;
    kin_node *node;
    int       out[CALL_OUT], results[CALL_OUT + MOST], loss = -1;
    kin_context_init(&t->ctx);
    t->ctx.cpu = cpu;
    must(t, kin_graph_new(&t->ctx, &t->graph), "graph", seed);
    add_inputs(t, seed);
    t->counts = (size_t)kin_random_below(&c->draw.random, c->out_count);
    for (size_t j = 0; j < c->out_count; j++) {
        kin_tensor none = {.type = KIN_FLOAT32};
        must(t, kin_graph_tensor(t->graph, "out", 3, &none, &out[j]), "out", seed);
    }
    must(t, kin_graph_node(t->graph, c->op, "tested", 6, c->in_count, c->out_count, &node), "node", seed);
    memcpy(node->attrs, c->draw.attrs, c->op->attrs_size);
    memcpy(node->in, t->in, c->in_count * sizeof(int));
    memcpy(node->out, out, c->out_count * sizeof(int));
    for (size_t j = 0; j < c->out_count; j++) {
        size_t count = kin_count(&c->out[j].shape);
        if (j != t->counts && kin_random_below(&c->draw.random, 3) == 0) continue; /* an output that the loss does not read */
        t->weight[j] = malloc((count + 1) * sizeof(float));
        assert_non_null(t->weight[j]);
        for (size_t k = 0; k < count; k++) t->weight[j][k] = (float)(2 * kin_random_unit(&c->draw.random) - 1);
        int both[2] = {loss, sum_up(t, out[j], &c->out[j], t->weight[j], seed)};
        loss = both[1];
        if (both[0] >= 0) must(t, kin_graph_add_op(t->graph, "add", NULL, "", both, 2, &loss, 1), "add", seed);
    }
    must(t, kin_graph_set_outputs(t->graph, &loss, 1), "loss", seed);
    must(t, kin_grad_unfuse(t->graph), "unfuse", seed);
    must(t, kin_grad_add(t->graph, loss, t->wanted, t->wanted_count, t->gradient), "gradients", seed);
    t->outs = c->out_count;
    memcpy(results, out, t->outs * sizeof(int));
    drop_unused(t, seed);
    memcpy(results + t->outs, t->gradient, t->wanted_count * sizeof(int));
    must(t, kin_graph_set_outputs(t->graph, results, t->outs + t->wanted_count), "outputs", seed);
    must(t, kin_plan_make(&t->ctx, t->graph, NULL, NULL, &t->plan), "plan", seed);
}

static double loss_of(trial *t)
{
    double loss = 0;
    for (size_t f = 0; f < t->feeds; f++)
        memcpy(kin_plan_input(t->plan, f), t->call.block[t->feed[f]], call_bytes(&t->call.in[t->feed[f]]));
    assert_int_equal(kin_plan_run(t->plan), KIN_OK);
    for (size_t j = 0; j < t->outs; j++) {
        const float *out = kin_plan_output(t->plan, j);
        for (size_t k = 0; t->weight[j] && k < kin_count(&t->call.out[j].shape); k++) loss += (double)out[k] * t->weight[j][k];
    }
    return loss;
}

/* The slope of the loss between *at + from and *at + to. */
static double slope(trial *t, float *at, float from, float to)
{
    float  was = *at, high = was + to, low = was + from;
    double up, down;
    *at = high;
    up = loss_of(t);
    *at = low;
    down = loss_of(t);
    *at = was;
    return (up - down) / ((double)high - low);
}

typedef struct {
    size_t checked, passed_over;
} tally;

static void check_element(trial *t, size_t w, float *at, size_t k, double gradient, tally *sum, int seed)
{
    const float h = 1.0f / 256;
    double      wide = slope(t, at, -2 * h, 2 * h), narrow = slope(t, at, -h, h), near = 4e-3 * (1 + fabs(gradient));
    double      truth = (4 * narrow - wide) / 3; /* Richardson */
    sum->checked++;
    if (fabs(truth - gradient) <= near) return;
    double left = slope(t, at, -h / 16, 0), right = slope(t, at, 0, h / 16); /* kinks near: one of the two sides */
    if (gradient >= fmin(left, right) - near && gradient <= fmax(left, right) + near)
        sum->passed_over++;
    else {
        char attrs[300];
        fail_msg("%s, seed %d, attributes '%s', gradient by input %zu, element %zu: %g, differences say %g", t->call.op->name,
                 seed, kin_attrs_text(t->call.op, t->call.draw.attrs, attrs, sizeof attrs), w, k, gradient, truth);
    }
}

static void check_gradients(trial *t, tally *sum, int seed)
{
    for (size_t w = 0, f = 0; w < t->wanted_count; w++, f++) {
        while (t->in[t->feed[f]] != t->wanted[w]) f++;
        size_t i = t->feed[f], count = kin_count(&t->call.in[i].shape), step = count / 40 + 1;
        float *found = malloc((count + 1) * sizeof *found);
        assert_non_null(found);
        loss_of(t);
        memcpy(found, kin_plan_output(t->plan, t->outs + w), count * sizeof *found);
        for (size_t k = 0; k < count; k += step)
            check_element(t, i, (float *)t->call.block[i] + k, k, found[k], sum, seed);
        free(found);
    }
}

static void check_op(const kin_op *op, kin_cpu cpu)
{
    tally sum = {0, 0};
    int   seeds = op->macs ? LAYERS : OTHERS;
    for (int seed = 0; seed < seeds || (seed < SEEDS && sum.checked < ENOUGH); seed++) {
        trial t = {0};
        bool  any = false;
        call_begin(&t.call, op, (uint64_t)seed);
        assert_int_equal(op->draw(&t.call.draw), KIN_OK);
        call_make(&t.call);
        assert_int_equal(op->infer(&t.call.call), KIN_OK);
        for (size_t i = 0; i < t.call.in_count; i++) any = any || (is_float(&t.call, i) && op->backward_to >> i & 1);
        if (any && t.call.out[0].type == KIN_FLOAT32) {
            make(&t, cpu, seed);
            check_gradients(&t, &sum, seed);
        }
        kin_plan_free(t.plan);
        kin_graph_free(t.graph);
        assert_int_equal((long long)t.ctx.memory, 0);
        for (size_t j = 0; j < CALL_OUT; j++) free(t.weight[j]);
        call_end(&t.call);
    }
    print_message("%-18s %6zu elements, %zu at kinks\n", op->name, sum.checked, sum.passed_over);
    assert_true(sum.checked >= ENOUGH && sum.passed_over <= sum.checked / 10);
}

static void check_all(kin_cpu cpu)
{
    for (size_t i = 0; i < kin_op_count; i++)
        if (kin_ops[i]->backward) check_op(kin_ops[i], cpu);
}

static void test_scalar(void **state)
{
    (void)state;
    check_all(KIN_CPU_SCALAR);
}

static void test_fast(void **state)
{
    (void)state;
    check_all(kin_cpu_best());
}

/* What random numbers do not meet: equal ones, zeros, norms below epsilon. dy is `dy` everywhere. */
static void test_corners(void **state)
{
    (void)state;
    const struct {
        const char *op, *attributes;
        kin_shape   shape;
        float       x[6], dy, dx[6];
    } cases[] = {
        {"max_pool", "size=2,2 stride=1,1", {4, {1, 2, 3, 1}}, {1, 5, 5, 1, 5, 2}, 1, {0, 2, 0, 0, 0, 0}}, /* the first */
        {"max_pool", "size=2,2 stride=1,1 padding=same", {4, {1, 2, 2, 1}}, {1, 1, 1, 1}, 1, {1, 1, 1, 1}},
        {"avg_pool", "size=2,2 stride=1,1 padding=same", {4, {1, 1, 3, 1}}, {1, 2, 3}, 2, {1, 2, 3}}, /* what is outside does not count */
        {"reduce_max", "", {1, {4}}, {3, 1, 3, 3}, 6, {2, 0, 2, 2}}, /* equal shares */
        {"reduce_min", "", {1, {4}}, {1, 1, 3, 3}, 6, {3, 3, 0, 0}},
        {"reduce_prod", "", {1, {3}}, {2, 3, 4}, 1, {12, 8, 6}},
        {"reduce_prod", "", {1, {3}}, {2, 0, 4}, 1, {0, 8, 0}},
        {"reduce_prod", "", {1, {3}}, {0, 0, 4}, 1, {0, 0, 0}},
        {"l2_normalize", "epsilon=0.5", {1, {2}}, {0.125f, 0.25f}, 1, {2, 2}},
        {"l2_normalize", "", {1, {2}}, {0, 0}, 0.5f, {500000, 500000}},
    };
    int32_t axis = 0;
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        op_call c;
        float   dy[6], dx[6];
        call_begin(&c, kin_op_find(cases[k].op), 0);
        assert_int_equal(kin_attrs_parse(&c.ctx, c.op, cases[k].attributes, c.draw.attrs), KIN_OK);
        kin_tensor        x = {"x", KIN_FLOAT32, cases[k].shape, {0}, (void *)cases[k].x}, y = {.name = "y"};
        kin_tensor        axes = {"axes", KIN_INT32, {1, {1}}, {0}, &axis}, by_x = x, by_y;
        const kin_tensor *in[] = {&x, &axes}, *given = &by_y;
        kin_tensor       *out = &y, *wanted[] = {&by_x, NULL};
        float             result[6];
        kin_call          call = {&c.ctx, "tested", c.draw.attrs, (size_t)c.op->in_min, 1, in, &out};
        assert_int_equal(c.op->infer(&call), KIN_OK);
        assert_true(kin_count(&y.shape) <= 6);
        for (size_t i = 0; i < 6; i++) dy[i] = cases[k].dy, dx[i] = 77;
        y.data = result;
        c.op->forward(&call);
        by_y = y;
        by_y.data = dy;
        by_x.data = dx;
        c.op->backward(&(kin_back){&call, &given, wanted});
        for (size_t i = 0; i < kin_count(&x.shape); i++)
            if (fabsf(dx[i] - cases[k].dx[i]) > 1e-5f * fabsf(cases[k].dx[i]))
                fail_msg("case %zu, %s: element %zu: %g, expected %g", k, cases[k].op, i, dx[i], cases[k].dx[i]);
        call_end(&c);
    }
}

/* Every op has a gradient, is flat, or stands here with the reason why it needs none. */
static void test_every_op(void **state)
{
    (void)state;
    static const char *const without[] = {
        "quantize",   /* training is in float32: quantised files are read, not trained */
        "dequantize", /* reads integers only */
    };
    for (size_t i = 0; i < kin_op_count; i++) {
        const kin_op *op = kin_ops[i];
        bool          listed = false;
        for (size_t k = 0; k < sizeof without / sizeof *without; k++) listed = listed || !strcmp(op->name, without[k]);
        if ((op->backward != NULL) + op->flat + listed != 1)
            fail_msg("%s: has a backward, is flat or is listed as without: one of the three", op->name);
        if (op->backward && !op->backward_to) fail_msg("%s: a backward by no input", op->name);
    }
}

/* Steps have no gradient: it ends there as zero, and what lies before them has none. Ops on the way that have no backward
 * are named. */
static void test_where_gradients_end(void **state)
{
    (void)state;
    kin_context ctx;
    kin_graph  *graph;
    kin_shape   shape = {1, {3}};
    int         x, y, sum, axes, gradient;
    int32_t     axis = 0;
    kin_context_init(&ctx);
    const struct {
        const char *op;
        size_t      inputs; /* all of them x */
        const char *error;  /* NULL: none */
    } cases[] = {{"round", 1, NULL},
                 {"quantize", 1, "node 'between': the op quantize has no gradient"},
                 {"relu", 1, NULL},
                 {"batch_norm", 5, "node 'between': the op batch_norm has no gradient by its input mean"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(kin_graph_new(&ctx, &graph), KIN_OK);
        assert_int_equal(kin_graph_add_tensor(graph, "x", KIN_FLOAT32, shape, NULL, &x), KIN_OK);
        assert_int_equal(kin_graph_add_tensor(graph, "axes", KIN_INT32, (kin_shape){1, {1}}, &axis, &axes), KIN_OK);
        assert_int_equal(kin_graph_add_op(graph, cases[i].op, "between", "", (int[]){x, x, x, x, x}, cases[i].inputs, &y, 1), KIN_OK);
        assert_int_equal(kin_graph_add_op(graph, "sum", NULL, "", (int[]){y, axes}, 2, &sum, 1), KIN_OK);
        assert_int_equal(kin_graph_set_inputs(graph, &x, 1), KIN_OK);
        assert_int_equal(kin_graph_set_outputs(graph, &sum, 1), KIN_OK);
        assert_int_equal(kin_grad_add(graph, sum, &x, 1, &gradient), cases[i].error ? KIN_E_UNSUPPORTED : KIN_OK);
        if (cases[i].error)
            assert_string_equal(kin_error(&ctx), cases[i].error);
        else
            assert_int_equal(gradient >= 0, i == 2);
        kin_graph_free(graph);
    }
    assert_int_equal((long long)ctx.memory, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scalar),
        cmocka_unit_test(test_fast),
        cmocka_unit_test(test_corners),
        cmocka_unit_test(test_every_op),
        cmocka_unit_test(test_where_gradients_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
