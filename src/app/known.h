/* SPDX-License-Identifier: Apache-2.0
 *
 * What may be known of a person: a row of `kin_known_fields`, an option of the same name in options.c. kin person sets it, people tells
 * it, export and import carry it.
 */
#ifndef KIN_APP_KNOWN_H
#define KIN_APP_KNOWN_H

#include "app/app.h"

enum { KIN_KNOWN_BYTES = KIN_CONSENT_MAX + 1 };

typedef struct {
    const char *name;   /* of the option, the column and the key */
    size_t      option; /* offset of its text in kin_settings */
    /* Sets the field by what stands behind the option ("none": nothing is known). KIN_E_USAGE: that makes no sense. */
    kin_status (*set)(kin_context *ctx, kin_gallery *home, const char *person, const char *text);
    /* What is known in words, as `set` takes it, KIN_KNOWN_BYTES at most; "" for nothing. */
    void (*show)(const kin_person *person, char *out);
} kin_known_field;

enum { KIN_KNOWN_FIELDS = 3 };
extern const kin_known_field kin_known_fields[KIN_KNOWN_FIELDS];

#endif
