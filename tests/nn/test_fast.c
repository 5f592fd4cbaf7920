/* SPDX-License-Identifier: Apache-2.0
 *
 * Every op with a fast way, at every CPU level of the machine, as a plan runs it: random instances of the op, and larger
 * convolutions that reach every way of cutting and both Winograd and gemm, against the op's scalar forward; the same bits
 * for any number of workers and any batch.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nn/fast/fast.h"
#include "nn/plan/plan.h"
#include "support/cmocka.h"

enum { OUTS = 4, DRAWS = 40, CONVOLUTIONS = 60, ATTRS_TEXT = 600 };

/* Runs the tasks backwards with changing worker numbers. */
static void backwards(kin_splitter *self, kin_task task, void *arg, size_t count)
{
    for (size_t i = count; i-- > 0;) task(arg, i, i % self->width);
}

static kin_graph *make_graph(kin_context *ctx, const kin_op *op, const char *attrs, const kin_draw *draw)
{
    kin_graph *graph;
    int        in[16], inputs[16], out[OUTS];
    size_t     outs = draw->out_count ? draw->out_count : 1;
    size_t     input_count = 0;
    assert_int_equal(kin_graph_new(ctx, &graph), KIN_OK);
    for (size_t i = 0; i < draw->in_count; i++) {
        const kin_tensor *t = &draw->in[i];
        in[i] = -1;
        if (!t->name) continue; /* left out */
        assert_int_equal(kin_graph_add_tensor(graph, NULL, t->type, t->shape, draw->constant[i] ? t->data : NULL, &in[i]),
                         KIN_OK);
        if (!draw->constant[i]) inputs[input_count++] = in[i];
    }
    if (kin_graph_add_op(graph, op->name, NULL, attrs, in, draw->in_count, out, outs) != KIN_OK)
        fail_msg("%s %s: %s", op->name, attrs, kin_error(ctx));
    assert_int_equal(kin_graph_set_inputs(graph, inputs, input_count), KIN_OK);
    assert_int_equal(kin_graph_set_outputs(graph, out, outs), KIN_OK);
    return graph;
}

/* Runs the graph on the pictures [first, first + batch) of every input; batch 0: as it is. Returns the outputs, one behind the other. */
static float *run_plan(kin_context *ctx, kin_graph *graph, const kin_draw *draw, size_t first, int64_t batch, bool *fast)
{
    kin_plan *plan;
    kin_shape shapes[16];
    size_t    inputs = 0;
    for (size_t i = 0; i < draw->in_count; i++)
        if (draw->in[i].name && !draw->constant[i]) {
            shapes[inputs] = draw->in[i].shape;
            if (batch) shapes[inputs].dim[0] = batch;
            inputs++;
        }
    if (kin_plan_new_on(ctx, graph, shapes, &plan) != KIN_OK) fail_msg("%s", kin_error(ctx));
    memset(plan->memory, 0xFF, plan->memory_bytes);
    for (size_t i = 0, at = 0; i < draw->in_count; i++)
        if (draw->in[i].name && !draw->constant[i]) {
            const kin_tensor *t = &draw->in[i];
            size_t            each = batch ? kin_count_span(&t->shape, 1, t->shape.rank) : 0;
            memcpy(kin_plan_input(plan, at), (const char *)t->data + first * each * sizeof(float),
                   kin_count(&shapes[at]) * kin_type_size(t->type));
            at++;
        }
    assert_int_equal(kin_plan_run(plan), KIN_OK);
    *fast = strcmp(plan->step[0].exec.kernel, "scalar") != 0;
    float *out = NULL;
    for (size_t j = 0, n = 0; j == 0 || j < draw->out_count; j++) {
        kin_shape y = kin_plan_output_shape(plan, j);
        out = realloc(out, (n + kin_count(&y) + 1) * sizeof *out);
        memcpy(out + n, kin_plan_output(plan, j), kin_count(&y) * sizeof *out);
        n += kin_count(&y);
    }
    kin_plan_free(plan);
    return out;
}

/* `sums`: the size of the sums before the activation, which may cut the output to less. */
static void compare(const char *what, const char *attrs, const char *level, double sums, const float *truth,
                    const float *got, size_t n)
{
    double largest = sums;
    for (size_t i = 0; i < n; i++)
        if (isfinite(truth[i])) largest = fmax(largest, fabs((double)truth[i]));
    for (size_t i = 0; i < n; i++)
        if (truth[i] != got[i] && !(isnan(truth[i]) && isnan(got[i])) && !(fabs((double)truth[i] - (double)got[i]) <= 1e-4 * largest + 1e-6))
            fail_msg("%s %s at %s: value %zu of %zu is %g, expected %g", what, attrs, level, i, n, (double)got[i],
                     (double)truth[i]);
}

/* All levels and workers against the truth; with `batches` also the batch of each picture alone. Counts fast ways. */
static int check(kin_context *ctx, const kin_op *op, const kin_draw *draw, const char *attrs_text, bool batches)
{
    size_t            outs = draw->out_count ? draw->out_count : 1; /* those drawn here do not say */
    kin_splitter      serial = kin_splitter_serial, mixed = {.run = backwards};
    const kin_tensor *in[16];
    kin_tensor        y[OUTS] = {{.name = "y"}, {.name = "y"}, {.name = "y"}, {.name = "y"}}, *out[OUTS] = {&y[0], &y[1], &y[2], &y[3]};
    float            *truth = NULL;
    char              attrs[1024] = {0};
    int               taken = 0;
    double            sums = 0; /* operands are uniform in [-1, 1): sqrt(k) / 3 is the deviation of a sum of k products */
    if (batches) {
        const int64_t *w = draw->in[1].shape.dim;
        sums = sqrt((double)(w[1] * w[2] * (op == &kin_op_conv2d ? w[3] : 1))) / 3;
    }
    assert_int_equal(kin_attrs_default(ctx, op, attrs), KIN_OK);
    assert_int_equal(kin_attrs_parse(ctx, op, attrs_text, attrs), KIN_OK);
    for (size_t i = 0; i < draw->in_count; i++) in[i] = draw->in[i].name ? &draw->in[i] : NULL;
    kin_call call = {ctx, "truth", attrs, draw->in_count, outs, in, out};
    if (op->infer(&call) != KIN_OK) fail_msg("%s %s: %s", op->name, attrs_text, kin_error(ctx));
    if (y[0].type != KIN_FLOAT32) return 0;
    size_t n = 0;
    for (size_t j = 0; j < outs; j++) n += kin_count(&y[j].shape);
    truth = malloc(n * sizeof(float) + 1);
    for (size_t j = 0, at = 0; j < outs; at += kin_count(&y[j++].shape)) y[j].data = truth + at;
    op->forward(&call);
    for (int level = KIN_CPU_SSE41; level < KIN_CPU_LEVELS; level++) {
        bool fast;
        if (!kin_cpu_has((kin_cpu)level)) continue;
        ctx->cpu = (kin_cpu)level;
        ctx->splitter = &serial;
        kin_graph *graph = make_graph(ctx, op, attrs_text, draw);
        float     *whole = run_plan(ctx, graph, draw, 0, 0, &fast);
        taken += fast;
        compare(op->name, attrs_text, kin_cpu_level_name(ctx->cpu), sums, truth, whole, n);
        for (mixed.width = 2; mixed.width <= 5 && fast; mixed.width += 3) {
            ctx->splitter = &mixed;
            float *again = run_plan(ctx, graph, draw, 0, 0, &fast);
            if (memcmp(whole, again, n * sizeof(float)))
                fail_msg("%s %s: other bits with %zu workers", op->name, attrs_text, mixed.width);
            free(again);
        }
        for (int64_t i = 0; batches && i < y[0].shape.dim[0]; i++) {
            size_t one = n / (size_t)y[0].shape.dim[0];
            float *alone = run_plan(ctx, graph, draw, (size_t)i, 1, &fast);
            if (memcmp(whole + (size_t)i * one, alone, one * sizeof(float)))
                fail_msg("%s %s: other bits for picture %d alone", op->name, attrs_text, (int)i);
            free(alone);
        }
        free(whole);
        kin_graph_free(graph);
    }
    ctx->splitter = &serial;
    free(truth);
    return taken;
}

static void test_random_instances(void **unused)
{
    (void)unused;
    kin_context ctx;
    kin_context_init(&ctx);
    for (size_t k = 0; k < kin_op_count; k++) {
        const kin_op *op = kin_ops[k];
        int           taken = 0;
        if (!kin_bind_for(op)) continue;
        int draws = op == &kin_op_mean ? 20 * DRAWS : DRAWS; /* few of its instances are means over a picture */
        for (int i = 0; i < draws; i++) {
            kin_draw draw = {.ctx = &ctx, .arena = kin_arena_make(&ctx), .random = kin_random_make(7, k * 1000 + (size_t)i)};
            char     attrs[1024] = {0}, text[ATTRS_TEXT];
            draw.attrs = attrs;
            assert_int_equal(kin_attrs_default(&ctx, op, attrs), KIN_OK);
            assert_int_equal(op->draw(&draw), KIN_OK);
            kin_attrs_text(op, attrs, text, sizeof text);
            taken += check(&ctx, op, &draw, text, false);
            kin_arena_free(&draw.arena);
        }
        if (!taken && kin_cpu_best() != KIN_CPU_SCALAR) fail_msg("%s never takes its fast way", op->name);
    }
    assert_int_equal(ctx.memory, 0);
}

/* What is no number or no finite one goes the same way in kernels as in the ops (sums may meet infinities in another order
 * or not at all, so ops with products are left out). */
static void test_odd_numbers(void **unused)
{
    (void)unused;
    static const float odd[] = {NAN, INFINITY, -INFINITY, 0.0f, -0.0f, 1e-40f, -1e-40f};
    kin_context        ctx;
    kin_context_init(&ctx);
    for (size_t k = 0; k < kin_op_count; k++) {
        const kin_op *op = kin_ops[k];
        if (!kin_bind_for(op) || op == &kin_op_conv2d || op == &kin_op_depthwise_conv2d || op == &kin_op_dense) continue;
        for (int i = 0; i < DRAWS / 2; i++) {
            kin_draw draw = {.ctx = &ctx, .arena = kin_arena_make(&ctx), .random = kin_random_make(9, k * 1000 + (size_t)i)};
            char     attrs[1024] = {0}, text[ATTRS_TEXT];
            draw.attrs = attrs;
            assert_int_equal(kin_attrs_default(&ctx, op, attrs), KIN_OK);
            assert_int_equal(op->draw(&draw), KIN_OK);
            for (size_t in = 0; in < draw.in_count; in++)
                for (size_t at = 0; draw.in[in].type == KIN_FLOAT32 && at < kin_count(&draw.in[in].shape); at++)
                    if (kin_random_below(&draw.random, 3) == 0)
                        ((float *)draw.in[in].data)[at] = odd[kin_random_below(&draw.random, sizeof odd / sizeof *odd)];
            kin_attrs_text(op, attrs, text, sizeof text);
            check(&ctx, op, &draw, text, false);
            kin_arena_free(&draw.arena);
        }
    }
    assert_int_equal(ctx.memory, 0);
}

static int64_t between(kin_draw *draw, int64_t low, int64_t high)
{
    return kin_random_range(&draw->random, low, high);
}

/* A convolution of three pictures with a random epilogue; its attributes' text. */
static void draw_convolution(kin_draw *draw, const kin_op *op, int i, char *text)
{
    static const char *const acts[] = {"none", "relu", "relu6", "prelu", "leaky_relu", "clamp", "relu_n1_to_1"};
    bool       depthwise = !strcmp(op->name, "depthwise_conv2d"), plain = i % 2; /* plain: 3x3 of stride 1 */
    int64_t    groups = !depthwise && i % 5 == 2 ? 2 : 1, c = groups * between(draw, 1, 40), out = groups * between(draw, 1, 50);
    int64_t    kh = plain ? 3 : between(draw, 1, 5), kw = plain ? 3 : between(draw, 1, 5), stride = plain ? 1 : between(draw, 1, 3);
    int64_t    dilation = plain ? 1 : between(draw, 1, 2), pad = between(draw, 0, 3), pads = between(draw, 0, 2);
    kin_tensor y = {.name = "y"}, *result[1] = {&y};
    const kin_tensor *in[16];
    char       attrs[1024] = {0};
    if (i % 7 == 3) c = groups * 96, out = groups * 160;
    if (depthwise) out = c;
    kin_draw_tensor(draw, 0, KIN_FLOAT32, (kin_shape){4, {3, between(draw, 9, 33), between(draw, 9, 33), c}}, -1, 1, false);
    kin_draw_tensor(draw, 1, KIN_FLOAT32,
                    depthwise ? (kin_shape){4, {1, kh, kw, out}} : (kin_shape){4, {out, kh, kw, c / groups}}, -1, 1, true);
    if (between(draw, 0, 1)) kin_draw_tensor(draw, 2, KIN_FLOAT32, (kin_shape){1, {out}}, -1, 1, true);
    kin_draw_tensor(draw, 3, KIN_FLOAT32, (kin_shape){1, {out}}, -1, 1, true);
    snprintf(text, ATTRS_TEXT,
             "stride=%d,%d dilation=%d,%d padding=%s pads=%d,%d,%d,%d %s%d activation=%s alpha=0.25 low=-0.5 high=0.75 "
             "residual_first=%s", (int)stride, (int)stride, (int)dilation, (int)dilation,
             pads == 0 ? "same" : pads == 1 ? "valid" : "explicit", (int)pad, (int)between(draw, 0, 3), (int)pad,
             (int)between(draw, 0, 4), depthwise ? "alpha=" : "groups=", (int)groups, acts[between(draw, 0, 6)],
             between(draw, 0, 1) ? "true" : "false");
    if (between(draw, 0, 1)) return;
    assert_int_equal(kin_attrs_default(draw->ctx, op, attrs), KIN_OK);
    assert_int_equal(kin_attrs_parse(draw->ctx, op, text, attrs), KIN_OK);
    for (size_t k = 0; k < draw->in_count; k++) in[k] = draw->in[k].name ? &draw->in[k] : NULL;
    kin_call call = {draw->ctx, "shape", attrs, draw->in_count, 1, in, result};
    assert_int_equal(op->infer(&call), KIN_OK);
    kin_draw_tensor(draw, 4, KIN_FLOAT32, y.shape, -1, 1, false);
}

static void test_convolutions(void **unused)
{
    (void)unused;
    kin_context         ctx;
    const kin_op *const ops[] = {&kin_op_conv2d, &kin_op_depthwise_conv2d};
    kin_context_init(&ctx);
    for (size_t k = 0; k < 2; k++)
        for (int i = 0; i < CONVOLUTIONS; i++) {
            kin_draw draw = {.ctx = &ctx, .arena = kin_arena_make(&ctx), .random = kin_random_make(8, k * 1000 + (size_t)i)};
            char     text[ATTRS_TEXT];
            draw_convolution(&draw, ops[k], i, text);
            if (!check(&ctx, ops[k], &draw, text, true) && kin_cpu_best() != KIN_CPU_SCALAR)
                fail_msg("%s %s is not taken", ops[k]->name, text);
            kin_arena_free(&draw.arena);
        }
    assert_int_equal(ctx.memory, 0);
}

/* Sizes that only a hostile file has must not ask for scratch memory beyond reason, nor overflow. */
static void test_hostile_windows(void **unused)
{
    (void)unused;
    static const char *const texts[] = {
        "padding=explicit pads=1000000000,1000000000,0,0 stride=1000000000,1 dilation=1,1",
        "padding=explicit pads=0,0,2000000000,2000000000 stride=1,2000000000",
        "padding=explicit pads=0,2000000000,0,0 stride=2000000000,1 dilation=1000000000,1",
    };
    kin_context ctx;
    kin_context_init(&ctx);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        kin_draw draw = {.ctx = &ctx, .arena = kin_arena_make(&ctx), .random = kin_random_make(9, i)};
        kin_draw_tensor(&draw, 0, KIN_FLOAT32, (kin_shape){4, {1, 9, 9, 3}}, -1, 1, false);
        kin_draw_tensor(&draw, 1, KIN_FLOAT32, (kin_shape){4, {4, 2, 2, 3}}, -1, 1, true);
        check(&ctx, &kin_op_conv2d, &draw, texts[i], false);
        kin_arena_free(&draw.arena);
    }
    assert_int_equal(ctx.memory, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_instances),
        cmocka_unit_test(test_odd_numbers),
        cmocka_unit_test(test_convolutions),
        cmocka_unit_test(test_hostile_windows),
    };
    cmocka_set_message_output(CM_OUTPUT_STDOUT);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
