/* SPDX-License-Identifier: Apache-2.0
 *
 * Offsets in a FlatBuffer count forward from where they stand. So a new root, with new lists of buffers and metadata,
 * is put before the old file, which follows as one block, whatever is in it: what the old root pointed to, the new one
 * points to. The old root and the old card stay behind, unused.
 */
#include "format/tflite/recard.h"

#include <string.h>

#include "format/tflite/builder.h"
#include "format/tflite/flatbuffer.h"
#include "format/tflite/schema.h"
#include "format/tflite/zip.h"

enum { MODEL_FIELDS = 8, ALIGN = 16 /* of constants */ };
static const char card_name[] = "KIN_CARD";

typedef struct {
    kin_fb_file   file;
    kin_fb_table  model;
    kin_fb_vector list[MODEL_FIELDS]; /* where it is a list */
    size_t        old[MODEL_FIELDS];  /* where each offset of the old root leads; 0: absent */
    size_t        card; /* entry of the metadata that is replaced; SIZE_MAX: none */
} parts;

static kin_status find_card(parts *p)
{
    p->card = SIZE_MAX;
    for (size_t i = 0; i < p->list[TFL_MODEL_METADATA].count; i++) {
        kin_fb_table entry;
        kin_fb_text  name;
        KIN_TRY(kin_fb_item_table(&p->list[TFL_MODEL_METADATA], i, "metadata", &entry));
        KIN_TRY(kin_fb_string(&entry, TFL_METADATA_NAME, "name", &name));
        if (name.length == strlen(card_name) && memcmp(name.bytes, card_name, name.length) == 0) p->card = i;
    }
    return KIN_OK;
}

static kin_status take_apart(const kin_graph *graph, parts *p)
{
    static const char *const name[MODEL_FIELDS] = {"version", "operator_codes", "subgraphs", "description",
                                                   "buffers", "metadata_buffer", "metadata", "signature_defs"};
    kin_fb_text description;
    KIN_TRY(kin_fb_open(graph->ctx, graph->file, graph->file_size, "TFL3", &p->file, &p->model));
    for (int f = 1; f < MODEL_FIELDS; f++) {
        if (f == TFL_MODEL_DESCRIPTION) continue;
        KIN_TRY(kin_fb_items(&p->model, f, name[f], KIN_FB_OFFSETS, &p->list[f]));
        p->old[f] = p->list[f].present ? p->list[f].at - 4 : 0;
    }
    KIN_TRY(kin_fb_string(&p->model, TFL_MODEL_DESCRIPTION, "description", &description));
    if (description.length) p->old[TFL_MODEL_DESCRIPTION] = (size_t)((const uint8_t *)description.bytes - p->file.bytes) - 4;
    return find_card(p);
}

/* The old list but for entry `without`, and room for one more behind, number *last. The old file's byte i is at shift + i. */
static kin_status put_list(kin_fb_builder *b, uint64_t shift, const kin_fb_vector *old, size_t without, uint64_t *list,
                           size_t *last)
{
    *list = kin_fb_put_vector(b, NULL, old->count + (without < old->count ? 0 : 1), 4, 4);
    *last = 0;
    for (size_t i = 0; i < old->count; i++) {
        if (i == without) continue;
        size_t to = old->at + 4 * i + (uint32_t)kin_fb_item_i32(old, i);
        if (to >= old->table->file->size)
            return kin_fb_fail(old->table, KIN_E_FORMAT, old->name, "an offset beyond the file");
        kin_fb_lead_item(b, *list, (*last)++, shift + to);
    }
    return KIN_OK;
}

/* The new root and what belongs to it. */
static kin_status put_front(kin_fb_builder *b, uint64_t shift, const parts *p, const char *card, size_t card_size)
{
    const kin_fb_vector *buffers = &p->list[TFL_MODEL_BUFFERS], *metadata = &p->list[TFL_MODEL_METADATA];
    kin_fb_form          model = {0}, entry = {0}, buffer = {0};
    uint64_t             list;
    size_t               last;
    kin_fb_begin(b, "TFL3");
    kin_fb_form_set(&model, TFL_MODEL_VERSION, 4, TFL_SCHEMA_VERSION);
    for (int f = 1; f < MODEL_FIELDS; f++)
        if (p->old[f] || f == TFL_MODEL_BUFFERS || f == TFL_MODEL_METADATA) kin_fb_form_set(&model, f, 4, 0);
    uint64_t root = kin_fb_put_table(b, &model);
    kin_fb_lead_root(b, root);
    for (int f = 1; f < MODEL_FIELDS; f++)
        if (p->old[f]) kin_fb_lead_field(b, root, f, shift + p->old[f]);

    KIN_TRY(put_list(b, shift, buffers, SIZE_MAX, &list, &last));
    kin_fb_lead_field(b, root, TFL_MODEL_BUFFERS, list);
    kin_fb_form_set(&buffer, TFL_BUFFER_DATA, 4, 0);
    uint64_t at = kin_fb_put_table(b, &buffer);
    kin_fb_lead_item(b, list, last, at);
    kin_fb_lead_field(b, at, TFL_BUFFER_DATA, kin_fb_put_vector(b, card, card_size, 1, ALIGN));

    KIN_TRY(put_list(b, shift, metadata, p->card, &list, &last));
    kin_fb_lead_field(b, root, TFL_MODEL_METADATA, list);
    kin_fb_form_set(&entry, TFL_METADATA_NAME, 4, 0);
    kin_fb_form_set(&entry, TFL_METADATA_BUFFER, 4, buffers->count);
    at = kin_fb_put_table(b, &entry);
    kin_fb_lead_item(b, list, last, at);
    kin_fb_lead_field(b, at, TFL_METADATA_NAME, kin_fb_put_text(b, card_name, strlen(card_name)));
    return KIN_OK;
}

kin_status kin_tflite_with_card(const kin_graph *graph, const char *card, size_t card_size, uint8_t **bytes,
                                size_t *size)
{
    parts          p = {0}; /* the description is no list */
    kin_fb_builder front = {0};
    *bytes = NULL;
    if (!graph->file) return kin_fail(graph->ctx, KIN_E_UNSUPPORTED, "this network was not read from a file");
    if (kin_zip_is_there(graph->file, graph->file_size))
        return kin_fail(graph->ctx, KIN_E_UNSUPPORTED,
                        "an archive of label files lies behind the model: its card cannot be changed");
    KIN_TRY(take_apart(graph, &p));
    KIN_TRY(put_front(&front, 0, &p, card, card_size)); /* only counted */
    uint64_t shift = (front.size + 63) / 64 * 64;
    if (shift > INT32_MAX || graph->file_size > INT32_MAX - shift)
        return kin_fail(graph->ctx, KIN_E_LIMIT, "a file of this size cannot have a card written into it");
    *size = (size_t)shift + graph->file_size;
    KIN_TRY(kin_alloc_zero(graph->ctx, *size, 1, bytes));
    memcpy(*bytes + shift, graph->file, graph->file_size);
    front = (kin_fb_builder){*bytes, 0};
    return put_front(&front, shift, &p, card, card_size); /* what could fail has been tried */
}
