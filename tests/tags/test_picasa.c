/* SPDX-License-Identifier: Apache-2.0
 *
 * .picasa.ini: faces and names by the letter, what is none of both, hostile files, no memory.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tags/tags.h"
#include "support/context.h"
#include "support/oom.h"

static kin_regions list;
static size_t      unnamed;

/* The regions of a.jpg, read from a copy of just that size. */
static kin_status read_from(kin_context *c, const char *ini, size_t size)
{
    uint8_t *copy = malloc(size ? size : 1);
    assert_non_null(copy);
    memcpy(copy, ini, size);
    list = kin_regions_make(c);
    unnamed = 0;
    kin_status status = kin_picasa_read(c, copy, size, "a.jpg", &list, &unnamed);
    free(copy);
    return status;
}

static void read_ok(const char *ini)
{
    if (read_from(&ctx, ini, strlen(ini)) != KIN_OK) fail_msg("%s", kin_error(&ctx));
}

#define PEOPLE "[Contacts2]\r\n8e62398ebda8c1a5=Anna Miller;;\r\nd736528ba71f2254=Ben\r\n"

static void test_faces_and_names(void **state)
{
    (void)state;
    read_ok("[Picasa]\nname=Trip\n[b.jpg]\nfaces=rect64(0000000040004000),d736528ba71f2254\n[A.JPG]\r\nrotate=rotate(0)\r\n"
            "faces=rect64(33336666cccc9999),8e62398ebda8c1a5;rect64(1fff00003fff8000),d736528ba71f2254\r\n" PEOPLE);
    assert_int_equal(list.count, 2);
    assert_string_equal(list.region[0].name, "Anna Miller");
    assert_string_equal(list.region[1].name, "Ben");
    const kin_area a = list.region[0].area;
    assert_true(fabs(a.x0 - 0.2) < 1e-4 && fabs(a.y0 - 0.4) < 1e-4 && fabs(a.x1 - 0.8) < 1e-4 && fabs(a.y1 - 0.6) < 1e-4);
    assert_int_equal(list.region[0].kind, KIN_REGION_PICASA);
    assert_true(list.region[0].width == 0);
    kin_regions_free(&list);
}

/* Leading zeros are left out: 0x1000200030004000 >> 4 is a face at the left edge. */
static void test_short_numbers(void **state)
{
    (void)state;
    read_ok("[a.jpg]\nfaces=rect64(100200030004000),d736528ba71f2254\n" PEOPLE);
    assert_int_equal(list.count, 1);
    assert_true(fabs(list.region[0].area.x0 - 0x100 / 65535.0) < 1e-9 && fabs(list.region[0].area.y1 - 0x4000 / 65535.0) < 1e-9);
    kin_regions_free(&list);
}

static void test_who_is_nobody(void **state)
{
    (void)state;
    read_ok("[a.jpg]\nfaces=rect64(33336666cccc9999),ffffffffffffffff;rect64(33336666cccc9999),1234\n" PEOPLE);
    assert_int_equal(list.count, 0);
    assert_int_equal(unnamed, 1); /* all f: nobody was named, that is no loss */
    kin_regions_free(&list);
}

/* Picasa 3.8 kept accounts there; the name may stand further down. */
static void test_accounts_are_no_names(void **state)
{
    (void)state;
    read_ok("[a.jpg]\nfaces=rect64(33336666cccc9999),d736528ba71f2254\n[Contacts]\nd736528ba71f2254=joedoe_lh,6dc6a330c4804e8\n");
    assert_int_equal(list.count, 0);
    assert_int_equal(unnamed, 1);
    kin_regions_free(&list);
    read_ok("[a.jpg]\nfaces=rect64(33336666cccc9999),d736528ba71f2254\n[Contacts]\nd736528ba71f2254=joedoe_lh,6dc6a330c4804e8\n" PEOPLE);
    assert_int_equal(list.count, 1);
    assert_string_equal(list.region[0].name, "Ben");
    kin_regions_free(&list);
    read_ok("[a.jpg]\nfaces=rect64(33336666cccc9999),ab\n[Contacts2]\nab=Doe_lh, Jane;;\n");
    assert_int_equal(list.count, 1);
    assert_string_equal(list.region[0].name, "Doe_lh, Jane");
    kin_regions_free(&list);
}

static void test_what_is_no_face(void **state)
{
    (void)state;
    static const char *const faces[] = {
        "", ";", ";;;", "rect64", "rect64(", "rect64()", "rect64(),ab", "rect64(33336666cccc9999)", "rect64(33336666cccc9999),",
        "rect64(33336666cccc9999)ab", "rect64(33336666cccc99990),ab", "rect64(3333g666cccc9999),ab", "rect64(33336666cccc9999),xy",
        "rect64(33336666cccc9999),00000000000000ab0", "rect(33336666cccc9999),ab", "33336666cccc9999,ab", "rect64(cccc666633339999),ab",
        "rect64(3333666633336666),ab", "rect64(0),ab", "rect64(-1),ab", "rect64( 33336666cccc9999),ab",
    };
    for (size_t i = 0; i < sizeof faces / sizeof *faces; i++) {
        char ini[200];
        snprintf(ini, sizeof ini, "[a.jpg]\nfaces=%s\n[Contacts2]\nab=Anna;;\n", faces[i]);
        read_ok(ini);
        if (list.count || unnamed) fail_msg("'%s' is a face", faces[i]);
        kin_regions_free(&list);
    }
}

static void test_names_that_are_none(void **state)
{
    (void)state;
    static const char *const names[] = {"", ";", ";Anna", "\xff\xfe", "Ann\xc3"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char ini[200];
        snprintf(ini, sizeof ini, "[a.jpg]\nfaces=rect64(33336666cccc9999),ab\n[Contacts2]\nab=%s\n", names[i]);
        read_ok(ini);
        if (list.count || unnamed != 1) fail_msg("name %zu", i);
        kin_regions_free(&list);
    }
}

static void test_too_much(void **state)
{
    enum { FACES = KIN_REGIONS_MAX + 1, EACH = 28 };
    (void)state;
    static char ini[FACES * EACH + 100];
    size_t      n = (size_t)sprintf(ini, "[a.jpg]\nfaces=");
    for (int i = 0; i < FACES; i++) n += (size_t)sprintf(ini + n, "rect64(33336666cccc9999),ab;");
    sprintf(ini + n, "\n[Contacts2]\nab=Anna;;\n");
    assert_int_equal(read_from(&ctx, ini, strlen(ini)), KIN_E_LIMIT);
    kin_regions_free(&list);
    assert_int_equal(kin_picasa_read(&ctx, (const uint8_t *)ini, (size_t)KIN_PICASA_MAX_BYTES + 1, "a.jpg", &list, &unnamed), KIN_E_LIMIT);
    const size_t long_line = (64 << 10) + 20; /* a line longer than any of Picasa's is passed over */
    char        *wide = malloc(long_line + 100);
    assert_non_null(wide);
    memset(wide, ' ', long_line + 100);
    memcpy(wide, "[a.jpg]\nfaces=rect64(33336666cccc9999),ab;", 42);
    strcpy(wide + long_line, "x\n[Contacts2]\nab=Anna\n");
    assert_int_equal(read_from(&ctx, wide, strlen(wide)), KIN_OK);
    assert_int_equal(list.count, 0);
    kin_regions_free(&list);
    free(wide);
}

static const char whole[] = "[a.jpg]\nfaces=rect64(33336666cccc9999),8e62398ebda8c1a5;rect64(1fff00003fff8000),d736528ba71f2254\n" PEOPLE;

/* Cut anywhere: fewer faces, no error. */
static void test_cut(void **state)
{
    (void)state;
    for (size_t size = 0; size < sizeof whole; size++) {
        assert_int_equal(read_from(&ctx, whole, size), KIN_OK);
        assert_true(list.count <= 2);
        kin_regions_free(&list);
    }
}

static kin_status way(kin_context *c)
{
    kin_status status = read_from(c, whole, sizeof whole - 1);
    kin_regions_free(&list);
    return status;
}

static void test_no_memory(void **state)
{
    (void)state;
    oom_walk(&ctx, way, 3, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_faces_and_names), TEST(test_short_numbers),       TEST(test_who_is_nobody), TEST(test_accounts_are_no_names),
        TEST(test_what_is_no_face), TEST(test_names_that_are_none), TEST(test_too_much),      TEST(test_cut),
        TEST(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
