/* SPDX-License-Identifier: Apache-2.0
 *
 * Threads that spin for work between the steps of a network and sleep between networks.
 *
 * One word, `state`, says all: the number of the job (its turn), how many more hands it wants, how many are inside.
 * A thread joins by taking one from `wanted` and adding one to `inside` in a single exchange; the caller ends the job by
 * setting `wanted` to zero, after which nobody can join, and waits for those inside.
 */
#include "os/pool.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>

#include "os/clock.h"

enum { ROUNDS_PER_LOOK = 64, ROUNDS_BEFORE_YIELD = 4096 };
static const int64_t spin_ns = 300000; /* longer than the serial steps of a network and the work between two of them */

/* turn << 32 | wanted << 16 | inside; both counts stay under 2^16 */
#define INSIDE 0x0000ffffu
#define WANTED 0xffff0000u
#define JOIN   (0x10000u - 1) /* subtract: one wanted less, one inside more */
#define QUIT   UINT64_MAX

typedef struct {
    kin_pool *pool;
    size_t    number; /* 1 .. width - 1; the caller is 0 */
    pthread_t thread;
} hand;

struct kin_pool {
    _Atomic uint64_t state;
    kin_task         task;
    void            *arg;
    size_t           count;
    uint32_t         turn;
    size_t           hands;
    atomic_size_t    asleep;
    pthread_mutex_t  lock; /* of sleeping */
    pthread_cond_t   wake;
    char             apart[64]; /* what the waiting look at and what the working change: two cache lines */
    atomic_size_t    next;      /* index that nobody has taken */
    hand             hand[];
};

/* The piece that this thread is in. A piece that splits on its own pool does its pieces itself: the pool is busy with the
 * outer ones, and the scratch memory of this worker is the only one that is surely free. */
static _Thread_local struct {
    const kin_pool *pool;
    size_t          worker;
} here;

static void relax(void)
{
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__) || defined(__arm__)
    __asm__ volatile("yield");
#endif
}

static void pull(kin_pool *p, size_t worker)
{
    const kin_pool *outer = here.pool;
    size_t          before = here.worker, index;
    here.pool = p;
    here.worker = worker;
    while ((index = atomic_fetch_add_explicit(&p->next, 1, memory_order_relaxed)) < p->count) p->task(p->arg, index, worker);
    here.pool = outer;
    here.worker = before;
}

/* Whether a thread that has seen job `turn` may join this one. */
static bool wants(uint64_t state, uint32_t turn)
{
    return state == QUIT || ((state & WANTED) && (uint32_t)(state >> 32) != turn);
}

static uint64_t wait_for_work(kin_pool *p, uint32_t turn)
{
    uint64_t state;
    int64_t  start = kin_clock_ns();
    for (unsigned round = 1; !wants(state = atomic_load(&p->state), turn); round++) {
        relax();
        if (round % ROUNDS_PER_LOOK || kin_clock_ns() - start < spin_ns) continue;
        pthread_mutex_lock(&p->lock);
        atomic_fetch_add(&p->asleep, 1); /* before the look at the state: run() changes that first, then reads this */
        while (!wants(state = atomic_load(&p->state), turn)) pthread_cond_wait(&p->wake, &p->lock);
        atomic_fetch_sub(&p->asleep, 1);
        pthread_mutex_unlock(&p->lock);
        break;
    }
    return state;
}

static void *lend_a_hand(void *arg)
{
    const hand *h = arg;
    kin_pool   *p = h->pool;
    uint32_t    turn = 0;
    for (;;) {
        uint64_t state = wait_for_work(p, turn);
        if (state == QUIT) return NULL;
        if (!atomic_compare_exchange_weak(&p->state, &state, state - JOIN)) continue;
        turn = (uint32_t)(state >> 32);
        pull(p, h->number);
        atomic_fetch_sub(&p->state, 1);
    }
}

/* As many sleepers as the job wants beyond those who spin. */
static void wake_sleepers(kin_pool *p, size_t wanted)
{
    size_t asleep = atomic_load(&p->asleep);
    size_t awake = p->hands - (asleep < p->hands ? asleep : p->hands);
    if (!asleep || awake >= wanted) return;
    pthread_mutex_lock(&p->lock);
    for (size_t n = wanted - awake; n; n--) pthread_cond_signal(&p->wake);
    pthread_mutex_unlock(&p->lock);
}

void kin_pool_run(kin_pool *p, kin_task task, void *arg, size_t count)
{
    if (here.pool == p || count < 2) {
        for (size_t i = 0; i < count; i++) task(arg, i, here.pool == p ? here.worker : 0);
        return;
    }
    size_t wanted = count - 1 < p->hands ? count - 1 : p->hands;
    p->task = task;
    p->arg = arg;
    p->count = count;
    atomic_store_explicit(&p->next, 0, memory_order_relaxed);
    if (++p->turn == 0) p->turn = 1; /* 0: what a new thread has seen */
    atomic_store(&p->state, (uint64_t)p->turn << 32 | (uint64_t)wanted << 16);
    wake_sleepers(p, wanted);
    pull(p, 0);
    atomic_fetch_and(&p->state, ~(uint64_t)WANTED);
    for (unsigned round = 1; atomic_load(&p->state) & INSIDE; round++) {
        relax();
        if (round >= ROUNDS_BEFORE_YIELD) sched_yield(); /* who is inside may wait for this very core */
    }
}

/* Signals go to the program's own threads. */
static bool start(hand *h)
{
    sigset_t all, before;
    sigfillset(&all);
    if (pthread_sigmask(SIG_SETMASK, &all, &before)) return false;
    bool started = pthread_create(&h->thread, NULL, lend_a_hand, h) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return started;
}

kin_pool *kin_pool_new(kin_context *ctx, size_t width)
{
    size_t    size = sizeof(kin_pool) + (width - 1) * sizeof(hand);
    kin_pool *p = ctx->allocate(ctx->user, size); /* as the context itself: not counted, no error text */
    if (!p) return NULL;
    memset(p, 0, size);
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->wake, NULL);
    for (size_t n = 1; n < width; n++) {
        hand *h = &p->hand[p->hands];
        *h = (hand){.pool = p, .number = n};
        if (!start(h)) break;
        p->hands++; /* only this thread reads it */
    }
    if (p->hands) return p;
    kin_pool_free(ctx, p);
    return NULL;
}

void kin_pool_free(kin_context *ctx, kin_pool *p)
{
    if (!p) return;
    pthread_mutex_lock(&p->lock);
    atomic_store(&p->state, QUIT);
    pthread_cond_broadcast(&p->wake);
    pthread_mutex_unlock(&p->lock);
    for (size_t n = 0; n < p->hands; n++) pthread_join(p->hand[n].thread, NULL);
    pthread_mutex_destroy(&p->lock);
    pthread_cond_destroy(&p->wake);
    ctx->release(ctx->user, p);
}
