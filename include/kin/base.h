/* SPDX-License-Identifier: Apache-2.0
 *
 * What every other public header needs: status codes, the context, the version.
 *
 * A kin_context carries what a call needs from its surroundings: memory (and its limit), threads,
 * the CPU level, and one line of text for people about the last error. Use one context a thread, or
 * share one: calls on it are then serialised. Objects made with a context are freed before it.
 */
#ifndef KIN_BASE_H
#define KIN_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define KIN_API __attribute__((visibility("default")))
#else
#define KIN_API
#endif

/* Grows by one when a program compiled against an older header would no longer work. */
#define KIN_ABI 4

typedef enum {
    KIN_OK = 0,
    KIN_E_USAGE,       /* the caller's arguments make no sense */
    KIN_E_IO,          /* a file cannot be read or written */
    KIN_E_FORMAT,      /* bytes from elsewhere are damaged or not what they should be */
    KIN_E_UNSUPPORTED, /* well formed, but not something that this build can do */
    KIN_E_LIMIT,       /* would exceed a limit of the context (memory, pixels); nothing was allocated */
    KIN_E_MEMORY,      /* the allocator returned nothing */
    KIN_E_NOT_FOUND,   /* no such person, file, model, face */
    KIN_E_REFUSED,     /* declined for a stated reason (a blurred face at enrolment) */
    KIN_E_DATABASE,    /* the gallery is damaged, locked or of another version */
    KIN_E_DISK,        /* disk full or no permission */
    KIN_E_CANCELLED    /* kin_context_cancel was called */
} kin_status;

/* A short English word for a status: "format". Never NULL. */
KIN_API const char *kin_status_name(kin_status status);

typedef struct kin_context kin_context;

typedef struct {
    size_t      threads;    /* 0: one a core. The calling thread is one of them. Of more than 256, 256 are used */
    uint64_t    max_memory; /* bytes that all objects of this context may hold together; 0: 2 GB */
    uint64_t    max_pixels; /* of one photo; 0: 200 million */
    const char *cpu;        /* NULL: the best this machine has; else "scalar", "sse41", "avx2", ... */
    /* NULL: malloc and free. `size` of allocate is never 0; release never gets NULL. */
    void *(*allocate)(void *user, size_t size);
    void  (*release)(void *user, void *block);
    void   *user;
} kin_options;

/* A new context, NULL when there is no memory or `options->cpu` is unknown here. `options` may be NULL. */
KIN_API kin_context *kin_context_new(const kin_options *options);
KIN_API void         kin_context_free(kin_context *ctx);

/* The last error in one line, "" when there was none. Valid until the next call on `ctx`. Takes NULL. */
KIN_API const char *kin_error(const kin_context *ctx);

/* Makes the call that runs on `ctx` (in any thread) end soon with KIN_E_CANCELLED. Safe in a signal handler.
 * Stays set until kin_context_resume. */
KIN_API void kin_context_cancel(kin_context *ctx);
KIN_API void kin_context_resume(kin_context *ctx);

/* "0.1.0" */
KIN_API const char *kin_version(void);
/* The CPU level in use, "avx2". */
KIN_API const char *kin_cpu_name(const kin_context *ctx);

#ifdef __cplusplus
}
#endif
#endif
