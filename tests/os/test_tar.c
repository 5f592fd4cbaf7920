/* SPDX-License-Identifier: Apache-2.0
 *
 * os/tar: what is written is read, whatever an archive claims nothing outside its bytes is, and a name is only a name.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "os/tar.h"
#include "support/cmocka.h"

static kin_context ctx;

/* A header's field, and its sum again. Fields: facts of POSIX ustar. */
enum { SIZE = 124, SUM = 148, TYPE = 156, MAGIC = 257 };

static void seal(uint8_t *header)
{
    unsigned sum = 0;
    memset(header + SUM, ' ', 8);
    for (int i = 0; i < KIN_TAR_BLOCK; i++) sum += header[i];
    snprintf((char *)header + SUM, 8, "%06o", sum);
}

/* "name" with `size` bytes of 'x', whole blocks; returns the bytes in all. */
static size_t put(uint8_t *out, const char *name, size_t size)
{
    size_t whole = (size + KIN_TAR_BLOCK - 1) / KIN_TAR_BLOCK * KIN_TAR_BLOCK;
    assert_int_equal(kin_tar_header(&ctx, name, size, out), KIN_OK);
    memset(out + KIN_TAR_BLOCK, 0, whole);
    memset(out + KIN_TAR_BLOCK, 'x', size);
    return KIN_TAR_BLOCK + whole;
}

/* The entries in a copy of just these bytes; their names in `names` with a blank behind each. -1: refused. */
static int walk(const uint8_t *bytes, size_t size, char *names)
{
    uint8_t      *copy = malloc(size ? size : 1);
    size_t        at = 0, before;
    kin_tar_entry entry;
    bool          more = true;
    int           count = 0;
    memcpy(copy, bytes, size);
    *names = '\0';
    for (;;) {
        before = at;
        kin_status status = kin_tar_next(&ctx, copy, size, &at, &entry, &more);
        assert_true(at <= size);
        if (status != KIN_OK) {
            assert_int_equal(status, KIN_E_FORMAT);
            assert_false(more);
            count = -1;
        }
        if (status != KIN_OK || !more) break;
        assert_true(at > before && strlen(entry.name) <= KIN_TAR_NAME_MAX);
        assert_true(entry.data >= copy && entry.data + entry.size <= copy + size);
        for (size_t i = 0; i < entry.size; i++) assert_int_equal(entry.data[i], 'x');
        strcat(strcat(names, entry.name), " ");
        count++;
    }
    free(copy);
    return count;
}

static void test_names_are_only_names(void **state)
{
    (void)state;
    static uint8_t bytes[64 * KIN_TAR_BLOCK];
    char           names[1000], longest[KIN_TAR_NAME_MAX + 2], wanted[1000] = "";
    memset(longest, 'n', sizeof longest);
    longest[KIN_TAR_NAME_MAX] = '\0';
    const char *const name[] = {"gallery.json", "../../etc/passwd", "/etc/passwd", "a\nb", "\x1b[31m", longest};
    size_t            size = 0;
    for (size_t i = 0; i < sizeof name / sizeof *name; i++) {
        size += put(bytes + size, name[i], 700 * i % 1500);
        strcat(strcat(wanted, name[i]), " ");
    }
    memset(bytes + size, 0, 2 * KIN_TAR_BLOCK);
    assert_int_equal(walk(bytes, size + 2 * KIN_TAR_BLOCK, names), 6);
    assert_string_equal(names, wanted);
    assert_int_equal(walk(bytes, size, names), 6); /* no blocks of zeros at the end */
}

static void test_what_does_not_fit_is_not_written(void **state)
{
    (void)state;
    uint8_t header[KIN_TAR_BLOCK];
    char    name[KIN_TAR_NAME_MAX + 2];
    memset(name, 'n', sizeof name);
    name[KIN_TAR_NAME_MAX + 1] = '\0';
    assert_int_equal(kin_tar_header(&ctx, name, 1, header), KIN_E_LIMIT);
    assert_int_equal(kin_tar_header(&ctx, "a", UINT64_C(1) << 33, header), KIN_E_LIMIT);
    assert_int_equal(kin_tar_header(&ctx, "a", UINT64_MAX, header), KIN_E_LIMIT);
    assert_int_equal(kin_tar_header(&ctx, "a", (UINT64_C(1) << 33) - 1, header), KIN_OK);
    assert_string_equal((char *)header + SIZE, "77777777777");
}

static void test_cut_anywhere(void **state)
{
    (void)state;
    uint8_t bytes[6 * KIN_TAR_BLOCK];
    char    names[300];
    size_t  first = put(bytes, "one", 700), size = first + put(bytes + first, "two", 10);
    for (size_t cut = 0; cut <= size; cut++) {
        int count = walk(bytes, cut, names);
        if (cut < KIN_TAR_BLOCK + 700 || (cut >= first + KIN_TAR_BLOCK && cut < first + KIN_TAR_BLOCK + 10))
            assert_int_equal(count, -1);
        else if (cut < first + KIN_TAR_BLOCK)
            assert_string_equal(names, "one "); /* what is no whole header is no more */
        else
            assert_string_equal(names, "one two ");
    }
}

/* A size as the archive claims it; the sum is right. */
static int sized(const char *field, char *names)
{
    uint8_t bytes[4 * KIN_TAR_BLOCK];
    size_t  size = put(bytes, "one", 700);
    memset(bytes + SIZE, 0, 12);
    memcpy(bytes + SIZE, field, strlen(field));
    seal(bytes);
    return walk(bytes, size, names);
}

static void test_sizes_that_cannot_be(void **state)
{
    (void)state;
    char names[300];
    assert_int_equal(sized("00000001274", names), 1); /* 700 */
    assert_int_equal(sized("       1274", names), 1);
    assert_int_equal(sized("1274 ", names), 1);
    static const char *const none[] = {"00000002001", "77777777777", "777777777777", "-1", "00000001278", "0x10",
                                       "\x80\1\1\1\1\1\1\1\1\1\1\1", "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        assert_int_equal(sized(none[i], names), -1);
}

static void test_damaged_headers(void **state)
{
    (void)state;
    uint8_t bytes[4 * KIN_TAR_BLOCK];
    char    names[300];
    size_t  size = put(bytes, "one", 700);
    for (size_t at = 0; at < KIN_TAR_BLOCK; at++) /* the sum sees each byte; its own last two are no number */
        if (at < SUM + 6 || at >= SUM + 8) {
            bytes[at] ^= 2;
            assert_int_equal(walk(bytes, size, names), -1);
            bytes[at] ^= 2;
        }
    memcpy(bytes + MAGIC, "USTAR", 5);
    seal(bytes);
    assert_int_equal(walk(bytes, size, names), -1);
    memset(bytes, 0, sizeof bytes);
    assert_int_equal(walk(bytes, sizeof bytes, names), -1);
    assert_int_equal(walk(bytes, 0, names), -1);
    assert_int_equal(walk((const uint8_t *)"no tar at all", 13, names), -1);
}

/* Links, folders, devices, pax headers with their bytes: passed over, also as the last. */
static void test_only_plain_files(void **state)
{
    (void)state;
    static uint8_t bytes[40 * KIN_TAR_BLOCK];
    char           names[300];
    size_t         size = 0, last = 0;
    for (const char *type = "1234567xgLKS"; *type; type++) {
        last = size;
        size += put(bytes + size, "other", 600);
        bytes[last + TYPE] = (uint8_t)*type;
        seal(bytes + last);
        if (*type != '3') continue;
        last = size;
        size += put(bytes + size, "plain", 5);
        bytes[last + TYPE] = '\0'; /* as tar was before POSIX */
        seal(bytes + last);
    }
    assert_int_equal(walk(bytes, size, names), 1);
    assert_string_equal(names, "plain ");
}

static int begin(void **state)
{
    (void)state;
    kin_context_init(&ctx);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names_are_only_names),   cmocka_unit_test(test_what_does_not_fit_is_not_written),
        cmocka_unit_test(test_cut_anywhere),           cmocka_unit_test(test_sizes_that_cannot_be),
        cmocka_unit_test(test_damaged_headers),        cmocka_unit_test(test_only_plain_files),
    };
    cmocka_set_message_output(CM_OUTPUT_STDOUT);
    return cmocka_run_group_tests(tests, begin, NULL);
}
