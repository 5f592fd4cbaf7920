/* SPDX-License-Identifier: Apache-2.0
 *
 * Names, renaming, forgetting: nothing of the forgotten is left in any file.
 */
#include <dirent.h>
#include <sqlite3.h>

#include "gallery/fixture.h"

static void test_names(void **state)
{
    (void)state;
    static const char *const good[] = {"Anna",
                                       "O'Brien \"Bob\"; DROP TABLE person;--",
                                       "../../etc/passwd",
                                       "<script>alert(1)</script>",
                                       "M\xC3\xBCller",
                                       "Mu\xCC\x88ller", /* the same to the eye, kept apart as typed */
                                       "\xE5\xA4\xAA\xE9\x83\x8E",
                                       "\xD9\x85\xD8\xB1\xD9\x8A\xD9\x85",
                                       "%s%n \\x1b[31m",
                                       "anna"};
    static const char *const bad[] = {"",
                                      " Anna",
                                      "Anna ",
                                      "Anna\nBen",
                                      "Anna\tBen",
                                      "\x1b[31mred",
                                      "DEL\x7F",
                                      "C1\xC2\x9B[31m",
                                      "line\xE2\x80\xA8sep",
                                      "turn\xE2\x80\xAE",
                                      "\xE2\x81\xA6turn",
                                      "latin\xFC",
                                      "cut\xC3",
                                      "\xE3\x80\x80wide"};
    kin_gallery *g = open_gallery();
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) put(g, good[i], i, i);
    float vector[WIDTH];
    make_vector(vector, WIDTH, 1);
    kin_enrolment e = make_enrolment(1);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(kin_gallery_add(g, bad[i], MODEL_A, WIDTH, vector, &e, NULL), KIN_E_REFUSED);
        for (const char *c = kin_error(&ctx); *c; c++) assert_true((unsigned char)*c >= 0x20 && *c != 0x7F);
    }
    char name[KIN_NAME_MAX + 2];
    memset(name, 'x', sizeof name);
    name[KIN_NAME_MAX + 1] = 0;
    assert_int_equal(kin_gallery_check_name(&ctx, name), KIN_E_REFUSED);
    name[KIN_NAME_MAX] = 0;
    assert_int_equal(kin_gallery_check_name(&ctx, name), KIN_OK);

    kin_people people;
    assert_int_equal(kin_gallery_people(g, NULL, &people), KIN_OK);
    assert_int_equal(people.count, sizeof good / sizeof *good);
    for (size_t i = 0; i < people.count; i++) {
        bool found = false;
        for (size_t k = 0; k < people.count; k++) found |= strcmp(people.person[i].name, good[k]) == 0;
        assert_true(found);
        assert_true(i == 0 || strcmp(people.person[i - 1].name, people.person[i].name) < 0);
    }
    kin_people_free(&people);
    size_t all, untaught;
    assert_int_equal(kin_gallery_untaught(g, MODEL_A, &all, &untaught), KIN_OK);
    assert_true(all == sizeof good / sizeof *good && untaught == 0);
    assert_int_equal(kin_gallery_untaught(g, MODEL_B, &all, &untaught), KIN_OK);
    assert_true(all == sizeof good / sizeof *good && untaught == all);
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        kin_person p;
        kin_match  who;
        assert_int_equal(kin_gallery_person(g, good[i], MODEL_A, &p), KIN_OK);
        assert_int_equal(p.usable, 1);
        make_vector(vector, WIDTH, i);
        assert_int_equal(kin_gallery_set_decision(g, 0, 0.5), KIN_OK);
        assert_int_equal(kin_gallery_match(g, MODEL_A, WIDTH, vector, NULL, &who), KIN_OK);
        assert_string_equal(who.name, good[i]);
    }
    kin_gallery_free(g);
}

static void test_rename(void **state)
{
    (void)state;
    kin_gallery *g = open_gallery();
    float        vector[WIDTH];
    kin_match    before, after;
    kin_enrolled anna = put(g, "Anna", 1, 1);
    put(g, "Ben", 2, 2);
    make_vector(vector, WIDTH, 1);
    kin_gallery_set_decision(g, 0, 0.5);
    assert_int_equal(kin_gallery_match(g, MODEL_A, WIDTH, vector, NULL, &before), KIN_OK);
    assert_int_equal(kin_gallery_rename(g, "Anna", "Ben"), KIN_E_REFUSED);
    assert_int_equal(kin_gallery_rename(g, "Nobody", "Cleo"), KIN_E_NOT_FOUND);
    assert_int_equal(kin_gallery_rename(g, "Anna", "A\nB"), KIN_E_REFUSED);
    assert_int_equal(kin_gallery_rename(g, "Anna", "Anna"), KIN_OK);
    assert_int_equal(kin_gallery_rename(g, "Anna", "Anna Maria"), KIN_OK);
    assert_int_equal(kin_gallery_match(g, MODEL_A, WIDTH, vector, NULL, &after), KIN_OK);
    assert_string_equal(after.name, "Anna Maria");
    assert_int_equal(after.nearest.person, anna.person);
    assert_string_equal(before.name, "Anna"); /* an earlier answer stays readable */
    kin_gallery_free(g);
}

/* Whether any file in the folder holds the bytes. */
static bool in_files(const void *bytes, size_t size)
{
    DIR           *d = opendir(folder);
    struct dirent *entry;
    bool           found = false;
    while ((entry = readdir(d))) {
        char path[600];
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        FILE *f = entry->d_name[0] == '.' ? NULL : fopen(path, "rb");
        if (!f) continue;
        fseek(f, 0, SEEK_END);
        size_t length = (size_t)ftell(f);
        char  *all = malloc(length + 1);
        rewind(f);
        assert_int_equal(fread(all, 1, length, f), length);
        found |= memmem(all, length, bytes, size) != NULL;
        free(all);
        fclose(f);
    }
    closedir(d);
    return found;
}

static void make_crop(unsigned char *crop, size_t size)
{
    kin_random random = kin_random_make(99, 1);
    for (size_t i = 0; i < size; i++) crop[i] = (unsigned char)kin_random_below(&random, 256);
}

static void fill(kin_gallery *g, const char *victim, const float *vector, const unsigned char *crop, size_t size)
{
    char name[40];
    for (uint64_t i = 0; i < 60; i++) {
        snprintf(name, sizeof name, "Person %d", (int)(i % 10));
        put(g, name, i, i);
    }
    kin_enrolment e = make_enrolment(500);
    e.crop = crop;
    e.crop_bytes = size;
    e.photo_name = "very-private-photo.jpg";
    assert_int_equal(kin_gallery_add(g, victim, MODEL_A, WIDTH, vector, &e, NULL), KIN_OK);
    for (uint64_t i = 60; i < 90; i++) put(g, "Person 3", i, i);
}

static void test_forget_leaves_no_byte(void **state)
{
    (void)state;
    float         vector[WIDTH];
    unsigned char crop[20000];
    kin_forgotten receipt;
    make_vector(vector, WIDTH, 777);
    make_crop(crop, sizeof crop);
    kin_gallery *g = open_gallery();
    fill(g, "Zacharias Forgotten", vector, crop, sizeof crop);
    assert_int_equal(kin_gallery_rename(g, "Zacharias Forgotten", "Xaver Forgotten"), KIN_OK);
    assert_true(in_files("Xaver Forgotten", 15)); /* the search itself works */
    assert_true(in_files(vector, 64));
    assert_true(in_files(crop + 100, 32));
    assert_true(in_files("very-private-photo", 18));
    kin_match who;
    kin_gallery_set_decision(g, 0, 0.5);
    assert_int_equal(kin_gallery_match(g, MODEL_A, WIDTH, vector, NULL, &who), KIN_OK);
    assert_string_equal(who.name, "Xaver Forgotten");

    assert_int_equal(kin_gallery_forget(g, "Nobody", &receipt), KIN_E_NOT_FOUND);
    assert_int_equal(kin_gallery_forget(g, "Xaver Forgotten", &receipt), KIN_OK);
    assert_true(receipt.faces == 1 && receipt.vectors == 1 && receipt.crops == 1 && receipt.purged);
    for (int closed = 0; closed < 2; closed++) {
        assert_false(in_files("Forgotten", 9));
        assert_false(in_files("very-private-photo", 18));
        for (size_t i = 0; i + 8 <= sizeof vector; i += 8) assert_false(in_files((char *)vector + i, 8));
        for (size_t i = 0; i + 16 <= sizeof crop; i += 500) assert_false(in_files(crop + i, 16));
        if (closed) break;
        assert_int_equal(kin_gallery_match(g, MODEL_A, WIDTH, vector, NULL, &who), KIN_OK);
        assert_null(who.name);
        assert_int_equal(faces_of(g, MODEL_A), 90);
        kin_gallery_free(g);
    }
    g = open_gallery();
    assert_int_equal(faces_of(g, MODEL_A), 90);
    kin_enrolled again = put(g, "Xaver Forgotten", 500, 777), last = put(g, "Person 0", 0, 0);
    assert_true(again.new_face && !last.new_face && again.person == 12); /* number 11 is not given again */
    kin_gallery_free(g);
}

static void test_forget_beside_a_reader_is_finished_later(void **state)
{
    (void)state;
    kin_gallery  *g = open_gallery();
    sqlite3      *other;
    sqlite3_stmt *reading;
    kin_forgotten receipt;
    float         vector[WIDTH];
    unsigned char crop[3000];
    make_vector(vector, WIDTH, 777);
    make_crop(crop, sizeof crop);
    fill(g, "Zacharias", vector, crop, sizeof crop);
    assert_int_equal(sqlite3_open(file, &other), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(other, "SELECT name FROM person", -1, &reading, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(reading), SQLITE_ROW);
    assert_int_equal(kin_gallery_forget(g, "Zacharias", &receipt), KIN_OK);
    assert_false(receipt.purged);
    assert_true(strlen(kin_error(&ctx)) > 0);
    sqlite3_finalize(reading);
    sqlite3_close(other);
    kin_gallery_free(g);
    g = open_gallery(); /* purges */
    assert_false(in_files("Zacharias", 9));
    assert_false(in_files(crop + 100, 16));
    assert_false(in_files("purge", 5));
    kin_gallery_free(g);
}

static void test_forget_inside_a_group_is_refused(void **state)
{
    (void)state;
    kin_gallery *g = open_gallery();
    put(g, "Anna", 1, 1);
    assert_int_equal(kin_gallery_begin(g), KIN_OK);
    assert_int_equal(kin_gallery_forget(g, "Anna", NULL), KIN_E_USAGE);
    assert_int_equal(kin_gallery_commit(g), KIN_OK);
    assert_int_equal(faces_of(g, MODEL_A), 1);
    kin_gallery_free(g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_names, fresh, clean),
        cmocka_unit_test_setup_teardown(test_rename, fresh, clean),
        cmocka_unit_test_setup_teardown(test_forget_leaves_no_byte, fresh, clean),
        cmocka_unit_test_setup_teardown(test_forget_beside_a_reader_is_finished_later, fresh, clean),
        cmocka_unit_test_setup_teardown(test_forget_inside_a_group_is_refused, fresh, clean),
    };
    cmocka_set_message_output(CM_OUTPUT_STDOUT);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
