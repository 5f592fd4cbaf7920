/* SPDX-License-Identifier: Apache-2.0
 *
 * Remarks on standard error and exit statuses.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/app.h"
#include "base/text.h"

bool kin_terminal(int descriptor)
{
    const char *terminal = getenv("TERM");
    return terminal && strcmp(terminal, "dumb") != 0 && isatty(descriptor);
}

/* https://no-color.org: set and not empty means none. */
static bool colours(void)
{
    const char *no = getenv("NO_COLOR");
    return !(no && *no) && kin_terminal(STDOUT_FILENO);
}

void kin_colour_on(kin_ink ink)
{
    static const char *const code[] = {[KIN_INK_GOOD] = "\x1b[1;32m", [KIN_INK_FAINT] = "\x1b[2m"};
    if (colours()) fputs(code[ink], stdout);
}

void kin_colour_off(void)
{
    if (colours()) fputs("\x1b[0m", stdout);
}

void kin_say(const char *format, ...)
{
    va_list args;
    char    text[2048], safe[sizeof text]; /* names of files are foreign: one line, no commands to the terminal */
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    fprintf(stderr, "kin: %s\n", kin_printable(text, strlen(text), safe, sizeof safe));
}

void kin_raise(kin_app *app, int exit)
{
    if (exit > app->exit) app->exit = exit;
}

int kin_exit_of(kin_status status, kin_role role)
{
    switch (status) {
    case KIN_OK:
        return EXIT_DONE;
    case KIN_E_CANCELLED:
        return EXIT_INTERRUPTED;
    case KIN_E_USAGE:
        return EXIT_USAGE;
    case KIN_E_MEMORY:
    case KIN_E_DISK:
        return EXIT_RESOURCES;
    case KIN_E_DATABASE:
        return EXIT_UNUSABLE;
    default:
        return role == KIN_ROLE_PHOTO    ? EXIT_INPUT
               : role == KIN_ROLE_OUTPUT ? EXIT_RESOURCES
               : role == KIN_ROLE_GALLERY && status == KIN_E_NOT_FOUND ? EXIT_NO
                                         : EXIT_UNUSABLE;
    }
}

int kin_fail_verb(kin_app *app, kin_context *ctx, kin_status status, kin_role role)
{
    kin_say("%s", kin_error(ctx));
    kin_raise(app, kin_exit_of(status, role));
    return app->exit;
}
