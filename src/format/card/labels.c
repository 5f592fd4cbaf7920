/* SPDX-License-Identifier: Apache-2.0
 *
 * Lines -> labels. Two passes: count, copy.
 */
#include "format/card/labels.h"

#include <string.h>

#include "base/text.h"

typedef struct {
    const char *at, *end;
} lines;

/* The next line without its end; false behind the last. */
static bool next(lines *l, const char **line, size_t *length)
{
    if (l->at == l->end) return false;
    const char *stop = memchr(l->at, '\n', (size_t)(l->end - l->at));
    *line = l->at;
    *length = (size_t)((stop ? stop : l->end) - l->at);
    l->at = stop ? stop + 1 : l->end;
    if (*length && (*line)[*length - 1] == '\r') --*length;
    return true;
}

static bool fine(const char *line, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)line[i];
        if ((c < 0x20 && c != '\t') || c == 0x7F || (c == 0xC2 && i + 1 < length && (unsigned char)line[i + 1] < 0xA0)) return false;
    }
    return kin_utf8_valid(line, length);
}

kin_status kin_labels_read(kin_arena *arena, const void *text, size_t size, const char ***label, size_t *count)
{
    const char *begin = text, *line;
    size_t      length, n = 0;
    if (size >= 3 && memcmp(begin, "\xEF\xBB\xBF", 3) == 0) begin += 3, size -= 3;
    const lines all = {begin, begin + size};
    *label = NULL;
    *count = 0;
    for (lines l = all; next(&l, &line, &length); n++)
        if (!fine(line, length)) return kin_fail(arena->ctx, KIN_E_FORMAT, "labels, line %zu: not UTF-8 text", n + 1);
    if (n == 0) return kin_fail(arena->ctx, KIN_E_FORMAT, "labels: no line");
    KIN_TRY(kin_arena_alloc(arena, n, sizeof **label, label));
    for (lines l = all; next(&l, &line, &length);) KIN_TRY(kin_arena_string(arena, line, length, &(*label)[(*count)++]));
    return KIN_OK;
}
