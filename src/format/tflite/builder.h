/* SPDX-License-Identifier: Apache-2.0
 *
 * FlatBuffers, written from front to back: parents before their children, an offset when the child has a place. Nothing
 * here allocates or fails. A builder without bytes only counts, so a file is written twice: once to know its size, then
 * into a cleared block of that size. The same calls give the same bytes.
 * Format: https://flatbuffers.dev/internals/
 */
#ifndef KIN_FORMAT_BUILDER_H
#define KIN_FORMAT_BUILDER_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
    uint8_t *bytes; /* cleared; NULL: counts only */
    uint64_t size;  /* so far; places below count from the start of the file */
} kin_fb_builder;

/* A table that is to be written: the size in bytes of each field (0: left out) and its value. */
enum { KIN_FB_FORM_FIELDS = 12 };
typedef struct {
    uint8_t  size[KIN_FB_FORM_FIELDS];
    uint64_t value[KIN_FB_FORM_FIELDS];
} kin_fb_form;

/* Field `field` is `size` bytes: 1, 2, 4 or 8. An offset is 4 bytes, 0 until kin_fb_lead_field says where it leads. */
void kin_fb_form_set(kin_fb_form *form, int field, size_t size, uint64_t value);

/* Room for the offset of the root, and the 4-byte identifier. */
void kin_fb_begin(kin_fb_builder *builder, const char *identifier);
/* Returns the table's place. */
uint64_t kin_fb_put_table(kin_fb_builder *builder, const kin_fb_form *form);
/* `count` items of `item` bytes, the first at a multiple of `align` (at least `item` and 4, a power of two); NULL: zeros, for
 * offsets. Returns the vector's place. */
uint64_t kin_fb_put_vector(kin_fb_builder *builder, const void *items, size_t count, size_t item, size_t align);
/* Bytes with a NUL behind them. */
uint64_t kin_fb_put_text(kin_fb_builder *builder, const char *text, size_t length);

/* The offset that stands in `field` of a table, or in item `i` of a vector, leads to what was put at `to`. */
void kin_fb_lead_field(kin_fb_builder *builder, uint64_t table, int field, uint64_t to);
void kin_fb_lead_item(kin_fb_builder *builder, uint64_t vector, size_t i, uint64_t to);
/* The root is the table at `to`. */
void kin_fb_lead_root(kin_fb_builder *builder, uint64_t to);

#endif
