/* SPDX-License-Identifier: Apache-2.0
 *
 * What the tests share that kill the command: starting it, killing it at any moment or while it writes, its gallery as SQLite
 * sees it.
 */
#ifndef KIN_TESTS_CLI_KILL_H
#define KIN_TESTS_CLI_KILL_H

#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/random.h"
#include "gallery/gallery.h"
#include "support/cmocka.h"

#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
enum { KILLS = 3 };
#else
enum { KILLS = 10 };
#endif

static kin_context ctx;
static char        folder[200], file[230], journal[240], command[512], photos[512];

static inline double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static inline void nap(double seconds)
{
    nanosleep(&(struct timespec){(time_t)seconds, (long)((seconds - (double)(time_t)seconds) * 1e9)}, NULL);
}

/* Starts kin with these arguments, NULL at the end; *said: its standard output. */
static inline pid_t start(const char *const *arg, int *said)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        dup2(ends[1], STDOUT_FILENO);
        dup2(open("/dev/null", O_RDWR), STDERR_FILENO);
        close(ends[0]);
        close(ends[1]);
        execv(command, (char *const *)(uintptr_t)arg);
        _exit(99);
    }
    close(ends[1]);
    *said = ends[0];
    return child;
}

static inline int64_t number(const char *query)
{
    sqlite3      *db;
    sqlite3_stmt *s;
    assert_int_equal(sqlite3_open_v2(file, &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
    sqlite3_busy_timeout(db, 20000); /* also asked while the command writes */
    sqlite3_exec(db, "PRAGMA foreign_keys=ON", NULL, NULL, NULL);
    assert_int_equal(sqlite3_prepare_v2(db, query, -1, &s, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(s), SQLITE_ROW);
    int64_t value = sqlite3_column_int64(s, 0);
    sqlite3_finalize(s);
    sqlite3_close(db);
    return value;
}

/* A run to its end. */
static inline void complete(const char *const *arg)
{
    int   said, how;
    char  text[4096];
    pid_t child = start(arg, &said);
    while (read(said, text, sizeof text) > 0) continue;
    close(said);
    assert_int_equal(waitpid(child, &how, 0), child);
    assert_true(WIFEXITED(how) && WEXITSTATUS(how) == 0);
}

static inline void fresh_gallery(void)
{
    static const char *const end[] = {"", "-wal", "-shm"};
    for (int i = 0; i < 3; i++) {
        char path[260];
        snprintf(path, sizeof path, "%s%s", file, end[i]);
        unlink(path);
    }
}

/* Waits until the journal has changed `times` times, or the run is over. */
static inline void wait_for_writes(pid_t child, unsigned times)
{
    struct stat before = {0}, after;
    siginfo_t   info = {0};
    while (times && waitid(P_PID, (id_t)child, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == 0) {
        if (stat(journal, &after) == 0 &&
            (after.st_size != before.st_size || after.st_mtim.tv_nsec != before.st_mtim.tv_nsec)) {
            before = after;
            times--;
        }
        nap(0.0002);
    }
}

/* Kills the run of a second or so at any moment, or (odd runs) while it writes. */
static inline void wait_to_kill(kin_random *random, int run, pid_t child, double whole_s)
{
    if (run % 2) {
        wait_for_writes(child, 1 + (unsigned)kin_random_below(random, 12));
        nap((double)kin_random_below(random, 3000) / 1e6);
    } else
        nap(whole_s * (double)kin_random_below(random, 1000) / 1000);
}

static inline int make_folder(void **state)
{
    (void)state;
    kin_context_init(&ctx);
    const char *source = getenv("KIN_SOURCE"), *build = getenv("KIN_BUILD");
    snprintf(command, sizeof command, "%s/kin", build ? build : "build");
    snprintf(photos, sizeof photos, "%s/samples/people", source ? source : ".");
    snprintf(folder, sizeof folder, "/tmp/kin-kill-XXXXXX");
    if (!mkdtemp(folder)) return -1;
    snprintf(file, sizeof file, "%s/gallery.db", folder);
    snprintf(journal, sizeof journal, "%s-wal", file);
    return 0;
}

static inline int remove_folder(void **state)
{
    (void)state;
    fresh_gallery();
    return rmdir(folder) == 0 && ctx.memory == 0 ? 0 : -1;
}

#endif
