/* SPDX-License-Identifier: Apache-2.0
 *
 * The table of decodings.
 */
#include "face/detect/decode.h"

#include <string.h>

static const kin_decoding *const decodings[] = {
    &kin_decoding_ssd,
};

const kin_decoding *kin_decoding_find(const char *name)
{
    for (size_t i = 0; i < sizeof decodings / sizeof *decodings; i++)
        if (!strcmp(decodings[i]->name, name)) return decodings[i];
    return NULL;
}
