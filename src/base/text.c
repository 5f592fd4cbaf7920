/* SPDX-License-Identifier: Apache-2.0
 *
 * UTF-8 and safe printing.
 */
#include "base/text.h"

#include <stdint.h>
#include <string.h>

/* Length of the valid UTF-8 character at `p` (at most `left` bytes), 0 when there is none. RFC 3629. */
static size_t character(const unsigned char *p, size_t left)
{
    if (p[0] < 0x80) return 1;
    size_t   n = p[0] >= 0xF0 ? 4 : p[0] >= 0xE0 ? 3 : 2;
    uint32_t code = p[0] & (0xFF >> (n + 1));
    if (p[0] < 0xC2 || p[0] > 0xF4 || left < n) return 0;
    for (size_t i = 1; i < n; i++) {
        if ((p[i] & 0xC0) != 0x80) return 0;
        code = code << 6 | (p[i] & 0x3F);
    }
    static const uint32_t least[5] = {0, 0, 0x80, 0x800, 0x10000};
    return code < least[n] || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000) ? 0 : n;
}

bool kin_utf8_valid(const char *text, size_t length)
{
    for (size_t i = 0; i < length;) {
        size_t n = character((const unsigned char *)text + i, length - i);
        if (n == 0) return false;
        i += n;
    }
    return true;
}

const char *kin_printable(const char *text, size_t length, char *out, size_t size)
{
    size_t at = 0;
    for (size_t i = 0; i < length;) {
        const unsigned char *p = (const unsigned char *)text + i;
        size_t               n = character(p, length - i);
        /* C0, DEL and C1 (U+0080..U+009F, 0xC2 0x80..0x9F) would reach the terminal as commands. */
        bool   bad = n == 0 || p[0] < 0x20 || p[0] == 0x7F || (n == 2 && p[0] == 0xC2 && p[1] < 0xA0);
        size_t take = bad ? 1 : n;
        if (at + take + (i + (n ? n : 1) < length ? 3 : 0) >= size) {
            for (int dot = 0; dot < 3 && at + 1 < size; dot++) out[at++] = '.';
            break;
        }
        if (bad)
            out[at++] = '?';
        else {
            memcpy(out + at, p, n);
            at += n;
        }
        i += n ? n : 1;
    }
    out[at] = '\0';
    return out;
}
