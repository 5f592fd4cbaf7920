/* SPDX-License-Identifier: Apache-2.0
 *
 * What is known of a person beside the faces: set, taken back, merged, over, brought up from an older gallery, forgotten.
 */
#include "gallery/content.h"

static kin_person look(kin_gallery *g, const char *name)
{
    kin_person p;
    if (kin_gallery_person(g, name, NULL, &p) != KIN_OK) fail_msg("%s", kin_error(&ctx));
    return p;
}

static void test_set(void **state)
{
    (void)state;
    kin_gallery *g = open_gallery();
    kin_undone   undone;
    char         longest[KIN_CONSENT_MAX + 2];
    put(g, "Anna", 1, 1);
    assert_string_equal(look(g, "Anna").consent, "");
    assert_int_equal(look(g, "Anna").until, 0);
    const uint64_t before = content();
    assert_int_equal(kin_gallery_set_consent(g, "Anna", "by mail; \"not\" on <the> web, 100 %"), KIN_OK);
    assert_int_equal(kin_gallery_set_until(g, "Anna", 20270000), KIN_OK);
    assert_string_equal(look(g, "Anna").consent, "by mail; \"not\" on <the> web, 100 %");
    assert_int_equal(look(g, "Anna").until, 20271231);
    assert_int_equal(kin_gallery_set_until(g, "Anna", 20240200), KIN_OK);
    assert_int_equal(look(g, "Anna").until, 20240229);
    assert_int_equal(kin_gallery_set_until(g, "Anna", 20240229), KIN_OK); /* as it is: no change to take back */
    for (int i = 0; i < 3; i++) {
        assert_int_equal(kin_gallery_undo(g, &undone), KIN_OK);
        assert_string_equal(undone.verb, "person");
        assert_string_equal(undone.name, "Anna");
    }
    assert_int_equal(content(), before);

    memset(longest, 'x', sizeof longest);
    longest[KIN_CONSENT_MAX + 1] = '\0';
    static const char *const bad[] = {"two\nlines", " blank", "\xff", "\x1b[31m"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(kin_gallery_set_consent(g, "Anna", bad[i]), KIN_E_REFUSED);
        assert_non_null(strstr(kin_error(&ctx), "consent"));
    }
    assert_int_equal(kin_gallery_set_consent(g, "Anna", longest), KIN_E_REFUSED);
    longest[KIN_CONSENT_MAX] = '\0';
    assert_int_equal(kin_gallery_set_consent(g, "Anna", longest), KIN_OK);
    assert_string_equal(look(g, "Anna").consent, longest);
    assert_int_equal(kin_gallery_set_until(g, "Anna", 20240230), KIN_E_USAGE);
    assert_int_equal(kin_gallery_set_consent(g, "Nobody", "x"), KIN_E_NOT_FOUND);
    assert_int_equal(kin_gallery_set_until(g, "Nobody", 20240000), KIN_E_NOT_FOUND);
    kin_gallery_free(g);
}

static void test_over(void **state)
{
    (void)state;
    static const struct {
        int    today;
        size_t count; /* of them, by name: Ben, Anna, Cleo end in this order */
    } day[] = {{20191231, 0}, {20200101, 1}, {20240229, 1}, {20240301, 2}, {20301231, 2}, {20310101, 3}};
    kin_gallery *g = open_gallery();
    kin_people   people;
    put(g, "Anna", 1, 1);
    put(g, "Ben", 2, 2);
    put(g, "Cleo", 3, 3);
    put(g, "Dora", 4, 4); /* no end is known */
    assert_int_equal(kin_gallery_set_until(g, "Ben", 20190000), KIN_OK);
    assert_int_equal(kin_gallery_set_until(g, "Anna", 20240200), KIN_OK);
    assert_int_equal(kin_gallery_set_until(g, "Cleo", 20301231), KIN_OK);
    for (size_t i = 0; i < sizeof day / sizeof *day; i++) {
        assert_int_equal(kin_gallery_expired(g, day[i].today, &people), KIN_OK);
        assert_int_equal(people.count, day[i].count);
        if (people.count) assert_string_equal(people.person[0].name, people.count == 1 ? "Ben" : "Anna");
        kin_people_free(&people);
    }
    assert_int_equal(kin_gallery_set_until(g, "Cleo", 21990000), KIN_OK);
    assert_int_equal(kin_gallery_expired(g, 0, &people), KIN_OK); /* today */
    assert_int_equal(people.count, 2);
    kin_people_free(&people);
    assert_int_equal(kin_gallery_expired(g, 20240230, &people), KIN_E_USAGE);
    assert_int_equal(people.count, 0);
    kin_gallery_free(g);
}

/* Who stays, who goes, what is known of both afterwards; undo parts them as they were. */
static void test_merge(void **state)
{
    (void)state;
    static const struct {
        const char *consent[2];
        int         until[2], born[2];
        const char *after;
        int         end, birth;
    } pair[] = {
        {{"", ""}, {0, 0}, {0, 0}, "", 0, 0},
        {{"a", ""}, {20300101, 0}, {20150302, 0}, "a", 20300101, 20150302},
        {{"", "b"}, {0, 20300101}, {0, 20150302}, "b", 20300101, 20150302},
        {{"a", "b"}, {20300101, 20260101}, {20150302, 20140302}, "b", 20260101, 20150302}, /* the earlier end, with its consent */
        {{"a", "b"}, {20260101, 20300101}, {0, 0}, "a", 20260101, 0},
        {{"a", "b"}, {20260101, 20260101}, {0, 0}, "a", 20260101, 0},
        {{"a", "b"}, {0, 20300101}, {0, 0}, "b", 20300101, 0}, /* an end is earlier than none */
        {{"a", ""}, {20300101, 20260101}, {0, 0}, "a", 20260101, 0},
        {{"", "b"}, {20260101, 20300101}, {0, 0}, "b", 20260101, 0},
        {{"a", "b"}, {0, 0}, {0, 0}, "a", 0, 0},
    };
    kin_gallery *g = open_gallery();
    put(g, "Anna", 1, 1);
    put(g, "Eva", 2, 2);
    for (size_t i = 0; i < sizeof pair / sizeof *pair; i++) {
        for (int k = 0; k < 2; k++) {
            const char *name = k ? "Eva" : "Anna";
            assert_int_equal(kin_gallery_set_consent(g, name, pair[i].consent[k]), KIN_OK);
            assert_int_equal(kin_gallery_set_until(g, name, pair[i].until[k]), KIN_OK);
            assert_int_equal(kin_gallery_set_born(g, name, pair[i].born[k]), KIN_OK);
        }
        const uint64_t before = content();
        assert_int_equal(kin_gallery_merge(g, "Anna", "Eva", NULL), KIN_OK);
        const kin_person both = look(g, "Anna");
        assert_string_equal(both.consent, pair[i].after);
        assert_int_equal(both.until, pair[i].end);
        assert_int_equal(both.born, pair[i].birth);
        assert_int_equal(kin_gallery_undo(g, NULL), KIN_OK);
        assert_int_equal(content(), before);
    }
    kin_gallery_free(g);
}

/* A gallery of before there was consent is brought up to it, and its journal still takes back what was done then. */
static void test_schema_4(void **state)
{
    (void)state;
    sqlite3     *db;
    kin_gallery *g = open_gallery();
    put(g, "Anna", 1, 1);
    assert_int_equal(kin_gallery_set_born(g, "Anna", 20150302), KIN_OK);
    assert_int_equal(kin_gallery_rename(g, "Anna", "Eva"), KIN_OK);
    kin_gallery_free(g);
    assert_int_equal(sqlite3_open(file, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db,
                                  "DELETE FROM trace WHERE field IN ('consent', 'until'); ALTER TABLE person DROP COLUMN consent;"
                                  "ALTER TABLE person DROP COLUMN until; PRAGMA user_version=4",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    sqlite3_close(db);
    g = open_gallery();
    const kin_person eva = look(g, "Eva");
    assert_int_equal(eva.born, 20150302);
    assert_string_equal(eva.consent, "");
    assert_int_equal(eva.until, 0);
    assert_int_equal(kin_gallery_set_consent(g, "Eva", "by mail"), KIN_OK);
    assert_int_equal(kin_gallery_undo(g, NULL), KIN_OK);
    assert_int_equal(kin_gallery_undo(g, NULL), KIN_OK);
    assert_int_equal(look(g, "Anna").born, 20150302);
    assert_int_equal(kin_gallery_undo(g, NULL), KIN_OK);
    assert_int_equal(look(g, "Anna").born, 0);
    kin_gallery_free(g);
}

/* What somebody agreed to is theirs too: neither row nor journal keeps it. */
static void test_forgotten(void **state)
{
    (void)state;
    kin_gallery *g = open_gallery();
    put(g, "Anna", 1, 1);
    put(g, "Ben", 2, 2);
    assert_int_equal(kin_gallery_set_consent(g, "Anna", "Xyzzy said so"), KIN_OK);
    assert_int_equal(kin_gallery_set_consent(g, "Anna", "Quux said so"), KIN_OK); /* the first is in the journal now */
    assert_true(in_files("Xyzzy", 5) && in_files("Quux", 4));
    assert_int_equal(kin_gallery_forget(g, "Anna", NULL), KIN_OK);
    assert_false(in_files("Xyzzy", 5));
    assert_false(in_files("Quux", 4));
    kin_gallery_free(g);
}

/* What a file from elsewhere says. */
static void test_foreign(void **state)
{
    (void)state;
    sqlite3     *db;
    kin_gallery *g = open_gallery();
    kin_people   people;
    size_t       faults;
    put(g, "Anna", 1, 1);
    kin_gallery_free(g);
    assert_int_equal(sqlite3_open(file, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "UPDATE person SET until = 7", NULL, NULL, NULL), SQLITE_OK);
    g = open_gallery();
    assert_int_equal(look(g, "Anna").until, 0);
    assert_int_equal(kin_gallery_expired(g, 0, &people), KIN_OK); /* no date is no end */
    assert_int_equal(people.count, 0);
    kin_people_free(&people);
    assert_int_equal(kin_gallery_check(g, &(kin_examiner){0}, &faults), KIN_OK);
    assert_int_equal(faults, 1);
    assert_int_equal(sqlite3_exec(db, "UPDATE person SET until = 0, consent = hex(zeroblob(500))", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(kin_gallery_people(g, NULL, &people), KIN_E_DATABASE);
    assert_non_null(strstr(kin_error(&ctx), "person 1: no valid consent"));
    assert_int_equal(kin_gallery_check(g, &(kin_examiner){0}, &faults), KIN_OK);
    assert_int_equal(faults, 1);
    sqlite3_close(db);
    kin_gallery_free(g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_set, fresh, clean),      cmocka_unit_test_setup_teardown(test_over, fresh, clean),
        cmocka_unit_test_setup_teardown(test_merge, fresh, clean),    cmocka_unit_test_setup_teardown(test_schema_4, fresh, clean),
        cmocka_unit_test_setup_teardown(test_forgotten, fresh, clean), cmocka_unit_test_setup_teardown(test_foreign, fresh, clean),
    };
    cmocka_set_message_output(CM_OUTPUT_STDOUT);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
