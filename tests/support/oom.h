/* SPDX-License-Identifier: Apache-2.0
 *
 * Out of memory: a way through the library is walked again and again, and each time another of its allocations fails,
 * alone or with all behind it. Each such walk must end with KIN_E_MEMORY and leave nothing behind.
 */
#ifndef KIN_TESTS_OOM_H
#define KIN_TESTS_OOM_H

#include <limits.h>
#include <stdlib.h>

#include "base/context.h"
#include "support/cmocka.h"

static struct {
    long calls, first, last; /* allocations so far; those from `first` to `last` fail */
    bool failed;
} oom = {.first = LONG_MAX};

/* Asked by every allocator that takes part. */
static inline bool oom_fails(void)
{
    oom.calls++;
    bool fails = oom.calls >= oom.first && oom.calls <= oom.last;
    oom.failed = oom.failed || fails;
    return fails;
}

static inline void *oom_allocate(void *user, size_t size)
{
    (void)user;
    return oom_fails() ? NULL : malloc(size);
}

/* Nothing fails any more: for a look at what is left, inside a way. */
static inline void oom_end(void)
{
    oom.first = LONG_MAX;
}

/* One walk, in which allocation `n` fails; returns whether it came to that. `lenient`: the way may succeed all the same.
 * `walked` holds nothing before `way` and after. */
static inline bool oom_once(kin_context *walked, kin_status (*way)(kin_context *), long n, bool alone, bool lenient)
{
    oom.calls = 0;
    oom.failed = false;
    oom.first = n;
    oom.last = alone ? n : LONG_MAX;
    kin_status status = way(walked);
    oom_end();
    assert_int_equal(walked->memory, 0);
    if (status != KIN_E_MEMORY && !(status == KIN_OK && (lenient || !oom.failed)))
        fail_msg("allocation %ld fails%s: status %d, %s", n, alone ? " alone" : "", (int)status, kin_error(walked));
    return oom.failed;
}

/* One walk for each allocation, until one is not reached; returns how many allocations there are. */
static inline long oom_each(kin_context *walked, kin_status (*way)(kin_context *), bool alone, bool lenient)
{
    long n = 1;
    while (oom_once(walked, way, n, alone, lenient)) assert_true(++n < 100000);
    return n - 1;
}

/* Every allocation through `walked`, alone and with all behind it. `least`: so many are known to be needed. `lenient`: the
 * way may try again when one fails alone, and succeed. */
static inline void oom_walk(kin_context *walked, kin_status (*way)(kin_context *), long least, bool lenient)
{
    walked->allocate = oom_allocate;
    assert_true(oom_each(walked, way, false, false) >= least);
    oom_each(walked, way, true, lenient);
}

#endif
