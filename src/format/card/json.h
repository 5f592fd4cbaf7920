/* SPDX-License-Identifier: Apache-2.0
 *
 * A small strict JSON reader (RFC 8259) for cards: a tree in an arena. Depth, members of an object and numbers are
 * bounded, text is checked UTF-8 without NUL, keys may not be given twice, nothing may stand behind the value.
 */
#ifndef KIN_FORMAT_CARD_JSON_H
#define KIN_FORMAT_CARD_JSON_H

#include "base/memory.h"

typedef enum { KIN_JSON_NULL, KIN_JSON_BOOL, KIN_JSON_NUMBER, KIN_JSON_TEXT, KIN_JSON_LIST, KIN_JSON_OBJECT } kin_json_kind;

typedef struct kin_json kin_json;
struct kin_json {
    kin_json_kind   kind;
    bool            truth;  /* KIN_JSON_BOOL */
    double          number; /* KIN_JSON_NUMBER, finite */
    const char     *key;    /* of a member, NUL behind; else NULL */
    const char     *text;   /* KIN_JSON_TEXT: `length` bytes, NUL behind */
    size_t          length;
    const kin_json *first, *next; /* items of a list or object; next in the same */
    size_t          count;        /* items */
};

enum { KIN_JSON_DEPTH = 16, KIN_JSON_MEMBERS = 256 };

/* Everything lives in `arena`. KIN_E_FORMAT says what and at which line. */
kin_status kin_json_read(kin_arena *arena, const void *bytes, size_t size, const kin_json **out);

/* The member `key` of an object, NULL when there is none (or `object` is NULL or no object). */
const kin_json *kin_json_find(const kin_json *object, const char *key);

/* "a list" */
const char *kin_json_kind_name(kin_json_kind kind);

#endif
