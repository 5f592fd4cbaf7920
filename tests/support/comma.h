/* SPDX-License-Identifier: Apache-2.0
 *
 * A locale whose decimal point is a comma, for programs around the library that set one: one of the machine's, else one made for the
 * test where the sources of locales are there.
 */
#ifndef KIN_TESTS_COMMA_H
#define KIN_TESTS_COMMA_H

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static inline bool comma_now(const char *name)
{
    return setlocale(LC_ALL, name) && strcmp(localeconv()->decimal_point, ",") == 0;
}

/* false: there is none, and the locale is C. */
static inline bool comma_begin(void)
{
    static const char *const names[] = {"de_DE.UTF-8", "fr_FR.UTF-8", "es_ES.UTF-8", "pt_BR.UTF-8", "nl_NL.UTF-8", "ru_RU.UTF-8"};
    char folder[] = "/tmp/kin-locale-XXXXXX", command[200];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (comma_now(names[i])) return true;
    if (!mkdtemp(folder)) return false;
    snprintf(command, sizeof command, "localedef -i de_DE -f UTF-8 %s/de_DE.UTF-8 >%s/said 2>&1", folder, folder);
    bool made = system(command) == 0 && setenv("LOCPATH", folder, 1) == 0 && comma_now("de_DE.UTF-8");
    unsetenv("LOCPATH");
    snprintf(command, sizeof command, "rm -rf %s", folder);
    if (system(command) != 0 || !made) setlocale(LC_ALL, "C");
    return made;
}

static inline void comma_end(void)
{
    setlocale(LC_ALL, "C");
}

#endif
