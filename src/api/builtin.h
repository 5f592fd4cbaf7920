/* SPDX-License-Identifier: Apache-2.0
 *
 * Models that are compiled in: bytes by name.
 */
#ifndef KIN_API_BUILTIN_H
#define KIN_API_BUILTIN_H

#include <stddef.h>

typedef struct {
    const char *name;
    const void *bytes;
    size_t      size;
} kin_builtin;

/* The i-th model inside, NULL behind the last. */
const kin_builtin *kin_builtin_at(size_t i, kin_builtin *out);
/* false when there is none of that name. */
_Bool kin_builtin_find(const char *name, kin_builtin *out);

#endif
