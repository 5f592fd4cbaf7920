/* SPDX-License-Identifier: Apache-2.0
 *
 * What may be a person's name, or a line said of a person: nearly everything, kept as typed. Refused is what would break a line, command a terminal
 * or turn the writing direction of what stands behind it, and what two people could not tell apart by reading.
 */
#include <string.h>

#include "base/text.h"
#include "gallery/store.h"

/* The code point at `p` of valid UTF-8; *p moves on. */
static uint32_t next(const unsigned char **p)
{
    uint32_t c = *(*p)++;
    int      more = c >= 0xF0 ? 3 : c >= 0xE0 ? 2 : c >= 0xC0 ? 1 : 0;
    if (more) c &= 0x3Fu >> more;
    while (more--) c = c << 6 | (*(*p)++ & 0x3F);
    return c;
}

static const struct {
    uint32_t    first, last;
    const char *what;
} refused[] = {
    {0x00, 0x1F, "a control character (line end, tab, escape ...)"},
    {0x7F, 0x9F, "a control character"},
    {0x2028, 0x2029, "a line or paragraph separator"},
    {0x202A, 0x202E, "a character that turns the writing direction"},
    {0x2066, 0x2069, "a character that turns the writing direction"},
};

static bool blank(uint32_t c)
{
    return c == ' ' || c == 0xA0 || (c >= 0x2000 && c <= 0x200B) || c == 0x3000 || c == 0xFEFF;
}

static kin_status refuse(kin_context *ctx, const char *what, const char *text, const char *why)
{
    char shown[80];
    return kin_fail(ctx, KIN_E_REFUSED, "%s \"%s\": %s", what, kin_printable(text, strlen(text), shown, sizeof shown), why);
}

kin_status kin_gallery_check_line(kin_context *ctx, const char *what, const char *text)
{
    size_t length = strlen(text);
    if (length == 0) return kin_fail(ctx, KIN_E_REFUSED, "%s: empty", what);
    if (length > KIN_NAME_MAX) return refuse(ctx, what, text, "longer than 200 bytes");
    if (!kin_utf8_valid(text, length)) return refuse(ctx, what, text, "no valid UTF-8");
    const unsigned char *p = (const unsigned char *)text;
    uint32_t             c = 0;
    for (bool first = true; *p; first = false) {
        c = next(&p);
        if (first && blank(c)) return refuse(ctx, what, text, "begins with a blank");
        for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
            if (c >= refused[i].first && c <= refused[i].last) {
                char why[80];
                sqlite3_snprintf(sizeof why, why, "holds %s", refused[i].what);
                return refuse(ctx, what, text, why);
            }
    }
    return blank(c) ? refuse(ctx, what, text, "ends with a blank") : KIN_OK;
}

kin_status kin_gallery_check_name(kin_context *ctx, const char *name)
{
    return kin_gallery_check_line(ctx, "name", name);
}
