/* SPDX-License-Identifier: Apache-2.0
 *
 * Offsets in a FlatBuffer count forward from where they stand. So a new root, with new lists of buffers and metadata,
 * is put before the old file, which follows as one block, whatever is in it: what the old root pointed to, the new one
 * points to. The old root and the old card stay behind, unused.
 */
#include "format/tflite/recard.h"

#include <string.h>

#include "format/tflite/flatbuffer.h"
#include "format/tflite/schema.h"

enum { MODEL_FIELDS = 8, ALIGN = 16 /* of constants */, SPARE = 512 /* more than all but lists and card takes */ };
static const char card_name[] = "KIN_CARD";

typedef struct {
    kin_fb_file   file;
    kin_fb_table  model;
    kin_fb_vector list[MODEL_FIELDS]; /* where it is a list */
    kin_fb_text   description;
    size_t        card; /* entry of the metadata that is replaced; SIZE_MAX: none */
} parts;

typedef struct {
    uint8_t *bytes;
    size_t   at, shift; /* the old file's byte i is at shift + i */
} sheet;

static void put(sheet *s, size_t at, size_t size, uint64_t value)
{
    for (size_t i = 0; i < size; i++) s->bytes[at + i] = (uint8_t)(value >> (8 * i));
}

/* The offset that stands at `at` leads to `to`. */
static void lead(sheet *s, size_t at, size_t to)
{
    put(s, at, 4, to - at);
}

/* A table of `fields` 4-byte fields, all there, behind its vtable; returns where it is. */
static size_t table(sheet *s, size_t fields)
{
    s->at = (s->at + 3) / 4 * 4;
    size_t vtable = s->at, at = vtable + (4 + 2 * fields + 3) / 4 * 4;
    put(s, vtable, 2, 4 + 2 * fields);
    put(s, vtable + 2, 2, 4 + 4 * fields);
    for (size_t i = 0; i < fields; i++) put(s, vtable + 4 + 2 * i, 2, 4 + 4 * i);
    put(s, at, 4, at - vtable);
    s->at = at + 4 + 4 * fields;
    return at;
}

/* Bytes with their length before them, the first at a multiple of `align`; returns where the length is. */
static size_t text(sheet *s, const void *bytes, size_t size, size_t align)
{
    s->at = (s->at + 4 + align - 1) / align * align;
    size_t at = s->at - 4;
    put(s, at, 4, size);
    memcpy(s->bytes + s->at, bytes, size);
    s->at += size;
    s->bytes[s->at++] = 0; /* behind texts */
    return at;
}

/* The old list but for entry `without`, and room for one more behind; returns where its length is. */
static kin_status list(sheet *s, const kin_fb_vector *old, size_t without, size_t *out)
{
    s->at = (s->at + 3) / 4 * 4;
    *out = s->at;
    s->at += 4;
    for (size_t i = 0; i < old->count; i++) {
        if (i == without) continue;
        size_t place = old->at + 4 * i, to = place + (uint32_t)kin_fb_item_i32(old, i);
        if (to >= old->table->file->size)
            return kin_fb_fail(old->table, KIN_E_FORMAT, old->name, "an offset beyond the file");
        lead(s, s->at, s->shift + to);
        s->at += 4;
    }
    put(s, *out, 4, (s->at - *out) / 4);
    s->at += 4;
    return KIN_OK;
}

static kin_status take_apart(const kin_graph *graph, parts *p)
{
    static const char *const name[MODEL_FIELDS] = {"version", "operator_codes", "subgraphs", "description",
                                                   "buffers", "metadata_buffer", "metadata", "signature_defs"};
    KIN_TRY(kin_fb_open(graph->ctx, graph->file, graph->file_size, "TFL3", &p->file, &p->model));
    for (int f = 1; f < MODEL_FIELDS; f++)
        if (f != TFL_MODEL_DESCRIPTION) KIN_TRY(kin_fb_items(&p->model, f, name[f], KIN_FB_OFFSETS, &p->list[f]));
    KIN_TRY(kin_fb_string(&p->model, TFL_MODEL_DESCRIPTION, "description", &p->description));
    p->card = SIZE_MAX;
    for (size_t i = 0; i < p->list[TFL_MODEL_METADATA].count; i++) {
        kin_fb_table entry;
        kin_fb_text  entry_name;
        KIN_TRY(kin_fb_item_table(&p->list[TFL_MODEL_METADATA], i, "metadata", &entry));
        KIN_TRY(kin_fb_string(&entry, TFL_METADATA_NAME, "name", &entry_name));
        bool same = entry_name.length == strlen(card_name);
        if (same && memcmp(entry_name.bytes, card_name, entry_name.length) == 0) p->card = i;
    }
    return KIN_OK;
}

/* The new root and what belongs to it, in s->bytes[0 .. shift). */
static kin_status write_front(sheet *s, const parts *p, const char *card, size_t card_size)
{
    const kin_fb_vector *buffers = &p->list[TFL_MODEL_BUFFERS], *metadata = &p->list[TFL_MODEL_METADATA];
    size_t               lists[MODEL_FIELDS] = {0};
    memcpy(s->bytes + 4, "TFL3", 4);
    s->at = 8;
    size_t model = table(s, MODEL_FIELDS);
    lead(s, 0, model);
    KIN_TRY(list(s, buffers, SIZE_MAX, &lists[TFL_MODEL_BUFFERS]));
    size_t buffer_place = s->at - 4;
    KIN_TRY(list(s, metadata, p->card, &lists[TFL_MODEL_METADATA]));
    size_t entry_place = s->at - 4, entry = table(s, 2), buffer = table(s, 1);
    lead(s, entry_place, entry);
    lead(s, buffer_place, buffer);
    put(s, entry + 8, 4, buffers->count);
    lead(s, entry + 4, text(s, card_name, strlen(card_name), 4));
    lead(s, buffer + 4, text(s, card, card_size, ALIGN));

    put(s, model + 4, 4, TFL_SCHEMA_VERSION);
    for (int f = 1; f < MODEL_FIELDS; f++) {
        if (p->list[f].present && !lists[f]) lists[f] = s->shift + p->list[f].at - 4;
        if (lists[f]) lead(s, model + 4 + 4 * (size_t)f, lists[f]);
    }
    size_t vtable = model - (4 + 2 * MODEL_FIELDS + 3) / 4 * 4;
    if (p->description.length)
        lists[TFL_MODEL_DESCRIPTION] = s->shift + (size_t)((const uint8_t *)p->description.bytes - p->file.bytes) - 4;
    if (lists[TFL_MODEL_DESCRIPTION]) lead(s, model + 4 + 4 * TFL_MODEL_DESCRIPTION, lists[TFL_MODEL_DESCRIPTION]);
    for (int f = 1; f < MODEL_FIELDS; f++)
        if (!lists[f]) put(s, vtable + 4 + 2 * (size_t)f, 2, 0); /* absent, as it was */
    return KIN_OK;
}

/* A zip archive ends with its "end of central directory" (22 bytes and a comment). */
static bool has_archive(const kin_graph *graph)
{
    const uint8_t *bytes = graph->file;
    return graph->file_size >= 22 && memcmp(bytes + graph->file_size - 22, "PK\5\6", 4) == 0;
}

kin_status kin_tflite_with_card(const kin_graph *graph, const char *card, size_t card_size, uint8_t **bytes,
                                size_t *size)
{
    parts  p = {0}; /* the description is no list */
    sheet  s = {0};
    size_t lists, front;
    *bytes = NULL;
    if (!graph->file) return kin_fail(graph->ctx, KIN_E_UNSUPPORTED, "this network was not read from a file");
    if (has_archive(graph))
        return kin_fail(graph->ctx, KIN_E_UNSUPPORTED,
                        "an archive of label files lies behind the model: its card cannot be changed");
    KIN_TRY(take_apart(graph, &p));
    lists = 4 * (p.list[TFL_MODEL_BUFFERS].count + p.list[TFL_MODEL_METADATA].count);
    front = lists + card_size + SPARE;
    s.shift = front / 64 * 64 + 64;
    if (s.shift > INT32_MAX || graph->file_size > INT32_MAX - s.shift)
        return kin_fail(graph->ctx, KIN_E_LIMIT, "a file of this size cannot have a card written into it");
    *size = s.shift + graph->file_size;
    KIN_TRY(kin_alloc_zero(graph->ctx, *size, 1, &s.bytes));
    memcpy(s.bytes + s.shift, graph->file, graph->file_size);
    kin_status status = write_front(&s, &p, card, card_size);
    if (status == KIN_OK)
        *bytes = s.bytes;
    else
        kin_release(graph->ctx, s.bytes);
    return status;
}
