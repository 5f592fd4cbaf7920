/* SPDX-License-Identifier: Apache-2.0
 *
 * What forward does where TensorFlow Lite stops with an error or C leaves it open: indices outside, x / 0, numbers that do
 * not fit. To the bit.
 */
#include "support/cmocka.h"

#include <math.h>

#include "ops/call.h"

typedef struct {
    kin_type    type;
    int         count;
    const void *data;
    bool        constant;
} vector;

/* Runs `op` on vectors and compares the bytes of its one output. */
static void check(const char *op, const char *attributes, const vector *in, size_t in_count, vector wanted)
{
    op_call c;
    call_begin(&c, kin_op_find(op), 1);
    assert_int_equal(kin_attrs_parse(&c.ctx, c.op, attributes, c.draw.attrs), KIN_OK);
    for (size_t i = 0; i < in_count; i++) {
        c.draw.in[i] = (kin_tensor){"vector", in[i].type, {1, {in[i].count}}, {0}, (void *)(uintptr_t)in[i].data};
        c.draw.constant[i] = in[i].constant;
    }
    c.draw.in_count = in_count, c.draw.out_count = 1;
    call_make(&c);
    if (c.op->infer(&c.call) != KIN_OK) fail_msg("%s: %s", op, c.ctx.error);
    call_run(&c, 0xA5);
    assert_int_equal(c.out[0].type, wanted.type);
    assert_int_equal(kin_count(&c.out[0].shape), wanted.count);
    assert_memory_equal(c.out[0].data, wanted.data, call_bytes(&c.out[0]));
    free(c.out[0].data);
    call_end(&c);
}

#define INTS(...) {KIN_INT32, sizeof((int32_t[]){__VA_ARGS__}) / 4, (int32_t[]){__VA_ARGS__}, false}
#define AXES(...) {KIN_INT32, sizeof((int32_t[]){__VA_ARGS__}) / 4, (int32_t[]){__VA_ARGS__}, true}
#define LONGS(...) {KIN_INT64, sizeof((int64_t[]){__VA_ARGS__}) / 8, (int64_t[]){__VA_ARGS__}, false}
#define FLOATS(...) {KIN_FLOAT32, sizeof((float[]){__VA_ARGS__}) / 4, (float[]){__VA_ARGS__}, false}
#define CHECK(op, attributes, wanted, ...)                                                                             \
    do {                                                                                                               \
        const vector in_[] = {__VA_ARGS__};                                                                            \
        check(op, attributes, in_, sizeof in_ / sizeof *in_, (vector)wanted);                                          \
    } while (0)

static void test_gather(void **state)
{
    (void)state;
    CHECK("gather", "", INTS(0, 7, 9, 0, 0), INTS(7, 8, 9), INTS(-1, 0, 2, 3, INT32_MAX));
    CHECK("gather", "", FLOATS(0, 2, 0), FLOATS(1, 2), LONGS(INT64_MIN, 1, INT64_MAX));
}

static void test_nan(void **state)
{
    (void)state;
    CHECK("reduce_max", "", FLOATS(2), FLOATS(NAN, 1, NAN, 2, NAN), AXES(0));
    CHECK("reduce_min", "", FLOATS(1), FLOATS(NAN, 1, NAN, 2, NAN), AXES(0));
    CHECK("maximum", "", FLOATS(1, 2, -0.0f), FLOATS(NAN, 2, 0), FLOATS(1, 1, -0.0f)); /* x > y ? x : y */
    CHECK("minimum", "", FLOATS(1, 1, -0.0f), FLOATS(NAN, 2, 0), FLOATS(1, 1, -0.0f));
    CHECK("relu", "", FLOATS(NAN, -0.0f, 0, 7), FLOATS(NAN, -0.0f, -1, 7));
    CHECK("relu6", "", FLOATS(NAN, -0.0f, 0, 6), FLOATS(NAN, -0.0f, -1, 7));
    CHECK("leaky_relu", "alpha=0.5", FLOATS(NAN, -0.0f, -0.5f, 7), FLOATS(NAN, -0.0f, -1, 7));
}

static void test_integers(void **state)
{
    (void)state;
    CHECK("div", "", INTS(0, 0, INT32_MIN, -3), INTS(5, 0, INT32_MIN, -7), INTS(0, 0, -1, 2));
    CHECK("div", "", LONGS(0, INT64_MIN), LONGS(5, INT64_MIN), LONGS(0, -1));
    CHECK("floor_div", "", INTS(0, INT32_MIN, -4, -4, 3), INTS(5, INT32_MIN, -7, 7, 7), INTS(0, -1, 2, -2, 2));
    CHECK("floor_mod", "", INTS(0, 0, 1, -1, 1), INTS(5, INT32_MIN, -7, 7, 7), INTS(0, -1, 2, -2, 2));
    CHECK("add", "", INTS(INT32_MIN), INTS(INT32_MAX), INTS(1));
    CHECK("add", "activation=relu6", INTS(0, 3, 6), INTS(-5, 1, 9), INTS(1, 2, 3));
    CHECK("pow", "", INTS(1, 0, 1, -1, 0, 1), INTS(5, 0, 1, -1, 2, -1), INTS(0, 3, -3, -3, -1, -2));
    CHECK("neg", "", INTS(INT32_MIN, -1), INTS(INT32_MIN, 1));
    CHECK("abs", "", LONGS(INT64_MIN, 1), LONGS(INT64_MIN, -1));
}

static void test_cast(void **state)
{
    (void)state;
    CHECK("cast", "type=int32", INTS(0, INT32_MAX, INT32_MIN, -2, 2, INT32_MAX),
          FLOATS(NAN, INFINITY, -INFINITY, -2.9f, 2.9f, 3e9f));
    CHECK("cast", "type=int64", LONGS(0, INT64_MAX, INT64_MIN), FLOATS(NAN, 1e30f, -1e30f));
    static const uint8_t bytes[] = {0, 255, 0, 1}, truth[] = {1, 1, 0};
    const vector         small = {KIN_UINT8, 4, bytes, false}, answers = {KIN_BOOL, 3, truth, false};
    const vector         reals[] = {FLOATS(-1, 256, NAN, 1.9f)}, odd[] = {FLOATS(NAN, 0.1f, 0)};
    check("cast", "type=uint8", reals, 1, small);
    check("cast", "type=bool", odd, 1, answers);
    static const uint16_t halves[] = {0x3C00, 0xC100, 0x7C00, 0x0001, 0x7BFF};
    const vector          half = {KIN_FLOAT16, 5, halves, false};
    CHECK("cast", "type=float32", FLOATS(1, -2.5f, INFINITY, 0x1p-24f, 65504), half);
    const vector back[] = {FLOATS(1, -2.5f, 65520, 0x1p-24f, 65519)};
    check("cast", "type=float16", back, 1, half);
}

static void test_round(void **state)
{
    (void)state;
    CHECK("round", "", FLOATS(2, 4, -2, -2, 0, 0, 1, 1e9f), FLOATS(2.5f, 3.5f, -2.5f, -1.5f, 0.5f, 0.49999997f, 0.5000001f, 1e9f));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_gather), cmocka_unit_test(test_nan), cmocka_unit_test(test_integers),
                                       cmocka_unit_test(test_cast),
                                       cmocka_unit_test(test_round)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
