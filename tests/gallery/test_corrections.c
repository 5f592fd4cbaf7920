/* SPDX-License-Identifier: Apache-2.0
 *
 * Corrections: each verb, what undo says of it, and that the gallery is then as it was, to the byte; what forgetting takes with it.
 */
#include "base/memory.h"
#include "gallery/content.h"

static kin_match who_is(kin_gallery *g, const float *vector)
{
    kin_match who;
    kin_gallery_set_decision(g, 0, 0.4);
    if (kin_gallery_match(g, MODEL_A, WIDTH, vector, NULL, &who) != KIN_OK) fail_msg("%s", kin_error(&ctx));
    return who;
}

static kin_undone take_back(kin_gallery *g)
{
    kin_undone u;
    if (kin_gallery_undo(g, &u) != KIN_OK) fail_msg("%s", kin_error(&ctx));
    return u;
}

static kin_status reject(kin_gallery *g, const char *name, uint64_t photo, const float *vector, kin_rejected *r)
{
    kin_enrolment e = make_enrolment(photo);
    e.crop = "picture";
    e.crop_bytes = 7;
    return kin_gallery_reject(g, name, MODEL_A, WIDTH, vector, &e, r);
}

static void test_each_change_and_back(void **state)
{
    (void)state;
    kin_gallery *g = open_gallery();
    uint64_t     empty = content(), before;
    float        v[WIDTH];
    kin_undone   u;
    size_t       faces;
    char         name[KIN_NAME_MAX + 1];
    assert_int_equal(kin_gallery_undo(g, &u), KIN_E_NOT_FOUND);

    assert_int_equal(kin_gallery_begin(g), KIN_OK); /* one command */
    put(g, "Anna", 1, 1);
    put(g, "Anna", 2, 2);
    assert_int_equal(kin_gallery_commit(g), KIN_OK);
    before = content();
    assert_int_not_equal(before, empty);
    put(g, "Ben", 3, 3);
    put(g, "Ben", 3, 3); /* changes nothing: no change to take back */
    u = take_back(g);
    assert_true(!strcmp(u.verb, "enroll") && !strcmp(u.name, "Ben") && u.faces == 1 && u.gone && u.people == 1);
    assert_int_equal(content(), before);
    put(g, "Ben", 3, 3);

    before = content();
    assert_int_equal(kin_gallery_rename(g, "Anna", "Annabel"), KIN_OK);
    u = take_back(g);
    assert_true(!strcmp(u.verb, "rename") && !strcmp(u.name, "Anna") && !strcmp(u.other, "Annabel") && !u.gone);
    assert_int_equal(content(), before);

    assert_int_equal(kin_gallery_merge(g, "Anna", "Ben", &faces), KIN_OK);
    assert_int_equal(faces, 1);
    make_vector(v, WIDTH, 3);
    assert_string_equal(who_is(g, v).name, "Anna");
    assert_int_equal(kin_gallery_merge(g, "Anna", "Ben", &faces), KIN_E_NOT_FOUND);
    assert_int_equal(kin_gallery_merge(g, "Anna", "Anna", &faces), KIN_E_REFUSED);
    u = take_back(g);
    assert_true(!strcmp(u.verb, "merge") && !strcmp(u.name, "Ben") && !strcmp(u.other, "Anna") && u.faces == 1);
    assert_int_equal(content(), before);
    assert_string_equal(who_is(g, v).name, "Ben");

    kin_enrolment e = make_enrolment(2);
    assert_int_equal(kin_gallery_split(g, "Anna", "Eva", e.photo_hash, &faces), KIN_OK);
    assert_int_equal(faces, 1);
    make_vector(v, WIDTH, 2);
    assert_string_equal(who_is(g, v).name, "Eva");
    assert_int_equal(kin_gallery_split(g, "Anna", "Eva", e.photo_hash, &faces), KIN_E_NOT_FOUND);
    assert_int_equal(kin_gallery_split(g, "Anna", "E\nva", e.photo_hash, &faces), KIN_E_REFUSED);
    u = take_back(g);
    assert_true(!strcmp(u.verb, "split") && !strcmp(u.name, "Eva") && !strcmp(u.other, "Anna") && u.faces == 1 && u.gone);
    assert_int_equal(content(), before);

    make_vector(v, WIDTH, 50);
    e = make_enrolment(50);
    assert_int_equal(kin_gallery_ignore(g, MODEL_A, WIDTH, v, &e, name), KIN_OK);
    assert_string_equal(name, "ignored 1");
    kin_match who = who_is(g, v);
    assert_true(who.ignored && !who.name && who.nearest.ignored);
    assert_int_equal(kin_gallery_ignore(g, MODEL_A, WIDTH, v, &e, name), KIN_OK); /* again: the same */
    assert_string_equal(name, "ignored 1");
    uint64_t ignoring = content();
    assert_int_equal(kin_gallery_rename(g, "ignored 1", "Dora"), KIN_OK);
    assert_string_equal(who_is(g, v).name, "Dora");
    take_back(g);
    assert_int_equal(content(), ignoring);
    u = take_back(g);
    assert_true(!strcmp(u.verb, "ignore") && !strcmp(u.name, "ignored 1") && u.gone);
    assert_int_equal(content(), before);
    e = make_enrolment(1);
    make_vector(v, WIDTH, 1);
    assert_int_equal(kin_gallery_ignore(g, MODEL_A, WIDTH, v, &e, name), KIN_E_REFUSED); /* Anna's */
    assert_string_equal(name, "");

    take_back(g);
    take_back(g);
    assert_int_equal(content(), empty);
    assert_int_equal(kin_gallery_undo(g, NULL), KIN_E_NOT_FOUND);
    kin_gallery_free(g);
}

static void test_reject(void **state)
{
    (void)state;
    kin_gallery  *g = open_gallery();
    float         v[WIDTH], near[WIDTH], other[WIDTH];
    kin_rejected  r;
    kin_enrolment e = make_enrolment(2);
    put(g, "Anna", 1, 1);
    put(g, "Anna", 2, 2);
    make_alike(v, WIDTH, 1, 0.75, 1);    /* kin takes it for Anna */
    make_alike(other, WIDTH, 1, 0.75, 2);/* another photo */
    put(g, "Ben", 3, 1000001);           /* somewhat like v: what make_alike mixed in */
    memcpy(near, v, sizeof near);
    for (int i = 0; i < WIDTH; i++) near[i] += 0.02f * (float)((i % 3) - 1);
    double sum = 0;
    for (int i = 0; i < WIDTH; i++) sum += (double)near[i] * near[i];
    for (int i = 0; i < WIDTH; i++) near[i] /= (float)sqrt(sum);
    assert_string_equal(who_is(g, v).name, "Anna");
    uint64_t before = content();

    assert_int_equal(reject(g, "Nobody", 9, v, &r), KIN_E_NOT_FOUND);
    assert_int_equal(reject(g, "Anna", 9, v, &r), KIN_OK);
    assert_true(r.new_rejection && r.taken_out == 0);
    assert_string_equal(who_is(g, v).name, "Ben"); /* the next one, above the threshold */
    assert_string_equal(who_is(g, near).name, "Ben");
    assert_string_equal(who_is(g, other).name, "Anna"); /* this one was not meant */
    kin_candidate best[2];
    size_t        count;
    assert_int_equal(kin_gallery_search(g, MODEL_A, WIDTH, v, 2, best, &count), KIN_OK);
    assert_true(count == 1 && strcmp(best[0].name, "Ben") == 0);
    uint64_t once = content();
    assert_int_equal(reject(g, "Anna", 9, v, &r), KIN_OK);
    assert_true(!r.new_rejection && content() == once);
    e = make_enrolment(9);
    assert_int_equal(kin_gallery_add(g, "Anna", MODEL_A, WIDTH, v, &e, NULL), KIN_E_REFUSED);
    e = make_enrolment(10);
    assert_int_equal(kin_gallery_add(g, "Anna", MODEL_A, WIDTH, near, &e, NULL), KIN_E_REFUSED);
    assert_int_equal(content(), once);
    assert_int_equal(kin_gallery_rename(g, "Anna", "Annabel"), KIN_OK);
    assert_string_equal(who_is(g, v).name, "Ben");
    put(g, "Cleo", 4, 4);
    assert_int_equal(kin_gallery_merge(g, "Cleo", "Annabel", NULL), KIN_OK);
    assert_string_equal(who_is(g, v).name, "Ben"); /* follows Anna into Cleo */
    assert_string_equal(who_is(g, other).name, "Cleo");
    for (int i = 0; i < 3; i++) kin_gallery_undo(g, NULL);
    assert_int_equal(content(), once);
    kin_undone u = take_back(g);
    assert_true(!strcmp(u.verb, "reject") && !strcmp(u.name, "Anna") && u.faces == 1 && !u.gone);
    assert_int_equal(content(), before);
    assert_string_equal(who_is(g, v).name, "Anna");

    make_vector(v, WIDTH, 2); /* one that she was taught with */
    assert_int_equal(reject(g, "Anna", 2, v, &r), KIN_OK);
    assert_true(r.new_rejection && r.taken_out == 1);
    assert_null(who_is(g, v).name);
    kin_person anna;
    assert_int_equal(kin_gallery_person(g, "Anna", MODEL_A, &anna), KIN_OK);
    assert_int_equal(anna.faces, 1);
    take_back(g);
    assert_int_equal(content(), before);
    kin_gallery_free(g);
}

/* What the person was taught with stays, however like the rejected face, unless it is that very face; the name is gone for all. */
static void test_reject_takes_out_that_face_alone(void **state)
{
    (void)state;
    kin_gallery  *g = open_gallery();
    float         v[WIDTH], near[WIDTH];
    kin_rejected  r;
    kin_person    anna;
    kin_enrolment e = make_enrolment(2);
    make_alike(v, WIDTH, 1, 0.9, 1);
    make_alike(near, WIDTH, 1, 0.9, 2);
    put(g, "Anna", 1, 1);
    assert_int_equal(kin_gallery_add(g, "Anna", MODEL_A, WIDTH, near, &e, NULL), KIN_OK);
    e.face.box = (kin_box){0, 0, 30, 40}; /* elsewhere in the photo that is rejected below */
    memcpy(e.photo_hash, make_enrolment(9).photo_hash, sizeof e.photo_hash);
    make_vector(near, WIDTH, 5);
    assert_int_equal(kin_gallery_add(g, "Anna", MODEL_A, WIDTH, near, &e, NULL), KIN_OK);
    assert_int_equal(reject(g, "Anna", 9, v, &r), KIN_OK);
    assert_true(r.new_rejection && r.taken_out == 0);
    assert_int_equal(kin_gallery_person(g, "Anna", MODEL_A, &anna), KIN_OK);
    assert_int_equal(anna.faces, 3);
    assert_null(who_is(g, v).name);
    make_vector(v, WIDTH, 1);
    assert_null(who_is(g, v).name); /* 0.9 to what was rejected */
    make_vector(v, WIDTH, 5);
    assert_string_equal(who_is(g, v).name, "Anna");
    make_vector(v, WIDTH, 1);
    assert_int_equal(reject(g, "Anna", 1, v, &r), KIN_OK);
    assert_true(r.new_rejection && r.taken_out == 1);
    assert_int_equal(kin_gallery_person(g, "Anna", MODEL_A, &anna), KIN_OK);
    assert_int_equal(anna.faces, 2);
    kin_gallery_free(g);
}

/* Another model: the picture is there to be embedded again, and the rejection holds for it then. */
static void test_reject_by_another_model(void **state)
{
    (void)state;
    kin_gallery   *g = open_gallery();
    float          v[WIDTH], b[WIDTH];
    kin_unembedded next;
    kin_match      who;
    kin_enrolment  e = make_enrolment(1);
    put(g, "Anna", 1, 1);
    make_alike(v, WIDTH, 1, 0.8, 1);
    make_vector(b, WIDTH, 70);
    assert_int_equal(reject(g, "Anna", 9, v, NULL), KIN_OK);
    assert_int_equal(kin_gallery_add(g, "Anna", MODEL_B, WIDTH, b, &e, NULL), KIN_OK);
    kin_gallery_set_decision(g, 0, 0.4);
    assert_int_equal(kin_gallery_match(g, MODEL_B, WIDTH, b, NULL, &who), KIN_OK);
    assert_string_equal(who.name, "Anna");
    assert_int_equal(kin_gallery_unembedded(g, MODEL_A, true, 0, &next), KIN_OK);
    assert_int_equal(next.id, 0);
    assert_int_equal(kin_gallery_unembedded(g, MODEL_B, true, 0, &next), KIN_OK);
    assert_true(next.id > 0 && next.bytes == 7 && memcmp(next.picture, "picture", 7) == 0);
    assert_true(next.face.box.x0 == 40 && next.face.points[1].x == 61);
    assert_int_equal(kin_gallery_fresh(g, MODEL_B, WIDTH, &next, 1, b), KIN_OK);
    kin_unembedded_free(&next);
    assert_int_equal(kin_gallery_match(g, MODEL_B, WIDTH, b, NULL, &who), KIN_OK);
    assert_string_equal(who.name, "Anna"); /* not before the switch */
    assert_int_equal(kin_gallery_switch(g, MODEL_B, WIDTH, NULL, NULL), KIN_OK);
    assert_int_equal(kin_gallery_match(g, MODEL_B, WIDTH, b, NULL, &who), KIN_OK);
    assert_null(who.name);
    assert_int_equal(kin_gallery_unembedded(g, MODEL_B, true, 0, &next), KIN_OK);
    assert_int_equal(next.id, 0);
    kin_gallery_free(g);
}

/* A face at `left` of photo `photo`, with vector `i`. */
static kin_enrolment at(uint64_t photo, float left)
{
    kin_enrolment e = make_enrolment(photo);
    e.photo_name = "beach.jpg";
    e.face.box.x0 += left;
    e.face.box.x1 += left;
    return e;
}

static void put_at(kin_gallery *g, const char *name, uint64_t photo, float left, uint64_t i)
{
    float         v[WIDTH];
    kin_enrolment e = at(photo, left);
    make_vector(v, WIDTH, i);
    if (kin_gallery_add(g, name, MODEL_A, WIDTH, v, &e, NULL) != KIN_OK) fail_msg("%s", kin_error(&ctx));
}

/* Whose face was rejected for another is somebody else: not merged, in neither order, and that face does not change hands; the
 * other faces of its photo do. */
static void test_rejections_part(void **state)
{
    (void)state;
    kin_gallery  *g = open_gallery();
    float         v[WIDTH];
    kin_enrolment e = at(7, 0);
    put(g, "Anna", 1, 1);
    put_at(g, "Ben", 7, 0, 2);
    put_at(g, "Ben", 7, 300, 3); /* a collage */
    put_at(g, "Ben", 8, 0, 4);
    make_vector(v, WIDTH, 2);
    assert_int_equal(kin_gallery_reject(g, "Anna", MODEL_A, WIDTH, v, &e, NULL), KIN_OK);
    const uint64_t before = content();
    assert_int_equal(kin_gallery_merge(g, "Anna", "Ben", NULL), KIN_E_REFUSED);
    assert_string_equal(kin_error(&ctx), "was rejected: the face in beach.jpg is not Anna's");
    assert_int_equal(kin_gallery_merge(g, "Ben", "Anna", NULL), KIN_E_REFUSED);
    assert_int_equal(kin_gallery_split(g, "Ben", "Anna", e.photo_hash, NULL), KIN_E_REFUSED);
    assert_int_equal(content(), before);
    e = at(8, 0);
    assert_int_equal(kin_gallery_split(g, "Ben", "Anna", e.photo_hash, NULL), KIN_OK);
    take_back(g);

    /* taken out, it holds nobody back: the rest of the photo is one to move, and then they are one */
    e = at(7, 0);
    assert_int_equal(kin_gallery_reject(g, "Ben", MODEL_A, WIDTH, v, &e, NULL), KIN_OK);
    assert_int_equal(kin_gallery_split(g, "Ben", "Anna", e.photo_hash, NULL), KIN_OK); /* the other face of photo 7 */
    take_back(g);
    assert_int_equal(kin_gallery_merge(g, "Ben", "Anna", NULL), KIN_OK);
    take_back(g);
    take_back(g);
    assert_int_equal(content(), before);

    /* the photo saved again is the same face; another photo of the place is not */
    put_at(g, "Cleo", 9, 0, 2);
    assert_int_equal(kin_gallery_merge(g, "Anna", "Cleo", NULL), KIN_E_REFUSED);
    e = at(9, 0);
    assert_int_equal(kin_gallery_split(g, "Cleo", "Anna", e.photo_hash, NULL), KIN_E_REFUSED);
    put_at(g, "Dora", 7, 600, 5);
    assert_int_equal(kin_gallery_merge(g, "Anna", "Dora", NULL), KIN_OK);
    kin_gallery_free(g);
}

/* Forgetting takes the journal's rows of a person, also where they were merged into somebody; the others' stay. */
static void test_forget_and_the_journal(void **state)
{
    (void)state;
    kin_gallery *g = open_gallery();
    float        v[WIDTH];
    kin_undone   u;
    put(g, "Ute", 1, 1);
    put(g, "Secret One", 2, 2);
    put(g, "Secret Two", 3, 3);
    put(g, "Secret Three", 4, 4);
    assert_int_equal(kin_gallery_rename(g, "Secret One", "Secret Anna"), KIN_OK);
    assert_int_equal(kin_gallery_merge(g, "Secret Two", "Secret Three", NULL), KIN_OK);
    assert_int_equal(kin_gallery_merge(g, "Secret Anna", "Secret Two", NULL), KIN_OK);
    make_vector(v, WIDTH, 2);
    assert_int_equal(reject(g, "Ute", 2, v, NULL), KIN_OK); /* keeps one of her faces */
    put(g, "Ute", 5, 5);
    assert_true(in_files("Secret Three", 12) && in_files(v, 64));
    assert_int_equal(kin_gallery_forget(g, "Secret Anna", NULL), KIN_OK);
    assert_false(in_files("Secret", 6));
    for (size_t i = 0; i + 8 <= sizeof v; i += 8) assert_false(in_files((char *)v + i, 8));
    u = take_back(g);
    assert_true(!strcmp(u.name, "Ute") && u.faces == 1 && !u.gone);
    u = take_back(g); /* the rejection, of which nothing is left */
    assert_string_equal(u.verb, "reject");
    u = take_back(g);
    assert_true(!strcmp(u.name, "Ute") && u.gone);
    assert_int_equal(kin_gallery_undo(g, NULL), KIN_E_NOT_FOUND);
    kin_gallery_free(g);
}

/* What failed inside a group is not in its change. */
static void test_groups(void **state)
{
    (void)state;
    kin_gallery *g = open_gallery();
    float        v[WIDTH];
    kin_undone   u;
    uint64_t     empty = content();
    make_vector(v, WIDTH, 1);
    assert_int_equal(kin_gallery_begin(g), KIN_OK);
    kin_enrolment e = make_enrolment(1);
    assert_int_equal(kin_gallery_begin(g), KIN_OK);
    assert_int_equal(kin_gallery_add(g, "Gone", MODEL_A, WIDTH, v, &e, NULL), KIN_OK); /* begins the change */
    kin_gallery_rollback(g);
    put(g, "Anna", 2, 2);
    assert_int_equal(kin_gallery_undo(g, &u), KIN_E_USAGE);
    assert_int_equal(kin_gallery_rename(g, "Anna", "Eva"), KIN_OK);
    assert_int_equal(kin_gallery_commit(g), KIN_OK);
    u = take_back(g);
    assert_true(!strcmp(u.verb, "several") && u.faces == 1);
    assert_int_equal(content(), empty);
    assert_int_equal(kin_gallery_undo(g, &u), KIN_E_NOT_FOUND);
    assert_int_equal(kin_gallery_begin(g), KIN_OK);
    put(g, "Anna", 2, 2);
    kin_gallery_rollback(g);
    assert_int_equal(content(), empty);
    put(g, "Anna", 2, 2); /* a new change, not the one that is gone */
    u = take_back(g);
    assert_string_equal(u.verb, "enroll");
    kin_gallery_free(g);
}

/* A gallery made before there was a journal is brought up to it, by looking too. */
static void test_an_older_gallery(void **state)
{
    (void)state;
    sqlite3     *db;
    kin_gallery *g = open_gallery();
    float        v[WIDTH];
    put(g, "Anna", 1, 1);
    kin_gallery_free(g);
    assert_int_equal(sqlite3_open(file, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, older, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
    assert_int_equal(kin_gallery_open_reading(&ctx, file, &g), KIN_OK);
    assert_false(kin_gallery_writable(g));
    make_vector(v, WIDTH, 1);
    assert_string_equal(who_is(g, v).name, "Anna");
    assert_int_equal(kin_gallery_undo(g, NULL), KIN_E_DISK); /* opened for reading */
    assert_int_equal(reject(g, "Anna", 1, v, NULL), KIN_E_DISK);
    assert_non_null(strstr(kin_error(&ctx), "opened for reading"));
    kin_gallery_free(g);
    g = open_gallery();
    assert_int_equal(kin_gallery_undo(g, NULL), KIN_E_NOT_FOUND); /* nothing was written down then */
    assert_int_equal(kin_gallery_rename(g, "Anna", "Eva"), KIN_OK);
    take_back(g);
    kin_gallery_free(g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_each_change_and_back, fresh, clean),
        cmocka_unit_test_setup_teardown(test_reject, fresh, clean),
        cmocka_unit_test_setup_teardown(test_reject_takes_out_that_face_alone, fresh, clean),
        cmocka_unit_test_setup_teardown(test_reject_by_another_model, fresh, clean),
        cmocka_unit_test_setup_teardown(test_rejections_part, fresh, clean),
        cmocka_unit_test_setup_teardown(test_forget_and_the_journal, fresh, clean),
        cmocka_unit_test_setup_teardown(test_groups, fresh, clean),
        cmocka_unit_test_setup_teardown(test_an_older_gallery, fresh, clean),
    };
    cmocka_set_message_output(CM_OUTPUT_STDOUT);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
