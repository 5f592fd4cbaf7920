/* SPDX-License-Identifier: Apache-2.0
 *
 * Picasa's .picasa.ini, of a folder: sections by file name, in them
 *     faces=rect64(3f845bcb59418507),8e62398ebda8c1a5;rect64(...),...
 * with four 16-bit numbers (left, top, right, bottom, of 65535; leading zeros are left out) and the person's number; and
 *     [Contacts2]
 *     8e62398ebda8c1a5=Anna Miller;;
 * where [Contacts] of older versions may have "anna_lh,4bd750800fb6a6b8" instead, an account on the web and a number there.
 * Google never published the format; this is what its readers agree on (exiftool's picasa_faces.config among them). A person
 * number of all f means that nobody was named.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "tags/tags.h"

enum { LONGEST_LINE = 64 << 10 };

typedef struct {
    const char *at;
    size_t      size;
} text;

static bool next_line(text *rest, text *line)
{
    if (!rest->size) return false;
    const char *end = memchr(rest->at, '\n', rest->size);
    line->at = rest->at;
    line->size = end ? (size_t)(end - rest->at) : rest->size;
    const size_t step = line->size + (end != NULL);
    rest->at += step, rest->size -= step;
    while (line->size && (line->at[line->size - 1] == '\r' || line->at[line->size - 1] == ' ')) line->size--;
    return true;
}

static bool same(text a, const char *word)
{
    return a.size == strlen(word) && strncasecmp(a.at, word, a.size) == 0;
}

static bool section(text line, text *name)
{
    if (line.size < 2 || line.at[0] != '[' || line.at[line.size - 1] != ']') return false;
    *name = (text){line.at + 1, line.size - 2};
    return true;
}

/* "1a2b", 1 to 16 hexadecimal digits. */
static bool hex(text t, uint64_t *out)
{
    uint64_t value = 0;
    if (t.size < 1 || t.size > 16) return false;
    for (size_t i = 0; i < t.size; i++) {
        const char c = t.at[i];
        const int  digit = c >= '0' && c <= '9' ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1;
        if (digit < 0) return false;
        value = value << 4 | (uint64_t)digit;
    }
    *out = value;
    return true;
}

/* "anna_lh,4bd750800fb6a6b8" */
static bool is_account(text value)
{
    static const char mark[] = "_lh,";
    const char       *at = memmem(value.at, value.size, mark, sizeof mark - 1);
    uint64_t          number;
    return at && hex((text){at + sizeof mark - 1, value.size - (size_t)(at - value.at) - (sizeof mark - 1)}, &number);
}

/* The name of a person, up to the first semicolon; size 0: not in this file. */
static text contact(text rest, uint64_t person)
{
    text line, name;
    bool here = false;
    while (next_line(&rest, &line)) {
        if (section(line, &name)) {
            here = same(name, "Contacts") || same(name, "Contacts2");
            continue;
        }
        const char *equal = here ? memchr(line.at, '=', line.size) : NULL;
        uint64_t    number;
        if (!equal || !hex((text){line.at, (size_t)(equal - line.at)}, &number) || number != person) continue;
        const text  value = {equal + 1, line.size - (size_t)(equal + 1 - line.at)};
        const char *end = memchr(value.at, ';', value.size);
        name = (text){value.at, end ? (size_t)(end - value.at) : value.size};
        if (!is_account(name)) return name;
    }
    return (text){"", 0};
}

/* One "rect64(...),person". */
static kin_status add_face(text whole, text face, kin_regions *out, size_t *unnamed)
{
    static const char head[] = "rect64(";
    const size_t      skip = sizeof head - 1;
    if (face.size < skip || strncasecmp(face.at, head, skip) != 0) return KIN_OK;
    const char *close = memchr(face.at, ')', face.size), *end = face.at + face.size;
    uint64_t    rectangle, person;
    if (!close || end - close < 2 || close[1] != ',' || !hex((text){face.at + skip, (size_t)(close - face.at) - skip}, &rectangle) ||
        !hex((text){close + 2, (size_t)(end - close - 2)}, &person))
        return KIN_OK;
    const kin_area area = {(double)(rectangle >> 48) / 65535, (double)(rectangle >> 32 & 0xFFFF) / 65535,
                           (double)(rectangle >> 16 & 0xFFFF) / 65535, (double)(rectangle & 0xFFFF) / 65535};
    if (!kin_area_valid(area) || person == UINT64_MAX) return KIN_OK;
    const text name = contact(whole, person);
    if (!name.size || !kin_utf8_valid(name.at, name.size)) {
        ++*unnamed;
        return KIN_OK;
    }
    return kin_regions_add(out, KIN_REGION_PICASA, name.at, name.size, area, 0, 0);
}

static kin_status add_faces(text whole, text faces, kin_regions *out, size_t *unnamed)
{
    size_t count = 0;
    while (faces.size) {
        const char  *end = memchr(faces.at, ';', faces.size);
        const size_t length = end ? (size_t)(end - faces.at) : faces.size;
        if (++count > KIN_REGIONS_MAX)
            return kin_fail(out->ctx, KIN_E_LIMIT, "more than %d faces in a photo", (int)KIN_REGIONS_MAX);
        KIN_TRY(add_face(whole, (text){faces.at, length}, out, unnamed));
        faces.at += length + (end != NULL), faces.size -= length + (end != NULL);
    }
    return KIN_OK;
}

kin_status kin_picasa_read(kin_context *ctx, const uint8_t *ini, size_t size, const char *file, kin_regions *out, size_t *unnamed)
{
    static const char key[] = "faces=";
    const size_t      skip = sizeof key - 1;
    text              rest = {(const char *)ini, size}, line, name;
    const text        whole = rest;
    bool              here = false;
    if (size > KIN_PICASA_MAX_BYTES) return kin_fail(ctx, KIN_E_LIMIT, "%zu bytes, at most %d are read", size, (int)KIN_PICASA_MAX_BYTES);
    while (next_line(&rest, &line)) {
        if (section(line, &name)) {
            here = same(name, file);
            continue;
        }
        if (!here || line.size > LONGEST_LINE || line.size < skip || strncasecmp(line.at, key, skip) != 0) continue;
        KIN_TRY(add_faces(whole, (text){line.at + skip, line.size - skip}, out, unnamed));
    }
    return KIN_OK;
}
