/* SPDX-License-Identifier: Apache-2.0
 *
 * os/files: a file written piece by piece appears whole or not at all, private, and nothing else is left.
 */
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/files.h"
#include "support/oom.h"

static kin_context ctx;
static char        folder[64], path[100];

static int setup(void **state)
{
    (void)state;
    kin_context_init(&ctx);
    strcpy(folder, "/tmp/kin-new-XXXXXX");
    if (!mkdtemp(folder)) return -1;
    snprintf(path, sizeof path, "%s/file", folder);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command) || ctx.memory ? -1 : 0;
}

static int entries(void)
{
    DIR *d = opendir(folder);
    int  count = 0;
    for (struct dirent *e; (e = readdir(d));) count += strcmp(e->d_name, ".") && strcmp(e->d_name, "..");
    closedir(d);
    return count;
}

static void holds(const char *wanted)
{
    uint8_t *bytes;
    size_t   size;
    assert_int_equal(kin_file_read(&ctx, path, 0, &bytes, &size), KIN_OK);
    assert_int_equal(size, strlen(wanted));
    assert_memory_equal(bytes, wanted, size);
    kin_release(&ctx, bytes);
}

static void write_path(const char *text)
{
    assert_int_equal(kin_file_replace(&ctx, path, text, strlen(text)), KIN_OK);
}

static void test_whole_or_not_at_all(void **state)
{
    (void)state;
    kin_new_file f;
    struct stat  s;
    mode_t       mask = umask(0);
    for (int keep = 0; keep < 2; keep++) {
        assert_int_equal(kin_file_begin(&ctx, path, false, &f), KIN_OK);
        assert_int_equal(kin_file_append(&ctx, &f, "hello ", 6), KIN_OK);
        assert_int_equal(kin_file_append(&ctx, &f, "", 0), KIN_OK);
        assert_int_equal(kin_file_append(&ctx, &f, "again", 5), KIN_OK);
        assert_true(lstat(path, &s) != 0 && entries() == 1); /* not before the end */
        assert_int_equal(kin_file_end(&ctx, &f, keep), KIN_OK);
        assert_int_equal(entries(), keep);
        assert_int_equal(kin_file_end(&ctx, &f, keep), KIN_OK); /* once more: nothing */
    }
    umask(mask);
    holds("hello again");
    assert_int_equal(stat(path, &s), 0);
    assert_int_equal(s.st_mode & 07777, 0600);
}

static void test_nothing_is_overwritten(void **state)
{
    (void)state;
    kin_new_file f;
    struct stat  s;
    write_path("old");
    assert_int_equal(kin_file_begin(&ctx, path, false, &f), KIN_E_USAGE);
    assert_non_null(strstr(kin_error(&ctx), "file: is there already"));
    assert_int_equal(kin_file_end(&ctx, &f, false), KIN_OK);
    unlink(path);
    assert_int_equal(symlink("nowhere", path), 0); /* a link that leads nowhere stands there too */
    assert_int_equal(kin_file_begin(&ctx, path, false, &f), KIN_E_USAGE);
    unlink(path);
    assert_int_equal(kin_file_begin(&ctx, path, false, &f), KIN_OK);
    assert_int_equal(kin_file_append(&ctx, &f, "new", 3), KIN_OK);
    write_path("meanwhile");
    assert_int_equal(kin_file_end(&ctx, &f, true), KIN_E_USAGE);
    holds("meanwhile");
    assert_int_equal(entries(), 1);
    assert_int_equal(kin_file_begin(&ctx, path, true, &f), KIN_OK); /* unless it shall be */
    assert_int_equal(kin_file_append(&ctx, &f, "new", 3), KIN_OK);
    holds("meanwhile");
    assert_int_equal(kin_file_end(&ctx, &f, true), KIN_OK);
    holds("new");
    assert_int_equal(stat(path, &s), 0);
    assert_int_equal(s.st_mode & 07777, 0600);
    assert_int_equal(entries(), 1);
}

static void test_a_folder_is_not_replaced(void **state)
{
    (void)state;
    kin_new_file f;
    struct stat  s;
    assert_int_equal(mkdir(path, 0700), 0);
    kin_status status = kin_file_begin(&ctx, path, true, &f);
    if (status == KIN_OK) status = kin_file_end(&ctx, &f, true);
    assert_int_equal(status, KIN_E_IO);
    assert_true(stat(path, &s) == 0 && S_ISDIR(s.st_mode));
    assert_int_equal(entries(), 1);
}

static void test_a_full_disk(void **state)
{
    (void)state;
    static char   large[5000];
    kin_new_file  f;
    struct rlimit limit, small;
    getrlimit(RLIMIT_FSIZE, &limit);
    small = limit;
    small.rlim_cur = 6000;
    signal(SIGXFSZ, SIG_IGN);
    write_path("old");
    assert_int_equal(kin_file_begin(&ctx, path, true, &f), KIN_OK);
    setrlimit(RLIMIT_FSIZE, &small);
    kin_status first = kin_file_append(&ctx, &f, large, sizeof large), second = kin_file_append(&ctx, &f, large, sizeof large);
    setrlimit(RLIMIT_FSIZE, &limit);
    assert_int_equal(first, KIN_OK);
    assert_int_equal(second, KIN_E_DISK);
    assert_non_null(strstr(kin_error(&ctx), "file: cannot write: "));
    assert_int_equal(kin_file_end(&ctx, &f, false), KIN_OK);
    holds("old");
    assert_int_equal(entries(), 1);
}

/* Whoever writes it by name closes the descriptor. A file that is gone by then was not written. */
static void test_written_by_somebody_else(void **state)
{
    (void)state;
    kin_new_file f;
    for (int gone = 0; gone < 2; gone++) {
        unlink(path);
        assert_int_equal(kin_file_begin(&ctx, path, false, &f), KIN_OK);
        close(f.descriptor);
        f.descriptor = -1;
        assert_int_equal(kin_file_replace(&ctx, f.temporary, "theirs", 6), KIN_OK);
        if (gone) unlink(f.temporary);
        assert_int_equal(kin_file_end(&ctx, &f, true), gone ? KIN_E_NOT_FOUND : KIN_OK);
        if (!gone) holds("theirs");
        assert_int_equal(entries(), !gone);
    }
}

static void test_places_that_take_no_file(void **state)
{
    (void)state;
    kin_new_file f;
    char         below[120];
    snprintf(below, sizeof below, "%s/none/file", folder);
    assert_int_equal(kin_file_begin(&ctx, below, false, &f), KIN_E_NOT_FOUND);
    assert_int_equal(kin_file_end(&ctx, &f, true), KIN_OK);
    write_path("a file");
    snprintf(below, sizeof below, "%s/file/below", folder);
    assert_int_equal(kin_file_begin(&ctx, below, false, &f), KIN_E_NOT_FOUND);
    assert_int_not_equal(kin_file_begin(&ctx, "/proc/kin-file", false, &f), KIN_OK);
    assert_int_equal(entries(), 1);
}

static kin_status whole_way(kin_context *walked)
{
    kin_new_file f;
    unlink(path);
    KIN_TRY(kin_file_begin(walked, path, false, &f));
    kin_status status = kin_file_append(walked, &f, "x", 1), ended = kin_file_end(walked, &f, status == KIN_OK);
    return status == KIN_OK ? ended : status;
}

static void test_out_of_memory(void **state)
{
    (void)state;
    oom_walk(&ctx, whole_way, 2, false);
    assert_int_equal(entries(), 1);
    holds("x");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_whole_or_not_at_all, setup, teardown),
        cmocka_unit_test_setup_teardown(test_nothing_is_overwritten, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_folder_is_not_replaced, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_full_disk, setup, teardown),
        cmocka_unit_test_setup_teardown(test_written_by_somebody_else, setup, teardown),
        cmocka_unit_test_setup_teardown(test_places_that_take_no_file, setup, teardown),
        cmocka_unit_test_setup_teardown(test_out_of_memory, setup, teardown),
    };
    cmocka_set_message_output(CM_OUTPUT_STDOUT);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
