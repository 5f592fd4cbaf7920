/* SPDX-License-Identifier: Apache-2.0
 *
 * The command on a terminal (a pseudo terminal): colours and NO_COLOR, the progress bar, what Ctrl-C says.
 */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/cmocka.h"

static char said[1 << 20];

/* Runs a line of the shell with standard output and error on a terminal of its own; what it wrote there is in said[].
 * Types `keys` once `until` has appeared (again for each line that asks). Returns the exit status. */
static int typing(const char *line, const char *until, const char *keys)
{
    int master = posix_openpt(O_RDWR | O_NOCTTY);
    assert_true(master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0);
    pid_t child = fork();
    if (child == 0) {
        setsid();
        int tty = open(ptsname(master), O_RDWR); /* becomes the controlling terminal */
        dup2(open("/dev/null", O_RDONLY), 0);
        dup2(tty, 1);
        dup2(tty, 2);
        close(master);
        execl("/bin/sh", "sh", "-c", line, (char *)NULL);
        _exit(127);
    }
    size_t        length = 0;
    const char   *from = said; /* what was not answered yet */
    struct pollfd readable = {.fd = master, .events = POLLIN};
    while (length + 1 < sizeof said && poll(&readable, 1, 300000) > 0) {
        ssize_t n = read(master, said + length, sizeof said - 1 - length);
        if (n <= 0) break; /* EIO: the last program on the terminal has ended */
        said[length += (size_t)n] = '\0';
        const char *asked = until && *keys ? strstr(from, until) : NULL;
        if (!asked) continue;
        const size_t length_of_answer = strcspn(keys, "\n") + (strchr(keys, '\n') != NULL);
        assert_int_equal(write(master, keys, length_of_answer), length_of_answer);
        keys += length_of_answer;
        from = asked + strlen(until);
    }
    said[length] = '\0';
    int status = 0;
    kill(child, readable.revents ? 0 : SIGKILL);
    waitpid(child, &status, 0);
    close(master);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* Presses Ctrl-C once `until` has appeared. */
static int on_terminal(const char *line, const char *until)
{
    return typing(line, until, "\003");
}

static void test_colours(void **state)
{
    (void)state;
    assert_int_equal(on_terminal("$KIN_BUILD/kin identify -g /none/gallery.db $KIN_SOURCE/samples/strangers/stranger-1.jpg", NULL), 1);
    assert_non_null(strstr(said, "\x1b[2munknown"));
    assert_int_equal(on_terminal("NO_COLOR=1 $KIN_BUILD/kin identify -q -g /none/gallery.db $KIN_SOURCE/samples/strangers/stranger-1.jpg", NULL), 1);
    assert_non_null(strstr(said, "unknown"));
    assert_null(strstr(said, "\x1b["));
    assert_int_equal(on_terminal("TERM=dumb $KIN_BUILD/kin verify $KIN_SOURCE/samples/strangers/*.jpg", NULL), 1);
    assert_null(strstr(said, "\x1b["));
}

/* Photos enough for more than a second at the scalar level, one at a time. */
#define MANY "env KIN_CPU=scalar $KIN_BUILD/kin detect --threads 1 $KIN_SOURCE/samples/people/amara $KIN_SOURCE/samples/people/chen"

static void test_progress(void **state)
{
    (void)state;
    assert_int_equal(on_terminal(MANY " >/dev/null", NULL), 0);
    assert_non_null(strstr(said, " of 10 photos, "));
    assert_non_null(strstr(said, " left"));
    assert_int_equal(on_terminal(MANY " -q >/dev/null", NULL), 0);
    assert_string_equal(said, "");
    assert_int_equal(on_terminal("TERM=dumb " MANY " >/dev/null", NULL), 0); /* its line is drawn with escapes */
    assert_string_equal(said, "");
}

static void test_interrupt(void **state)
{
    (void)state;
    assert_int_equal(on_terminal("exec " MANY, "face 1"), 130);
    const char *word = strstr(said, "interrupted: ");
    assert_non_null(word);
    assert_non_null(strstr(word, " of 10 photos are done"));
}

/* Forgetting asks about each, and does what it was told. */
static void test_forget_asks(void **state)
{
    (void)state;
    char folder[] = "/tmp/kin-ask-XXXXXX";
    assert_non_null(mkdtemp(folder));
    setenv("KIN_HOME", folder, 1);
    assert_int_equal(on_terminal("cd $KIN_HOME; for p in amara bruno chen; do $KIN_BUILD/kin enroll -q -g a.db $p "
                                 "$KIN_SOURCE/samples/people/$p/$p-1.jpg && $KIN_BUILD/kin person -g a.db $p --until 2020; done", NULL), 0);
    assert_int_equal(typing("cd $KIN_HOME; $KIN_BUILD/kin forget -g a.db --expired </dev/tty", "[y/N] ", "y\nn\n\n"), 1);
    assert_non_null(strstr(said, "Delete amara and all"));
    assert_non_null(strstr(said, "forgot amara: 1 faces"));
    assert_non_null(strstr(said, "Delete chen and all"));
    assert_null(strstr(said, "forgot bruno"));
    assert_null(strstr(said, "forgot chen"));
    assert_int_equal(on_terminal("cd $KIN_HOME; $KIN_BUILD/kin people -g a.db -q", NULL), 0);
    assert_null(strstr(said, "amara"));
    assert_non_null(strstr(said, "bruno"));
    assert_int_equal(typing("cd $KIN_HOME; $KIN_BUILD/kin forget -g a.db --expired </dev/tty", "[y/N] ", "\003"), 130);
    assert_int_equal(on_terminal("cd $KIN_HOME; $KIN_BUILD/kin forget -g a.db --expired --force </dev/tty; rm -r $KIN_HOME", NULL), 0);
    assert_non_null(strstr(said, "forgot chen"));
}

int main(void)
{
    setenv("TERM", "xterm", 1);
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_colours), cmocka_unit_test(test_progress), cmocka_unit_test(test_interrupt),
                                       cmocka_unit_test(test_forget_asks)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
