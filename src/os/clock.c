/* SPDX-License-Identifier: Apache-2.0
 *
 * Clocks of POSIX, and the debug log.
 */
#include "os/clock.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "os/files.h"

int64_t kin_clock_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int64_t kin_clock_unix(void)
{
    return (int64_t)time(NULL);
}

void kin_log(const char *format, ...)
{
    const char *level = kin_os_env("KIN_LOG");
    if (!level || strcmp(level, "debug") != 0) return;
    char    line[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    fprintf(stderr, "kin: %s\n", line); /* one call: lines of several threads do not mix */
}
