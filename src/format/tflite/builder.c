/* SPDX-License-Identifier: Apache-2.0
 *
 * Writing FlatBuffers. Numbers are taken apart into bytes: the machine's byte order does not matter.
 */
#include "format/tflite/builder.h"

#include <string.h>

static void put(kin_fb_builder *b, uint64_t at, size_t size, uint64_t value)
{
    for (size_t i = 0; b->bytes && i < size; i++) b->bytes[at + i] = (uint8_t)(value >> (8 * i));
}

static uint64_t get(const kin_fb_builder *b, uint64_t at, size_t size)
{
    uint64_t x = 0;
    for (size_t i = 0; i < size; i++) x |= (uint64_t)b->bytes[at + i] << (8 * i);
    return x;
}

static uint64_t up(uint64_t n, uint64_t to)
{
    return (n + to - 1) / to * to;
}

void kin_fb_form_set(kin_fb_form *form, int field, size_t size, uint64_t value)
{
    form->size[field] = (uint8_t)size;
    form->value[field] = value;
}

void kin_fb_begin(kin_fb_builder *b, const char *identifier)
{
    if (b->bytes) memcpy(b->bytes + 4, identifier, 4);
    b->size = 8;
}

/* The vtable, then the table, whose first number is the way back to it. */
uint64_t kin_fb_put_table(kin_fb_builder *b, const kin_fb_form *form)
{
    uint64_t offset[KIN_FB_FORM_FIELDS] = {0}, size = 4, align = 4;
    size_t   fields = 0;
    for (size_t i = 0; i < KIN_FB_FORM_FIELDS; i++) {
        if (!form->size[i]) continue;
        offset[i] = up(size, form->size[i]);
        size = offset[i] + form->size[i];
        if (form->size[i] > align) align = form->size[i];
        fields = i + 1;
    }
    uint64_t table = up(b->size + 4 + 2 * fields, align), vtable = table - 4 - 2 * fields;
    put(b, vtable, 2, 4 + 2 * fields);
    put(b, vtable + 2, 2, size);
    put(b, table, 4, table - vtable);
    for (size_t i = 0; i < fields; i++) {
        put(b, vtable + 4 + 2 * i, 2, offset[i]);
        put(b, table + offset[i], form->size[i], form->value[i]);
    }
    b->size = table + size;
    return table;
}

uint64_t kin_fb_put_vector(kin_fb_builder *b, const void *items, size_t count, size_t item, size_t align)
{
    if (align < item) align = item;
    if (align < 4) align = 4;
    uint64_t first = up(b->size + 4, align), bytes = (uint64_t)count * item;
    put(b, first - 4, 4, count);
    if (b->bytes && items && bytes) memcpy(b->bytes + first, items, (size_t)bytes);
    b->size = first + bytes;
    return first - 4;
}

uint64_t kin_fb_put_text(kin_fb_builder *b, const char *text, size_t length)
{
    uint64_t at = kin_fb_put_vector(b, text, length, 1, 4);
    b->size++;
    return at;
}

/* --- offsets: from where they stand --- */

void kin_fb_lead_field(kin_fb_builder *b, uint64_t table, int field, uint64_t to)
{
    if (!b->bytes) return;
    uint64_t vtable = table - get(b, table, 4), at = table + get(b, vtable + 4 + 2 * (uint64_t)field, 2);
    put(b, at, 4, to - at);
}

void kin_fb_lead_item(kin_fb_builder *b, uint64_t vector, size_t i, uint64_t to)
{
    uint64_t at = vector + 4 + 4 * (uint64_t)i;
    put(b, at, 4, to - at);
}

void kin_fb_lead_root(kin_fb_builder *b, uint64_t to)
{
    put(b, 0, 4, to);
}
