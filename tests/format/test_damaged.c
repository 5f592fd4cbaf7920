/* SPDX-License-Identifier: Apache-2.0
 *
 * Models cut at every 1,000th byte and with flipped bits, through read, plan and run: always a clean status, never a
 * crash (sanitizer builds see more). The default models where models/ has them, and the tests' small one.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/random.h"
#include "nn/plan/describe.h"
#include "support/cmocka.h"
#include "format/model.h"

static kin_context ctx;
static uint64_t    most_macs = 20000000; /* of a run: a flipped bit can ask for a year of them */

static uint8_t *load(const char *name, size_t *size)
{
    char        path[1024];
    const char *source = getenv("KIN_SOURCE");
    snprintf(path, sizeof path, "%s/models/%s", source ? source : ".", name);
    FILE *file = fopen(path, "rb");
    if (!file) return NULL;
    fseek(file, 0, SEEK_END);
    *size = (size_t)ftell(file);
    rewind(file);
    uint8_t *bytes = malloc(*size);
    assert_non_null(bytes);
    assert_int_equal(fread(bytes, 1, *size, file), *size);
    fclose(file);
    return bytes;
}

/* Reads, plans for `shape` (NULL: the file's) and runs what is small. true: it was read and planned. */
static bool carry(const uint8_t *bytes, size_t size, const kin_shape *shape)
{
    kin_graph     *graph;
    kin_plan      *plan = NULL;
    kin_row_totals totals;
    *ctx.error = 0;
    kin_status status = kin_graph_read_memory(&ctx, bytes, size, &graph);
    if (status == KIN_OK) {
        status = kin_plan_new(graph, kin_graph_inputs(graph) == 1 ? shape : NULL, &plan);
        if (status == KIN_OK && kin_plan_totals(plan, &totals) == KIN_OK && totals.macs < most_macs) {
            kin_shape in = kin_plan_input_shape(plan, 0);
            memset(kin_plan_input(plan, 0), 0, kin_count(&in) * kin_type_size(kin_plan_input_type(plan, 0)));
            assert_int_equal(kin_plan_run(plan), KIN_OK);
        }
        kin_plan_free(plan);
    }
    kin_graph_free(graph);
    if (status != KIN_OK) assert_true(*kin_error(&ctx) && status >= KIN_E_USAGE && status <= KIN_E_LIMIT);
    assert_int_equal(ctx.memory, 0);
    return status == KIN_OK;
}

/* A block of exactly n bytes, so that one byte too far is seen. */
static void cut(const uint8_t *bytes, size_t n)
{
    uint8_t *part = malloc(n + !n);
    assert_non_null(part);
    memcpy(part, bytes, n);
    assert_false(carry(part, n, NULL));
    free(part);
}

static void test_small_model_cut_at_every_byte(void **state)
{
    (void)state;
    static model m;
    model_build(&m);
    assert_true(carry(m.b.data, m.b.size, NULL));
    size_t needed = m.metadata_name + 4 + 8 + 1; /* behind it is padding */
    for (size_t n = 0; n < needed; n++) cut(m.b.data, n);
}

static void test_small_model_with_every_bit_flipped(void **state)
{
    (void)state;
    static model m;
    model_build(&m);
    ctx.max_memory = 64 << 20;
    for (size_t i = 0; i < 8 * m.b.size; i++) {
        m.b.data[i / 8] ^= (uint8_t)(1 << i % 8);
        carry(m.b.data, m.b.size, NULL);
        m.b.data[i / 8] ^= (uint8_t)(1 << i % 8);
    }
}

static void test_models_cut_at_every_1000th_byte(void **state)
{
    (void)state;
    static const char *const names[] = {"recogniser.tflite", "detector.tflite"};
    for (int i = 0; i < 2; i++) {
        size_t   size;
        uint8_t *bytes = load(names[i], &size);
        if (!bytes) skip();
        /* The reader must not look behind n, wherever the rest lies: one copy a cut would take minutes. */
        for (size_t n = 0; n < size; n += 1000) {
            if (n < 100000)
                cut(bytes, n);
            else
                assert_false(carry(bytes, n, NULL));
        }
        free(bytes);
    }
}

static void flip_bits(const char *name, kin_shape shape, int times)
{
    size_t     size;
    uint8_t   *bytes = load(name, &size);
    kin_random random = kin_random_make(9, 1);
    if (!bytes) skip();
    assert_true(carry(bytes, size, &shape));
    ctx.max_memory = 256 << 20;
    for (int i = 0; i < times; i++) {
        /* Most of the file is weights; tables stand at both ends. */
        size_t at = (size_t)kin_random_below(&random, i % 10 ? 24000 : (uint32_t)size), bit = i % 8;
        if (i % 2) at = size - 1 - at;
        bytes[at] ^= (uint8_t)(1 << bit);
        carry(bytes, size, &shape);
        bytes[at] ^= (uint8_t)(1 << bit);
    }
    free(bytes);
}

static void test_detector_with_flipped_bits(void **state)
{
    (void)state;
    flip_bits("detector.tflite", (kin_shape){4, {1, 32, 32, 3}}, 300);
}

static void test_recogniser_with_flipped_bits(void **state)
{
    (void)state;
    most_macs = 450000000;
    flip_bits("recogniser.tflite", (kin_shape){4, {1, 112, 112, 3}}, 30); /* a run each: minutes under an emulator */
}

static int setup(void **state)
{
    (void)state;
    kin_context_init(&ctx);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_small_model_cut_at_every_byte, setup),
        cmocka_unit_test_setup(test_small_model_with_every_bit_flipped, setup),
        cmocka_unit_test_setup(test_models_cut_at_every_1000th_byte, setup),
        cmocka_unit_test_setup(test_detector_with_flipped_bits, setup),
        cmocka_unit_test_setup(test_recogniser_with_flipped_bits, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
