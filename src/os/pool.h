/* SPDX-License-Identifier: Apache-2.0
 *
 * A pool of threads that lends a hand: the caller of kin_pool_run works too and never waits for a thread that has not
 * begun. Where another program holds a core, a network's hundred steps cost little more than on one thread (a pool
 * that meets all its threads at the end of each step waits a time slice of the scheduler at every one).
 */
#ifndef KIN_OS_POOL_H
#define KIN_OS_POOL_H

#include "base/context.h"

typedef struct kin_pool kin_pool;

/* width - 1 threads (fewer where the system gives no more; NULL: none, or no memory from `ctx`). */
kin_pool *kin_pool_new(kin_context *ctx, size_t width);
/* Ends the threads. Takes NULL. */
void kin_pool_free(kin_context *ctx, kin_pool *pool);

/* task(arg, 0 .. count - 1, worker), each index once, in any order, at the same time; returns when all are done.
 * worker < width; no two pieces with the same worker run at once. One caller at a time. From inside a piece of the
 * same pool: the pieces run here, one after another, under the outer piece's worker. */
void kin_pool_run(kin_pool *pool, kin_task task, void *arg, size_t count);

#endif
