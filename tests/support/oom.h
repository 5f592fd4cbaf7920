/* SPDX-License-Identifier: Apache-2.0
 *
 * Out of memory: a way through the library is walked again and again with one more allocation allowed each time, until
 * it succeeds. Each earlier walk must end with KIN_E_MEMORY and leave nothing behind.
 */
#ifndef KIN_TESTS_OOM_H
#define KIN_TESTS_OOM_H

#include <stdlib.h>

#include "base/context.h"
#include "support/cmocka.h"

static int oom_calls, oom_allowed; /* from this number of calls on all fail */

static void *oom_allocate(void *user, size_t size)
{
    (void)user;
    return oom_calls++ < oom_allowed ? malloc(size) : NULL;
}

/* `ctx` holds nothing yet. `way` frees all that it makes. `least`: allocations that it is known to need. */
static void oom_walk(kin_context *ctx, kin_status (*way)(kin_context *ctx), int least)
{
    ctx->allocate = oom_allocate;
    for (oom_allowed = 0;; oom_allowed++) {
        oom_calls = 0;
        kin_status status = way(ctx);
        assert_int_equal(ctx->memory, 0);
        if (status == KIN_OK) break;
        assert_int_equal(status, KIN_E_MEMORY);
        assert_true(oom_allowed < 5000);
    }
    assert_true(oom_allowed > least);
}

#endif
