/* SPDX-License-Identifier: Apache-2.0
 *
 * JSON by recursive descent, at most KIN_JSON_DEPTH deep.
 */
#include "format/card/json.h"

#include <string.h>

#include "base/text.h"

typedef struct {
    kin_arena  *arena;
    const char *text;
    size_t      size, at;
    int         depth;
} parser;

/* --- messages --- */

static kin_status fail(const parser *p, const char *what)
{
    size_t line = 1;
    for (size_t i = 0; i < p->at && i < p->size; i++) line += p->text[i] == '\n';
    return kin_fail(p->arena->ctx, KIN_E_FORMAT, "JSON, line %zu (byte %zu of %zu): %s", line, p->at, p->size, what);
}

const char *kin_json_kind_name(kin_json_kind kind)
{
    static const char *const name[] = {"null", "true or false", "a number", "a text", "a list", "an object"};
    return name[kind];
}

/* --- characters --- */

static void skip_space(parser *p)
{
    while (p->at < p->size && (p->text[p->at] == ' ' || p->text[p->at] == '\t' || p->text[p->at] == '\n' ||
                               p->text[p->at] == '\r'))
        p->at++;
}

static bool next_is(const parser *p, char c)
{
    return p->at < p->size && p->text[p->at] == c;
}

static bool take(parser *p, char c)
{
    if (!next_is(p, c)) return false;
    p->at++;
    return true;
}

static bool take_word(parser *p, const char *word)
{
    size_t n = strlen(word);
    if (n > p->size - p->at || memcmp(p->text + p->at, word, n) != 0) return false;
    p->at += n;
    return true;
}

/* --- numbers --- */

static bool digit(const parser *p)
{
    return p->at < p->size && p->text[p->at] >= '0' && p->text[p->at] <= '9';
}

/* Digits of a number so far: value * 10^exponent, as many as fit 64 bits; the rest only count. */
typedef struct {
    uint64_t value;
    int      exponent;
} decimal;

static bool take_digits(parser *p, decimal *d, int step)
{
    if (!digit(p)) return false;
    for (; digit(p); p->at++) {
        if (d->value < UINT64_MAX / 10 - 1) {
            d->value = d->value * 10 + (uint64_t)(p->text[p->at] - '0');
            d->exponent -= step; /* 1 behind the point */
        } else if (d->exponent < 100000)
            d->exponent += 1 - step;
    }
    return true;
}

/* value * 10^exponent; exact for up to 15 digits and |exponent| <= 22, else within a few units of the last place
 * (Clinger 1990). strtod would follow the locale's decimal point. */
static double scale(decimal d)
{
    double x = (double)d.value, ten = 10, power = 1;
    bool   small = d.exponent < 0;
    int    left = small ? -d.exponent : d.exponent;
    if (d.value == 0) return 0;
    if (small && left > 300) { /* in two steps: 10^left alone may be infinite */
        for (int i = 0; i < 20; i++) x /= 10;
        left -= 20;
    }
    for (; left; left >>= 1, ten *= ten)
        if (left & 1) power *= ten;
    return small ? x / power : x * power;
}

static kin_status read_number(parser *p, kin_json *out)
{
    decimal d = {0, 0};
    bool    negative = take(p, '-'), zero = next_is(p, '0');
    size_t  start = p->at;
    if (!take_digits(p, &d, 0)) return fail(p, "expected a digit");
    if (zero && p->at != start + 1) return fail(p, "a number must not begin with 0");
    if (take(p, '.') && !take_digits(p, &d, 1)) return fail(p, "expected a digit behind the point");
    if (take(p, 'e') || take(p, 'E')) {
        bool    down = take(p, '-');
        decimal e = {0, 0};
        if (!down) take(p, '+');
        if (!take_digits(p, &e, 0)) return fail(p, "expected a digit of the exponent");
        int by = e.exponent || e.value > 100000 ? 100000 : (int)e.value;
        d.exponent += down ? -by : by;
    }
    double x = scale(d);
    if (!(x <= 1.7976931348623157e308)) return fail(p, "the number is too large");
    out->kind = KIN_JSON_NUMBER;
    out->number = negative ? -x : x;
    return KIN_OK;
}

/* --- text --- */

static bool take_hex(parser *p, uint32_t *out)
{
    *out = 0;
    for (int i = 0; i < 4; i++) {
        if (p->at >= p->size) return false;
        char        c = p->text[p->at];
        const char *digits = "0123456789abcdef0123456789ABCDEF", *found = c ? strchr(digits, c) : NULL;
        if (!found) return false;
        *out = *out << 4 | (uint32_t)((found - digits) % 16);
        p->at++;
    }
    return true;
}

static size_t put_utf8(uint32_t code, char *out)
{
    if (code < 0x80) return out[0] = (char)code, 1;
    size_t n = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    for (size_t i = n - 1; i > 0; i--, code >>= 6) out[i] = (char)(0x80 | (code & 0x3F));
    out[0] = (char)((0xF00 >> n & 0xFF) | code);
    return n;
}

/* Behind a backslash. Writes at most as many bytes as the escape has. */
static kin_status read_escape(parser *p, char *out, size_t *length)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    if (p->at >= p->size) return fail(p, "a text without end");
    char        c = p->text[p->at++];
    const char *simple = c ? strchr(from, c) : NULL;
    uint32_t    code, low;
    if (simple) {
        out[(*length)++] = to[simple - from];
        return KIN_OK;
    }
    if (c != 'u') return fail(p, "an unknown escape");
    if (!take_hex(p, &code)) return fail(p, "expected four hexadecimal digits");
    if (code >= 0xD800 && code < 0xDC00) {
        if (!take_word(p, "\\u") || !take_hex(p, &low) || low < 0xDC00 || low > 0xDFFF)
            return fail(p, "half of a surrogate pair");
        code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
    } else if (code >= 0xDC00 && code < 0xE000)
        return fail(p, "half of a surrogate pair");
    if (code == 0) return fail(p, "a NUL in a text");
    *length += put_utf8(code, out + *length);
    return KIN_OK;
}

/* The closing quote of the text that begins at p->at; the size when there is none. */
static size_t find_quote(const parser *p)
{
    size_t i = p->at;
    while (i < p->size && p->text[i] != '"') i += p->text[i] == '\\' ? 2 : 1;
    return i < p->size ? i : p->size;
}

static kin_status read_text(parser *p, const char **text, size_t *length)
{
    char *out;
    *length = 0;
    if (!take(p, '"')) return fail(p, "expected a text in double quotes");
    size_t end = find_quote(p);
    if (end == p->size) return fail(p, "a text without end");
    if (!kin_utf8_valid(p->text + p->at, end - p->at)) return fail(p, "a text that is not UTF-8");
    KIN_TRY(kin_arena_alloc(p->arena, end - p->at + 1, 1, &out));
    while (p->at < end) {
        unsigned char c = (unsigned char)p->text[p->at++];
        if (c < 0x20) return fail(p, "a control character in a text");
        if (c == '\\')
            KIN_TRY(read_escape(p, out, length));
        else
            out[(*length)++] = (char)c;
    }
    p->at = end + 1;
    *text = out;
    return KIN_OK;
}

/* --- values --- */

static kin_status read_value(parser *p, kin_json *out);

static kin_status check_key(const parser *p, const kin_json *object, const char *key)
{
    if (object->count == KIN_JSON_MEMBERS) return fail(p, "an object with too many members");
    return kin_json_find(object, key) ? fail(p, "a key that was given before") : KIN_OK;
}

/* The items of a list or object up to `close`. */
static kin_status read_items(parser *p, kin_json *out, char close)
{
    const kin_json **link = &out->first;
    bool             object = close == '}';
    out->kind = object ? KIN_JSON_OBJECT : KIN_JSON_LIST;
    if (++p->depth > KIN_JSON_DEPTH) return fail(p, "nested too deeply");
    p->at++;
    skip_space(p);
    for (bool more = !take(p, close); more; more = !take(p, close)) {
        kin_json *item;
        size_t    length;
        if (out->count && !take(p, ',')) return fail(p, object ? "expected , or }" : "expected , or ]");
        KIN_TRY(kin_arena_alloc(p->arena, 1, sizeof *item, &item));
        skip_space(p);
        if (object) {
            KIN_TRY(read_text(p, &item->key, &length));
            KIN_TRY(check_key(p, out, item->key));
            skip_space(p);
            if (!take(p, ':')) return fail(p, "expected : behind the key");
        }
        KIN_TRY(read_value(p, item));
        *link = item;
        link = &item->next;
        out->count++;
        skip_space(p);
    }
    p->depth--;
    return KIN_OK;
}

static kin_status read_value(parser *p, kin_json *out)
{
    skip_space(p);
    if (p->at == p->size) return fail(p, "the text ends where a value is expected");
    switch (p->text[p->at]) {
    case '{': return read_items(p, out, '}');
    case '[': return read_items(p, out, ']');
    case '"': out->kind = KIN_JSON_TEXT; return read_text(p, &out->text, &out->length);
    case 't':
    case 'f':
        out->kind = KIN_JSON_BOOL;
        out->truth = p->text[p->at] == 't';
        return take_word(p, out->truth ? "true" : "false") ? KIN_OK : fail(p, "expected true or false");
    case 'n': return take_word(p, "null") ? KIN_OK : fail(p, "expected null");
    default: return read_number(p, out);
    }
}

kin_status kin_json_read(kin_arena *arena, const void *bytes, size_t size, const kin_json **out)
{
    parser    p = {arena, bytes, size, 0, 0};
    kin_json *value;
    *out = NULL;
    if (size > INT32_MAX) return kin_fail(arena->ctx, KIN_E_LIMIT, "JSON of %zu bytes", size);
    KIN_TRY(kin_arena_alloc(arena, 1, sizeof *value, &value));
    KIN_TRY(read_value(&p, value));
    skip_space(&p);
    if (p.at != p.size) return fail(&p, "more text behind the value");
    *out = value;
    return KIN_OK;
}

const kin_json *kin_json_find(const kin_json *object, const char *key)
{
    if (!object || object->kind != KIN_JSON_OBJECT) return NULL;
    for (const kin_json *item = object->first; item; item = item->next)
        if (strcmp(item->key, key) == 0) return item;
    return NULL;
}
