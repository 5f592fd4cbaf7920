/* SPDX-License-Identifier: Apache-2.0
 *
 * The full kin_context: options, a lock, and a splitter over a pool of threads that starts when first needed (a
 * program that only prints its version never pays for it).
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/context.h"
#include "os/clock.h"
#include "os/cores.h"
#include "os/pool.h"

typedef struct {
    kin_context     context;
    kin_splitter    splitter;
    pthread_mutex_t lock; /* recursive */
    kin_pool       *pool; /* NULL until the first split */
} os_context;

static os_context *of_splitter(kin_splitter *s)
{
    return (os_context *)((char *)s - offsetof(os_context, splitter));
}

static void run_pool(kin_splitter *self, kin_task task, void *arg, size_t count)
{
    os_context *os = of_splitter(self);
    if (!os->pool && count > 1) os->pool = kin_pool_new(&os->context, self->width);
    if (os->pool)
        kin_pool_run(os->pool, task, arg, count);
    else /* the system gives no threads: slower, not wrong */
        kin_splitter_serial.run(self, task, arg, count);
}

static void lock_context(kin_context *ctx)
{
    pthread_mutex_lock(&((os_context *)ctx->os)->lock);
}

static void unlock_context(kin_context *ctx)
{
    pthread_mutex_unlock(&((os_context *)ctx->os)->lock);
}

/* malloc; large blocks (a decoded photo, a plan's tensors, packed weights) on pages of 2 MB where the system has them: a
 * fault every 4 KB took a seventh of the time of a cold kin identify. What fills no page of 2 MB stays on small ones. */
static void *allocate(void *user, size_t size)
{
    (void)user;
#if defined(__linux__) && defined(MADV_HUGEPAGE)
    const size_t page = (size_t)2 << 20;
    void        *block;
    if (size >= page) {
        if (posix_memalign(&block, page, size)) return NULL;
        madvise(block, size & ~(page - 1), MADV_HUGEPAGE); /* refused: small pages, as before */
        return block;
    }
#endif
    return malloc(size);
}

static bool make_lock(pthread_mutex_t *lock)
{
    pthread_mutexattr_t kind;
    if (pthread_mutexattr_init(&kind)) return false;
    bool made = pthread_mutexattr_settype(&kind, PTHREAD_MUTEX_RECURSIVE) == 0 && pthread_mutex_init(lock, &kind) == 0;
    pthread_mutexattr_destroy(&kind);
    return made;
}

kin_context *kin_context_new(const kin_options *options)
{
    const kin_options none = {0};
    if (!options) options = &none;
    kin_context defaults;
    kin_context_init(&defaults);
    if (options->cpu && (!kin_cpu_from_name(options->cpu, &defaults.cpu) || !kin_cpu_has(defaults.cpu))) return NULL;
    defaults.allocate = allocate;
    if (options->allocate && options->release) {
        defaults.allocate = options->allocate;
        defaults.release = options->release;
        defaults.user = options->user;
    }
    os_context *os = defaults.allocate(defaults.user, sizeof *os);
    if (!os) return NULL;
    memset(os, 0, sizeof *os);
    if (!make_lock(&os->lock)) {
        defaults.release(defaults.user, os);
        return NULL;
    }
    os->context = defaults;
    kin_context *ctx = &os->context;
    if (options->max_memory) ctx->max_memory = options->max_memory;
    if (options->max_pixels) ctx->max_pixels = options->max_pixels;
    size_t threads = options->threads ? options->threads : kin_cores();
    if (threads > KIN_THREADS_MAX) threads = KIN_THREADS_MAX;
    os->splitter = (kin_splitter){threads, run_pool};
    ctx->splitter = threads > 1 ? &os->splitter : &kin_splitter_serial;
    ctx->enter = lock_context;
    ctx->leave = unlock_context;
    ctx->os = os;
    kin_log("context: %zu threads, level %s, %llu bytes", threads, kin_cpu_level_name(ctx->cpu),
            (unsigned long long)ctx->max_memory);
    return ctx;
}

void kin_context_free(kin_context *ctx)
{
    if (!ctx) return;
    os_context *os = ctx->os;
    kin_pool_free(ctx, os->pool);
    pthread_mutex_destroy(&os->lock);
    ctx->release(ctx->user, os);
}
