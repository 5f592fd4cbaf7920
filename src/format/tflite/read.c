/* SPDX-License-Identifier: Apache-2.0
 *
 * TensorFlow Lite files (schema version 3) -> graph: the model's table, its buffers and metadata, the first subgraph.
 * flatbuffer.h says how the bytes are read, tensors.c and nodes.c do the two large parts.
 */
#include "format/tflite/read.h"

#include <string.h>

#include "base/hash.h"
#include "base/text.h"
#include "format/tflite/schema.h"

/* --- buffers --- */

/* A constant behind the flatbuffer: offset and size count from the file's start. */
static kin_status outside_buffer(const kin_tflite *reader, const kin_fb_table *buffer, uint64_t offset, uint64_t size,
                                 const uint8_t **bytes, size_t *length)
{
    size_t file = reader->file.size;
    if (offset > file || size > file - offset)
        return kin_fb_fail(buffer, KIN_E_FORMAT, "offset", "%llu bytes at %llu, but the file has %zu",
                           (unsigned long long)size, (unsigned long long)offset, file);
    *bytes = reader->file.bytes + offset;
    *length = (size_t)size;
    return KIN_OK;
}

kin_status kin_tflite_buffer(kin_tflite *reader, const kin_fb_table *who, const char *field, uint32_t index,
                             const uint8_t **bytes, size_t *size)
{
    kin_fb_table  buffer;
    kin_fb_vector data;
    uint64_t      offset, length;
    *bytes = NULL;
    *size = 0;
    if (index == 0 && reader->buffers.count == 0) return KIN_OK;
    if (index >= reader->buffers.count)
        return kin_fb_fail(who, KIN_E_FORMAT, field, "index %u of %zu buffers", index, reader->buffers.count);
    KIN_TRY(kin_fb_item_table(&reader->buffers, index, "buffer", &buffer));
    KIN_TRY(kin_fb_items(&buffer, TFL_BUFFER_DATA, "data", 1, &data));
    KIN_TRY(kin_fb_u64(&buffer, TFL_BUFFER_OFFSET, "offset", 0, &offset));
    KIN_TRY(kin_fb_u64(&buffer, TFL_BUFFER_SIZE, "size", 0, &length));
    if (offset > 1) return outside_buffer(reader, &buffer, offset, length, bytes, size); /* 0 and 1 mean: not used */
    if (data.present) {
        *bytes = reader->file.bytes + data.at;
        *size = data.count;
    }
    return KIN_OK;
}

/* --- names --- */

kin_fb_text kin_tflite_name(kin_fb_text text, char room[KIN_TFLITE_NAME])
{
    const char *end = memchr(text.bytes, '\0', text.length);
    size_t      length = end ? (size_t)(end - text.bytes) : text.length;
    bool        fine = kin_utf8_valid(text.bytes, length);
    for (size_t i = 0; i < length && fine; i++) fine = (unsigned char)text.bytes[i] >= 0x20 && text.bytes[i] != 0x7F;
    if (fine) return (kin_fb_text){text.bytes, length};
    kin_printable(text.bytes, length, room, KIN_TFLITE_NAME);
    return (kin_fb_text){room, strlen(room)};
}

/* --- metadata, description --- */

static kin_status read_metadata(kin_tflite *reader)
{
    kin_fb_vector entries;
    KIN_TRY(kin_fb_items(&reader->model, TFL_MODEL_METADATA, "metadata", KIN_FB_OFFSETS, &entries));
    for (size_t i = 0; i < entries.count; i++) {
        kin_fb_table   entry;
        kin_fb_text    name;
        uint32_t       index;
        const uint8_t *bytes;
        size_t         size;
        char           text[KIN_TFLITE_NAME], room[KIN_TFLITE_NAME];
        KIN_TRY(kin_fb_item_table(&entries, i, "metadata", &entry));
        KIN_TRY(kin_fb_string(&entry, TFL_METADATA_NAME, "name", &name));
        KIN_TRY(kin_fb_u32(&entry, TFL_METADATA_BUFFER, "buffer", 0, &index));
        KIN_TRY(kin_tflite_buffer(reader, &entry, "buffer", index, &bytes, &size));
        name = kin_tflite_name(name, room);
        if (name.length >= sizeof text) continue; /* none that anybody asks for */
        memcpy(text, name.bytes, name.length);
        text[name.length] = '\0';
        KIN_TRY(kin_graph_metadata_add(reader->graph, text, bytes ? (const void *)bytes : "", size));
    }
    return KIN_OK;
}

/* The file's description; a word about subgraphs that are not read. */
static kin_status read_description(kin_tflite *reader, size_t subgraphs)
{
    kin_fb_text text;
    char        room[KIN_TFLITE_NAME];
    KIN_TRY(kin_fb_string(&reader->model, TFL_MODEL_DESCRIPTION, "description", &text));
    text = kin_tflite_name(text, room);
    if (subgraphs == 1) return kin_arena_string(&reader->graph->arena, text.bytes, text.length, &reader->graph->description);
    kin_buffer both = kin_buffer_make(reader->ctx);
    kin_status status = kin_buffer_add(&both, text.bytes, text.length);
    if (status == KIN_OK)
        status = kin_buffer_text(&both, "%s(the first of %zu subgraphs)", text.length ? " " : "", subgraphs);
    if (status == KIN_OK)
        status = kin_arena_string(&reader->graph->arena, (char *)both.data, both.size, &reader->graph->description);
    kin_buffer_free(&both);
    return status;
}

/* --- the subgraph --- */

/* Refuses before anything is allocated what will not fit; room for all tensors and nodes at once. */
static kin_status reserve(kin_tflite *reader, const kin_fb_table *subgraph)
{
    kin_graph    *graph = reader->graph;
    kin_context  *ctx = reader->ctx;
    kin_fb_vector tensors, operators;
    size_t        for_tensors = 0, for_nodes = 0, total = 0;
    KIN_TRY(kin_fb_items(subgraph, TFL_SUBGRAPH_TENSORS, "tensors", KIN_FB_OFFSETS, &tensors));
    KIN_TRY(kin_fb_items(subgraph, TFL_SUBGRAPH_OPERATORS, "operators", KIN_FB_OFFSETS, &operators));
    if (tensors.count > INT32_MAX)
        return kin_fb_fail(subgraph, KIN_E_FORMAT, "tensors", "%zu of them", tensors.count);
    bool     fits = kin_mul_size(tensors.count, sizeof *graph->tensor, &for_tensors) &&
                kin_mul_size(operators.count, sizeof *graph->node, &for_nodes) &&
                kin_add_size(for_tensors, for_nodes, &total);
    uint64_t left = ctx->max_memory > ctx->memory ? ctx->max_memory - ctx->memory : 0;
    if (!fits || total > left)
        return kin_fb_fail(subgraph, KIN_E_LIMIT, NULL, "%zu tensors and %zu operators need more than the %llu bytes "
                           "of memory left", tensors.count, operators.count, (unsigned long long)left);
    KIN_TRY(kin_alloc(ctx, for_tensors, &graph->tensor));
    graph->tensor_capacity = tensors.count;
    KIN_TRY(kin_alloc(ctx, for_nodes, &graph->node));
    graph->node_capacity = operators.count;
    return KIN_OK;
}

static kin_status read_ends(kin_tflite *reader, const kin_fb_table *subgraph, int field, const char *name,
                            kin_status (*set)(kin_graph *, const int *, size_t))
{
    kin_fb_vector items;
    int          *ids;
    KIN_TRY(kin_fb_items(subgraph, field, name, 4, &items));
    KIN_TRY(kin_alloc_zero(reader->ctx, items.count, sizeof *ids, &ids));
    kin_status status = KIN_OK;
    for (size_t i = 0; i < items.count && status == KIN_OK; i++) {
        ids[i] = kin_fb_item_i32(&items, i);
        if (ids[i] < 0 || (size_t)ids[i] >= reader->tensors)
            status = kin_fb_fail(subgraph, KIN_E_FORMAT, name, "index %d of %zu tensors", ids[i], reader->tensors);
    }
    if (status == KIN_OK) status = set(reader->graph, ids, items.count);
    kin_release(reader->ctx, ids);
    return status;
}

static kin_status read_subgraph(kin_tflite *reader, const kin_fb_vector *subgraphs)
{
    kin_fb_table subgraph;
    KIN_TRY(kin_fb_item_table(subgraphs, 0, "subgraph", &subgraph));
    KIN_TRY(reserve(reader, &subgraph));
    KIN_TRY(kin_tflite_tensors(reader, &subgraph));
    KIN_TRY(kin_tflite_nodes(reader, &subgraph));
    KIN_TRY(read_ends(reader, &subgraph, TFL_SUBGRAPH_INPUTS, "inputs", kin_graph_set_inputs));
    return read_ends(reader, &subgraph, TFL_SUBGRAPH_OUTPUTS, "outputs", kin_graph_set_outputs);
}

/* --- the model --- */

static kin_status read_model(kin_tflite *reader, const void *bytes, size_t size)
{
    uint32_t      version;
    kin_fb_vector subgraphs;
    KIN_TRY(kin_fb_open(reader->ctx, bytes, size, "TFL3", &reader->file, &reader->model));
    const kin_fb_table *model = &reader->model;
    KIN_TRY(kin_fb_u32(model, TFL_MODEL_VERSION, "version", 0, &version));
    if (version != TFL_SCHEMA_VERSION)
        return kin_fb_fail(model, KIN_E_UNSUPPORTED, "version", "%u, expected %d", version, TFL_SCHEMA_VERSION);
    KIN_TRY(kin_fb_items(model, TFL_MODEL_OPERATOR_CODES, "operator_codes", KIN_FB_OFFSETS, &reader->codes));
    KIN_TRY(kin_fb_items(model, TFL_MODEL_BUFFERS, "buffers", KIN_FB_OFFSETS, &reader->buffers));
    KIN_TRY(kin_fb_items(model, TFL_MODEL_SUBGRAPHS, "subgraphs", KIN_FB_OFFSETS, &subgraphs));
    if (subgraphs.count == 0) return kin_fb_fail(model, KIN_E_FORMAT, "subgraphs", "none, expected at least 1");
    KIN_TRY(read_subgraph(reader, &subgraphs));
    KIN_TRY(read_metadata(reader));
    KIN_TRY(read_description(reader, subgraphs.count));
    kin_hash128(bytes, size, 0, reader->graph->fingerprint);
    reader->graph->file = bytes;
    reader->graph->file_size = size;
    return kin_graph_sort(reader->graph);
}

kin_status kin_graph_read_memory(kin_context *ctx, const void *bytes, size_t size, kin_graph **out)
{
    kin_tflite reader = {.ctx = ctx};
    *out = NULL;
    kin_enter(ctx);
    kin_status status = kin_graph_new(ctx, &reader.graph);
    if (status == KIN_OK) status = read_model(&reader, bytes, size);
    if (status == KIN_OK)
        *out = reader.graph;
    else
        kin_graph_free(reader.graph);
    kin_leave(ctx);
    return status;
}
