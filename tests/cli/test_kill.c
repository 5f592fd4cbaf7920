/* SPDX-License-Identifier: Apache-2.0
 *
 * kill -9 during `kin enroll --from`, at any moment and while it writes: who was told enrolled or stood in the gallery stays,
 * nobody is there by half, the gallery is sound, and the next run completes it and doubles nothing. KIN_KILLS=100: how often.
 */
#include "cli/kill.h"

enum { PEOPLE_MAX = 32, LIVES = 5 /* kills of one gallery, before it is completed and a new one begun */ };

typedef struct {
    size_t count;
    struct {
        char   name[KIN_NAME_MAX + 1];
        size_t faces;
    } person[PEOPLE_MAX];
} roll;

static roll        all; /* what an undisturbed run makes */
static double      whole_s;

static const char *const enroll[] = {"kin", "enroll", "--from", photos, "-g", file, NULL};

/* Who is in the gallery, as a second program sees it. Nobody when there is no gallery yet. */
static void look(roll *out)
{
    kin_gallery *g;
    kin_people   people;
    out->count = 0;
    kin_status status = kin_gallery_open_reading(&ctx, file, &g);
    if (status == KIN_E_NOT_FOUND) return;
    if (status != KIN_OK) fail_msg("%s", kin_error(&ctx));
    assert_int_equal(kin_gallery_people(g, NULL, &people), KIN_OK);
    assert_true(people.count <= PEOPLE_MAX);
    for (; out->count < people.count; out->count++) {
        snprintf(out->person[out->count].name, sizeof out->person[0].name, "%s", people.person[out->count].name);
        out->person[out->count].faces = people.person[out->count].faces;
    }
    kin_people_free(&people);
    kin_gallery_free(g);
}

static size_t faces_of(const roll *r, const char *name)
{
    for (size_t i = 0; i < r->count; i++)
        if (strcmp(r->person[i].name, name) == 0) return r->person[i].faces;
    return 0;
}

/* Adds the people that lines "NAME: N of M photos" tell of. */
static void heard(char *text, roll *told)
{
    char *end = strrchr(text, '\n'); /* the last line may be cut */
    *(end ? end : text) = '\0';
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
        char *colon = strchr(line, ':');
        assert_non_null(colon);
        *colon = '\0';
        if (faces_of(told, line)) continue;
        assert_true(told->count < PEOPLE_MAX);
        snprintf(told->person[told->count].name, sizeof told->person[0].name, "%s", line);
        told->person[told->count++].faces = strtoul(colon + 1, NULL, 10);
    }
}

/* Everybody of `least` is there; everybody there is there as a whole. */
static void check(const roll *least)
{
    roll is;
    look(&is);
    for (size_t i = 0; i < least->count; i++) assert_int_equal(faces_of(&is, least->person[i].name), least->person[i].faces);
    for (size_t i = 0; i < is.count; i++) assert_int_equal(is.person[i].faces, faces_of(&all, is.person[i].name));
    if (!is.count) return;
    assert_int_equal(number("SELECT count(*) FROM pragma_integrity_check WHERE integrity_check = 'ok'"), 1);
    assert_int_equal(number("SELECT count(*) FROM pragma_foreign_key_check"), 0);
    assert_int_equal(number("SELECT count(*) FROM face"), number("SELECT count(DISTINCT photo_hash) FROM face"));
    assert_int_equal(number("SELECT count(*) FROM face"), number("SELECT count(*) FROM embedding"));
    assert_int_equal(number("SELECT count(*) FROM face"), number("SELECT count(*) FROM crop"));
}

static void test_kill(void **state)
{
    (void)state;
    const char *wanted = getenv("KIN_KILLS");
    int         kills = wanted ? atoi(wanted) : KILLS, runs = 0, caught = 0, between = 0;
    kin_random  random = kin_random_make(9, 1);
    roll        told = {0}, seen, before;

    double from = now();
    complete(enroll);
    whole_s = now() - from;
    look(&all);
    assert_true(all.count >= 5);
    check(&all);
    fresh_gallery();

    for (; caught < kills && runs < 3 * kills; runs++) {
        int   said, how;
        char  text[8192];
        pid_t child = start(enroll, &said);
        wait_to_kill(&random, runs, child, whole_s);
        look(&before);
        kill(child, SIGKILL);
        assert_int_equal(waitpid(child, &how, 0), child);
        caught += WIFSIGNALED(how);
        size_t  length = 0;
        ssize_t more;
        while ((more = read(said, text + length, sizeof text - 1 - length)) > 0) length += (size_t)more;
        close(said);
        text[length] = '\0';
        heard(text, &told);

        check(&told);
        check(&before);
        look(&seen);
        between += seen.count > 0 && seen.count < all.count;
        if (runs % LIVES == LIVES - 1 || caught == kills) {
            complete(enroll);
            check(&all);
            look(&seen);
            assert_int_equal(seen.count, all.count);
            fresh_gallery();
            told.count = 0;
        }
    }
    assert_int_equal(caught, kills);    /* the others were over before */
    assert_true(kills < 10 || between); /* some had done a part */
    if (wanted) printf("%d runs, %d killed on the way, %d left a part of the people\n", runs, caught, between);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(test_kill, make_folder, remove_folder)};
    cmocka_set_message_output(CM_OUTPUT_STDOUT);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
