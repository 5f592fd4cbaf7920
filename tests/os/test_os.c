/* SPDX-License-Identifier: Apache-2.0
 *
 * The room os: threads, locks, files, walking, the log.
 */
#include <fcntl.h>
#include <grp.h>
#include <math.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os/clock.h"
#include "os/cores.h"
#include "os/files.h"
#include "os/library.h"
#include "support/cmocka.h"

static kin_context *ctx;
static char         folder[64];

static int setup(void **state)
{
    (void)state;
    ctx = kin_context_new(&(kin_options){.threads = 3});
    strcpy(folder, "/tmp/kin-os-XXXXXX");
    return !ctx || !mkdtemp(folder);
}

static int teardown(void **state)
{
    (void)state;
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    assert_int_equal(ctx->memory, 0);
    kin_context_free(ctx);
    return system(command);
}

static const char *at(const char *name)
{
    static char path[4][256];
    static int  turn;
    char       *p = path[turn++ % 4];
    snprintf(p, sizeof path[0], "%s/%s", folder, name);
    return p;
}

/* --- threads --- */

enum { PIECES = 1000 };

typedef struct {
    atomic_int  seen[PIECES], busy[8], nested;
    atomic_bool clash;
} work;

static void inner(void *arg, size_t index, size_t worker)
{
    (void)index, (void)worker;
    atomic_fetch_add(&((work *)arg)->nested, 1);
}

static void piece(void *arg, size_t index, size_t worker)
{
    work *w = arg;
    if (worker >= 3 || atomic_fetch_add(&w->busy[worker], 1) != 0) atomic_store(&w->clash, true);
    atomic_fetch_add(&w->seen[index], 1);
    if (index % 100 == 0) kin_split(ctx->splitter, inner, w, 5);
    atomic_fetch_sub(&w->busy[worker], 1);
}

static void test_split_does_each_piece_once(void **state)
{
    (void)state;
    assert_int_equal(ctx->splitter->width, 3);
    for (int round = 0; round < 20; round++) {
        work w;
        memset(&w, 0, sizeof w);
        kin_split(ctx->splitter, piece, &w, PIECES);
        for (int i = 0; i < PIECES; i++) assert_int_equal(atomic_load(&w.seen[i]), 1);
        assert_int_equal(atomic_load(&w.nested), 50);
        assert_false(atomic_load(&w.clash));
    }
}

typedef struct {
    kin_context *inner[3]; /* of a worker of ctx each, two threads wide */
    atomic_int   done, wide, helped;
    atomic_bool  clash;
} nest;

typedef struct {
    nest      *n;
    pthread_t  caller;
    atomic_int busy[2];
} nest_call;

static void inner_piece(void *arg, size_t index, size_t worker)
{
    nest_call *call = arg;
    (void)index;
    if (worker >= 2 || atomic_fetch_add(&call->busy[worker], 1) != 0) atomic_store(&call->n->clash, true);
    usleep(200); /* long enough for the other thread to come */
    if (!pthread_equal(pthread_self(), call->caller)) atomic_fetch_add(&call->n->helped, 1);
    atomic_fetch_add(&call->n->done, 1);
    if (worker < 2) atomic_fetch_sub(&call->busy[worker], 1);
}

static void outer_piece(void *arg, size_t index, size_t worker)
{
    nest     *n = arg;
    nest_call call = {.n = n, .caller = pthread_self()};
    (void)index;
    kin_split(n->inner[worker]->splitter, inner_piece, &call, 20);
}

/* Photos in parallel do this: a worker of the outer context has a context of its own, with fewer threads. */
static void test_a_piece_may_use_another_context(void **state)
{
    (void)state;
    nest n = {0};
    for (int i = 0; i < 3; i++) assert_non_null(n.inner[i] = kin_context_new(&(kin_options){.threads = 2}));
    kin_split(ctx->splitter, outer_piece, &n, 30);
    assert_int_equal(atomic_load(&n.done), 600);
    assert_false(atomic_load(&n.clash));
    assert_true(atomic_load(&n.helped) > 0); /* the inner threads took part */
    for (int i = 0; i < 3; i++) kin_context_free(n.inner[i]);
}

static void tiny_piece(void *arg, size_t index, size_t worker)
{
    (void)worker;
    atomic_fetch_add((atomic_ullong *)arg, index + 1);
}

/* Many short jobs one after another, with pauses in which the threads fall asleep: none is lost or done twice. */
static void test_many_short_jobs(void **state)
{
    (void)state;
    for (size_t round = 0; round < 20000; round++) {
        atomic_ullong sum = 0;
        size_t        count = round % 7;
        kin_split(ctx->splitter, tiny_piece, &sum, count);
        assert_int_equal(atomic_load(&sum), count * (count + 1) / 2);
        if (round % 2000 == 0) usleep(2000);
    }
}

static void test_cores(void **state)
{
    (void)state;
    assert_int_equal(kin_cores_granted("max 100000\n"), 0);
    assert_int_equal(kin_cores_granted("200000 100000\n"), 2);
    assert_int_equal(kin_cores_granted("150000 100000\n"), 2);
    assert_int_equal(kin_cores_granted("10000 100000\n"), 1);
    assert_int_equal(kin_cores_granted("18446744073709551615 1\n"), KIN_THREADS_MAX);
    assert_int_equal(kin_cores_granted("100000 0\n"), 0);
    assert_int_equal(kin_cores_granted("100000"), 0);
    assert_int_equal(kin_cores_granted(""), 0);
    cpu_set_t all, one;
    assert_int_equal(sched_getaffinity(0, sizeof all, &all), 0);
    CPU_ZERO(&one);
    for (int i = 0; i < CPU_SETSIZE && !CPU_COUNT(&one); i++)
        if (CPU_ISSET(i, &all)) CPU_SET(i, &one);
    assert_int_equal(sched_setaffinity(0, sizeof one, &one), 0);
    assert_int_equal(kin_cores(), 1);
    assert_int_equal(sched_setaffinity(0, sizeof all, &all), 0);
    assert_true(kin_cores() >= 1 && kin_cores() <= (size_t)CPU_COUNT(&all));
}

static void *count_up(void *counter)
{
    for (int i = 0; i < 20000; i++) {
        kin_enter(ctx);
        kin_enter(ctx); /* nests */
        ++*(long *)counter;
        kin_leave(ctx);
        kin_leave(ctx);
    }
    return NULL;
}

static void test_the_lock_serialises(void **state)
{
    (void)state;
    long      counter = 0;
    pthread_t a, b;
    assert_int_equal(pthread_create(&a, NULL, count_up, &counter), 0);
    assert_int_equal(pthread_create(&b, NULL, count_up, &counter), 0);
    pthread_join(a, NULL);
    pthread_join(b, NULL);
    assert_int_equal(counter, 40000);
}

static void test_options(void **state)
{
    (void)state;
    assert_null(kin_context_new(&(kin_options){.cpu = "pentium"}));
    kin_context *c = kin_context_new(&(kin_options){.cpu = "scalar", .threads = 1, .max_memory = 5000, .max_pixels = 7});
    assert_string_equal(kin_cpu_name(c), "scalar");
    assert_ptr_equal(c->splitter, &kin_splitter_serial);
    assert_int_equal(c->max_pixels, 7);
    void *block;
    assert_int_equal(kin_alloc(c, 6000, &block), KIN_E_LIMIT);
    kin_context_free(c);
    kin_context_free(NULL);
}

/* --- files --- */

static void test_files_come_back_as_written(void **state)
{
    (void)state;
    uint8_t *bytes;
    size_t   size;
    kin_map  map;
    assert_int_equal(kin_file_replace(ctx, at("a"), "hello", 5), KIN_OK);
    assert_int_equal(kin_file_replace(ctx, at("a"), "hello again", 11), KIN_OK);
    assert_int_equal(kin_file_read(ctx, at("a"), 0, &bytes, &size), KIN_OK);
    assert_int_equal(size, 11);
    assert_memory_equal(bytes, "hello again", 11);
    kin_release(ctx, bytes);
    assert_int_equal(kin_file_read(ctx, at("a"), 10, &bytes, &size), KIN_E_LIMIT);
    assert_null(bytes);
    assert_int_equal(kin_file_map(ctx, at("a"), &map), KIN_OK);
    assert_int_equal(map.size, 11);
    assert_memory_equal(map.data, "hello again", 11);
    kin_file_unmap(&map);
    assert_int_equal(kin_file_replace(ctx, at("empty"), "", 0), KIN_OK);
    assert_int_equal(kin_file_map(ctx, at("empty"), &map), KIN_OK);
    assert_int_equal(map.size, 0);
    kin_file_unmap(&map);
    int fd = open(at("a"), O_RDONLY);
    assert_int_equal(kin_file_read_stream(ctx, fd, "-", 0, &bytes, &size), KIN_OK);
    assert_int_equal(size, 11);
    kin_release(ctx, bytes);
    lseek(fd, 0, SEEK_SET);
    assert_int_equal(kin_file_read_stream(ctx, fd, "-", 5, &bytes, &size), KIN_E_LIMIT);
    close(fd);
}

static void test_what_is_no_file_is_refused(void **state)
{
    (void)state;
    uint8_t *bytes;
    size_t   size;
    kin_map  map;
    assert_int_equal(mkfifo(at("pipe"), 0600), 0);
    alarm(5); /* a read that waits for a writer would hang */
    assert_int_equal(kin_file_read(ctx, at("pipe"), 0, &bytes, &size), KIN_E_IO);
    assert_non_null(strstr(kin_error(ctx), "is a FIFO, expected a file"));
    assert_int_equal(kin_file_map(ctx, at("pipe"), &map), KIN_E_IO);
    alarm(0);
    assert_int_equal(kin_file_replace(ctx, at("pipe"), "x", 1), KIN_E_IO);
    assert_int_equal(kin_file_read(ctx, folder, 0, &bytes, &size), KIN_E_IO);
    assert_non_null(strstr(kin_error(ctx), "is a folder"));
    assert_int_equal(kin_file_read(ctx, "/dev/zero", 0, &bytes, &size), KIN_E_IO);
    assert_non_null(strstr(kin_error(ctx), "is a device"));
    assert_int_equal(kin_file_read(ctx, at("none"), 0, &bytes, &size), KIN_E_NOT_FOUND);
}

static int entries(void)
{
    char command[128], count[16] = "";
    snprintf(command, sizeof command, "ls -A %s | wc -l", folder);
    FILE *p = popen(command, "r");
    if (!fgets(count, sizeof count, p)) count[0] = '\0';
    pclose(p);
    return atoi(count);
}

static void test_a_failed_write_leaves_nothing(void **state)
{
    (void)state;
    assert_int_equal(kin_file_replace(ctx, at("keep"), "old", 3), KIN_OK);
    struct rlimit limit, small;
    getrlimit(RLIMIT_FSIZE, &limit);
    small = limit;
    small.rlim_cur = 1000;
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &small);
    static char large[5000];
    kin_status  status = kin_file_replace(ctx, at("keep"), large, sizeof large);
    setrlimit(RLIMIT_FSIZE, &limit);
    assert_int_equal(status, KIN_E_DISK);
    assert_int_equal(entries(), 1);
    uint8_t *bytes;
    size_t   size;
    assert_int_equal(kin_file_read(ctx, at("keep"), 0, &bytes, &size), KIN_OK);
    assert_int_equal(size, 3);
    kin_release(ctx, bytes);
    assert_int_equal(kin_file_replace(ctx, at("none/x"), "x", 1), KIN_E_NOT_FOUND);
    assert_int_equal(kin_file_replace(ctx, "/proc/x", "x", 1) == KIN_OK, false);
}

static void test_permissions_are_kept(void **state)
{
    (void)state;
    struct stat s;
    mode_t      mask = umask(022);
    assert_int_equal(kin_file_replace(ctx, at("m"), "1", 1), KIN_OK);
    stat(at("m"), &s);
    assert_int_equal(s.st_mode & 0777, 0644);
    assert_int_equal(kin_folder_make(ctx, at("x/y/z")), KIN_OK);
    assert_int_equal(kin_folder_make(ctx, at("x/y/z")), KIN_OK);
    stat(at("x/y"), &s);
    assert_int_equal(s.st_mode & 0777, 0755);
    umask(077);
    assert_int_equal(kin_file_replace(ctx, at("p"), "1", 1), KIN_OK);
    stat(at("p"), &s);
    assert_int_equal(s.st_mode & 0777, 0600);
    assert_int_equal(kin_folder_make(ctx, at("q/r")), KIN_OK);
    stat(at("q"), &s);
    assert_int_equal(s.st_mode & 0777, 0700);
    umask(mask);
    chmod(at("m"), 0600);
    assert_int_equal(kin_file_replace(ctx, at("m"), "2", 1), KIN_OK);
    stat(at("m"), &s);
    assert_int_equal(s.st_mode & 0777, 0600);
    assert_int_equal(kin_folder_make(ctx, at("m")), KIN_E_IO);
    assert_int_equal(kin_folder_make(ctx, at("m/n")) == KIN_OK, false);
}

static kin_status list(void *arg, const char *path, int depth)
{
    char line[300];
    snprintf(line, sizeof line, "%d%s ", depth, path + strlen(folder));
    strcat(arg, line);
    return KIN_OK;
}

static kin_status stop(void *arg, const char *path, int depth)
{
    (void)path, (void)depth;
    return ++*(int *)arg == 2 ? KIN_E_REFUSED : KIN_OK;
}

static void test_walk(void **state)
{
    (void)state;
    char found[2000] = "";
    kin_folder_make(ctx, at("b/deep"));
    kin_folder_make(ctx, at("a"));
    static const char *const names[] = {"z.jpg", "b/2", "b/10", "a/x", "b/deep/y", ".hidden"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_int_equal(kin_file_replace(ctx, at(names[i]), "", 0), KIN_OK);
    assert_int_equal(mkfifo(at("a/pipe"), 0600), 0);
    assert_int_equal(symlink("..", at("a/up")), 0);
    assert_int_equal(symlink("../z.jpg", at("a/link")), 0);
    assert_int_equal(symlink("nowhere", at("a/broken")), 0);
    assert_int_equal(kin_folder_walk(ctx, folder, 10, list, found), KIN_OK);
    assert_string_equal(found, "0/z.jpg 1/a/link 1/a/x 1/b/10 1/b/2 2/b/deep/y ");
    found[0] = '\0';
    assert_int_equal(kin_folder_walk(ctx, folder, 0, list, found), KIN_OK);
    assert_string_equal(found, "0/z.jpg ");
    int calls = 0;
    assert_int_equal(kin_folder_walk(ctx, folder, 9, stop, &calls), KIN_E_REFUSED);
    assert_int_equal(calls, 2);
    assert_int_equal(kin_folder_walk(ctx, at("none"), 9, stop, &calls), KIN_E_NOT_FOUND);
}

/* Run in a child that root's rights do not help: a folder that is closed is told, the others are walked. */
static void test_walk_past_what_is_closed(void **state)
{
    (void)state;
    char found[2000] = "";
    kin_folder_make(ctx, at("b"));
    kin_folder_make(ctx, at("c/deep"));
    assert_int_equal(kin_file_replace(ctx, at("b/x"), "", 0), KIN_OK);
    assert_int_equal(kin_file_replace(ctx, at("c/y"), "", 0), KIN_OK);
    assert_int_equal(chmod(folder, 0755) | chmod(at("c"), 0755), 0);
    assert_int_equal(chmod(at("b"), 0) | chmod(at("c/deep"), 0), 0);
    pid_t child = fork();
    if (child == 0) {
        if (geteuid() == 0 && (setgroups(0, NULL) != 0 || setgid(65534) != 0 || setuid(65534) != 0)) _exit(2);
        kin_status status = kin_folder_walk(ctx, folder, 9, list, found);
        _exit(status == KIN_E_IO && strcmp(found, "1/c/y ") == 0 && strstr(kin_error(ctx), "/b: ") &&
                      strstr(kin_error(ctx), "no permission (and 1 more)")
                  ? 0
                  : 1);
    }
    int how;
    assert_int_equal(waitpid(child, &how, 0), child);
    chmod(at("b"), 0700), chmod(at("c/deep"), 0700);
    assert_true(WIFEXITED(how) && WEXITSTATUS(how) == 0);
}

static void test_clock_and_environment(void **state)
{
    (void)state;
    int64_t before = kin_clock_ns();
    assert_true(kin_clock_ns() >= before && kin_clock_unix() > 1700000000);
    setenv("KIN_TEST_EMPTY", "", 1);
    assert_null(kin_os_env("KIN_TEST_EMPTY"));
    setenv("KIN_TEST_EMPTY", "x", 1);
    assert_string_equal(kin_os_env("KIN_TEST_EMPTY"), "x");
}

#define MATHS(f) f(cos) f(sin)
KIN_LIBRARY(maths, "libm.so.6", MATHS)

/* The C library's maths serves as a library; what is not there is told by name, and may be asked for again. */
static void test_libraries_are_loaded_when_needed(void **state)
{
    (void)state;
    assert_null(maths.cos);
    assert_int_equal(kin_library_load(ctx, &maths_library), KIN_OK);
    assert_int_equal(kin_library_load(ctx, &maths_library), KIN_OK);
    assert_true(maths.cos(0) == 1 && maths.sin(0) == 0);
    void       *function[2] = {0};
    kin_library none = {"libkin-none.so.7", (const char *const[]){"cos", NULL}, function, false};
    kin_library lacks = {"libm.so.6", (const char *const[]){"cos", "kin_none", NULL}, function, false};
    for (int i = 0; i < 2; i++) {
        assert_int_equal(kin_library_load(ctx, &none), KIN_E_UNSUPPORTED);
        assert_non_null(strstr(kin_error(ctx), "libkin-none.so.7 is not on this machine"));
        assert_int_equal(kin_library_load(ctx, &lacks), KIN_E_UNSUPPORTED);
        assert_non_null(strstr(kin_error(ctx), "libm.so.6 lacks kin_none"));
    }
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_split_does_each_piece_once),
        TEST(test_a_piece_may_use_another_context),
        TEST(test_many_short_jobs),
        TEST(test_cores),
        TEST(test_the_lock_serialises),         TEST(test_options),
        TEST(test_files_come_back_as_written), TEST(test_what_is_no_file_is_refused),  TEST(test_a_failed_write_leaves_nothing),
        TEST(test_permissions_are_kept),       TEST(test_walk),                        TEST(test_walk_past_what_is_closed),
        TEST(test_clock_and_environment),
        TEST(test_libraries_are_loaded_when_needed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
