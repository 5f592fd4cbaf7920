/* SPDX-License-Identifier: Apache-2.0
 *
 * Blocks that count against the context's limit, the arena, the growing buffer.
 */
#include "base/memory.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Stands just before the block that the caller sees. */
typedef struct {
    void  *raw;  /* what the allocator gave */
    size_t size; /* what it was asked for, counted in ctx->memory */
    size_t user; /* what the caller asked for */
} header;

enum { OVERHEAD = KIN_ALIGN + KIN_ALIGN }; /* header, rounded up, and room to align */

static header *header_of(void *block)
{
    return (header *)((char *)block - sizeof(header));
}

uint64_t kin_charged(size_t size)
{
    return (uint64_t)size + OVERHEAD;
}

static kin_status allocate(kin_context *ctx, size_t size, void **out)
{
    size_t total;
    *out = NULL;
    if (!kin_add_size(size, OVERHEAD, &total) || total > ctx->max_memory || ctx->memory > ctx->max_memory - total)
        return kin_fail(ctx, KIN_E_LIMIT, "%zu bytes more would pass the memory limit of %llu bytes (%llu in use)", size,
                        (unsigned long long)ctx->max_memory, (unsigned long long)ctx->memory);
    void *raw = ctx->allocate(ctx->user, total);
    if (!raw) return kin_fail(ctx, KIN_E_MEMORY, "out of memory: %zu bytes", size);
    char *block = (char *)kin_align_up((uintptr_t)raw + sizeof(header), KIN_ALIGN);
    *header_of(block) = (header){raw, total, size};
    ctx->memory += total;
    *out = block;
    return KIN_OK;
}

kin_status kin_alloc(kin_context *ctx, size_t size, void *out)
{
    void      *block;
    kin_status status = allocate(ctx, size, &block);
    memcpy(out, &block, sizeof block);
    return status;
}

kin_status kin_alloc_zero(kin_context *ctx, size_t count, size_t size, void *out)
{
    void  *block = NULL;
    size_t total;
    memcpy(out, &block, sizeof block);
    if (!kin_mul_size(count, size, &total))
        return kin_fail(ctx, KIN_E_LIMIT, "%zu times %zu bytes is more than memory can hold", count, size);
    KIN_TRY(allocate(ctx, total, &block));
    memset(block, 0, total);
    memcpy(out, &block, sizeof block);
    return KIN_OK;
}

kin_status kin_realloc(kin_context *ctx, void *block_address, size_t size)
{
    void *old, *block;
    memcpy(&old, block_address, sizeof old);
    KIN_TRY(allocate(ctx, size, &block));
    if (old) {
        size_t keep = header_of(old)->user;
        memcpy(block, old, keep < size ? keep : size);
        kin_release(ctx, old);
    }
    memcpy(block_address, &block, sizeof block);
    return KIN_OK;
}

void kin_release(kin_context *ctx, void *block)
{
    if (!block) return;
    header *h = header_of(block);
    ctx->memory -= h->size;
    ctx->release(ctx->user, h->raw);
}

kin_status kin_copy_string(kin_context *ctx, const char *text, size_t length, char **out)
{
    *out = NULL;
    char *copy;
    KIN_TRY(kin_alloc(ctx, length + 1, &copy));
    memcpy(copy, text, length);
    copy[length] = '\0';
    *out = copy;
    return KIN_OK;
}

/* --- arena --- */

enum { CHUNK_BYTES = 16384 };

struct kin_arena_chunk {
    kin_arena_chunk *next;
    size_t           size, used; /* of data[] */
    _Alignas(KIN_ALIGN) unsigned char data[];
};

kin_status kin_arena_alloc(kin_arena *arena, size_t count, size_t size, void *out)
{
    void  *none = NULL;
    size_t bytes;
    memcpy(out, &none, sizeof none);
    if (!kin_mul_size(count, size, &bytes) || bytes > SIZE_MAX / 2)
        return kin_fail(arena->ctx, KIN_E_LIMIT, "%zu times %zu bytes is more than memory can hold", count, size);
    size_t           align = bytes >= 1024 ? KIN_ALIGN : 16;
    kin_arena_chunk *chunk = arena->chunk;
    size_t           at = chunk ? kin_align_up(chunk->used, align) : 0;
    if (!chunk || at > chunk->size || bytes > chunk->size - at) {
        size_t room = bytes > CHUNK_BYTES / 4 ? bytes : CHUNK_BYTES - sizeof(kin_arena_chunk);
        KIN_TRY(kin_alloc(arena->ctx, sizeof(kin_arena_chunk) + room, &chunk));
        chunk->size = room;
        chunk->used = 0;
        if (arena->chunk && room == bytes) { /* a block of its own: keep filling the present chunk */
            chunk->next = arena->chunk->next;
            arena->chunk->next = chunk;
        } else {
            chunk->next = arena->chunk;
            arena->chunk = chunk;
        }
        at = 0;
    }
    chunk->used = at + bytes;
    void *block = chunk->data + at;
    memset(block, 0, bytes);
    memcpy(out, &block, sizeof block);
    return KIN_OK;
}

kin_status kin_arena_string(kin_arena *arena, const char *text, size_t length, const char **out)
{
    char *copy;
    *out = NULL;
    KIN_TRY(kin_arena_alloc(arena, length + 1, 1, &copy));
    memcpy(copy, text, length);
    *out = copy;
    return KIN_OK;
}

void kin_arena_free(kin_arena *arena)
{
    for (kin_arena_chunk *chunk = arena->chunk; chunk;) {
        kin_arena_chunk *next = chunk->next;
        kin_release(arena->ctx, chunk);
        chunk = next;
    }
    arena->chunk = NULL;
}

/* --- buffer --- */

kin_status kin_buffer_reserve(kin_buffer *buffer, size_t more)
{
    size_t need;
    if (!kin_add_size(buffer->size, more, &need) || need > SIZE_MAX / 2)
        return kin_fail(buffer->ctx, KIN_E_LIMIT, "%zu bytes more than memory can hold", more);
    if (need <= buffer->capacity) return KIN_OK;
    size_t capacity = buffer->capacity ? buffer->capacity : 256;
    while (capacity < need) capacity *= 2;
    KIN_TRY(kin_realloc(buffer->ctx, &buffer->data, capacity));
    buffer->capacity = capacity;
    return KIN_OK;
}

kin_status kin_buffer_add(kin_buffer *buffer, const void *bytes, size_t size)
{
    KIN_TRY(kin_buffer_reserve(buffer, size));
    if (size) memcpy(buffer->data + buffer->size, bytes, size);
    buffer->size += size;
    return KIN_OK;
}

kin_status kin_buffer_text(kin_buffer *buffer, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int        n = vsnprintf(NULL, 0, format, args);
    kin_status status = n < 0 ? kin_fail(buffer->ctx, KIN_E_USAGE, "bad format") : kin_buffer_reserve(buffer, (size_t)n + 1);
    if (status == KIN_OK) {
        vsnprintf((char *)buffer->data + buffer->size, (size_t)n + 1, format, again);
        buffer->size += (size_t)n; /* the NUL stays behind the end: data can be read as a string */
    }
    va_end(again);
    va_end(args);
    return status;
}

void kin_buffer_free(kin_buffer *buffer)
{
    kin_release(buffer->ctx, buffer->data);
    *buffer = kin_buffer_make(buffer->ctx);
}
