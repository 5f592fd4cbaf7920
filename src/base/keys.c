/* SPDX-License-Identifier: Apache-2.0
 */
#include "base/keys.h"

#include <string.h>

#include "base/number.h"
#include "base/text.h"

static kin_status set(kin_context *ctx, const char *what, const char *word, const kin_key *keys, size_t count, void *out)
{
    const char *equals = strchr(word, '=');
    size_t      length = equals ? (size_t)(equals - word) : strlen(word);
    char        shown[60];
    for (size_t i = 0; i < count; i++) {
        const kin_key *k = &keys[i];
        bool           flag = k->low == 0 && k->high == 0;
        if (strlen(k->key) != length || memcmp(k->key, word, length) || flag != !equals) continue;
        if (flag) {
            *(bool *)((char *)out + k->offset) = true;
            return KIN_OK;
        }
        double value;
        if (!kin_number_read(equals + 1, &value) || !(value >= k->low && value < k->high))
            return kin_fail(ctx, KIN_E_USAGE, "%s: %s is '%s', expected a number from %g, below %g", what, k->key,
                            kin_printable(equals + 1, strlen(equals + 1), shown, sizeof shown), k->low, k->high);
        *(double *)((char *)out + k->offset) = value;
        return KIN_OK;
    }
    return kin_fail(ctx, KIN_E_USAGE, "%s: '%s' is not known", what, kin_printable(word, strlen(word), shown, sizeof shown));
}

kin_status kin_keys_parse(kin_context *ctx, const char *what, const char *text, const kin_key *keys, size_t count, void *out,
                          char *name, size_t size)
{
    for (bool first = true;; first = false) {
        char   word[80];
        size_t length = strcspn(text += strspn(text, " "), " ");
        if (first ? length >= size : length >= sizeof word)
            return kin_fail(ctx, KIN_E_USAGE, "%s: a word of %zu bytes", what, length);
        memcpy(first ? name : word, text, length);
        (first ? name : word)[length] = 0;
        if (!first && length == 0) return KIN_OK;
        if (!first) KIN_TRY(set(ctx, what, word, keys, count, out));
        text += length;
    }
}
