/* SPDX-License-Identifier: Apache-2.0
 *
 * The gallery as a file: made, opened again, add and list, the same enrolment twice, modes, default path.
 */
#include "gallery/fixture.h"

static void test_people_stay(void **state)
{
    (void)state;
    kin_gallery *g = open_gallery();
    assert_true(kin_gallery_writable(g));
    kin_enrolled first = put(g, "Anna", 1, 1);
    assert_true(first.new_person && first.new_face && first.new_vector);
    assert_int_equal(first.other, 0);
    kin_enrolled second = put(g, "Anna", 2, 2), ben = put(g, "Ben", 3, 3);
    assert_false(second.new_person);
    assert_int_equal(second.person, first.person);
    assert_int_not_equal(ben.person, first.person);
    kin_gallery_free(g);

    g = open_gallery();
    kin_people people;
    assert_int_equal(kin_gallery_people(g, MODEL_A, &people), KIN_OK);
    assert_int_equal(people.count, 2);
    assert_string_equal(people.person[0].name, "Anna");
    assert_int_equal(people.person[0].faces, 2);
    assert_int_equal(people.person[0].usable, 2);
    assert_int_equal(people.person[0].models, 1);
    assert_true(people.person[0].created > 1700000000);
    assert_string_equal(people.person[1].name, "Ben");
    kin_people_free(&people);
    assert_int_equal(kin_gallery_people(g, MODEL_B, &people), KIN_OK);
    assert_int_equal(people.person[0].usable, 0);
    kin_people_free(&people);

    kin_vectors vectors;
    float       want[WIDTH];
    assert_int_equal(kin_gallery_vectors(g, "Anna", MODEL_A, &vectors), KIN_OK);
    assert_int_equal(vectors.count, 2);
    assert_int_equal(vectors.width, WIDTH);
    assert_int_equal(vectors.face[1], second.face);
    make_vector(want, WIDTH, 2);
    assert_memory_equal(vectors.vector + WIDTH, want, sizeof want);
    kin_vectors_free(&vectors);
    assert_int_equal(kin_gallery_vectors(g, "Nobody", MODEL_A, &vectors), KIN_OK);
    assert_int_equal(vectors.count, 0);
    kin_vectors_free(&vectors);
    kin_gallery_free(g);
}

static void test_same_enrolment_adds_nothing(void **state)
{
    (void)state;
    kin_gallery  *g = open_gallery();
    kin_enrolled  first = put(g, "Anna", 1, 1), again = put(g, "Anna", 1, 1);
    assert_false(again.new_person || again.new_face || again.new_vector);
    assert_int_equal(again.face, first.face);
    assert_int_equal(faces_of(g, MODEL_A), 1);

    float         vector[WIDTH];
    kin_enrolled  r;
    kin_enrolment e = make_enrolment(1);
    make_vector(vector, WIDTH, 1);
    e.face.box.x0 += 5; /* another run of the detector, about the same box */
    assert_int_equal(kin_gallery_add(g, "Anna", MODEL_A, WIDTH, vector, &e, &r), KIN_OK);
    assert_false(r.new_face);
    e.face.box.x0 += 100, e.face.box.x1 += 100; /* somebody beside */
    assert_int_equal(kin_gallery_add(g, "Anna", MODEL_A, WIDTH, vector, &e, &r), KIN_OK);
    assert_true(r.new_face);

    e = make_enrolment(1); /* another model's vector and a crop complete the face */
    e.crop = "PNG bytes";
    e.crop_bytes = 9;
    assert_int_equal(kin_gallery_add(g, "Anna", MODEL_B, WIDTH, vector, &e, &r), KIN_OK);
    assert_true(!r.new_face && r.new_vector && r.face == first.face);
    size_t people, faces, others;
    assert_int_equal(kin_gallery_count(g, MODEL_B, &people, &faces, &others), KIN_OK);
    assert_true(people == 1 && faces == 1 && others == 1);

    kin_enrolled ben = put(g, "Ben", 1, 1); /* the same face under another name: done, and told */
    assert_true(ben.new_face);
    assert_int_equal(ben.other, first.person);
    kin_gallery_free(g);
}

static void test_bad_arguments_change_nothing(void **state)
{
    (void)state;
    kin_gallery  *g = open_gallery();
    float         vector[WIDTH];
    kin_enrolment e = make_enrolment(1), bad = e;
    make_vector(vector, WIDTH, 1);
    assert_int_equal(kin_gallery_add(g, "Anna", "0123", WIDTH, vector, &e, NULL), KIN_E_USAGE);
    assert_int_equal(kin_gallery_add(g, "Anna", "0011223344556677x899aabbccddeeff", WIDTH, vector, &e, NULL), KIN_E_USAGE);
    assert_int_equal(kin_gallery_add(g, "Anna", MODEL_A, 0, vector, &e, NULL), KIN_E_USAGE);
    assert_int_equal(kin_gallery_add(g, "Anna", MODEL_A, WIDTH - 30, vector, &e, NULL), KIN_E_USAGE);
    vector[3] = NAN;
    assert_int_equal(kin_gallery_add(g, "Anna", MODEL_A, WIDTH, vector, &e, NULL), KIN_E_USAGE);
    make_vector(vector, WIDTH, 1);
    bad.face.box.x1 = NAN;
    assert_int_equal(kin_gallery_add(g, "Anna", MODEL_A, WIDTH, vector, &bad, NULL), KIN_E_USAGE);
    bad = e;
    bad.face.points[2].y = INFINITY;
    assert_int_equal(kin_gallery_add(g, "Anna", MODEL_A, WIDTH, vector, &bad, NULL), KIN_E_USAGE);
    kin_people people;
    assert_int_equal(kin_gallery_people(g, NULL, &people), KIN_OK);
    assert_int_equal(people.count, 0);
    kin_people_free(&people);

    put(g, "Anna", 1, 1);
    float narrow[64]; /* the model has 128 numbers: a new person must not stay behind */
    make_vector(narrow, 64, 1);
    assert_int_equal(kin_gallery_add(g, "Ben", MODEL_A, 64, narrow, &e, NULL), KIN_E_USAGE);
    assert_non_null(strstr(kin_error(&ctx), "64"));
    assert_int_equal(kin_gallery_people(g, NULL, &people), KIN_OK);
    assert_int_equal(people.count, 1);
    kin_people_free(&people);
    kin_gallery_free(g);
}

static void test_groups_commit_or_vanish(void **state)
{
    (void)state;
    kin_gallery *g = open_gallery();
    assert_int_equal(kin_gallery_commit(g), KIN_E_USAGE);
    assert_int_equal(kin_gallery_begin(g), KIN_OK);
    put(g, "Anna", 1, 1);
    kin_enrolment e = make_enrolment(2);
    float         wrong[WIDTH] = {0};
    assert_int_equal(kin_gallery_add(g, "Ben", MODEL_A, WIDTH, wrong, &e, NULL), KIN_E_USAGE);
    put(g, "Cleo", 3, 3);
    assert_int_equal(kin_gallery_commit(g), KIN_OK);
    assert_int_equal(faces_of(g, MODEL_A), 2);
    assert_int_equal(kin_gallery_begin(g), KIN_OK);
    put(g, "Dora", 4, 4);
    assert_int_equal(faces_of(g, MODEL_A), 3);
    kin_gallery_rollback(g);
    assert_int_equal(faces_of(g, MODEL_A), 2);
    assert_int_equal(kin_gallery_begin(g), KIN_OK);
    put(g, "Dora", 4, 4);
    kin_gallery_free(g); /* an open group is dropped */
    g = open_gallery();
    assert_int_equal(faces_of(g, MODEL_A), 2);
    kin_gallery_free(g);
}

static mode_t mode_of(const char *path)
{
    struct stat about;
    return stat(path, &about) == 0 ? about.st_mode & 0777 : 0;
}

static void test_modes_and_default_path(void **state)
{
    (void)state;
    char     text[300];
    mode_t   before = umask(0); /* the most generous */
    snprintf(text, sizeof text, "%s/data", folder);
    setenv("XDG_DATA_HOME", text, 1);
    kin_gallery *g;
    assert_int_equal(kin_gallery_open_reading(&ctx, NULL, &g), KIN_E_NOT_FOUND);
    assert_null(g);
    assert_int_equal(mode_of(text), 0); /* looking makes nothing */
    assert_int_equal(kin_gallery_open(&ctx, NULL, &g), KIN_OK);
    put(g, "Anna", 1, 1);
    assert_int_equal(mode_of(text), 0700);
    snprintf(text, sizeof text, "%s/data/kin", folder);
    assert_int_equal(mode_of(text), 0700);
    snprintf(text, sizeof text, "%s/data/kin/gallery.db", folder);
    assert_string_equal(kin_gallery_path(g), text);
    assert_int_equal(mode_of(text), 0600);
    snprintf(text, sizeof text, "%s/data/kin/gallery.db-wal", folder);
    assert_int_equal(mode_of(text), 0600);
    snprintf(text, sizeof text, "%s/data/kin/gallery.db-shm", folder);
    assert_int_equal(mode_of(text), 0600);
    kin_gallery_free(g);
    umask(before);

    setenv("XDG_DATA_HOME", "relative", 1); /* to be ignored */
    setenv("HOME", folder, 1);
    assert_int_equal(kin_gallery_open(&ctx, NULL, &g), KIN_OK);
    snprintf(text, sizeof text, "%s/.local/share/kin/gallery.db", folder);
    assert_string_equal(kin_gallery_path(g), text);
    kin_gallery_free(g);
    unsetenv("HOME");
    assert_int_equal(kin_gallery_open(&ctx, NULL, &g), KIN_E_NOT_FOUND);
    assert_int_equal(kin_gallery_open(&ctx, "", &g), KIN_E_USAGE);
}

static void test_odd_paths_are_files(void **state)
{
    (void)state;
    static const char *const odd[] = {":memory:", "file:x?mode=memory", "a b%41?immutable=1.db"};
    char                    *here = getcwd(NULL, 0);
    assert_int_equal(chdir(folder), 0);
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        kin_gallery *g;
        assert_int_equal(kin_gallery_open(&ctx, odd[i], &g), KIN_OK);
        put(g, "Anna", 1, 1);
        kin_gallery_free(g);
        struct stat about;
        assert_int_equal(stat(odd[i], &about), 0);
        assert_true(about.st_size > 4096);
    }
    assert_int_equal(chdir(here), 0);
    free(here);
}

static void test_looking_writes_nothing(void **state)
{
    (void)state;
    kin_gallery *g = open_gallery();
    put(g, "Anna", 1, 1);
    kin_gallery_free(g);
    assert_int_equal(kin_gallery_open_reading(&ctx, file, &g), KIN_OK);
    assert_false(kin_gallery_writable(g));
    assert_int_equal(faces_of(g, MODEL_A), 1);
    float         vector[WIDTH];
    kin_enrolment e = make_enrolment(2);
    make_vector(vector, WIDTH, 2);
    assert_int_equal(kin_gallery_add(g, "Ben", MODEL_A, WIDTH, vector, &e, NULL), KIN_E_DISK);
    assert_int_equal(kin_gallery_rename(g, "Anna", "Ben"), KIN_E_DISK);
    assert_int_equal(kin_gallery_forget(g, "Anna", NULL), KIN_E_DISK);
    assert_int_equal(faces_of(g, MODEL_A), 1);
    kin_gallery_free(g);
}

static size_t people_of(kin_gallery *g)
{
    kin_people people;
    assert_int_equal(kin_gallery_people(g, NULL, &people), KIN_OK);
    size_t count = people.count;
    kin_people_free(&people);
    return count;
}

static void test_frozen_looks_see_one_state(void **state)
{
    (void)state;
    kin_gallery *g = open_gallery(), *other = open_gallery();
    put(g, "Anna", 1, 1);
    assert_int_equal(kin_gallery_freeze(g), KIN_OK);
    assert_int_equal(people_of(g), 1);
    put(other, "Ben", 2, 2);
    assert_int_equal(people_of(g), 1);
    kin_gallery_thaw(g);
    assert_int_equal(people_of(g), 2);
    put(g, "Eva", 3, 3);
    assert_int_equal(people_of(other), 3);
    kin_gallery_free(other);
    kin_gallery_free(g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_people_stay, fresh, clean),
        cmocka_unit_test_setup_teardown(test_same_enrolment_adds_nothing, fresh, clean),
        cmocka_unit_test_setup_teardown(test_bad_arguments_change_nothing, fresh, clean),
        cmocka_unit_test_setup_teardown(test_groups_commit_or_vanish, fresh, clean),
        cmocka_unit_test_setup_teardown(test_modes_and_default_path, fresh, clean),
        cmocka_unit_test_setup_teardown(test_odd_paths_are_files, fresh, clean),
        cmocka_unit_test_setup_teardown(test_looking_writes_nothing, fresh, clean),
        cmocka_unit_test_setup_teardown(test_frozen_looks_see_one_state, fresh, clean),
    };
    cmocka_set_message_output(CM_OUTPUT_STDOUT);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
