/* SPDX-License-Identifier: Apache-2.0
 *
 * Other programs, the kill signal, folders that may not be written, full disks: what was committed stays, what cannot
 * be done is told.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "gallery/fixture.h"

/* In children, where cmocka's asserts would go to the wrong place. */
#define need(condition)                                                              \
    do {                                                                             \
        if (!(condition)) {                                                          \
            fprintf(stderr, "line %d: %s: %s\n", __LINE__, #condition, kin_error(&ctx)); \
            _exit(1);                                                                \
        }                                                                            \
    } while (0)

static void wait_for(pid_t child)
{
    int how;
    assert_int_equal(waitpid(child, &how, 0), child);
    assert_true(WIFEXITED(how) && WEXITSTATUS(how) == 0);
}

static kin_status add(kin_gallery *g, const char *name, uint64_t photo, size_t crop_bytes)
{
    static unsigned char crop[1 << 16];
    float                vector[WIDTH];
    kin_enrolment        e = make_enrolment(photo);
    memset(crop, (int)photo, sizeof crop);
    e.crop = crop;
    e.crop_bytes = crop_bytes;
    make_vector(vector, WIDTH, photo);
    return kin_gallery_add(g, name, MODEL_A, WIDTH, vector, &e, NULL);
}

static bool intact(void)
{
    sqlite3      *db;
    sqlite3_stmt *s;
    assert_int_equal(sqlite3_open(file, &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, "PRAGMA integrity_check", -1, &s, NULL), SQLITE_OK);
    bool ok = sqlite3_step(s) == SQLITE_ROW && strcmp((const char *)sqlite3_column_text(s, 0), "ok") == 0;
    sqlite3_finalize(s);
    sqlite3_close(db);
    return ok;
}

/* --- two enrolments at once both land, also where both make the gallery --- */

static void writer(int number, int count)
{
    kin_gallery *g;
    need(kin_gallery_open(&ctx, file, &g) == KIN_OK);
    for (int i = 0; i < count; i++) {
        char name[20];
        snprintf(name, sizeof name, "W%d", i % 3); /* the same people */
        need(add(g, name, (uint64_t)(number * 1000 + i), 500) == KIN_OK);
    }
    kin_gallery_free(g);
    _exit(0);
}

static void test_writers_at_once(void **state)
{
    (void)state;
    enum { WRITERS = 3, EACH = 25, TRIALS = 8 };
    for (int trial = 0; trial < TRIALS; trial++) {
        pid_t child[WRITERS];
        for (int i = 0; i < WRITERS; i++)
            if ((child[i] = fork()) == 0) writer(i, EACH);
        for (int i = 0; i < WRITERS; i++) wait_for(child[i]);
        kin_gallery *g = open_gallery();
        assert_int_equal(faces_of(g, MODEL_A), WRITERS * EACH);
        kin_people people;
        assert_int_equal(kin_gallery_people(g, NULL, &people), KIN_OK);
        assert_int_equal(people.count, 3);
        kin_people_free(&people);
        kin_gallery_free(g);
        assert_int_equal(unlink(file), 0);
    }
}

/* --- kill -9: a child enrols and forgets, and says so after each call; then it dies at any moment --- */

enum { FORGOTTEN = 1 << 30 };

static void busy_child(int pipe_end, uint32_t first)
{
    kin_gallery *g;
    need(kin_gallery_open(&ctx, file, &g) == KIN_OK);
    for (uint32_t i = first;; i++) {
        char name[20];
        snprintf(name, sizeof name, "K%u", i);
        need(add(g, name, i, 3000) == KIN_OK);
        need(write(pipe_end, &i, sizeof i) == sizeof i);
        if (i % 8 != 7) continue;
        uint32_t gone = (i - 3) | FORGOTTEN;
        snprintf(name, sizeof name, "K%u", i - 3);
        need(kin_gallery_forget(g, name, NULL) == KIN_OK);
        need(write(pipe_end, &gone, sizeof gone) == sizeof gone);
    }
}

static void test_kill(void **state)
{
    (void)state;
    enum { KILLS = 100, KILLS_MOST = 1000, STEP = 100000, LEAST = 300 };
    kin_random random = kin_random_make(1, 2);
    size_t     acknowledged = 0;
    /* more than a hundred on a machine so busy that the children hardly work */
    for (uint32_t kill_number = 0; kill_number < KILLS || (acknowledged <= LEAST && kill_number < KILLS_MOST); kill_number++) {
        int      ends[2];
        uint32_t note, first = kill_number * STEP;
        bool     there[4000] = {false}, gone[4000] = {false};
        assert_int_equal(pipe(ends), 0);
        pid_t child = fork();
        if (child == 0) {
            close(ends[0]);
            busy_child(ends[1], first);
        }
        close(ends[1]);
        usleep(1000 + (useconds_t)kin_random_below(&random, 40000));
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
        while (read(ends[0], &note, sizeof note) == sizeof note) {
            uint32_t i = (note & ~(uint32_t)FORGOTTEN) - first;
            assert_true(i < 4000);
            *(note & FORGOTTEN ? &gone[i] : &there[i]) = true;
            acknowledged++;
        }
        close(ends[0]);
        if (access(file, F_OK) != 0) continue; /* killed before it had begun */
        kin_gallery *g = open_gallery();
        for (uint32_t i = 0; i < 4000; i++) {
            if (!there[i]) break;
            char       name[20];
            kin_person p;
            snprintf(name, sizeof name, "K%u", first + i);
            kin_status status = kin_gallery_person(g, name, MODEL_A, &p);
            if (gone[i])
                assert_int_equal(status, KIN_E_NOT_FOUND);
            else if (i % 8 == 4 && there[i + 3]) /* its forgetting may or may not have been committed */
                assert_true(status == KIN_OK || status == KIN_E_NOT_FOUND);
            else {
                assert_int_equal(status, KIN_OK);
                assert_int_equal(p.usable, 1);
            }
        }
        kin_gallery_free(g);
    }
    assert_true(acknowledged > LEAST); /* the children had time to work */
    assert_true(intact());
}

/* --- read-only --- */

/* Run `look` in a child that root's rights do not help. */
static void as_nobody(void (*look)(void))
{
    pid_t child = fork();
    if (child == 0) {
        if (geteuid() == 0) need(setgroups(0, NULL) == 0 && setgid(65534) == 0 && setuid(65534) == 0);
        look();
        _exit(0);
    }
    wait_for(child);
}

static void give(mode_t file_mode, mode_t folder_mode)
{
    char path[330];
    static const char *const end[] = {"", "-wal", "-shm"};
    for (int i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s%s", file, end[i]);
        if (geteuid() == 0 && chown(path, 65534, 65534) != 0) assert_int_equal(errno, ENOENT);
        if (chmod(path, file_mode) != 0) assert_int_equal(errno, ENOENT);
    }
    if (geteuid() == 0) assert_int_equal(chown(folder, 65534, 65534), 0);
    assert_int_equal(chmod(folder, folder_mode), 0);
}

/* Empty ones, as a last reader leaves them: with them there the folder need not be written. */
static void remove_journal(void)
{
    char path[330];
    snprintf(path, sizeof path, "%s-wal", file);
    unlink(path);
    snprintf(path, sizeof path, "%s-shm", file);
    unlink(path);
}

static void look_at_two(void)
{
    for (int reading = 0; reading < 2; reading++) {
        kin_gallery *g;
        float        vector[WIDTH];
        kin_match    who;
        need((reading ? kin_gallery_open_reading : kin_gallery_open)(&ctx, file, &g) == KIN_OK);
        need(!kin_gallery_writable(g));
        make_vector(vector, WIDTH, 2);
        need(kin_gallery_set_decision(g, 0, 0.5) == KIN_OK);
        need(kin_gallery_match(g, MODEL_A, WIDTH, vector, NULL, &who) == KIN_OK);
        need(who.name && strcmp(who.name, "Ben") == 0);
        need(add(g, "Cleo", 3, 100) == KIN_E_DISK);
        need(kin_gallery_forget(g, "Ben", NULL) == KIN_E_DISK);
        kin_gallery_free(g);
    }
}

static void cannot_be_read(void)
{
    kin_gallery *g;
    need(kin_gallery_open_reading(&ctx, file, &g) == KIN_E_DATABASE);
    need(strstr(kin_error(&ctx), "-wal") != NULL);
    need(kin_gallery_open(&ctx, file, &g) == KIN_E_DATABASE);
}

static void no_permission(void)
{
    kin_gallery *g;
    char         path[330];
    need(kin_gallery_open(&ctx, file, &g) == KIN_E_DISK && strstr(kin_error(&ctx), file));
    need(kin_gallery_open_reading(&ctx, file, &g) == KIN_E_DISK);
    snprintf(path, sizeof path, "%s/new/gallery.db", folder);
    need(kin_gallery_open(&ctx, path, &g) == KIN_E_DISK);
    need(kin_gallery_open_reading(&ctx, path, &g) == KIN_E_NOT_FOUND);
}

static void test_read_only(void **state)
{
    (void)state;
    kin_gallery *g = open_gallery();
    put(g, "Anna", 1, 1);
    put(g, "Ben", 2, 2);
    kin_gallery_free(g);
    give(0400, 0700);
    as_nobody(look_at_two); /* a file that may not be written */
    remove_journal();
    give(0600, 0500);
    as_nobody(look_at_two); /* a folder */
    give(0400, 0500);
    as_nobody(look_at_two); /* both */
    give(0000, 0500);
    as_nobody(no_permission);
}

/* A program that was killed leaves rows in the journal: they are read, or the reason is told why not. */
static void test_read_only_with_a_journal(void **state)
{
    (void)state;
    pid_t child = fork();
    if (child == 0) {
        kin_gallery *g;
        need(kin_gallery_open(&ctx, file, &g) == KIN_OK);
        need(add(g, "Anna", 1, 0) == KIN_OK && add(g, "Ben", 2, 0) == KIN_OK);
        _exit(0); /* without closing */
    }
    wait_for(child);
    give(0400, 0500);
    as_nobody(look_at_two);
    char path[330];
    snprintf(path, sizeof path, "%s-shm", file);
    chmod(folder, 0700);
    assert_int_equal(unlink(path), 0);
    give(0600, 0500);
    as_nobody(cannot_be_read);
}

/* --- no room --- */

/* Adds until it does not go; then nothing of the failed one is there, everything else is. */
static void fill_up(const char *path)
{
    kin_gallery *g;
    kin_status   status = KIN_OK;
    size_t       added = 0, faces;
    need(kin_gallery_open(&ctx, path, &g) == KIN_OK);
    for (; added < 1000 && status == KIN_OK; added += status == KIN_OK) {
        char name[20];
        snprintf(name, sizeof name, "N%zu", added);
        status = add(g, name, added, 30000);
    }
    need(status == KIN_E_DISK);
    need(strstr(kin_error(&ctx), "full") && strstr(kin_error(&ctx), path));
    need(added > 3);
    need(kin_gallery_count(g, MODEL_A, NULL, &faces, NULL) == KIN_OK && faces == added);
    kin_gallery_free(g);
    need(kin_gallery_open(&ctx, path, &g) == KIN_OK);
    need(kin_gallery_count(g, MODEL_A, NULL, &faces, NULL) == KIN_OK && faces == added);
    kin_gallery_free(g);
}

static void test_file_size_limit(void **state)
{
    (void)state;
    pid_t child = fork();
    if (child == 0) {
        signal(SIGXFSZ, SIG_IGN);
        need(setrlimit(RLIMIT_FSIZE, &(struct rlimit){400000, 400000}) == 0);
        fill_up(file);
        _exit(0);
    }
    wait_for(child);
    kin_gallery *g = open_gallery();
    put(g, "Later", 5000, 5000);
    kin_gallery_free(g);
    assert_true(intact());
}

static void test_full_disk(void **state)
{
    (void)state;
    pid_t child = fork();
    if (child == 0) { /* a small disk of its own, gone with the child; needs root */
        char path[330];
        if (unshare(CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
            mount("none", folder, "tmpfs", 0, "size=700k") != 0)
            _exit(77);
        snprintf(path, sizeof path, "%s/disk.db", folder);
        fill_up(path);
        _exit(0);
    }
    int how;
    assert_int_equal(waitpid(child, &how, 0), child);
    assert_true(WIFEXITED(how));
    if (WEXITSTATUS(how) == 77) skip(); /* test_file_size_limit covers the rest */
    assert_int_equal(WEXITSTATUS(how), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_writers_at_once, fresh, clean),
        cmocka_unit_test_setup_teardown(test_kill, fresh, clean),
        cmocka_unit_test_setup_teardown(test_read_only, fresh, clean),
        cmocka_unit_test_setup_teardown(test_read_only_with_a_journal, fresh, clean),
        cmocka_unit_test_setup_teardown(test_file_size_limit, fresh, clean),
        cmocka_unit_test_setup_teardown(test_full_disk, fresh, clean),
    };
    cmocka_set_message_output(CM_OUTPUT_STDOUT);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
