/* SPDX-License-Identifier: Apache-2.0
 *
 * Texts of the form "NAME key=1.5 flag key=2" into the fields of a struct, by a table.
 */
#ifndef KIN_BASE_KEYS_H
#define KIN_BASE_KEYS_H

#include "base/memory.h"

typedef struct {
    const char *key;
    size_t      offset;    /* of a double; of a bool for a flag */
    double      low, high; /* low <= value < high; both 0: a flag, set by being there */
} kin_key;

/* The first word of `text` goes into name[size], the others into the struct `out`, which holds its defaults. KIN_E_USAGE
 * says, after `what`, which word is wrong and what is expected. */
kin_status kin_keys_parse(kin_context *ctx, const char *what, const char *text, const kin_key *keys, size_t count, void *out,
                          char *name, size_t size);

#endif
