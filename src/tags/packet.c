/* SPDX-License-Identifier: Apache-2.0
 *
 * Finds the XMP packet in a photo and looks at it before a library does. Offsets come from foreign bytes: each is checked.
 * XMP specification, part 3 (ISO 16684-1 annex): where each format keeps it. JPEG's "extended XMP" (packets over 64 kB, in
 * pieces) is not put together: the first packet is read, which is where programs keep regions.
 */
#include <string.h>

#include "base/text.h"
#include "tags/tags.h"

enum { DEEPEST = 40 };

typedef struct {
    const uint8_t *at;
    size_t         size;
} span;

static uint32_t big(const uint8_t *p, int n)
{
    uint32_t value = 0;
    while (n--) value = value << 8 | *p++;
    return value;
}

static uint32_t little32(const uint8_t *p)
{
    return (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}

/* Segments up to the first scan. */
static span in_jpeg(span s)
{
    static const char head[] = "http://ns.adobe.com/xap/1.0/";
    for (size_t at = 2; s.size - at >= 4 && s.at[at] == 0xFF;) {
        const uint8_t marker = s.at[at + 1];
        if (marker == 0xFF) { /* a fill byte */
            at++;
            continue;
        }
        if (marker == 0xDA || marker == 0xD9) break;
        if (marker == 0x01 || (marker >= 0xD0 && marker <= 0xD8)) { /* these have no length */
            at += 2;
            continue;
        }
        const size_t length = big(s.at + at + 2, 2);
        if (length < 2 || length > s.size - at - 2) break;
        const uint8_t *data = s.at + at + 4;
        if (marker == 0xE1 && length - 2 > sizeof head && memcmp(data, head, sizeof head) == 0)
            return (span){data + sizeof head, length - 2 - sizeof head};
        at += 2 + length;
    }
    return (span){0};
}

/* An iTXt chunk of this key, uncompressed as the specification wants it. */
static span in_png(span s)
{
    static const char key[] = "XML:com.adobe.xmp";
    for (size_t at = 8; s.size - at >= 12;) {
        const size_t   length = big(s.at + at, 4);
        const uint8_t *data = s.at + at + 8;
        if (length > s.size - at - 12) break;
        if (memcmp(s.at + at + 4, "iTXt", 4) == 0 && length > sizeof key + 4 && memcmp(data, key, sizeof key) == 0 &&
            data[sizeof key] == 0) {
            const uint8_t *end = data + length, *p = data + sizeof key + 2; /* behind: language, translated key, text */
            for (int i = 0; p && i < 2; i++) {
                p = memchr(p, 0, (size_t)(end - p));
                if (p) p++;
            }
            if (p) return (span){p, (size_t)(end - p)};
        }
        at += 12 + length;
    }
    return (span){0};
}

static span in_webp(span s)
{
    for (size_t at = 12; s.size - at >= 8;) {
        const size_t length = little32(s.at + at + 4);
        if (length > s.size - at - 8) break;
        if (memcmp(s.at + at, "XMP ", 4) == 0) return (span){s.at + at + 8, length};
        at += 8 + length + (length & 1);
        if (at > s.size) break;
    }
    return (span){0};
}

static const uint8_t *find(span s, const char *word)
{
    return s.size ? memmem(s.at, s.size, word, strlen(word)) : NULL;
}

/* TIFF, HEIC and AVIF keep it as it is, somewhere. */
static span anywhere(span s)
{
    static const char first[] = "<x:xmpmeta", last[] = "</x:xmpmeta>";
    const uint8_t    *begin = find(s, first);
    if (!begin) return (span){0};
    const span     rest = {begin, s.size - (size_t)(begin - s.at)};
    const uint8_t *end = find(rest, last);
    return end ? (span){begin, (size_t)(end - begin) + sizeof last - 1} : (span){0};
}

bool kin_xmp_find(const uint8_t *photo, size_t size, const uint8_t **packet, size_t *length)
{
    const span s = {photo, size};
    span       found = {0};
    if (size < 16) return false;
    if (memcmp(photo, "\xFF\xD8", 2) == 0)
        found = in_jpeg(s);
    else if (memcmp(photo, "\x89PNG\r\n\x1A\n", 8) == 0)
        found = in_png(s);
    else if (memcmp(photo, "RIFF", 4) == 0 && memcmp(photo + 8, "WEBP", 4) == 0)
        found = in_webp(s);
    else
        found = anywhere(s);
    *packet = found.at;
    *length = found.size;
    return found.size != 0;
}

/* --- the look --- */

/* Behind the next `word` at or after p, NULL: there is none. */
static const uint8_t *behind(const uint8_t *p, const uint8_t *end, const char *word)
{
    const uint8_t *at = find((span){p, (size_t)(end - p)}, word);
    return at ? at + strlen(word) : NULL;
}

static bool begins(const uint8_t *p, const uint8_t *end, const char *word)
{
    return (size_t)(end - p) >= strlen(word) && memcmp(p, word, strlen(word)) == 0;
}

/* Behind a tag that begins at p, quoted values passed over; *empty: it closes itself. */
static const uint8_t *tag_end(const uint8_t *p, const uint8_t *end, bool *empty)
{
    char quote = 0;
    for (p++; p < end; p++) {
        if (quote)
            quote = *p == (uint8_t)quote ? 0 : quote;
        else if (*p == '"' || *p == '\'')
            quote = (char)*p;
        else if (*p == '>') {
            *empty = p[-1] == '/';
            return p + 1;
        }
    }
    return NULL;
}

/* XML is well formed or not by the parser's word; this only bounds what it gets. */
kin_status kin_xmp_check(kin_context *ctx, const uint8_t *packet, size_t size)
{
    const uint8_t *p = packet, *end = packet + size;
    int            depth = 0;
    if (size > KIN_XMP_MAX_BYTES)
        return kin_fail(ctx, KIN_E_LIMIT, "XMP of %zu bytes, at most %d are read", size, (int)KIN_XMP_MAX_BYTES);
    if (size == 0) return kin_fail(ctx, KIN_E_FORMAT, "XMP: the file is empty");
    if (memchr(packet, 0, size) || !kin_utf8_valid((const char *)packet, size))
        return kin_fail(ctx, KIN_E_FORMAT, "XMP: not UTF-8");
    while (p && (p = memchr(p, '<', (size_t)(end - p)))) {
        bool empty = false;
        if (begins(p, end, "<!--"))
            p = behind(p + 4, end, "-->");
        else if (begins(p, end, "<![CDATA["))
            p = behind(p, end, "]]>");
        else if (begins(p, end, "<!"))
            return kin_fail(ctx, KIN_E_FORMAT, "XMP: a document type, which XMP has none of");
        else if (begins(p, end, "<?"))
            p = behind(p, end, "?>");
        else if (begins(p, end, "</"))
            depth--, p = behind(p, end, ">");
        else {
            p = tag_end(p, end, &empty);
            depth += !empty;
        }
        if (depth > DEEPEST) return kin_fail(ctx, KIN_E_FORMAT, "XMP: elements nested deeper than %d", DEEPEST);
    }
    return KIN_OK;
}
