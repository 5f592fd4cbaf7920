/* SPDX-License-Identifier: Apache-2.0
 *
 * app/base64: the examples of RFC 4648, every length there and back, and texts that are none.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "app/base64.h"
#include "support/cmocka.h"

static void test_examples(void **state)
{
    (void)state;
    static const char *const pair[][2] = {{"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foob", "Zm9vYg=="},
                                          {"fooba", "Zm9vYmE="}, {"foobar", "Zm9vYmFy"}, {"\xfb\xff\xbf", "+/+/"}};
    for (size_t i = 0; i < sizeof pair / sizeof *pair; i++) {
        char  *text = kin_base64_write(pair[i][0], strlen(pair[i][0])), out[8] = "";
        size_t size;
        assert_string_equal(text, pair[i][1]);
        free(text);
        assert_true(kin_base64_read(pair[i][1], out, sizeof out, &size));
        assert_int_equal(size, strlen(pair[i][0]));
        assert_memory_equal(out, pair[i][0], size);
    }
}

/* Into just as much room as there must be; one byte less is refused. */
static void test_there_and_back(void **state)
{
    (void)state;
    uint8_t bytes[80];
    for (size_t size = 0; size < sizeof bytes; size++) {
        bytes[size] = (uint8_t)(size * 167 + 13);
        char    *text = kin_base64_write(bytes, size);
        uint8_t *out = malloc(size ? size : 1);
        size_t   got;
        assert_true(kin_base64_read(text, out, size, &got));
        assert_int_equal(got, size);
        assert_memory_equal(out, bytes, size);
        if (size) assert_false(kin_base64_read(text, out, size - 1, &got));
        free(out);
        free(text);
    }
}

static void test_none(void **state)
{
    (void)state;
    static const char *const none[] = {"Z", "Zg", "Zg=", "Zg==Z", "Zg==Zg==", "====", "Z===", "Zm=v", "Zm9\n", "Zm9 ", "-_-_",
                                       "Zm\xc3\xa4", "\x80\x80\x80\x80", "=Zm9", "Zm9vZ=g="};
    char   out[64];
    size_t size;
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) assert_false(kin_base64_read(none[i], out, sizeof out, &size));
    for (int c = 1; c < 256; c++) { /* each byte at each place: in the alphabet or refused */
        const bool digit = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
        for (int at = 0; at < 4; at++) {
            char text[5] = "AAAA";
            text[at] = (char)c;
            assert_int_equal(kin_base64_read(text, out, sizeof out, &size), digit || (c == '=' && at == 3));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_examples), cmocka_unit_test(test_there_and_back), cmocka_unit_test(test_none)};
    cmocka_set_message_output(CM_OUTPUT_STDOUT);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
