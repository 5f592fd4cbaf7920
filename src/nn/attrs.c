/* SPDX-License-Identifier: Apache-2.0
 *
 * Attributes of ops as text, "stride=2,2 padding=same", to and from the op's own struct by its table.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "base/text.h"
#include "nn/op.h"

enum { VALUE_BYTES = 512 }; /* longest text of one value */

const kin_attr *kin_attr_find(const kin_op *op, const char *name)
{
    for (size_t i = 0; i < op->attr_count; i++)
        if (!strcmp(op->attr[i].name, name)) return &op->attr[i];
    return NULL;
}

/* --- reading --- */

static bool read_int(const char *text, const char **end, int64_t *out)
{
    char *stop;
    errno = 0;
    long long v = strtoll(text, &stop, 10);
    if (stop == text || errno) return false;
    *end = stop;
    *out = v;
    return true;
}

static bool read_ints(const char *text, kin_ints *out)
{
    memset(out, 0, sizeof *out);
    if (!*text) return true;
    for (;;) {
        if (out->count == KIN_INTS_MAX || !read_int(text, &text, &out->value[out->count])) return false;
        out->count++;
        if (!*text) return true;
        if (*text++ != ',') return false;
    }
}

static bool read_word(const char *text, const char *const *words, int *out)
{
    for (int i = 0; words[i]; i++)
        if (!strcmp(words[i], text)) {
            *out = i;
            return true;
        }
    return false;
}

static bool read_type(const char *text, int *out)
{
    for (int i = 0; i < KIN_TYPES; i++)
        if (!strcmp(kin_type_name((kin_type)i), text)) {
            *out = i;
            return true;
        }
    return false;
}

static bool read_bool(const char *text, bool *out)
{
    *out = !strcmp(text, "true") || !strcmp(text, "1");
    return *out || !strcmp(text, "false") || !strcmp(text, "0");
}

static bool read_value(const kin_attr *attr, const char *text, void *attrs)
{
    void       *at = (char *)attrs + attr->offset;
    const char *end;
    switch (attr->kind) {
    case KIN_ATTR_INT: return read_int(text, &end, at) && !*end;
    case KIN_ATTR_FLOAT: return kin_number_read(text, at);
    case KIN_ATTR_BOOL: return read_bool(text, at);
    case KIN_ATTR_INTS: return read_ints(text, at);
    case KIN_ATTR_ENUM: return read_word(text, attr->words, at);
    case KIN_ATTR_TYPE: return read_type(text, at);
    }
    return false;
}

static const char *kind_text(const kin_attr *attr, char *out, size_t size)
{
    static const char *const kinds[] = {
        [KIN_ATTR_INT] = "a whole number",      [KIN_ATTR_FLOAT] = "a number",
        [KIN_ATTR_BOOL] = "true or false",      [KIN_ATTR_INTS] = "up to 16 whole numbers with commas",
        [KIN_ATTR_TYPE] = "a type like float32", [KIN_ATTR_ENUM] = "one of",
    };
    size_t at = (size_t)snprintf(out, size, "%s", kinds[attr->kind]);
    for (int i = 0; attr->kind == KIN_ATTR_ENUM && attr->words[i] && at < size; i++)
        at += (size_t)snprintf(out + at, size - at, " %s", attr->words[i]);
    return out;
}

static kin_status bad_value(kin_context *ctx, const kin_op *op, const kin_attr *attr, const char *value)
{
    char shown[80], kind[200];
    return kin_fail(ctx, KIN_E_USAGE, "op %s: %s is '%s', expected %s", op->name, attr->name,
                    kin_printable(value, strlen(value), shown, sizeof shown), kind_text(attr, kind, sizeof kind));
}

kin_status kin_attrs_default(kin_context *ctx, const kin_op *op, void *attrs)
{
    if (op->attrs_size) memset(attrs, 0, op->attrs_size);
    for (size_t i = 0; i < op->attr_count; i++)
        if (!read_value(&op->attr[i], op->attr[i].fallback, attrs))
            return bad_value(ctx, op, &op->attr[i], op->attr[i].fallback);
    return KIN_OK;
}

/* Sets one attribute from "name=value" of `length` bytes. */
static kin_status parse_one(kin_context *ctx, const kin_op *op, const char *text, size_t length, void *attrs)
{
    char copy[VALUE_BYTES], shown[80];
    if (length >= sizeof copy)
        return kin_fail(ctx, KIN_E_USAGE, "op %s: an attribute of %zu bytes, expected fewer than %d", op->name, length,
                        (int)VALUE_BYTES);
    memcpy(copy, text, length);
    copy[length] = '\0';
    char *equals = strchr(copy, '=');
    if (!equals)
        return kin_fail(ctx, KIN_E_USAGE, "op %s: '%s', expected name=value", op->name,
                        kin_printable(copy, length, shown, sizeof shown));
    *equals = '\0';
    const kin_attr *attr = kin_attr_find(op, copy);
    if (!attr)
        return kin_fail(ctx, KIN_E_USAGE, "op %s has no attribute '%s'", op->name,
                        kin_printable(copy, strlen(copy), shown, sizeof shown));
    return read_value(attr, equals + 1, attrs) ? KIN_OK : bad_value(ctx, op, attr, equals + 1);
}

kin_status kin_attrs_parse(kin_context *ctx, const kin_op *op, const char *text, void *attrs)
{
    static const char *const space = " \t\n";
    while (text && *(text += strspn(text, space))) {
        size_t length = strcspn(text, space);
        KIN_TRY(parse_one(ctx, op, text, length, attrs));
        text += length;
    }
    return KIN_OK;
}

/* --- writing --- */

static void write_value(const kin_attr *attr, const void *attrs, char *out, size_t size)
{
    const void *at = (const char *)attrs + attr->offset;
    char        number[KIN_NUMBER_TEXT];
    size_t      n = 0;
    out[0] = '\0';
    switch (attr->kind) {
    case KIN_ATTR_INT: snprintf(out, size, "%lld", (long long)*(const int64_t *)at); break;
    case KIN_ATTR_FLOAT: snprintf(out, size, "%s", kin_number_text(*(const double *)at, number)); break;
    case KIN_ATTR_BOOL: snprintf(out, size, "%s", *(const bool *)at ? "true" : "false"); break;
    case KIN_ATTR_ENUM: snprintf(out, size, "%s", attr->words[*(const int *)at]); break;
    case KIN_ATTR_TYPE: snprintf(out, size, "%s", kin_type_name((kin_type) * (const int *)at)); break;
    case KIN_ATTR_INTS:
        for (int i = 0; i < ((const kin_ints *)at)->count && n < size; i++)
            n += (size_t)snprintf(out + n, size - n, "%s%lld", i ? "," : "",
                                  (long long)((const kin_ints *)at)->value[i]);
    }
}

/* The fallback in the form in which write_value prints it ("1.0" is written "1"). */
static void write_fallback(const kin_attr *attr, char *out, size_t size)
{
    union {
        int64_t  i;
        double   d;
        bool     b;
        kin_ints ints;
        int      e;
    } value;
    kin_attr alone = *attr;
    alone.offset = 0;
    memset(&value, 0, sizeof value);
    if (read_value(&alone, attr->fallback, &value))
        write_value(&alone, &value, out, size);
    else
        out[0] = '\0';
}

bool kin_attr_is_fallback(const kin_attr *attr, const void *attrs)
{
    char value[VALUE_BYTES], fallback[VALUE_BYTES];
    write_value(attr, attrs, value, sizeof value);
    write_fallback(attr, fallback, sizeof fallback);
    return !strcmp(value, fallback);
}

const char *kin_attrs_text(const kin_op *op, const void *attrs, char *out, size_t size)
{
    size_t at = 0;
    if (size) out[0] = '\0';
    for (size_t i = 0; i < op->attr_count && at < size; i++) {
        char value[VALUE_BYTES];
        if (kin_attr_is_fallback(&op->attr[i], attrs)) continue;
        write_value(&op->attr[i], attrs, value, sizeof value);
        at += (size_t)snprintf(out + at, size - at, "%s%s=%s", at ? " " : "", op->attr[i].name, value);
    }
    return out;
}
