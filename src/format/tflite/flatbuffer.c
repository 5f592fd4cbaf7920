/* SPDX-License-Identifier: Apache-2.0
 *
 * Verified access to FlatBuffers. Positions are offsets from the file's start and never pass its size; numbers are put
 * together from bytes, so neither the machine's byte order nor alignment matters.
 */
#include "format/tflite/flatbuffer.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"

/* A table, vector or string is never larger than the file, but several offsets may share one. Builders share short
 * names and vtables, so a real file is read less than twice over. */
enum { BUDGET_FACTOR = 8, BUDGET_LEAST = 4096 };

static uint64_t load(const kin_fb_file *file, size_t at, size_t size)
{
    uint64_t x = 0;
    for (size_t i = 0; i < size; i++) x |= (uint64_t)file->bytes[at + i] << (8 * i);
    return x;
}

/* Whether [at, at + size) lies in the file. */
static bool inside(const kin_fb_file *file, size_t at, size_t size)
{
    return at <= file->size && size <= file->size - at;
}

/* --- messages --- */

static void put_place(const kin_fb_place *place, char *out, size_t size)
{
    if (!place || !place->what) return;
    put_place(place->parent, out, size); /* as deep as the schema */
    size_t used = strlen(out);
    if (place->index == KIN_FB_SINGLE)
        snprintf(out + used, size - used, "%s%s", used ? ", " : "", place->what);
    else
        snprintf(out + used, size - used, "%s%s %zu", used ? ", " : "", place->what, place->index);
}

kin_status kin_fb_fail(const kin_fb_table *table, kin_status status, const char *field, const char *format, ...)
{
    char    where[160] = "", text[320];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    put_place(&table->place, where, sizeof where);
    return kin_fail(table->file->ctx, status, "%s%s%s%s%s", where, *where && field ? ", " : "", field ? field : "",
                    *where || field ? ": " : "", text);
}

kin_status kin_fb_spend(const kin_fb_table *table, const char *field, size_t bytes)
{
    kin_fb_file *file = table->file;
    if (bytes > file->budget)
        return kin_fb_fail(table, KIN_E_FORMAT, field,
                           "the parts of this file refer to each other so often that they add up to more than %d times "
                           "its %zu bytes",
                           BUDGET_FACTOR, file->size);
    file->budget -= bytes;
    return KIN_OK;
}

/* --- tables --- */

/* Checks the table at `at` and its vtable; out->file and out->place are set. */
static kin_status check_table(kin_fb_table *out, size_t at)
{
    kin_fb_file *file = out->file;
    if (at % 4) return kin_fb_fail(out, KIN_E_FORMAT, NULL, "offset %zu is not a multiple of 4", at);
    if (!inside(file, at, 4))
        return kin_fb_fail(out, KIN_E_FORMAT, NULL, "offset %zu lies behind the end of %zu bytes", at, file->size);
    int64_t vtable = (int64_t)at - (int32_t)load(file, at, 4);
    if (vtable < 0 || vtable % 2 || !inside(file, (size_t)vtable, 4))
        return kin_fb_fail(out, KIN_E_FORMAT, NULL, "vtable at %lld of %zu bytes", (long long)vtable, file->size);
    size_t vtable_size = load(file, (size_t)vtable, 2), table_size = load(file, (size_t)vtable + 2, 2);
    if (vtable_size < 4 || vtable_size % 2 || !inside(file, (size_t)vtable, vtable_size))
        return kin_fb_fail(out, KIN_E_FORMAT, NULL, "vtable of %zu bytes at %lld of %zu", vtable_size,
                           (long long)vtable, file->size);
    if (table_size < 4 || !inside(file, at, table_size))
        return kin_fb_fail(out, KIN_E_FORMAT, NULL, "table of %zu bytes at %zu of %zu", table_size, at, file->size);
    out->at = at;
    out->size = table_size;
    out->vtable = (size_t)vtable + 4;
    out->fields = (vtable_size - 4) / 2;
    return kin_fb_spend(out, NULL, table_size);
}

kin_status kin_fb_open(kin_context *ctx, const void *bytes, size_t size, const char *identifier, kin_fb_file *file,
                       kin_fb_table *root)
{
    *file = (kin_fb_file){ctx, bytes, size, SIZE_MAX};
    *root = (kin_fb_table){.file = file, .place = {NULL, NULL, KIN_FB_SINGLE}};
    if (size < 8 || memcmp(file->bytes + 4, identifier, 4) != 0)
        return kin_fb_fail(root, KIN_E_FORMAT, "identifier", "no \"%s\" at byte 4 of %zu: not such a file", identifier,
                           size);
    /* The flatbuffer itself has 32-bit offsets; constants may lie behind it. */
    size_t flat = size < INT32_MAX ? size : INT32_MAX, budget;
    file->budget = kin_mul_size(flat, BUDGET_FACTOR, &budget) ? budget + BUDGET_LEAST : SIZE_MAX;
    root->place.what = "root table";
    KIN_TRY(check_table(root, load(file, 0, 4)));
    root->place.what = NULL;
    return KIN_OK;
}

/* Position of a field of `size` bytes, 0 when it is not stored. */
static kin_status find(const kin_fb_table *table, int field, const char *name, size_t size, size_t *at)
{
    *at = 0;
    if ((size_t)field >= table->fields) return KIN_OK;
    size_t offset = load(table->file, table->vtable + 2 * (size_t)field, 2);
    if (offset == 0) return KIN_OK;
    if (offset < 4 || offset > table->size || size > table->size - offset)
        return kin_fb_fail(table, KIN_E_FORMAT, name, "%zu bytes at %zu of a table of %zu", size, offset, table->size);
    *at = table->at + offset;
    if (*at % size) return kin_fb_fail(table, KIN_E_FORMAT, name, "offset %zu is not a multiple of %zu", *at, size);
    return KIN_OK;
}

/* --- numbers --- */

static kin_status number(const kin_fb_table *table, int field, const char *name, size_t size, uint64_t *out)
{
    size_t at;
    KIN_TRY(find(table, field, name, size, &at));
    if (at) *out = load(table->file, at, size);
    return KIN_OK;
}

kin_status kin_fb_u8(const kin_fb_table *table, int field, const char *name, uint8_t fallback, uint8_t *out)
{
    uint64_t x = fallback;
    KIN_TRY(number(table, field, name, 1, &x));
    *out = (uint8_t)x;
    return KIN_OK;
}

kin_status kin_fb_i8(const kin_fb_table *table, int field, const char *name, int8_t fallback, int8_t *out)
{
    uint64_t x = (uint8_t)fallback;
    KIN_TRY(number(table, field, name, 1, &x));
    *out = (int8_t)(uint8_t)x;
    return KIN_OK;
}

kin_status kin_fb_bool(const kin_fb_table *table, int field, const char *name, bool fallback, bool *out)
{
    uint64_t x = fallback;
    KIN_TRY(number(table, field, name, 1, &x));
    *out = x != 0;
    return KIN_OK;
}

kin_status kin_fb_i32(const kin_fb_table *table, int field, const char *name, int32_t fallback, int32_t *out)
{
    uint64_t x = (uint32_t)fallback;
    KIN_TRY(number(table, field, name, 4, &x));
    *out = (int32_t)(uint32_t)x;
    return KIN_OK;
}

kin_status kin_fb_u32(const kin_fb_table *table, int field, const char *name, uint32_t fallback, uint32_t *out)
{
    uint64_t x = fallback;
    KIN_TRY(number(table, field, name, 4, &x));
    *out = (uint32_t)x;
    return KIN_OK;
}

kin_status kin_fb_u64(const kin_fb_table *table, int field, const char *name, uint64_t fallback, uint64_t *out)
{
    *out = fallback;
    return number(table, field, name, 8, out);
}

static float float_of(uint32_t bits)
{
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

kin_status kin_fb_f32(const kin_fb_table *table, int field, const char *name, float fallback, float *out)
{
    size_t at;
    KIN_TRY(find(table, field, name, 4, &at));
    *out = at ? float_of((uint32_t)load(table->file, at, 4)) : fallback;
    return KIN_OK;
}

/* --- what offsets lead to --- */

/* Where the offset stored in a field leads, 0 when the field is absent. */
static kin_status follow(const kin_fb_table *table, int field, const char *name, size_t *to)
{
    size_t at;
    *to = 0;
    KIN_TRY(find(table, field, name, 4, &at));
    if (!at) return KIN_OK;
    size_t offset = load(table->file, at, 4);
    if (offset < 4 || !inside(table->file, at, offset))
        return kin_fb_fail(table, KIN_E_FORMAT, name, "offset %zu from %zu in a file of %zu bytes", offset, at,
                           table->file->size);
    *to = at + offset;
    return KIN_OK;
}

kin_status kin_fb_child(const kin_fb_table *table, int field, const char *name, kin_fb_table *out)
{
    size_t at;
    *out = (kin_fb_table){0};
    KIN_TRY(follow(table, field, name, &at));
    if (!at) return KIN_OK;
    out->file = table->file;
    out->place = (kin_fb_place){&table->place, name, KIN_FB_SINGLE};
    return check_table(out, at);
}

/* `count` items of `item` bytes behind a count at `at`, `extra` bytes behind them. */
static kin_status check_items(const kin_fb_table *table, const char *name, size_t at, size_t item, size_t extra,
                              size_t *count)
{
    kin_fb_file *file = table->file;
    if (at % 4 || (at + 4) % item)
        return kin_fb_fail(table, KIN_E_FORMAT, name, "misaligned: %zu-byte items at %zu", item, at + 4);
    if (!inside(file, at, 4))
        return kin_fb_fail(table, KIN_E_FORMAT, name, "offset %zu lies behind the end of %zu bytes", at, file->size);
    *count = load(file, at, 4);
    size_t left = file->size - at - 4;
    if (extra > left || *count > (left - extra) / item)
        return kin_fb_fail(table, KIN_E_FORMAT, name, "%zu items of %zu bytes, but %zu bytes are left in the file",
                           *count, item, left);
    return KIN_OK;
}

kin_status kin_fb_items(const kin_fb_table *table, int field, const char *name, size_t item, kin_fb_vector *out)
{
    size_t at;
    *out = (kin_fb_vector){table, name, false, 0, 0, item};
    KIN_TRY(follow(table, field, name, &at));
    if (!at) return KIN_OK;
    KIN_TRY(check_items(table, name, at, item, 0, &out->count));
    out->present = true;
    out->at = at + 4;
    /* Bytes are handed on, not walked over. */
    return kin_fb_spend(table, name, item == 1 ? 4 : out->count * item);
}

kin_status kin_fb_string(const kin_fb_table *table, int field, const char *name, kin_fb_text *out)
{
    size_t at, length;
    *out = (kin_fb_text){"", 0};
    KIN_TRY(follow(table, field, name, &at));
    if (!at) return KIN_OK;
    KIN_TRY(check_items(table, name, at, 1, 1, &length));
    const char *text = (const char *)table->file->bytes + at + 4;
    if (text[length] != '\0')
        return kin_fb_fail(table, KIN_E_FORMAT, name, "a string of %zu bytes without a NUL behind it", length);
    *out = (kin_fb_text){text, length};
    return kin_fb_spend(table, name, length);
}

int32_t kin_fb_item_i32(const kin_fb_vector *vector, size_t i)
{
    return (int32_t)(uint32_t)load(vector->table->file, vector->at + 4 * i, 4);
}

int64_t kin_fb_item_i64(const kin_fb_vector *vector, size_t i)
{
    return (int64_t)load(vector->table->file, vector->at + 8 * i, 8);
}

float kin_fb_item_f32(const kin_fb_vector *vector, size_t i)
{
    return float_of((uint32_t)load(vector->table->file, vector->at + 4 * i, 4));
}

kin_status kin_fb_item_table(const kin_fb_vector *vector, size_t i, const char *what, kin_fb_table *out)
{
    kin_fb_file *file = vector->table->file;
    size_t       at = vector->at + 4 * i, offset = load(file, at, 4);
    *out = (kin_fb_table){.file = file, .place = {&vector->table->place, what, i}};
    if (offset < 4 || !inside(file, at, offset))
        return kin_fb_fail(out, KIN_E_FORMAT, NULL, "offset %zu from %zu in a file of %zu bytes", offset, at,
                           file->size);
    return check_table(out, at + offset);
}
