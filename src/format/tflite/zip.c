/* SPDX-License-Identifier: Apache-2.0
 *
 * Zip archives (PKWARE's APPNOTE.TXT), stored files only. Offsets may count from the file's start or from the archive's.
 */
#include "format/tflite/zip.h"

#include <string.h>

#include "base/text.h"

enum { END_SIZE = 22, ENTRY_SIZE = 46, LOCAL_SIZE = 30, COMMENT_MAX = 65535 };
#define END_MARK   UINT32_C(0x06054b50)
#define ENTRY_MARK UINT32_C(0x02014b50)
#define LOCAL_MARK UINT32_C(0x04034b50)

typedef struct {
    kin_context   *ctx;
    const uint8_t *bytes;
    size_t         size;
    size_t         base; /* what the archive's offsets count from */
    size_t         at, end; /* the directory */
} archive;

static uint32_t u16(const uint8_t *p)
{
    return p[0] | (uint32_t)p[1] << 8;
}

static uint32_t u32(const uint8_t *p)
{
    return u16(p) | u16(p + 2) << 16;
}

/* CRC-32 of ISO 3309, bit by bit: labels are short. */
static uint32_t crc32(const uint8_t *bytes, size_t size)
{
    uint32_t crc = ~UINT32_C(0);
    for (size_t i = 0; i < size; i++) {
        crc ^= bytes[i];
        for (int k = 0; k < 8; k++) crc = crc >> 1 ^ (UINT32_C(0xEDB88320) & (0 - (crc & 1)));
    }
    return ~crc;
}

static kin_status damaged(const archive *a, const char *what)
{
    return kin_fail(a->ctx, KIN_E_FORMAT, "the archive behind the model: %s", what);
}

/* Finds the record at the end and with it the directory; false when there is none. */
static bool find_directory(archive *a, bool *fits)
{
    if (a->size < END_SIZE) return false;
    size_t last = a->size - END_SIZE, least = last > COMMENT_MAX ? last - COMMENT_MAX : 0;
    for (size_t at = last + 1; at-- > least;) {
        const uint8_t *p = a->bytes + at;
        if (u32(p) != END_MARK || u16(p + 20) != a->size - at - END_SIZE) continue;
        uint64_t size = u32(p + 12), offset = u32(p + 16);
        *fits = size + offset <= at;
        if (*fits) a->end = at, a->at = at - (size_t)size, a->base = at - (size_t)(size + offset);
        return true;
    }
    return false;
}

/* The bytes of the file whose directory entry is `p`. */
static kin_status contents(const archive *a, const uint8_t *p, const char *name, size_t length, const uint8_t **data, size_t *data_size)
{
    char     shown[80];
    uint64_t at = (uint64_t)a->base + u32(p + 42), size = u32(p + 20);
    kin_printable(name, length, shown, sizeof shown);
    if (u16(p + 10) != 0)
        return kin_fail(a->ctx, KIN_E_UNSUPPORTED, "'%s' in the archive behind the model is compressed, expected stored", shown);
    if (at > a->at || a->at - at < LOCAL_SIZE || u32(a->bytes + at) != LOCAL_MARK) return damaged(a, "a file's head is not where the directory says");
    at += LOCAL_SIZE + u16(a->bytes + at + 26) + u16(a->bytes + at + 28);
    if (at > a->at || size > a->at - at) return damaged(a, "a file reaches into the directory");
    if (crc32(a->bytes + at, (size_t)size) != u32(p + 16)) return damaged(a, "a file's checksum is wrong");
    *data = a->bytes + at;
    *data_size = (size_t)size;
    return KIN_OK;
}

kin_status kin_zip_find(kin_context *ctx, const void *bytes, size_t size, const char *name, size_t length,
                        const uint8_t **data, size_t *data_size)
{
    archive a = {.ctx = ctx, .bytes = bytes, .size = size};
    bool    fits;
    *data = NULL;
    *data_size = 0;
    if (!find_directory(&a, &fits)) return KIN_OK;
    if (!fits) return damaged(&a, "its directory is larger than the file");
    for (size_t at = a.at; at < a.end;) {
        const uint8_t *p = a.bytes + at;
        if (a.end - at < ENTRY_SIZE || u32(p) != ENTRY_MARK) return damaged(&a, "its directory is damaged");
        size_t name_length = u16(p + 28), entry = ENTRY_SIZE + name_length + u16(p + 30) + u16(p + 32);
        if (entry > a.end - at) return damaged(&a, "its directory is damaged");
        if (name_length == length && memcmp(p + ENTRY_SIZE, name, length) == 0) return contents(&a, p, name, length, data, data_size);
        at += entry;
    }
    return KIN_OK;
}

bool kin_zip_is_there(const void *bytes, size_t size)
{
    archive a = {.bytes = bytes, .size = size};
    bool    fits;
    return bytes && find_directory(&a, &fits);
}
