/* SPDX-License-Identifier: Apache-2.0
 *
 * Vectors of another model that wait beside those that count, the switch, and what it means for undo, forget and rejections;
 * what the gallery says about itself; backups.
 */
#include "gallery/content.h"

static kin_unembedded next(kin_gallery *g, const char *model, bool rejection, int64_t after)
{
    kin_unembedded item;
    if (kin_gallery_unembedded(g, model, rejection, after, &item) != KIN_OK) fail_msg("%s", kin_error(&ctx));
    return item;
}

static size_t waiting(kin_gallery *g, const char *model, size_t *fresh)
{
    size_t count;
    assert_int_equal(kin_gallery_unembedded_count(g, model, &count, fresh), KIN_OK);
    return count;
}

static void keep(kin_gallery *g, int64_t face, uint64_t i)
{
    float          vector[WIDTH];
    kin_unembedded item = {.id = face};
    make_vector(vector, WIDTH, i);
    if (kin_gallery_fresh(g, MODEL_B, WIDTH, &item, 1, vector) != KIN_OK) fail_msg("%s", kin_error(&ctx));
}

static void test_nothing_counts_before_the_switch(void **state)
{
    (void)state;
    kin_gallery *g = open_gallery();
    size_t       fresh, faces, rejections;
    kin_undone   u;
    for (uint64_t i = 1; i <= 3; i++) put(g, i < 3 ? "Anna" : "Ben", i, i);
    uint64_t before = content();
    assert_int_equal(waiting(g, MODEL_B, &fresh), 3);
    keep(g, 1, 11);
    keep(g, 2, 12);
    assert_int_equal(waiting(g, MODEL_B, &fresh), 1);
    assert_int_equal(fresh, 2);
    assert_int_equal(faces_of(g, MODEL_B), 0);
    kin_gallery_free(g); /* and later, in another program */
    g = open_gallery();
    kin_unembedded item = next(g, MODEL_B, false, 0);
    assert_int_equal(item.id, 3);
    assert_string_equal(item.photo, "photo.jpg");
    kin_unembedded_free(&item);
    keep(g, 3, 13);
    keep(g, 99, 14); /* a face that is gone */
    assert_int_equal(next(g, MODEL_B, false, 0).id, 0);
    assert_int_equal(kin_gallery_switch(g, MODEL_B, WIDTH, &faces, &rejections), KIN_OK);
    assert_true(faces == 3 && rejections == 0);
    assert_int_equal(faces_of(g, MODEL_B), 3);
    assert_int_equal(faces_of(g, MODEL_A), 3);
    assert_int_equal(kin_gallery_switch(g, MODEL_B, WIDTH, &faces, NULL), KIN_OK); /* nothing waits, nothing changes */
    assert_int_equal(faces, 0);
    assert_int_equal(kin_gallery_undo(g, &u), KIN_OK);
    assert_true(!strcmp(u.verb, "upgrade") && u.faces == 3 && u.people == 2);
    assert_int_equal(content(), before);
    kin_gallery_free(g);
}

static void test_wrong_vectors_are_refused(void **state)
{
    (void)state;
    kin_gallery   *g = open_gallery();
    float          vector[WIDTH];
    kin_unembedded item = {.id = 1};
    put(g, "Anna", 1, 1);
    make_vector(vector, WIDTH, 1);
    vector[0] += 1;
    assert_int_equal(kin_gallery_fresh(g, MODEL_B, WIDTH, &item, 1, vector), KIN_E_USAGE);
    make_vector(vector, WIDTH, 1);
    assert_int_equal(kin_gallery_fresh(g, "no fingerprint", WIDTH, &item, 1, vector), KIN_E_USAGE);
    assert_int_equal(kin_gallery_fresh(g, MODEL_B, WIDTH, &item, 1, vector), KIN_OK);
    assert_int_equal(kin_gallery_switch(g, MODEL_B, WIDTH / 2, NULL, NULL), KIN_E_DATABASE);
    assert_int_equal(faces_of(g, MODEL_B), 0);
    kin_gallery_free(g);
}

/* Who is forgotten while an upgrade is under way leaves no vector there either; who is rejected meanwhile is embedded again. */
static void test_changes_meanwhile(void **state)
{
    (void)state;
    kin_gallery  *g = open_gallery();
    float         v[WIDTH];
    size_t        fresh;
    kin_enrolment e = make_enrolment(3);
    e.crop = "picture";
    e.crop_bytes = 7;
    put(g, "Anna", 1, 1);
    put(g, "Ben", 2, 2);
    make_vector(v, WIDTH, 3);
    assert_int_equal(kin_gallery_add(g, "Ben", MODEL_A, WIDTH, v, &e, NULL), KIN_OK);
    for (int64_t face = 1; face <= 3; face++) keep(g, face, (uint64_t)face + 10);
    make_vector(v, WIDTH, 11);
    assert_true(in_files(v, 64));
    assert_int_equal(kin_gallery_forget(g, "Anna", NULL), KIN_OK);
    for (size_t i = 0; i + 8 <= sizeof v; i += 8) assert_false(in_files((char *)v + i, 8));
    make_vector(v, WIDTH, 3);
    assert_int_equal(kin_gallery_reject(g, "Ben", MODEL_A, WIDTH, v, &e, NULL), KIN_OK);
    assert_int_equal(waiting(g, MODEL_B, &fresh), 1);
    assert_int_equal(fresh, 1);
    kin_unembedded item = next(g, MODEL_B, true, 0);
    assert_true(item.id == 1 && item.bytes == 7 && !memcmp(item.picture, "picture", 7));
    kin_unembedded_free(&item);
    kin_gallery_free(g);
}

static void count_fault(void *arg, const char *text)
{
    (void)text;
    ++*(size_t *)arg;
}

static void test_about_check_and_backup(void **state)
{
    (void)state;
    kin_gallery *g = open_gallery(), *copy;
    kin_about    about;
    char         path[400];
    size_t       heard = 0, faults;
    uint64_t     bytes;
    struct stat  s;
    put(g, "Anna", 1, 1);
    put(g, "Ben", 2, 2);
    keep(g, 1, 11);
    assert_int_equal(kin_gallery_about(g, &about), KIN_OK);
    assert_true(about.people == 2 && about.faces == 2 && about.crops == 0 && about.models == 2 && about.changes == 2);
    assert_string_equal(about.model[0].fingerprint, MODEL_A);
    assert_true(about.model[0].width == WIDTH && about.model[0].faces == 2 && about.model[0].people == 2 && !about.model[0].fresh);
    assert_string_equal(about.model[1].fingerprint, MODEL_B);
    assert_true(about.model[1].width == WIDTH && about.model[1].faces == 0 && about.model[1].fresh == 1);
    kin_about_free(&about);
    kin_examiner examiner = {&heard, count_fault, NULL};
    assert_int_equal(kin_gallery_check(g, &examiner, &faults), KIN_OK);
    assert_int_equal(faults, 0);

    snprintf(path, sizeof path, "%s/copy.db", folder);
    assert_int_equal(kin_gallery_backup(g, path, &bytes), KIN_OK);
    assert_int_equal(stat(path, &s), 0);
    assert_true((s.st_mode & 0777) == 0600 && (uint64_t)s.st_size == bytes);
    assert_int_equal(kin_gallery_backup(g, path, NULL), KIN_E_USAGE);
    assert_int_equal(kin_gallery_open_reading(&ctx, path, &copy), KIN_OK);
    assert_int_equal(faces_of(copy, MODEL_A), 2);
    kin_gallery_free(copy);
    kin_gallery_free(g);

    sqlite3 *db; /* behind kin's back */
    assert_int_equal(sqlite3_open(file, &db), SQLITE_OK);
    static const char hurt[] = "UPDATE embedding SET vector = zeroblob(512); UPDATE face SET x1 = x0 - 1 WHERE id = 2";
    assert_int_equal(sqlite3_exec(db, hurt, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
    g = open_gallery();
    assert_int_equal(kin_gallery_check(g, &examiner, &faults), KIN_OK);
    assert_true(faults == 3 && heard == 3);
    kin_gallery_free(g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_nothing_counts_before_the_switch, fresh, clean),
        cmocka_unit_test_setup_teardown(test_wrong_vectors_are_refused, fresh, clean),
        cmocka_unit_test_setup_teardown(test_changes_meanwhile, fresh, clean),
        cmocka_unit_test_setup_teardown(test_about_check_and_backup, fresh, clean),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
