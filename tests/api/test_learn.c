/* SPDX-License-Identifier: Apache-2.0
 *
 * A network built, taught, broken off, taken up again and written by the public headers alone.
 */
#include <kin/kin.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support/cmocka.h"

enum { BATCH = 8, WIDE = 4, CLASSES = 2, STEPS = 200 };

static kin_context *ctx;

static void ok(kin_status status)
{
    if (status != KIN_OK) fail_msg("%s: %s", kin_status_name(status), kin_error(ctx));
}

/* x [1, 4] -> dense -> softmax. */
static kin_graph *build(void)
{
    static const float kernel[CLASSES * WIDE] = {0.1F, -0.2F, 0.05F, 0.3F, -0.1F, 0.2F, 0.15F, -0.05F}, bias[CLASSES] = {0};
    kin_graph         *graph;
    int                x, w, b, logits, p;
    ok(kin_graph_new(ctx, &graph));
    ok(kin_graph_add_tensor(graph, "x", KIN_FLOAT32, (kin_shape){2, {1, WIDE}}, NULL, &x));
    ok(kin_graph_add_tensor(graph, "kernel", KIN_FLOAT32, (kin_shape){2, {CLASSES, WIDE}}, kernel, &w));
    ok(kin_graph_add_tensor(graph, "bias", KIN_FLOAT32, (kin_shape){1, {CLASSES}}, bias, &b));
    ok(kin_graph_add_op(graph, "dense", "top", "", (int[]){x, w, b}, 3, &logits, 1));
    ok(kin_graph_add_op(graph, "softmax", "probabilities", "", &logits, 1, &p, 1));
    ok(kin_graph_set_inputs(graph, &x, 1));
    ok(kin_graph_set_outputs(graph, &p, 1));
    return graph;
}

/* Which is greater, the first number or the last? */
static void fill(kin_trainer *trainer, int step)
{
    float   *x = kin_trainer_input(trainer, 0);
    int32_t *label = kin_trainer_labels(trainer);
    for (int r = 0; r < BATCH; r++) {
        for (int i = 0; i < WIDE; i++) x[r * WIDE + i] = (float)((step * 31 + r * 17 + i * 29) % 23) / 23;
        label[r] = x[r * WIDE] > x[r * WIDE + WIDE - 1];
    }
}

static double teach(kin_trainer *trainer, int from, int to)
{
    double loss = 0;
    for (int step = from; step < to; step++) {
        fill(trainer, step);
        ok(kin_trainer_step(trainer, &loss));
    }
    return loss;
}

static kin_trainer *begin(kin_graph *graph)
{
    kin_trainer *trainer;
    ok(kin_trainer_new(ctx, graph, &(kin_trainer_options){.batch = BATCH, .rate = 0.1, .steps = STEPS, .schedule = "cosine"}, &trainer));
    assert_int_equal(kin_trainer_weights(trainer), CLASSES * WIDE + CLASSES);
    assert_null(kin_trainer_input(trainer, 1));
    assert_null(kin_trainer_teacher(trainer));
    return trainer;
}

static uint8_t *written(const kin_trainer *trainer, size_t *size)
{
    kin_graph *trained;
    uint8_t   *bytes;
    ok(kin_trainer_result(trainer, &trained));
    ok(kin_graph_write_memory(trained, &bytes, size));
    kin_graph_free(trained);
    return bytes;
}

static void test_a_lesson(void **state)
{
    (void)state;
    char   path[] = "/tmp/kin-lesson-XXXXXX";
    size_t size[2];
    close(mkstemp(path));
    kin_graph   *graph = build(), *again;
    kin_trainer *whole = begin(graph), *broken = begin(graph);
    assert_true(teach(whole, 0, 1) > 0.5);
    assert_true(teach(whole, 1, STEPS) < 0.3);

    teach(broken, 0, 77);
    ok(kin_checkpoint_write(broken, "the greater one", path));
    kin_trainer_free(broken);
    broken = begin(graph);
    assert_int_equal(kin_checkpoint_read(broken, "the smaller one", path), KIN_E_USAGE);
    ok(kin_checkpoint_read(broken, "the greater one", path));
    teach(broken, 77, STEPS);
    uint8_t *one = written(whole, &size[0]), *two = written(broken, &size[1]);
    assert_int_equal(size[0], size[1]);
    assert_memory_equal(one, two, size[0]);

    kin_plan *plan;
    ok(kin_graph_read_memory(ctx, one, size[0], &again));
    ok(kin_plan_new(again, NULL, &plan));
    memcpy(kin_plan_input(plan, 0), (float[WIDE]){0.9F, 0.5F, 0.5F, 0.1F}, WIDE * sizeof(float));
    ok(kin_plan_run(plan));
    assert_true(((const float *)kin_plan_output(plan, 0))[1] > 0.9F);
    kin_plan_free(plan);
    kin_graph_free(again);
    kin_graph_bytes_free(ctx, one);
    kin_graph_bytes_free(ctx, two);
    kin_trainer_free(whole);
    kin_trainer_free(broken);
    kin_graph_free(graph);
    unlink(path);
}

int main(void)
{
    ctx = kin_context_new(NULL);
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_a_lesson)};
    int                     failed = cmocka_run_group_tests(tests, NULL, NULL);
    kin_context_free(ctx);
    return failed;
}
