/* SPDX-License-Identifier: Apache-2.0
 *
 * The room base: memory limit, arena, buffer, error text, UTF-8, random numbers.
 */
#include <string.h>

#include "base/memory.h"
#include "base/number.h"
#include "base/random.h"
#include "base/text.h"
#include "support/cmocka.h"

static kin_context ctx;

static int setup(void **state)
{
    (void)state;
    kin_context_init(&ctx);
    return 0;
}

static void test_limit_refuses_before_allocating(void **state)
{
    (void)state;
    ctx.max_memory = 1000;
    void *block = &ctx;
    assert_int_equal(kin_alloc(&ctx, 5000, &block), KIN_E_LIMIT);
    assert_null(block);
    assert_non_null(strstr(kin_error(&ctx), "5000"));
    assert_int_equal(kin_alloc_zero(&ctx, SIZE_MAX / 2, 4, &block), KIN_E_LIMIT);
    assert_int_equal(kin_alloc(&ctx, SIZE_MAX, &block), KIN_E_LIMIT);
    assert_int_equal(ctx.memory, 0);
    assert_int_equal(kin_alloc(&ctx, 100, &block), KIN_OK);
    assert_int_equal((uintptr_t)block % KIN_ALIGN, 0);
    kin_release(&ctx, block);
    assert_int_equal(ctx.memory, 0);
}

static void test_arena_gives_cleared_aligned_memory(void **state)
{
    (void)state;
    kin_arena arena = kin_arena_make(&ctx);
    for (size_t i = 1; i < 3000; i += 37) {
        unsigned char *p;
        assert_int_equal(kin_arena_alloc(&arena, i, 3, &p), KIN_OK);
        assert_int_equal((uintptr_t)p % (i * 3 >= 1024 ? KIN_ALIGN : 16), 0);
        for (size_t k = 0; k < i * 3; k++) assert_int_equal(p[k], 0);
        memset(p, 0xAA, i * 3);
    }
    kin_arena_free(&arena);
    assert_int_equal(ctx.memory, 0);
}

static void test_buffer_grows_and_prints(void **state)
{
    (void)state;
    kin_buffer buffer = kin_buffer_make(&ctx);
    for (int i = 0; i < 1000; i++) assert_int_equal(kin_buffer_text(&buffer, "%d,", i), KIN_OK);
    assert_int_equal(buffer.size, 10 * 2 + 90 * 3 + 900 * 4);
    assert_memory_equal(buffer.data, "0,1,2,", 6);
    assert_memory_equal(buffer.data + buffer.size - 4, "999,", 4);
    kin_buffer_free(&buffer);
    assert_int_equal(ctx.memory, 0);
}

static void test_error_text_is_cut_at_a_character(void **state)
{
    (void)state;
    char long_text[KIN_ERROR_BYTES * 2 + 1];
    for (size_t i = 0; i < sizeof long_text - 1; i += 2) memcpy(long_text + i, "\xC3\xA9", 2);
    long_text[sizeof long_text - 1] = 0;
    assert_int_equal(kin_fail(&ctx, KIN_E_IO, "x%s", long_text), KIN_E_IO);
    assert_true(kin_utf8_valid(ctx.error, strlen(ctx.error)));
    assert_true(strlen(ctx.error) >= KIN_ERROR_BYTES - 3);
    kin_fail(&ctx, KIN_E_FORMAT, "bad");
    assert_int_equal(kin_fail_prefix(&ctx, KIN_E_FORMAT, "a.jpg"), KIN_E_FORMAT);
    assert_string_equal(kin_error(&ctx), "a.jpg: bad");
}

static void test_utf8(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool        valid;
    } cases[] = {{"plain", true},      {"Zo\xC3\xAB", true},      {"\xF0\x9F\x98\x80", true}, {"\xC0\x80", false},
                 {"\xED\xA0\x80", false}, {"\xF4\x90\x80\x80", false}, {"\xC3", false},          {"\x80", false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(kin_utf8_valid(cases[i].text, strlen(cases[i].text)), cases[i].valid);
    char out[12];
    assert_string_equal(kin_printable("a\x1b[31m\xFFz", 8, out, sizeof out), "a?[31m?z");
    assert_string_equal(kin_printable("a long long text", 16, out, sizeof out), "a long l...");
}

static void test_numbers(void **state)
{
    (void)state;
    static const double      values[] = {0, -0.5, 1e-3, 0.1, 1.0 / 3, 123456789, 1e300, -1e-300, 0.0123};
    static const char *const texts[] = {"0", "-0.5", "0.001", "0.1", "0.3333333333333333", "123456789", "1e+300", "-1e-300", "0.0123"};
    static const char *const none[] = {"", "x", "1x", "1.2.3", "0,5", " "};
    char                     text[KIN_NUMBER_TEXT];
    double                   back;
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        assert_string_equal(kin_number_text(values[i], text), texts[i]);
        assert_true(kin_number_read(text, &back) && back == values[i]);
    }
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) assert_false(kin_number_read(none[i], &back));
}

static void test_random_is_fixed_and_even(void **state)
{
    (void)state;
    kin_random a = kin_random_make(7, 1), b = kin_random_make(7, 1), c = kin_random_make(7, 2);
    uint64_t   first = kin_random_u64(&a);
    assert_true(first == kin_random_u64(&b) && first != kin_random_u64(&c));
    int    count[6] = {0};
    double sum = 0, square = 0;
    for (int i = 0; i < 60000; i++) {
        count[kin_random_below(&a, 6)]++;
        double x = kin_random_normal(&a);
        sum += x;
        square += x * x;
    }
    for (int i = 0; i < 6; i++) assert_in_range(count[i], 9600, 10400);
    assert_true(sum / 60000 < 0.02 && sum / 60000 > -0.02);
    assert_true(square / 60000 < 1.03 && square / 60000 > 0.97);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_limit_refuses_before_allocating, setup),
        cmocka_unit_test_setup(test_arena_gives_cleared_aligned_memory, setup),
        cmocka_unit_test_setup(test_buffer_grows_and_prints, setup),
        cmocka_unit_test_setup(test_error_text_is_cut_at_a_character, setup),
        cmocka_unit_test_setup(test_utf8, setup),
        cmocka_unit_test_setup(test_numbers, setup),
        cmocka_unit_test_setup(test_random_is_fixed_and_even, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
