/* SPDX-License-Identifier: Apache-2.0
 *
 * FlatBuffers, read without trust: every access checks its offset, vtable, length and alignment against the file and
 * fails with the path of the field ("subgraph 0, operator 17, inputs: ..."). The bytes may lie at any address.
 *
 * The schema's depth is the depth of the calls: nothing here follows offsets on its own, so tables that refer to each
 * other in a ring cannot hold it up. Many offsets may point to one table or vector, by which a small file could ask for
 * endless work: what is read counts against a budget of a few times the file's size.
 * Format: https://flatbuffers.dev/internals/
 */
#ifndef KIN_FORMAT_FLATBUFFER_H
#define KIN_FORMAT_FLATBUFFER_H

#include "base/context.h"

typedef struct {
    kin_context   *ctx;
    const uint8_t *bytes;
    size_t         size;
    size_t         budget; /* bytes of tables, vectors, strings that may still be looked at */
} kin_fb_file;

/* Where a table stands, for messages; `parent` is the place inside the table that it was reached from. */
typedef struct kin_fb_place kin_fb_place;
struct kin_fb_place {
    const kin_fb_place *parent;
    const char         *what; /* "operator"; NULL for the root */
    size_t              index; /* KIN_FB_SINGLE: not one of many */
};
#define KIN_FB_SINGLE SIZE_MAX

/* A checked table. A child refers to its parent, which must outlive it. */
typedef struct {
    kin_fb_file *file; /* NULL: absent */
    kin_fb_place place;
    size_t       at, size;          /* the table's own bytes */
    size_t       vtable, fields;    /* first entry, number of entries */
} kin_fb_table;

/* A checked vector: `count` items of `item` bytes at file->bytes + at. */
typedef struct {
    const kin_fb_table *table;
    const char         *name;
    bool                present;
    size_t              at, count, item;
} kin_fb_vector;

typedef struct {
    const char *bytes; /* "" when absent */
    size_t      length;
} kin_fb_text;

/* Begins: checks the size and the 4-byte identifier, finds the root table. */
kin_status kin_fb_open(kin_context *ctx, const void *bytes, size_t size, const char *identifier, kin_fb_file *file,
                       kin_fb_table *root);

/* Field `field` of a table (its number in the schema), called `name` in messages; `fallback` when it is not stored. */
kin_status kin_fb_u8(const kin_fb_table *table, int field, const char *name, uint8_t fallback, uint8_t *out);
kin_status kin_fb_i8(const kin_fb_table *table, int field, const char *name, int8_t fallback, int8_t *out);
kin_status kin_fb_bool(const kin_fb_table *table, int field, const char *name, bool fallback, bool *out);
kin_status kin_fb_i32(const kin_fb_table *table, int field, const char *name, int32_t fallback, int32_t *out);
kin_status kin_fb_u32(const kin_fb_table *table, int field, const char *name, uint32_t fallback, uint32_t *out);
kin_status kin_fb_u64(const kin_fb_table *table, int field, const char *name, uint64_t fallback, uint64_t *out);
kin_status kin_fb_f32(const kin_fb_table *table, int field, const char *name, float fallback, float *out);
kin_status kin_fb_string(const kin_fb_table *table, int field, const char *name, kin_fb_text *out);
kin_status kin_fb_child(const kin_fb_table *table, int field, const char *name, kin_fb_table *out);
/* Items of 1, 2, 4 or 8 bytes; KIN_FB_OFFSETS for tables. */
kin_status kin_fb_items(const kin_fb_table *table, int field, const char *name, size_t item, kin_fb_vector *out);
enum { KIN_FB_OFFSETS = 4 };

/* Item i < count; the first three cannot fail. */
int32_t    kin_fb_item_i32(const kin_fb_vector *vector, size_t i);
int64_t    kin_fb_item_i64(const kin_fb_vector *vector, size_t i);
float      kin_fb_item_f32(const kin_fb_vector *vector, size_t i);
kin_status kin_fb_item_table(const kin_fb_vector *vector, size_t i, const char *what, kin_fb_table *out);

/* Sets "path, field: text" as the error and returns `status`; `field` may be NULL. */
kin_status kin_fb_fail(const kin_fb_table *table, kin_status status, const char *field, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Takes `bytes` off the budget; fails when they are more than a file of this size has any use for. */
kin_status kin_fb_spend(const kin_fb_table *table, const char *field, size_t bytes);

#endif
