/* SPDX-License-Identifier: Apache-2.0
 *
 * Serial context, error text, status names.
 */
#include "base/context.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *malloc_allocate(void *user, size_t size)
{
    (void)user;
    return malloc(size);
}

static void malloc_release(void *user, void *block)
{
    (void)user;
    free(block);
}

void kin_context_init(kin_context *ctx)
{
    memset(ctx, 0, sizeof *ctx);
    ctx->allocate = malloc_allocate;
    ctx->release = malloc_release;
    ctx->max_memory = (uint64_t)2 << 30;
    ctx->max_pixels = 200000000;
    ctx->cpu = kin_cpu_best();
    ctx->splitter = &kin_splitter_serial;
    atomic_init(&ctx->cancelled, false);
}

/* Ends `text` (`size` bytes long without NUL) before a UTF-8 character that was cut in the middle. */
static void trim_utf8(char *text, size_t size)
{
    size_t start = size;
    while (start > 0 && ((unsigned char)text[start - 1] & 0xC0) == 0x80) start--;
    if (start == 0) return;
    unsigned char lead = (unsigned char)text[start - 1];
    size_t need = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
    if (size - (start - 1) < need) text[start - 1] = '\0';
}

kin_status kin_fail(kin_context *ctx, kin_status status, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = vsnprintf(ctx->error, sizeof ctx->error, format, args);
    va_end(args);
    if (n >= (int)sizeof ctx->error) trim_utf8(ctx->error, sizeof ctx->error - 1);
    return status;
}

kin_status kin_fail_prefix(kin_context *ctx, kin_status status, const char *prefix)
{
    char text[KIN_ERROR_BYTES];
    memcpy(text, ctx->error, sizeof text);
    return kin_fail(ctx, status, "%s: %s", prefix, text);
}

const char *kin_error(const kin_context *ctx)
{
    return ctx ? ctx->error : "no context: out of memory or unknown CPU level";
}

void kin_context_cancel(kin_context *ctx)
{
    atomic_store(&ctx->cancelled, true);
}

void kin_context_resume(kin_context *ctx)
{
    atomic_store(&ctx->cancelled, false);
}

const char *kin_cpu_name(const kin_context *ctx)
{
    return kin_cpu_level_name(ctx->cpu);
}

const char *kin_status_name(kin_status status)
{
    static const char *const name[] = {
        [KIN_OK] = "ok",
        [KIN_E_USAGE] = "usage",
        [KIN_E_IO] = "io",
        [KIN_E_FORMAT] = "format",
        [KIN_E_UNSUPPORTED] = "unsupported",
        [KIN_E_LIMIT] = "limit",
        [KIN_E_MEMORY] = "memory",
        [KIN_E_NOT_FOUND] = "not found",
        [KIN_E_REFUSED] = "refused",
        [KIN_E_DATABASE] = "database",
        [KIN_E_DISK] = "disk",
        [KIN_E_CANCELLED] = "cancelled",
    };
    return (size_t)status < sizeof name / sizeof *name ? name[status] : "unknown";
}

const char *kin_version(void)
{
    return KIN_VERSION;
}
