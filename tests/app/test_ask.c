/* SPDX-License-Identifier: Apache-2.0
 *
 * A question and its answers: read whole lines, and Ctrl-C ends it whenever it comes.
 */
#include "app/app.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "support/cmocka.h"

static volatile sig_atomic_t interrupted;

bool kin_interrupted(void)
{
    return interrupted;
}

static void interrupt(int number)
{
    (void)number;
    interrupted = 1;
}

static void ask_of(int input[2])
{
    assert_int_equal(pipe(input), 0);
    assert_int_equal(dup2(input[0], STDIN_FILENO), STDIN_FILENO);
}

static void test_answers(void **state)
{
    (void)state;
    int               input[2];
    static const char answers[] = "yes, and do it as soon as ever you can, please\n";
    ask_of(input);
    assert_int_equal(write(input[1], answers, strlen(answers)), strlen(answers));
    assert_true(kin_ask("Is it so?"));
    close(input[1]);
    assert_false(kin_ask("And this?")); /* what was left of the first answer is none to the second */
    clearerr(stdin);
}

/* The signal came after the question was printed and before it was waited for; nobody ever answers. */
static void test_interrupted_before_the_wait(void **state)
{
    (void)state;
    int input[2];
    ask_of(input);
    alarm(20);
    interrupted = 0;
    raise(SIGINT);
    assert_false(kin_ask("Is it so?"));
    alarm(0);
}

int main(void)
{
    const struct sigaction action = {.sa_handler = interrupt};
    sigaction(SIGINT, &action, NULL);
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_answers), cmocka_unit_test(test_interrupted_before_the_wait)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
