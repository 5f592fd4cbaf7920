/* SPDX-License-Identifier: Apache-2.0
 *
 * kin VERB [options] [files]
 */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/app.h"

static kin_context *volatile running;
static volatile sig_atomic_t interrupted;

bool kin_interrupted(void)
{
    return interrupted;
}

/* The first Ctrl-C ends cleanly, a second one at once. */
static void interrupt(int number)
{
    if (interrupted) {
        signal(number, SIG_DFL);
        raise(number);
        return;
    }
    interrupted = 1;
    kin_context *ctx = running;
    if (ctx) kin_context_cancel(ctx);
}

static int run_verb(kin_app *app)
{
    const char *level = getenv("KIN_CPU");
    app->ctx = kin_context_new(&(kin_options){.threads = (size_t)app->set.threads,
                                              .max_memory = (uint64_t)app->set.max_memory,
                                              .cpu = level && *level ? level : NULL});
    if (!app->ctx) {
        if (level && *level)
            kin_say("KIN_CPU=%s: this machine cannot run that level, or there is none of that name", level);
        else
            kin_say("out of memory");
        return level && *level ? EXIT_USAGE : EXIT_RESOURCES;
    }
    running = app->ctx;
    kin_raise(app, app->verb->run(app));
    running = NULL;
    kin_context_free(app->ctx);
    if (fflush(stdout) || ferror(stdout)) {
        kin_say("standard output: cannot write");
        kin_raise(app, EXIT_RESOURCES);
    }
    if (interrupted) kin_raise(app, EXIT_INTERRUPTED);
    return app->exit;
}

/* Where the caller closed standard input, output or error, the next file opened would take its number and what is printed
 * would land in it. Opened for reading, writing there still fails and is told. */
static void keep_standard_files(void)
{
    for (int fd = 0; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDONLY) != fd) _exit(EXIT_RESOURCES);
}

int main(int argc, char **argv)
{
    keep_standard_files();
    signal(SIGXFSZ, SIG_IGN); /* a file that may not grow is an error like a full disk, not the end */
    struct sigaction action = {.sa_handler = interrupt};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);

    if (argc < 2) {
        kin_help_all(stderr);
        return EXIT_USAGE;
    }
    const char *name = argv[1];
    if (strcmp(name, "-h") == 0 || strcmp(name, "--help") == 0) name = "help";
    if (strcmp(name, "--version") == 0) name = "version";
    kin_app app = {.verb = kin_verb_find(name)};
    if (!app.verb) {
        kin_say_no_verb(name);
        return EXIT_USAGE;
    }
    int status = kin_options_read(&app, argc - 1, argv + 1);
    if (status != EXIT_DONE) return status;
    if (app.set.help) {
        kin_help_verb(app.verb, stdout);
        return EXIT_DONE;
    }
    return run_verb(&app);
}
