/* SPDX-License-Identifier: Apache-2.0
 *
 * The files that kin writes are those that TensorFlow Lite's interpreter has run, and kin's own answers are its answers
 * (tests/golden/written).
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "kin/kin.h"
#include "nn/graph.h"
#include "support/context.h"
#include "support/drawn.h"

static const char *op_name;
static int         seed_number;

static void check_fingerprint(const kin_graph *graph, const char *wanted)
{
    uint8_t *bytes, print[16];
    size_t   size;
    char     text[33];
    if (kin_graph_write_memory(graph, &bytes, &size) != KIN_OK) fail_msg("%s %d: %s", op_name, seed_number, kin_error(&ctx));
    kin_hash128(bytes, size, 0, print);
    kin_graph_bytes_free(&ctx, bytes);
    for (int i = 0; i < 16; i++) snprintf(text + 2 * i, 3, "%02x", print[i]);
    if (strcmp(text, wanted))
        fail_msg("%s %d: another file than the one that ran in the interpreter (scripts/check-written.py --goldens)", op_name,
                 seed_number);
}

static double number_at(const kin_plan *plan, size_t i)
{
    const void *y = kin_plan_output(plan, 0);
    switch (kin_plan_output_type(plan, 0)) {
    case KIN_FLOAT32: return ((const float *)y)[i];
    case KIN_INT32: return ((const int32_t *)y)[i];
    case KIN_INT8: return ((const int8_t *)y)[i];
    case KIN_UINT8: return ((const uint8_t *)y)[i];
    case KIN_INT16: return ((const int16_t *)y)[i];
    case KIN_INT64: return (double)((const int64_t *)y)[i];
    case KIN_BOOL: return ((const bool *)y)[i];
    default: fail_msg("%s %d: an output of type %d", op_name, seed_number, (int)kin_plan_output_type(plan, 0));
    }
    return NAN;
}

/* The numbers of the line, from `text` on. */
static void check_numbers(const drawn *d, const char *text)
{
    kin_plan *plan;
    char     *end;
    size_t    i = 0;
    assert_int_equal(kin_plan_new(d->graph, NULL, &plan), KIN_OK);
    for (size_t k = 0; k < d->inputs; k++) {
        kin_shape shape = kin_plan_input_shape(plan, k);
        size_t    bytes = kin_count(&shape) * kin_type_size(kin_plan_input_type(plan, k));
        if (bytes) memcpy(kin_plan_input(plan, k), d->draw.in[d->input[k]].data, bytes);
    }
    assert_int_equal(kin_plan_run(plan), KIN_OK);
    for (double wanted = strtod(text, &end); end != text; wanted = strtod(text = end, &end), i++) {
        double is = number_at(plan, i);
        if (is != wanted && !(fabs(is - wanted) <= 1e-5 * fmax(1, fabs(wanted))))
            fail_msg("%s %d: number %zu is %.9g, the interpreter's %.9g", op_name, seed_number, i, is, wanted);
    }
    kin_shape shape = kin_plan_output_shape(plan, 0);
    assert_true(i == kin_count(&shape) || i == 8);
    kin_plan_free(plan);
}

static void check_line(const char *line)
{
    char  name[40], print[33];
    int   at = 0;
    drawn d;
    if (sscanf(line, "%39s %d %32s%n", name, &seed_number, print, &at) != 3) fail_msg("a line that is none: %s", line);
    op_name = name;
    assert_int_equal(drawn_make(&ctx, kin_op_find(name), (uint64_t)seed_number, &d), KIN_OK);
    check_fingerprint(d.graph, print);
    check_numbers(&d, line + at);
    drawn_free(&d);
}

static void test_goldens(void **state)
{
    (void)state;
    char path[4096], line[600];
    int  lines = 0;
    snprintf(path, sizeof path, "%s/tests/golden/written/ops.txt", getenv("KIN_SOURCE"));
    FILE *file = fopen(path, "r");
    if (!file) fail_msg("%s", path);
    for (; fgets(line, sizeof line, file); lines++) check_line(line);
    fclose(file);
    assert_true(lines > 50);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(test_goldens)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
