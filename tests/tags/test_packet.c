/* SPDX-License-Identifier: Apache-2.0
 *
 * Where photos keep their XMP, and the look at it before a parser: each format by the letter, cut anywhere, lengths that lie.
 */
#include <stdlib.h>
#include <string.h>

#include "tags/tags.h"
#include "support/context.h"

#define XMP "<x:xmpmeta xmlns:x='adobe:ns:meta/'></x:xmpmeta>"
#define NS "http://ns.adobe.com/xap/1.0/\0"

static uint8_t file[4096];
static size_t  length;

static void put(const void *bytes, size_t size)
{
    assert_true(length + size <= sizeof file);
    memcpy(file + length, bytes, size);
    length += size;
}
#define PUT(text) put(text, sizeof(text) - 1)

static void put_number(uint32_t value, int bytes, bool little)
{
    for (int i = 0; i < bytes; i++) {
        const uint8_t byte = (uint8_t)(value >> 8 * (little ? i : bytes - 1 - i));
        put(&byte, 1);
    }
}

/* The text that is found in a copy of the first `size` bytes, "": none. */
static const char *found_in(size_t size)
{
    static char    text[sizeof file + 1];
    const uint8_t *packet;
    size_t         n;
    uint8_t       *copy = malloc(size ? size : 1);
    assert_non_null(copy);
    memcpy(copy, file, size);
    text[0] = 0;
    if (kin_xmp_find(copy, size, &packet, &n)) {
        assert_true(packet >= copy && n <= size && (size_t)(packet - copy) <= size - n && n > 0);
        memcpy(text, packet, n);
        text[n] = 0;
    }
    free(copy);
    return text;
}

/* Cut anywhere there is nothing, or the whole packet where only what is behind it is missing. */
static void check(const char *expected)
{
    assert_string_equal(found_in(length), expected);
    for (size_t size = 0; size < length; size++) {
        const char *part = found_in(size);
        if (*part && strcmp(part, expected) != 0) fail_msg("cut to %zu of %zu bytes: '%s'", size, length, part);
    }
    length = 0;
}

static void segment(uint8_t marker, const void *data, size_t size)
{
    put_number(0xFF, 1, false);
    put_number(marker, 1, false);
    put_number((uint32_t)size + 2, 2, false);
    put(data, size);
}
#define SEGMENT(marker, text) segment(marker, text, sizeof(text) - 1)

static void test_jpeg(void **state)
{
    (void)state;
    PUT("\xFF\xD8");
    SEGMENT(0xE0, "JFIF\0\1\1");
    SEGMENT(0xE1, "Exif\0\0MM\0*");
    PUT("\xFF\xFF\xFF"); /* fill bytes */
    SEGMENT(0xFE, "a comment of " NS);
    PUT("\xFF\x01"); /* without a length */
    SEGMENT(0xE1, "http://ns.adobe.com/xmp/extension/\0" XMP);
    SEGMENT(0xE1, NS XMP);
    SEGMENT(0xE1, NS "another");
    PUT("\xFF\xDA\0\x08 scan \xFF\xD9");
    check(XMP);
    PUT("\xFF\xD8"); /* what stands in the scan is none */
    SEGMENT(0xE0, "JFIF\0\1\1");
    PUT("\xFF\xDA\0\x02");
    SEGMENT(0xE1, NS XMP);
    check("");
    PUT("\xFF\xD8"); /* behind a length that lies */
    PUT("\xFF\xE0\0\1xx");
    SEGMENT(0xE1, NS XMP);
    check("");
    PUT("\xFF\xD8\xFF\xE1\xFF\xFF" NS XMP);
    check("");
    PUT("\xFF\xD8"); /* an empty one */
    SEGMENT(0xE1, NS);
    PUT("\xFF\xD9 something behind");
    check("");
}

static void chunk(const char *type, const void *data, size_t size)
{
    put_number((uint32_t)size, 4, false);
    put(type, 4);
    put(data, size);
    put_number(0, 4, false); /* the sum is not looked at */
}
#define CHUNK(type, text) chunk(type, text, sizeof(text) - 1)
#define KEY "XML:com.adobe.xmp\0"

static void test_png(void **state)
{
    (void)state;
    PUT("\x89PNG\r\n\x1A\n");
    CHUNK("IHDR", "0123456789abc");
    CHUNK("iTXt", "Comment\0\0\0\0\0" XMP);
    CHUNK("tEXt", KEY XMP);
    CHUNK("iTXt", KEY "\0\0en\0title\0" XMP);
    CHUNK("IEND", "");
    check(XMP);
    PUT("\x89PNG\r\n\x1A\n"); /* compressed, and without its text */
    CHUNK("iTXt", KEY "\1\0\0\0xxxxxxxxxxxxxxxx");
    CHUNK("iTXt", KEY "\0\0en");
    CHUNK("iTXt", KEY "\0\0en\0title");
    CHUNK("IEND", "");
    check("");
    PUT("\x89PNG\r\n\x1A\n\xFF\xFF\xFF\xFFiTXt" KEY "\0\0\0\0" XMP);
    check("");
}

static void riff(const char *type, const void *data, size_t size)
{
    put(type, 4);
    put_number((uint32_t)size, 4, true);
    put(data, size);
    if (size & 1) put("", 1);
}

static void test_webp(void **state)
{
    (void)state;
    PUT("RIFF\xFF\xFF\0\0WEBP");
    riff("VP8X", "0123456789", 10);
    riff("VP8 ", "odd", 3);
    riff("XMP ", XMP, sizeof XMP - 1);
    riff("EXIF", "x", 1);
    check(XMP);
    PUT("RIFF\xFF\xFF\0\0WEBPVP8 \xFF\xFF\xFF\xFFXMP ");
    check("");
    PUT("RIFF\xFF\xFF\0\0WEBP"); /* odd, and nothing behind */
    riff("VP8 ", "odd", 3);
    length--;
    check("");
}

static void test_others(void **state)
{
    (void)state;
    PUT("II*\0 some tags <?xpacket?> " XMP " behind, </x:xmpmeta>");
    check(XMP);
    PUT("\0\0\0\x18" "ftypheic and no xmp: <x:xmpmeta ...");
    check("");
    PUT("II*\0 </x:xmpmeta> before <x:xmpmeta");
    check("");
}

static void test_any_flip(void **state)
{
    (void)state;
    PUT("\xFF\xD8");
    SEGMENT(0xE0, "JFIF\0\1\1");
    SEGMENT(0xE1, NS XMP);
    PUT("\xFF\xDA");
    for (size_t at = 0; at < length; at++)
        for (int bit = 0; bit < 8; bit++) {
            file[at] ^= (uint8_t)(1 << bit);
            found_in(length); /* asserts that it lies inside */
            file[at] ^= (uint8_t)(1 << bit);
        }
    length = 0;
}

/* --- the look --- */

static kin_status look(const char *text, size_t size)
{
    uint8_t *copy = malloc(size ? size : 1);
    assert_non_null(copy);
    memcpy(copy, text, size);
    kin_status status = kin_xmp_check(&ctx, copy, size);
    free(copy);
    return status;
}

static void test_look(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        kin_status  status;
    } rows[] = {
        {XMP, KIN_OK},
        {"<?xpacket begin='\xEF\xBB\xBF'?>" XMP "<?xpacket end='w'?>", KIN_OK},
        {"<a><!-- <!DOCTYPE --><![CDATA[<!DOCTYPE]]></a>", KIN_OK},
        {"<a b='<!DOCTYPE' c=\"</a>\"/>", KIN_OK},
        {"<!DOCTYPE a [<!ENTITY b \"bb\">]><a/>", KIN_E_FORMAT},
        {"<a><!ENTITY b 'bb'></a>", KIN_E_FORMAT},
        {"", KIN_E_FORMAT},
        {"\xFF\xFE<\0a\0", KIN_E_FORMAT},
        {"<a>\xC0\x80</a>", KIN_E_FORMAT},
        {"<", KIN_OK}, /* whether it is well formed is the parser's to say */
        {"<a", KIN_OK}, {"<!", KIN_E_FORMAT}, {"<!--", KIN_OK}, {"<![CDATA[", KIN_OK}, {"<?", KIN_OK}, {"</", KIN_OK}, {"<a b='", KIN_OK},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (look(rows[i].text, strlen(rows[i].text)) != rows[i].status) fail_msg("'%s'", rows[i].text);
    assert_int_equal(look("<a>\0</a>", 8), KIN_E_FORMAT);
}

static void test_depth(void **state)
{
    (void)state;
    char text[1000] = "";
    for (int depth = 1; depth <= 60; depth++) {
        strcat(text, "<a>");
        assert_int_equal(look(text, strlen(text)), depth <= 40 ? KIN_OK : KIN_E_FORMAT);
    }
    text[0] = 0;
    for (int i = 0; i < 100; i++) strcat(text, i % 2 ? "</a>" : "<a><b/>");
    assert_int_equal(look(text, strlen(text)), KIN_OK);
}

static void test_size(void **state)
{
    (void)state;
    char *text = malloc((size_t)KIN_XMP_MAX_BYTES + 1);
    assert_non_null(text);
    memset(text, ' ', (size_t)KIN_XMP_MAX_BYTES + 1);
    assert_int_equal(kin_xmp_check(&ctx, (uint8_t *)text, KIN_XMP_MAX_BYTES), KIN_OK);
    assert_int_equal(kin_xmp_check(&ctx, (uint8_t *)text, (size_t)KIN_XMP_MAX_BYTES + 1), KIN_E_LIMIT);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_jpeg), TEST(test_png),  TEST(test_webp),  TEST(test_others),
        TEST(test_any_flip), TEST(test_look), TEST(test_depth), TEST(test_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
