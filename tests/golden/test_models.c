/* SPDX-License-Identifier: Apache-2.0
 *
 * Every layer of the default models against TensorFlow's interpreter (tests/golden/models/README.md): each CPU level that
 * this machine has, folded (the tensors that are left) and plain (all).
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nn/plan/plan.h"
#include "support/cmocka.h"

static void *read_whole(const char *folder, const char *name, size_t *size)
{
    char  path[4096];
    char *root = getenv("KIN_SOURCE");
    snprintf(path, sizeof path, "%s/%s/%s", root ? root : ".", folder, name);
    FILE *f = fopen(path, "rb");
    if (!f) return NULL;
    fseek(f, 0, SEEK_END);
    *size = (size_t)ftell(f);
    rewind(f);
    char *bytes = malloc(*size + 1);
    assert_int_equal(fread(bytes, 1, *size, f), *size);
    bytes[*size] = '\0';
    fclose(f);
    return bytes;
}

static void fill(float *to, const kin_shape *s)
{
    for (int64_t n = 0; n < s->dim[0]; n++)
        for (int64_t y = 0; y < s->dim[1]; y++)
            for (int64_t x = 0; x < s->dim[2]; x++)
                for (int64_t c = 0; c < s->dim[3]; c++) {
                    int64_t a = y / 8 * 31 + x / 8;
                    *to++ = (float)((7 * a * a + 13 * a + 40 * c + 101 * n) % 256);
                }
}

static const char *next_line(const char *at)
{
    at = strchr(at, '\n');
    return at ? at + 1 : "";
}

/* One tensor of the golden file; the layer's error over its largest value. */
static void check_tensor(const kin_tensor *t, const char *line, const char *what)
{
    char       *at = (char *)line;
    const float *v = t->data;
    long         number = strtol(at + strlen("tensor "), &at, 10);
    kin_shape    shape = {.rank = (int)strtol(at, &at, 10)};
    for (int d = 0; d < shape.rank; d++) shape.dim[d] = strtoll(at, &at, 10);
    double largest = strtod(at, &at), found = 0, count = (double)kin_count(&shape);
    if (!kin_shape_equal(&shape, &t->shape)) fail_msg("%s: tensor %ld has another shape", what, number);
    for (size_t i = 0; i < (size_t)count; i++) found = fmax(found, fabs((double)v[i]));
    if (!(fabs(found - largest) <= 1e-4 * largest))
        fail_msg("%s: tensor %ld: largest value %g, expected %g", what, number, found, largest);
    at = (char *)next_line(line);
    for (uint64_t k = 0; k < 64; k++) {
        double expected = strtod(at, &at), is = (double)v[k * 2654435761u % (uint64_t)count];
        if (!(fabs(is - expected) <= 1e-4 * largest))
            fail_msg("%s: tensor %ld, sample %d: %g, expected %g of %g", what, number, (int)k, is, expected, largest);
    }
}

/* How many tensors were compared. */
static size_t check(kin_context *ctx, const void *model, size_t size, const char *golden, bool plain, const char *what)
{
    kin_graph *graph;
    kin_plan  *plan;
    kin_shape  shape = {.rank = 4};
    size_t     compared = 0;
    while (*golden == '#') golden = next_line(golden);
    char *at = (char *)golden + strlen("input ");
    for (int d = 0; d < 4; d++) shape.dim[d] = strtoll(at, &at, 10);
    if (kin_graph_read_memory(ctx, model, size, &graph) != KIN_OK) fail_msg("%s: %s", what, kin_error(ctx));
    kin_plan_options options = {.keep = true, .plain = plain};
    if (kin_plan_make(ctx, graph, &shape, &options, &plan) != KIN_OK) fail_msg("%s: %s", what, kin_error(ctx));
    fill(kin_plan_input(plan, 0), &shape);
    assert_int_equal(kin_plan_run(plan), KIN_OK);
    for (golden = next_line(golden); *golden; golden = next_line(next_line(golden))) {
        const kin_tensor *t = kin_plan_tensor(plan, (int)strtol(golden + strlen("tensor "), NULL, 10));
        if (!t) continue;
        check_tensor(t, golden, what);
        compared++;
    }
    for (size_t i = 0; i < kin_graph_outputs(graph); i++) assert_non_null(kin_plan_tensor(plan, graph->output[i]));
    kin_plan_free(plan);
    kin_graph_free(graph);
    return compared;
}

static void check_model(const char *name, size_t all, size_t folded)
{
    size_t size, golden_size;
    char   file[100], what[100];
    snprintf(file, sizeof file, "%s.tflite", name);
    void *model = read_whole("models", file, &size);
    snprintf(file, sizeof file, "%s.txt", name);
    char *golden = read_whole("tests/golden/models", file, &golden_size);
    assert_non_null(model);
    assert_non_null(golden);
    for (int level = 0; level < KIN_CPU_LEVELS; level++) {
        kin_context ctx;
        kin_context_init(&ctx);
        ctx.cpu = (kin_cpu)level;
        if (!kin_cpu_has(ctx.cpu)) continue;
        snprintf(what, sizeof what, "%s on %s, folded", name, kin_cpu_level_name(ctx.cpu));
        assert_int_equal(check(&ctx, model, size, golden, false, what), folded);
        snprintf(what, sizeof what, "%s on %s, plain", name, kin_cpu_level_name(ctx.cpu));
        assert_int_equal(check(&ctx, model, size, golden, true, what), all);
        assert_int_equal(ctx.memory, 0);
    }
    free(model);
    free(golden);
}

static void test_recogniser(void **state)
{
    (void)state;
    check_model("recogniser", 107, 26);
}

static void test_detector(void **state)
{
    (void)state;
    check_model("detector", 37, 26);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_recogniser), cmocka_unit_test(test_detector)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
