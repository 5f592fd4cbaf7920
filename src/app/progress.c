/* SPDX-License-Identifier: Apache-2.0
 *
 * "[=====>              ] 312 of 1204 photos, 41 a second, 0:21 left"
 */
#include "app/progress.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "app/app.h"
#include "os/clock.h"

static const uint64_t second = 1000000000;

kin_progress kin_progress_start(const char *what, size_t total, bool quiet)
{
    uint64_t now = kin_clock_ns();
    return (kin_progress){!quiet && total > 1 && kin_terminal(STDERR_FILENO), false, now, now, what, total};
}

void kin_progress_step(kin_progress *p, size_t done)
{
    uint64_t now = kin_clock_ns(), spent = now - p->start_ns;
    if (!p->on || spent < second || now - p->last_ns < second / 5 || !done) return;
    double   rate = (double)done / ((double)spent / (double)second);
    unsigned left = (unsigned)((double)(p->total - done) / rate + 0.5);
    char     bar[] = "                    ";
    size_t   full = done * (sizeof bar - 1) / p->total;
    memset(bar, '=', full);
    if (full < sizeof bar - 1) bar[full] = '>';
    fprintf(stderr, "\r[%s] %zu of %zu %s, %.3g a second, %u:%02u left\x1b[K", bar, done, p->total, p->what, rate, left / 60, left % 60);
    p->last_ns = now;
    p->drawn = true;
}

void kin_progress_clear(kin_progress *p)
{
    if (p->drawn) fputs("\r\x1b[K", stderr);
    p->drawn = false;
}
