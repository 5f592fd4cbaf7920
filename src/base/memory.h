/* SPDX-License-Identifier: Apache-2.0
 *
 * Memory: sizes that cannot wrap, blocks that count against the context's limit, an arena for what
 * lives and dies together, a buffer that grows.
 */
#ifndef KIN_BASE_MEMORY_H
#define KIN_BASE_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/context.h"

enum { KIN_ALIGN = 64 }; /* every block starts on a cache line */

/* *out = a * b (a + b), false when it would not fit. */
static inline bool kin_mul_size(size_t a, size_t b, size_t *out)
{
    return !__builtin_mul_overflow(a, b, out);
}
static inline bool kin_add_size(size_t a, size_t b, size_t *out)
{
    return !__builtin_add_overflow(a, b, out);
}
static inline bool kin_mul_i64(int64_t a, int64_t b, int64_t *out)
{
    return !__builtin_mul_overflow(a, b, out);
}
static inline bool kin_add_i64(int64_t a, int64_t b, int64_t *out)
{
    return !__builtin_add_overflow(a, b, out);
}
static inline size_t kin_align_up(size_t n, size_t to) /* `to` a power of two; n far below SIZE_MAX */
{
    return (n + to - 1) & ~(to - 1);
}

/* `*out` = a block of `size` bytes (0 gives a valid block too), aligned to KIN_ALIGN, not cleared.
 * KIN_E_LIMIT when the context's max_memory would be passed, KIN_E_MEMORY when the allocator has none;
 * both set the error text, `*out` is then NULL. */
kin_status kin_alloc(kin_context *ctx, size_t size, void *out);
/* What a block of `size` bytes counts against the limit. */
uint64_t kin_charged(size_t size);
/* The same for count * size bytes (checked), cleared. */
kin_status kin_alloc_zero(kin_context *ctx, size_t count, size_t size, void *out);
/* Grows or shrinks *block (may hold NULL) to `size`; on failure *block is as it was. */
kin_status kin_realloc(kin_context *ctx, void *block, size_t size);
/* Takes NULL. */
void kin_release(kin_context *ctx, void *block);
/* A copy of a string of `length` bytes, NUL added. Release with kin_release. */
kin_status kin_copy_string(kin_context *ctx, const char *text, size_t length, char **out);

/* `out` above is the address of a pointer variable: float *x; KIN_TRY(kin_alloc(ctx, n, &x)); */

/* --- arena: blocks that are freed all at once --- */

typedef struct kin_arena_chunk kin_arena_chunk;
typedef struct {
    kin_context     *ctx;
    kin_arena_chunk *chunk;
} kin_arena;

static inline kin_arena kin_arena_make(kin_context *ctx)
{
    return (kin_arena){ctx, NULL};
}
/* Cleared memory, aligned to 16 (to KIN_ALIGN from 1024 bytes up). */
kin_status kin_arena_alloc(kin_arena *arena, size_t count, size_t size, void *out);
kin_status kin_arena_string(kin_arena *arena, const char *text, size_t length, const char **out);
void       kin_arena_free(kin_arena *arena);

/* --- buffer: bytes of unknown length --- */

typedef struct {
    kin_context *ctx;
    uint8_t     *data;
    size_t       size, capacity;
} kin_buffer;

static inline kin_buffer kin_buffer_make(kin_context *ctx)
{
    return (kin_buffer){ctx, NULL, 0, 0};
}
kin_status kin_buffer_reserve(kin_buffer *buffer, size_t more);
kin_status kin_buffer_add(kin_buffer *buffer, const void *bytes, size_t size);
kin_status kin_buffer_text(kin_buffer *buffer, const char *format, ...) __attribute__((format(printf, 2, 3)));
void       kin_buffer_free(kin_buffer *buffer);

#endif
