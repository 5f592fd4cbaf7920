/* SPDX-License-Identifier: Apache-2.0
 *
 * What the programs here share: milliseconds, and a list of them in rising order (median, best, worst).
 */
#ifndef KIN_BENCH_TIMING_H
#define KIN_BENCH_TIMING_H

#include <stdlib.h>

#include "os/clock.h"

static inline double now_ms(void)
{
    return (double)kin_clock_ns() * 1e-6;
}

static inline int compare_ms(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static inline void sort_ms(double *ms, size_t count)
{
    qsort(ms, count, sizeof *ms, compare_ms);
}

#endif
