/* SPDX-License-Identifier: Apache-2.0
 *
 * kill -9 during `kin gallery upgrade`, at any moment and while it writes: the old vectors stay, those that were kept on the way
 * stay too, nobody sees the new ones before all are there, the next run goes on; and upgrading from the kept pictures agrees with
 * embedding the photos. KIN_KILLS=100: how often.
 */
#include <math.h>

#include "cli/kill.h"
#include "kin/kin.h"

static char other[240]; /* a model of the same numbers: the built-in one's file and a byte more, so another fingerprint */
static const char *const enroll[] = {"kin", "enroll", "--from", photos, "-g", file, NULL};
static const char *const upgrade[] = {"kin", "gallery", "upgrade", "-m", other, "-g", file, NULL};

#define OLD "(SELECT min(id) FROM model)"

static void make_other(void)
{
    const char *source = getenv("KIN_SOURCE");
    char        line[900];
    snprintf(line, sizeof line, "{ cat '%s/models/recogniser.tflite'; echo; } >'%s'", source ? source : ".", other);
    assert_int_equal(system(line), 0);
}

/* A face becomes a rejection, another photo one too, so that those are upgraded. */
static void reject_two(void)
{
    char               of_amara[600];
    const char *const  hers[] = {"kin", "reject", "amara", of_amara, "-g", file, NULL};
    const char *const  not_hers[] = {"kin", "reject", "bruno", of_amara, "-g", file, NULL};
    snprintf(of_amara, sizeof of_amara, "%s/amara/amara-1.jpg", photos);
    complete(hers);
    complete(not_hers);
    assert_int_equal(number("SELECT count(*) FROM rejection WHERE picture NOTNULL"), 2);
}

static void take_back(void)
{
    kin_gallery *g;
    kin_undone   u;
    assert_int_equal(kin_gallery_open(&ctx, file, &g), KIN_OK);
    assert_int_equal(kin_gallery_undo(g, &u), KIN_OK);
    assert_string_equal(u.verb, "upgrade");
    kin_gallery_free(g);
}

/* Vectors of the new model: kept on the way, or counting. */
static int64_t made(void)
{
    return number("SELECT (SELECT count(*) FROM fresh) + (SELECT count(*) FROM embedding WHERE model <> " OLD ")"
                  " + (SELECT count(*) FROM rejection_vector WHERE model <> " OLD ")");
}

static int64_t counting(void)
{
    return number("SELECT (SELECT count(*) FROM embedding WHERE model <> " OLD ") + (SELECT count(*) FROM rejection_vector"
                  " WHERE model <> " OLD ")");
}

/* The old vectors as one number. */
static int64_t digest(void)
{
    return number("SELECT count(*) * 1000000 + coalesce(sum(face * unicode(hex(substr(vector, face % 100 + 1, 4)))), 0)"
                  " FROM embedding WHERE model = " OLD);
}

/* The worst cosine of a face's two vectors, of the photo and of the kept picture. */
static void agree(void)
{
    sqlite3      *db;
    sqlite3_stmt *s;
    double        worst = 1, sum = 0;
    int           faces = 0;
    assert_int_equal(sqlite3_open(file, &db), SQLITE_OK);
    static const char both[] = "SELECT a.vector, b.vector FROM embedding a JOIN embedding b USING(face)"
                               " WHERE a.model = " OLD " AND b.model <> a.model";
    assert_int_equal(sqlite3_prepare_v2(db, both, -1, &s, NULL), SQLITE_OK);
    while (sqlite3_step(s) == SQLITE_ROW) {
        float  a[512], b[512];
        double dot = 0;
        int    bytes = sqlite3_column_bytes(s, 0);
        assert_true(bytes == sqlite3_column_bytes(s, 1) && bytes <= (int)sizeof a);
        memcpy(a, sqlite3_column_blob(s, 0), (size_t)bytes);
        memcpy(b, sqlite3_column_blob(s, 1), (size_t)bytes);
        for (int i = 0; i < bytes / 4; i++) dot += (double)a[i] * (double)b[i];
        worst = fmin(worst, dot);
        sum += dot;
        faces++;
    }
    sqlite3_finalize(s);
    sqlite3_close(db);
    printf("cosine of photo and kept picture: mean %.4f, worst %.4f of %d\n", sum / faces, worst, faces);
    assert_true(faces >= 20 && worst > 0.97 && sum / faces > 0.99);
}

static void test_kill(void **state)
{
    (void)state;
    const char *wanted = getenv("KIN_KILLS");
    int         kills = wanted ? atoi(wanted) : KILLS, caught = 0, between = 0, runs = 0;
    kin_random  random = kin_random_make(9, 2);
    make_other();
    complete(enroll);
    reject_two();
    int64_t all = number("SELECT (SELECT count(*) FROM face) + (SELECT count(*) FROM rejection)"), old = digest();
    double  from = now();
    complete(upgrade);
    double whole_s = now() - from;
    agree();
    assert_int_equal(counting(), all);
    take_back();
    assert_int_equal(made(), 0);
    assert_int_equal(number("SELECT count(*) FROM model"), 1);

    for (; caught < kills && runs < 4 * kills; runs++) {
        int   said, how;
        pid_t child = start(upgrade, &said);
        wait_to_kill(&random, runs, child, whole_s);
        int64_t before = made();
        kill(child, SIGKILL);
        assert_int_equal(waitpid(child, &how, 0), child);
        close(said);
        caught += WIFSIGNALED(how);
        int64_t after = made(), seen = counting();
        assert_true(after >= before);
        assert_true(seen == 0 || seen == all);
        between += after > 0 && seen == 0;
        assert_int_equal(digest(), old);
        assert_int_equal(number("SELECT count(*) FROM pragma_integrity_check WHERE integrity_check = 'ok'"), 1);
        assert_int_equal(number("SELECT count(*) FROM pragma_foreign_key_check"), 0);
        if (seen == 0 && runs % 5 != 4) continue;
        complete(upgrade);
        assert_int_equal(counting(), all);
        assert_int_equal(number("SELECT count(*) FROM fresh"), 0);
        take_back();
        assert_int_equal(digest(), old);
    }
    assert_int_equal(caught, kills); /* the others were over before */
    assert_true(kills < 10 || between);
    if (wanted) printf("%d runs, %d killed on the way, %d left a part of the vectors\n", runs, caught, between);
}

static int make_all(void **state)
{
    int status = make_folder(state);
    snprintf(other, sizeof other, "%s/other.tflite", folder);
    return status;
}

static int remove_all(void **state)
{
    unlink(other);
    return remove_folder(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(test_kill, make_all, remove_all)};
    cmocka_set_message_output(CM_OUTPUT_STDOUT);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
