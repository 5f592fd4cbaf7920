/* SPDX-License-Identifier: Apache-2.0
 *
 * A bounded reader of two tags: it walks one directory and one below it, follows no other offset, allocates nothing.
 */
#include "image/exif.h"

#include <string.h>

enum { TAG_ORIENTATION = 0x0112, TAG_EXIF_FOLDER = 0x8769, TAG_TAKEN = 0x9003 };
enum { TYPE_ASCII = 2, TYPE_SHORT = 3, TYPE_LONG = 4 };
enum { ENTRY_BYTES = 12 };

typedef struct {
    const uint8_t *bytes;
    size_t         size;
    bool           big; /* big endian, "MM" */
} tiff;

/* The number of `n` (2 or 4) bytes at `at`; 0 outside. */
static uint32_t number(const tiff *t, size_t at, int n)
{
    if (at > t->size || t->size - at < (size_t)n) return 0;
    uint32_t value = 0;
    for (int i = 0; i < n; i++) value |= (uint32_t)t->bytes[at + (size_t)i] << 8 * (t->big ? n - 1 - i : i);
    return value;
}

/* Where the entry of `tag` with this type begins in the directory at `folder`; 0 when it has none. */
static size_t find(const tiff *t, size_t folder, uint32_t tag, uint32_t type)
{
    if (folder < 8) return 0;
    uint32_t count = number(t, folder, 2);
    for (uint32_t i = 0; i < count; i++) {
        size_t at = folder + 2 + (size_t)i * ENTRY_BYTES;
        if (at > t->size || t->size - at < ENTRY_BYTES) return 0;
        if (number(t, at, 2) == tag && number(t, at + 2, 2) == type) return at;
    }
    return 0;
}

/* "dddd:dd:dd dd:dd:dd", or as far as the day, month or year. Cameras without a clock write blanks or zeros; who dates an old print
 * leaves blank (or zero) what is not known behind the year. */
static bool is_time(const char *text, size_t size)
{
    static const char form[] = "dddd:dd:dd dd:dd:dd";
    if (size != 4 && size != 7 && size != 10 && size != sizeof form - 1) return false;
    for (size_t i = 0; i < size; i++)
        if (form[i] == 'd' ? (text[i] < '0' || text[i] > '9') && (i < 4 || text[i] != ' ') : text[i] != form[i]) return false;
    return memcmp(text, "0000", 4) != 0;
}

kin_exif kin_exif_read(const uint8_t *bytes, size_t size)
{
    kin_exif exif = {1, ""};
    if (size < 8 || (memcmp(bytes, "II*\0", 4) != 0 && memcmp(bytes, "MM\0*", 4) != 0)) return exif;
    tiff   t = {bytes, size, bytes[0] == 'M'};
    size_t folder = number(&t, 4, 4), at;
    if ((at = find(&t, folder, TAG_ORIENTATION, TYPE_SHORT))) {
        uint32_t value = number(&t, at + 8, 2);
        if (value >= 1 && value <= 8) exif.orientation = (int)value;
    }
    if ((at = find(&t, folder, TAG_EXIF_FOLDER, TYPE_LONG)) &&
        (at = find(&t, number(&t, at + 8, 4), TAG_TAKEN, TYPE_ASCII))) {
        size_t length = number(&t, at + 4, 4), text = number(&t, at + 8, 4);
        if (length > KIN_TAKEN_BYTES - 1) length = KIN_TAKEN_BYTES - 1;
        if (text > size || size - text < length) return exif;
        while (length && !bytes[text + length - 1]) length--;
        if (is_time((const char *)bytes + text, length)) memcpy(exif.taken, bytes + text, length);
    }
    return exif;
}
