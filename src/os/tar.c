/* SPDX-License-Identifier: Apache-2.0
 *
 * ustar, IEEE Std 1003.1 "pax": a header of fixed fields, numbers as octal text, a sum of its bytes.
 */
#include "os/tar.h"

#include <stdio.h>
#include <string.h>

enum { AT_MODE = 100, AT_UID = 108, AT_GID = 116, AT_SIZE = 124, AT_TIME = 136, AT_SUM = 148, AT_TYPE = 156, AT_MAGIC = 257 };

/* The sum of the header's bytes, its own field counted as blanks. */
static unsigned sum_of(const uint8_t *header)
{
    unsigned sum = 0;
    for (int i = 0; i < KIN_TAR_BLOCK; i++) sum += i >= AT_SUM && i < AT_SUM + 8 ? ' ' : header[i];
    return sum;
}

kin_status kin_tar_header(kin_context *ctx, const char *name, uint64_t size, uint8_t out[KIN_TAR_BLOCK])
{
    if (strlen(name) > KIN_TAR_NAME_MAX || size >= UINT64_C(1) << 33)
        return kin_fail(ctx, KIN_E_LIMIT, "%s: %llu bytes: name or size too long for tar", name, (unsigned long long)size);
    char *text = (char *)out;
    memset(out, 0, KIN_TAR_BLOCK);
    memcpy(text, name, strlen(name));
    memcpy(text + AT_MODE, "0000600", 8);
    memcpy(text + AT_UID, "0000000", 8);
    memcpy(text + AT_GID, "0000000", 8);
    snprintf(text + AT_SIZE, 12, "%011llo", (unsigned long long)size);
    memcpy(text + AT_TIME, "00000000000", 12);
    text[AT_TYPE] = '0';
    memcpy(text + AT_MAGIC, "ustar\00000", 8);
    snprintf(text + AT_SUM, 8, "%06o", sum_of(out));
    text[AT_SUM + 7] = ' ';
    return KIN_OK;
}

/* Octal digits, ended by a blank or NUL, after blanks. */
static bool octal(const uint8_t *field, int length, uint64_t *out)
{
    int i = 0;
    *out = 0;
    while (i < length && field[i] == ' ') i++;
    for (; i < length && field[i] >= '0' && field[i] <= '7'; i++) *out = *out * 8 + (uint64_t)(field[i] - '0');
    return i == length || field[i] == ' ' || field[i] == '\0';
}

kin_status kin_tar_next(kin_context *ctx, const uint8_t *bytes, size_t size, size_t *at, kin_tar_entry *out, bool *more)
{
    *more = false;
    while (size - *at >= KIN_TAR_BLOCK && bytes[*at] != '\0') {
        const uint8_t *header = bytes + *at;
        uint64_t       length, sum;
        if (!octal(header + AT_SUM, 8, &sum) || sum != sum_of(header) || memcmp(header + AT_MAGIC, "ustar", 5) != 0)
            return kin_fail(ctx, KIN_E_FORMAT, "no tar archive, or damaged, at byte %zu", *at);
        size_t left = size - *at - KIN_TAR_BLOCK;
        if (!octal(header + AT_SIZE, 12, &length) || length > left)
            return kin_fail(ctx, KIN_E_FORMAT, "tar archive: cut off, or a size that cannot be, at byte %zu", *at);
        size_t whole = ((size_t)length + KIN_TAR_BLOCK - 1) / KIN_TAR_BLOCK * KIN_TAR_BLOCK;
        *at += KIN_TAR_BLOCK + (whole < left ? whole : left);
        if (header[AT_TYPE] != '0' && header[AT_TYPE] != '\0') continue;
        memcpy(out->name, header, KIN_TAR_NAME_MAX);
        out->name[KIN_TAR_NAME_MAX] = '\0';
        out->data = header + KIN_TAR_BLOCK;
        out->size = (size_t)length;
        *more = true;
        return KIN_OK;
    }
    return *at == 0 ? kin_fail(ctx, KIN_E_FORMAT, "no tar archive") : KIN_OK;
}
