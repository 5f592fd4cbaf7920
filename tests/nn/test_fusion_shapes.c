/* SPDX-License-Identifier: Apache-2.0
 *
 * Each op that folds into a layer, with constants of every shape that it may broadcast with, on either side, of one channel
 * and of several: the folded plan accepts what the plain one accepts and gives the same shape and values.
 */
#include <math.h>
#include <stdio.h>

#include "nn/plan/plan.h"
#include "support/graph.h"

/* --- what is put together --- */

typedef enum { CONV, DEPTHWISE, DENSE, DENSE_KEPT, DENSE_VECTOR, LAYERS } layer;

static kin_shape input_shape(layer kind, int64_t c)
{
    return kind <= DEPTHWISE ? SHAPE(2, 3, 5, c) : kind == DENSE_VECTOR ? SHAPE(6) : SHAPE(2, 3, 6);
}

static int add_layer(layer kind, int x, int64_t c)
{
    if (kind == CONV) return OP("conv2d", "padding=same", x, constant(SHAPE(c, 3, 3, c), -1, 1), constant(SHAPE(c), -1, 1));
    if (kind == DEPTHWISE) return OP("depthwise_conv2d", "padding=same", x, constant(SHAPE(1, 3, 3, c), -1, 1));
    return OP("dense", kind == DENSE ? "" : "keep_dims=true", x, constant(SHAPE(c, 6), -1, 1));
}

/* `s`: the constant; `first`: it is the first operand. */
static int binary(const char *name, const char *attrs, int x, int s, bool first)
{
    return first ? OP(name, attrs, s, x) : OP(name, attrs, x, s);
}

static int clamp(int x, kin_shape shape, bool first)
{
    int low = constant(shape, -0.3, -0.3), high = constant(first ? SHAPE(1) : shape, 0.4, 0.4);
    return first ? OP("maximum", "", OP("minimum", "", x, high), low) : OP("minimum", "", OP("maximum", "", x, low), high);
}

static int written_prelu(int x, int s, bool first)
{
    int below = binary("mul", "", OP("relu", "", OP("neg", "", x)), s, first);
    return OP(first ? "add" : "sub", "", OP("relu", "", x), below);
}

static const char *const binaries[] = {"add", "sub", "mul", "div", "minimum", "maximum"};
enum { BINARIES = sizeof binaries / sizeof *binaries, PRELU = BINARIES, WRITTEN_PRELU, CLAMP, BEFORE, FOLDS };

/* The graph's output: a layer with fold number `fold` behind it (BEFORE: a factor before it). */
static int build(layer kind, int fold, int x, int64_t c, kin_shape shape, bool first, bool relu)
{
    int s = constant(shape, 0.1, 1);
    if (fold == BEFORE) x = binary("mul", "", x, s, first);
    int y = add_layer(kind, x, c);
    if (fold < BINARIES) y = binary(binaries[fold], fold < 4 && relu ? "activation=relu" : "", y, s, first);
    if (fold == PRELU) y = OP("prelu", "", y, s);
    if (fold == WRITTEN_PRELU) y = written_prelu(y, s, first);
    if (fold == CLAMP) y = clamp(y, shape, first);
    return fold >= 4 && relu ? OP("relu", "", y) : y;
}

/* --- comparing --- */

static void run(kin_plan *plan)
{
    kin_random random = kin_random_make(3, 0);
    kin_shape  shape = kin_plan_input_shape(plan, 0);
    float     *x = kin_plan_input(plan, 0);
    for (size_t i = 0; i < kin_count(&shape); i++) x[i] = (float)(2 * kin_random_unit(&random) - 1);
    assert_int_equal(kin_plan_run(plan), KIN_OK);
}

static void compare(kin_plan *folded, kin_plan *plain, const char *what)
{
    kin_shape shape = kin_plan_output_shape(folded, 0), wanted = kin_plan_output_shape(plain, 0);
    char      text[KIN_SHAPE_TEXT], other[KIN_SHAPE_TEXT];
    if (!kin_shape_equal(&shape, &wanted))
        fail_msg("%s: %s, expected %s", what, kin_shape_text(&shape, text, sizeof text),
                 kin_shape_text(&wanted, other, sizeof other));
    run(folded);
    run(plain);
    const float *y = kin_plan_output(folded, 0), *z = kin_plan_output(plain, 0);
    float        largest = 1e-20f;
    for (size_t i = 0; i < kin_count(&shape); i++) largest = fmaxf(largest, fabsf(z[i]));
    for (size_t i = 0; i < kin_count(&shape); i++)
        if (!(fabsf(y[i] - z[i]) <= 1e-4f * largest))
            fail_msg("%s: value %zu is %g, expected %g", what, i, (double)y[i], (double)z[i]);
}

/* Whether the folded plan has fewer steps. */
static bool check(layer kind, int fold, int64_t c, kin_shape shape, bool first, bool relu)
{
    char      what[200], text[KIN_SHAPE_TEXT];
    kin_plan *folded, *plain;
    int       x;
    snprintf(what, sizeof what, "layer %d of %d channels, fold %d with %s%s%s", (int)kind, (int)c, fold,
             kin_shape_text(&shape, text, sizeof text), first ? " first" : "", relu ? ", relu" : "");
    dice = kin_random_make(1, 0);
    assert_int_equal(kin_graph_new(&ctx, &graph), KIN_OK);
    assert_int_equal(kin_graph_add_tensor(graph, "x", KIN_FLOAT32, input_shape(kind, c), NULL, &x), KIN_OK);
    int y = build(kind, fold, x, c, shape, first, relu);
    assert_int_equal(kin_graph_set_inputs(graph, &x, 1), KIN_OK);
    assert_int_equal(kin_graph_set_outputs(graph, &y, 1), KIN_OK);
    kin_status wanted = kin_plan_make(&ctx, graph, NULL, &(kin_plan_options){.plain = true}, &plain);
    kin_status status = kin_plan_make(&ctx, graph, NULL, NULL, &folded);
    if (status != wanted) fail_msg("%s: status %d, expected %d: %s", what, (int)status, (int)wanted, kin_error(&ctx));
    if (status == KIN_OK) compare(folded, plain, what);
    bool fewer = status == KIN_OK && folded->step_count < plain->step_count;
    kin_plan_free(folded);
    kin_plan_free(plain);
    kin_graph_free(graph);
    return fewer;
}

static void test_constants_of_every_shape(void **state)
{
    (void)state;
    int folds = 0;
    kin_context_init(&ctx);
    for (int64_t c = 1; c <= 4; c += 3) {
        const kin_shape shapes[] = {
            {0, {0}},          SHAPE(1),          SHAPE(c),          SHAPE(7),          SHAPE(1, 1),
            SHAPE(1, c),       SHAPE(c, 1),       SHAPE(1, 7),       SHAPE(3, 1),       SHAPE(1, 1, 1),
            SHAPE(1, 1, c),    SHAPE(1, c, 1),    SHAPE(1, 1, 7),    SHAPE(1, 1, 1, 1), SHAPE(1, 1, 1, c),
            SHAPE(1, 3, 1, 1), SHAPE(1, 1, 5, 1), SHAPE(2, 1, 1, 1), {5, {1, 1, 1, 1, 1}}, {5, {1, 1, 1, 1, c}},
        };
        for (int kind = 0; kind < LAYERS; kind++)
            for (int fold = 0; fold < FOLDS; fold++)
                for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++)
                    for (int way = 0; way < 4; way++) {
                        if (fold == CLAMP && kin_count(&shapes[s]) != 1) continue;
                        folds += check((layer)kind, fold, c, shapes[s], way & 1, way & 2);
                    }
    }
    assert_int_equal(ctx.memory, 0);
    assert_true(folds > 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_constants_of_every_shape)};
    cmocka_set_message_output(CM_OUTPUT_STDOUT);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
