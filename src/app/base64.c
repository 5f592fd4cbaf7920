/* SPDX-License-Identifier: Apache-2.0 */
#include "app/base64.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static const char digit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

char *kin_base64_write(const void *bytes, size_t size)
{
    const uint8_t *b = bytes;
    char          *text = malloc((size + 2) / 3 * 4 + 1), *at = text;
    for (size_t i = 0; text && i < size; i += 3) {
        uint32_t three = (uint32_t)b[i] << 16 | (i + 1 < size ? (uint32_t)b[i + 1] << 8 : 0) | (i + 2 < size ? b[i + 2] : 0);
        for (int k = 0; k < 4; k++) *at++ = digit[three >> (18 - 6 * k) & 63];
        if (i + 2 >= size) at[-1] = '=';
        if (i + 1 >= size) at[-2] = '=';
    }
    if (text) *at = '\0';
    return text;
}

bool kin_base64_read(const char *text, void *out, size_t room, size_t *size)
{
    uint8_t *to = out;
    size_t   length = strlen(text);
    *size = 0;
    if (length % 4) return false;
    for (size_t i = 0; i < length; i += 4) {
        uint32_t four = 0;
        int      pad = i + 4 == length ? (text[i + 3] == '=') + (text[i + 2] == '=') : 0;
        for (int k = 0; k < 4; k++) {
            const char *found = k < 4 - pad ? memchr(digit, text[i + (size_t)k], 64) : text[i + (size_t)k] == '=' ? digit : NULL;
            if (!found) return false;
            four = four << 6 | (uint32_t)(found - digit);
        }
        for (int k = 0; k < 3 - pad; k++) {
            if (*size == room) return false;
            to[(*size)++] = (uint8_t)(four >> (16 - 8 * k));
        }
    }
    return true;
}
