/* SPDX-License-Identifier: Apache-2.0
 *
 * A question on the terminal.
 */
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "app/app.h"

/* Ctrl-C may come at any moment, so also between a look at the flag and the read, which would then wait for ever: signals are
 * let in by ppoll alone. */
static bool wait_for_answer(void)
{
    sigset_t stops, before;
    sigemptyset(&stops);
    sigaddset(&stops, SIGINT);
    sigaddset(&stops, SIGTERM);
    if (sigprocmask(SIG_BLOCK, &stops, &before) != 0) return false;
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    const bool    there = !kin_interrupted() && ppoll(&input, 1, NULL, &before) == 1;
    sigprocmask(SIG_SETMASK, &before, NULL);
    return there;
}

bool kin_ask(const char *question)
{
    fprintf(stderr, "%s [y/N] ", question);
    if (!wait_for_answer()) return false;
    char      *line = NULL;
    size_t     room = 0;
    const bool yes = getline(&line, &room, stdin) > 0 && (*line == 'y' || *line == 'Y');
    free(line);
    return yes;
}
