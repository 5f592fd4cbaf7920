/* SPDX-License-Identifier: Apache-2.0
 *
 * The inside of a kin_context, as far as the heart needs it: allocator with a limit, error text,
 * work splitter, cancel flag. os/context.c makes full ones (threads); kin_context_init makes a serial
 * one without any operating system, for wasm and for tests.
 */
#ifndef KIN_BASE_CONTEXT_H
#define KIN_BASE_CONTEXT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cpu.h"
#include "base/splitter.h"
#include "kin/base.h"

enum { KIN_ERROR_BYTES = 512 };

struct kin_context {
    void *(*allocate)(void *user, size_t size);
    void (*release)(void *user, void *block);
    void         *user;
    uint64_t      max_memory;
    _Atomic uint64_t memory; /* bytes held now; a plan made in another thread adds its graph's packed weights */
    uint64_t      max_pixels;
    kin_cpu       cpu;
    kin_splitter *splitter; /* never NULL; kin_splitter_serial where there are no threads */
    atomic_bool   cancelled;
    /* Serialise public calls on a shared context; NULL where there are no threads. Recursive. */
    void (*enter)(kin_context *), (*leave)(kin_context *);
    void *os; /* what os/context.c keeps here */
    char  error[KIN_ERROR_BYTES];
};

/* Fills *ctx: serial, best CPU level, 2 GB, malloc/free. */
void kin_context_init(kin_context *ctx);

/* Public functions that touch an object begin and end with these (they nest). */
static inline void kin_enter(kin_context *ctx)
{
    if (ctx->enter) ctx->enter(ctx);
}
static inline void kin_leave(kin_context *ctx)
{
    if (ctx->leave) ctx->leave(ctx);
}

static inline bool kin_cancelled(const kin_context *ctx)
{
    return atomic_load_explicit(&ctx->cancelled, memory_order_relaxed);
}

/* Sets the error text (printf format, cut to KIN_ERROR_BYTES at a UTF-8 boundary) and returns `status`:
 *     return kin_fail(ctx, KIN_E_FORMAT, "%s: tensor %zu: rank %d, expected at most 8", file, i, rank); */
kin_status kin_fail(kin_context *ctx, kin_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Puts "prefix: " before the present error text and returns `status` (a reader adds the file's name). */
kin_status kin_fail_prefix(kin_context *ctx, kin_status status, const char *prefix);

/* Passes an error up. */
#define KIN_TRY(expression)                                  \
    do {                                                     \
        kin_status kin_try_status = (expression);            \
        if (kin_try_status != KIN_OK) return kin_try_status; \
    } while (0)

#endif
