/* SPDX-License-Identifier: Apache-2.0
 *
 * Graph -> TensorFlow Lite file (schema version 3): ops that it does not know are written out (lower.c), every value is
 * declared (nn/plan/shapes.h), an operator is chosen for every node (choose), and the tables are put (put_...), which
 * cannot fail. Tensors keep their order; those that nobody needs are left out. Constants come last, each at a multiple
 * of 16 bytes.
 */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "format/tflite/builder.h"
#include "format/tflite/lower.h"
#include "format/tflite/options.h"
#include "format/tflite/read.h"
#include "format/tflite/schema.h"
#include "format/tflite/zip.h"
#include "nn/plan/passes.h"
#include "nn/plan/shapes.h"

enum { ALIGN = 16 /* of constants */ };

typedef struct {
    int32_t code;
    int     version;
} operator_code;

typedef struct {
    const kin_graph     *source; /* its metadata and description */
    const kin_graph     *graph;  /* what is written: lowered, declared */
    const kin_shape     *sample; /* of each tensor: its shape without -1 */
    const kin_operator **known;  /* of each node */
    uint32_t            *code_of; /* of each node: entry of `code` */
    operator_code       *code;
    size_t               codes;
    int                 *number; /* of each tensor: in the file, -1: left out */
    size_t               tensors, constants;
    kin_fb_builder       out;
} writer;

/* --- choosing --- */

static kin_status choose_operator(writer *w, size_t n)
{
    const kin_node     *node = &w->graph->node[n];
    const kin_operator *known = kin_operator_for(node);
    char                name[120];
    if (!known)
        return kin_fail(w->graph->ctx, KIN_E_UNSUPPORTED, "node '%s' (%s): TensorFlow Lite has no operator for it",
                        kin_printable(node->name, strlen(node->name), name, sizeof name), node->op->name);
    KIN_TRY(kin_tflite_check_options(w->graph, node, known));
    operator_code code = {known->code, kin_operator_version(w->graph, node)};
    size_t        i = 0;
    while (i < w->codes && (w->code[i].code != code.code || w->code[i].version != code.version)) i++;
    if (i == w->codes) w->code[w->codes++] = code;
    w->code_of[n] = (uint32_t)i;
    w->known[n] = known;
    return KIN_OK;
}

static void need(writer *w, const int *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (list[i] >= 0) w->number[list[i]] = 0;
}

/* Numbers the tensors that anybody reads or makes. */
static void number_tensors(writer *w)
{
    const kin_graph *graph = w->graph;
    for (size_t i = 0; i < graph->tensor_count; i++) w->number[i] = -1;
    need(w, graph->input, graph->input_count);
    need(w, graph->output, graph->output_count);
    for (size_t n = 0; n < graph->node_count; n++) {
        need(w, graph->node[n].in, graph->node[n].in_count);
        need(w, graph->node[n].out, graph->node[n].out_count);
    }
    for (size_t i = 0; i < graph->tensor_count; i++) {
        if (w->number[i] < 0) continue;
        w->number[i] = (int)w->tensors++;
        w->constants += graph->tensor[i].data != NULL;
    }
}

static kin_status check_tensors(const writer *w)
{
    char name[120];
    for (size_t i = 0; i < w->graph->tensor_count; i++) {
        const kin_tensor *t = &w->graph->tensor[i];
        for (int d = 0; w->number[i] >= 0 && d < t->shape.rank; d++)
            if (t->shape.dim[d] != (int32_t)t->shape.dim[d])
                return kin_fail(w->graph->ctx, KIN_E_LIMIT, "tensor '%s': a dimension of %lld does not fit in the file",
                                kin_printable(t->name, strlen(t->name), name, sizeof name), (long long)t->shape.dim[d]);
    }
    return KIN_OK;
}

/* The lists lie in the graph's arena. */
static kin_status choose(writer *w, kin_graph *graph)
{
    KIN_TRY(kin_arena_alloc(&graph->arena, graph->node_count, sizeof *w->known, &w->known));
    KIN_TRY(kin_arena_alloc(&graph->arena, graph->node_count, sizeof *w->code_of, &w->code_of));
    KIN_TRY(kin_arena_alloc(&graph->arena, graph->node_count, sizeof *w->code, &w->code));
    KIN_TRY(kin_arena_alloc(&graph->arena, graph->tensor_count, sizeof *w->number, &w->number));
    for (size_t n = 0; n < graph->node_count; n++) KIN_TRY(choose_operator(w, n));
    number_tensors(w);
    return check_tensors(w);
}

/* --- tensors --- */

static uint64_t put_dims(writer *w, const kin_shape *shape)
{
    int32_t dim[KIN_RANK_MAX];
    for (int d = 0; d < shape->rank; d++) dim[d] = (int32_t)shape->dim[d];
    return kin_fb_put_vector(&w->out, dim, (size_t)shape->rank, 4, 4);
}

static uint64_t put_quant(writer *w, const kin_quant *quant)
{
    kin_fb_form form = {0};
    kin_fb_form_set(&form, TFL_QUANT_SCALE, 4, 0);
    kin_fb_form_set(&form, TFL_QUANT_ZERO_POINT, 4, 0);
    if (quant->axis) kin_fb_form_set(&form, TFL_QUANT_DIMENSION, 4, (uint64_t)quant->axis);
    uint64_t at = kin_fb_put_table(&w->out, &form);
    kin_fb_lead_field(&w->out, at, TFL_QUANT_SCALE, kin_fb_put_vector(&w->out, quant->scale, quant->count, 4, 4));
    kin_fb_lead_field(&w->out, at, TFL_QUANT_ZERO_POINT,
                      kin_fb_put_vector(&w->out, quant->zero_point, quant->count, 8, 8));
    return at;
}

static bool any_open(const kin_shape *shape)
{
    for (int d = 0; d < shape->rank; d++)
        if (shape->dim[d] < 0) return true;
    return false;
}

/* A scalar needs has_rank: without it no shape means that the rank is not known. */
static uint64_t put_tensor(writer *w, const kin_tensor *t, const kin_shape *sample, size_t buffer)
{
    kin_fb_form form = {0};
    bool        open = any_open(&t->shape);
    kin_fb_form_set(&form, TFL_TENSOR_SHAPE, 4, 0);
    if (t->type != KIN_FLOAT32) kin_fb_form_set(&form, TFL_TENSOR_TYPE, 1, (uint64_t)kin_tflite_code(t->type));
    if (buffer) kin_fb_form_set(&form, TFL_TENSOR_BUFFER, 4, buffer);
    kin_fb_form_set(&form, TFL_TENSOR_NAME, 4, 0);
    if (t->quant.count) kin_fb_form_set(&form, TFL_TENSOR_QUANTIZATION, 4, 0);
    if (open) kin_fb_form_set(&form, TFL_TENSOR_SHAPE_SIGNATURE, 4, 0);
    kin_fb_form_set(&form, TFL_TENSOR_HAS_RANK, 1, 1);
    uint64_t at = kin_fb_put_table(&w->out, &form);
    kin_fb_lead_field(&w->out, at, TFL_TENSOR_SHAPE, put_dims(w, open ? sample : &t->shape));
    kin_fb_lead_field(&w->out, at, TFL_TENSOR_NAME, kin_fb_put_text(&w->out, t->name, strlen(t->name)));
    if (t->quant.count) kin_fb_lead_field(&w->out, at, TFL_TENSOR_QUANTIZATION, put_quant(w, &t->quant));
    if (open) kin_fb_lead_field(&w->out, at, TFL_TENSOR_SHAPE_SIGNATURE, put_dims(w, &t->shape));
    return at;
}

/* Buffer 0 is empty, then come the constants, in their order. */
static uint64_t put_tensors(writer *w)
{
    uint64_t list = kin_fb_put_vector(&w->out, NULL, w->tensors, 4, 4);
    size_t   buffer = 0;
    for (size_t i = 0; i < w->graph->tensor_count; i++) {
        const kin_tensor *t = &w->graph->tensor[i];
        if (w->number[i] < 0) continue;
        uint64_t at = put_tensor(w, t, &w->sample[i], t->data ? ++buffer : 0);
        kin_fb_lead_item(&w->out, list, (size_t)w->number[i], at);
    }
    return list;
}

/* --- operators --- */

static uint64_t put_codes(writer *w)
{
    uint64_t list = kin_fb_put_vector(&w->out, NULL, w->codes, 4, 4);
    for (size_t i = 0; i < w->codes; i++) {
        kin_fb_form form = {0};
        int32_t     code = w->code[i].code;
        kin_fb_form_set(&form, TFL_CODE_DEPRECATED, 1,
                        (uint64_t)(code < TFL_CODE_PLACEHOLDER ? code : TFL_CODE_PLACEHOLDER));
        kin_fb_form_set(&form, TFL_CODE_VERSION, 4, (uint64_t)w->code[i].version);
        kin_fb_form_set(&form, TFL_CODE_BUILTIN, 4, (uint64_t)code);
        kin_fb_lead_item(&w->out, list, i, kin_fb_put_table(&w->out, &form));
    }
    return list;
}

/* Numbers of tensors of the file; -1: an input that is left out. */
static uint64_t put_numbers(writer *w, const int *ids, size_t count)
{
    uint64_t list = kin_fb_put_vector(&w->out, NULL, count, 4, 4);
    for (size_t i = 0; w->out.bytes && i < count; i++) {
        int32_t number = ids[i] < 0 ? -1 : w->number[ids[i]];
        for (int b = 0; b < 4; b++) w->out.bytes[list + 4 + 4 * i + (size_t)b] = (uint8_t)((uint32_t)number >> 8 * b);
    }
    return list;
}

static uint64_t put_operator(writer *w, size_t n)
{
    const kin_node     *node = &w->graph->node[n];
    const kin_operator *known = w->known[n];
    kin_fb_form         form = {0};
    kin_fb_form_set(&form, TFL_OPERATOR_CODE, 4, w->code_of[n]);
    kin_fb_form_set(&form, TFL_OPERATOR_INPUTS, 4, 0);
    kin_fb_form_set(&form, TFL_OPERATOR_OUTPUTS, 4, 0);
    if (known->row) kin_fb_form_set(&form, TFL_OPERATOR_OPTIONS_TYPE, 1, (uint64_t)known->options);
    if (known->row) kin_fb_form_set(&form, TFL_OPERATOR_OPTIONS, 4, 0);
    uint64_t at = kin_fb_put_table(&w->out, &form);
    kin_fb_lead_field(&w->out, at, TFL_OPERATOR_INPUTS, put_numbers(w, node->in, node->in_count));
    kin_fb_lead_field(&w->out, at, TFL_OPERATOR_OUTPUTS, put_numbers(w, node->out, node->out_count));
    if (known->row)
        kin_fb_lead_field(&w->out, at, TFL_OPERATOR_OPTIONS, kin_tflite_put_options(&w->out, w->graph, node, known));
    return at;
}

static uint64_t put_subgraph(writer *w)
{
    const kin_graph *graph = w->graph;
    kin_fb_form      form = {0};
    for (int f = TFL_SUBGRAPH_TENSORS; f <= TFL_SUBGRAPH_NAME; f++) kin_fb_form_set(&form, f, 4, 0);
    uint64_t at = kin_fb_put_table(&w->out, &form);
    kin_fb_lead_field(&w->out, at, TFL_SUBGRAPH_TENSORS, put_tensors(w));
    kin_fb_lead_field(&w->out, at, TFL_SUBGRAPH_INPUTS, put_numbers(w, graph->input, graph->input_count));
    kin_fb_lead_field(&w->out, at, TFL_SUBGRAPH_OUTPUTS, put_numbers(w, graph->output, graph->output_count));
    uint64_t list = kin_fb_put_vector(&w->out, NULL, graph->node_count, 4, 4);
    kin_fb_lead_field(&w->out, at, TFL_SUBGRAPH_OPERATORS, list);
    for (size_t n = 0; n < graph->node_count; n++) kin_fb_lead_item(&w->out, list, n, put_operator(w, n));
    kin_fb_lead_field(&w->out, at, TFL_SUBGRAPH_NAME, kin_fb_put_text(&w->out, "main", 4));
    return at;
}

/* --- the signature: inputs and outputs by name --- */

enum { NAMES_MAX = 64 }; /* of more, all have numbers */

/* A tensor's name where it is one and nobody else in the list has it, else "input_3". */
static uint64_t put_name(writer *w, const int *ids, size_t count, size_t i, const char *word)
{
    const kin_tensor *tensor = w->graph->tensor;
    const char       *name = tensor[ids[i]].name;
    char              numbered[40];
    bool              fine = *name && count <= NAMES_MAX;
    for (size_t k = 0; fine && k < count; k++) fine = k == i || strcmp(tensor[ids[k]].name, name) != 0;
    snprintf(numbered, sizeof numbered, "%s_%zu", word, i);
    return kin_fb_put_text(&w->out, fine ? name : numbered, strlen(fine ? name : numbered));
}

static uint64_t put_map(writer *w, const int *ids, size_t count, const char *word)
{
    uint64_t list = kin_fb_put_vector(&w->out, NULL, count, 4, 4);
    for (size_t i = 0; i < count; i++) {
        kin_fb_form form = {0};
        kin_fb_form_set(&form, TFL_MAP_NAME, 4, 0);
        kin_fb_form_set(&form, TFL_MAP_TENSOR, 4, (uint64_t)w->number[ids[i]]);
        uint64_t at = kin_fb_put_table(&w->out, &form);
        kin_fb_lead_item(&w->out, list, i, at);
        kin_fb_lead_field(&w->out, at, TFL_MAP_NAME, put_name(w, ids, count, i, word));
    }
    return list;
}

static uint64_t put_signatures(writer *w)
{
    static const char key[] = "serving_default";
    kin_fb_form       form = {0};
    uint64_t          list = kin_fb_put_vector(&w->out, NULL, 1, 4, 4);
    for (int f = TFL_SIGNATURE_INPUTS; f <= TFL_SIGNATURE_KEY; f++) kin_fb_form_set(&form, f, 4, 0);
    uint64_t at = kin_fb_put_table(&w->out, &form);
    kin_fb_lead_item(&w->out, list, 0, at);
    kin_fb_lead_field(&w->out, at, TFL_SIGNATURE_INPUTS, put_map(w, w->graph->input, w->graph->input_count, "input"));
    kin_fb_lead_field(&w->out, at, TFL_SIGNATURE_OUTPUTS,
                      put_map(w, w->graph->output, w->graph->output_count, "output"));
    kin_fb_lead_field(&w->out, at, TFL_SIGNATURE_KEY, kin_fb_put_text(&w->out, key, strlen(key)));
    return list;
}

/* --- metadata, buffers --- */

static uint64_t put_metadata(writer *w)
{
    const kin_graph *source = w->source;
    uint64_t         list = kin_fb_put_vector(&w->out, NULL, source->metadata_count, 4, 4);
    for (size_t i = 0; i < source->metadata_count; i++) {
        const kin_metadata *entry = &source->metadata[i];
        kin_fb_form         form = {0};
        kin_fb_form_set(&form, TFL_METADATA_NAME, 4, 0);
        kin_fb_form_set(&form, TFL_METADATA_BUFFER, 4, 1 + w->constants + i);
        uint64_t at = kin_fb_put_table(&w->out, &form);
        kin_fb_lead_item(&w->out, list, i, at);
        kin_fb_lead_field(&w->out, at, TFL_METADATA_NAME, kin_fb_put_text(&w->out, entry->name, strlen(entry->name)));
    }
    return list;
}

static void put_buffer(writer *w, uint64_t list, size_t i, const void *bytes, size_t size)
{
    kin_fb_form form = {0};
    kin_fb_form_set(&form, TFL_BUFFER_DATA, 4, 0);
    uint64_t at = kin_fb_put_table(&w->out, &form);
    kin_fb_lead_item(&w->out, list, i, at);
    kin_fb_lead_field(&w->out, at, TFL_BUFFER_DATA, kin_fb_put_vector(&w->out, bytes, size, 1, ALIGN));
}

static uint64_t put_buffers(writer *w)
{
    const kin_graph *graph = w->graph, *source = w->source;
    uint64_t         list = kin_fb_put_vector(&w->out, NULL, 1 + w->constants + source->metadata_count, 4, 4);
    size_t           at = 0;
    kin_fb_lead_item(&w->out, list, at++, kin_fb_put_table(&w->out, &(kin_fb_form){0}));
    for (size_t i = 0; i < graph->tensor_count; i++) {
        size_t bytes;
        if (w->number[i] < 0 || !graph->tensor[i].data || !kin_tensor_bytes(&graph->tensor[i], &bytes)) continue;
        put_buffer(w, list, at++, graph->tensor[i].data, bytes);
    }
    for (size_t i = 0; i < source->metadata_count; i++)
        put_buffer(w, list, at++, source->metadata[i].bytes, source->metadata[i].size);
    return list;
}

/* --- the model --- */

static void put_model(writer *w)
{
    kin_fb_form form = {0};
    const char *description = w->source->description;
    kin_fb_begin(&w->out, "TFL3");
    kin_fb_form_set(&form, TFL_MODEL_VERSION, 4, TFL_SCHEMA_VERSION);
    for (int f = TFL_MODEL_OPERATOR_CODES; f <= TFL_MODEL_BUFFERS; f++) kin_fb_form_set(&form, f, 4, 0);
    if (w->source->metadata_count) kin_fb_form_set(&form, TFL_MODEL_METADATA, 4, 0);
    kin_fb_form_set(&form, TFL_MODEL_SIGNATURES, 4, 0);
    uint64_t model = kin_fb_put_table(&w->out, &form);
    kin_fb_lead_root(&w->out, model);
    kin_fb_lead_field(&w->out, model, TFL_MODEL_DESCRIPTION,
                      kin_fb_put_text(&w->out, description, strlen(description)));
    kin_fb_lead_field(&w->out, model, TFL_MODEL_OPERATOR_CODES, put_codes(w));
    uint64_t list = kin_fb_put_vector(&w->out, NULL, 1, 4, 4);
    kin_fb_lead_field(&w->out, model, TFL_MODEL_SUBGRAPHS, list);
    kin_fb_lead_item(&w->out, list, 0, put_subgraph(w));
    kin_fb_lead_field(&w->out, model, TFL_MODEL_SIGNATURES, put_signatures(w));
    if (w->source->metadata_count) kin_fb_lead_field(&w->out, model, TFL_MODEL_METADATA, put_metadata(w));
    kin_fb_lead_field(&w->out, model, TFL_MODEL_BUFFERS, put_buffers(w));
}

static kin_status write_twice(writer *w, uint8_t **bytes, size_t *size)
{
    kin_context *ctx = w->graph->ctx;
    put_model(w);
    if (w->out.size > INT32_MAX)
        return kin_fail(ctx, KIN_E_LIMIT, "a file of %llu bytes, expected at most 2,147,483,647: its offsets have 32 bits",
                        (unsigned long long)w->out.size);
    *size = (size_t)w->out.size;
    KIN_TRY(kin_alloc_zero(ctx, *size, 1, bytes));
    w->out = (kin_fb_builder){*bytes, 0};
    put_model(w);
    return KIN_OK;
}

static kin_status write_copy(kin_graph *copy, const kin_graph *source, uint8_t **bytes, size_t *size)
{
    kin_graph *graph;
    kin_shape *sample;
    writer     w = {.source = source};
    if (kin_zip_is_there(source->file, source->file_size)) /* the metadata names files in it */
        return kin_fail(copy->ctx, KIN_E_UNSUPPORTED, "an archive of label files lies behind the model, which would be lost");
    KIN_TRY(kin_graph_sort(copy));
    KIN_TRY(kin_rewrite_run(copy, kin_pass_identity));
    KIN_TRY(kin_rewrite_run(copy, kin_pass_norm));
    KIN_TRY(kin_graph_declare(copy, &sample));
    KIN_TRY(kin_tflite_lower(copy, &graph));
    w.graph = graph;
    kin_status status = kin_graph_declare(graph, &sample);
    w.sample = sample;
    if (status == KIN_OK) status = choose(&w, graph);
    if (status == KIN_OK) status = write_twice(&w, bytes, size);
    kin_graph_free(graph);
    return status;
}

kin_status kin_graph_write_memory(const kin_graph *graph, uint8_t **bytes, size_t *size)
{
    kin_graph *copy = NULL;
    *bytes = NULL;
    *size = 0;
    kin_enter(graph->ctx);
    kin_status status = kin_graph_copy(graph->ctx, graph, &copy);
    if (status == KIN_OK) status = write_copy(copy, graph, bytes, size);
    kin_graph_free(copy);
    kin_leave(graph->ctx);
    return status;
}

void kin_graph_bytes_free(kin_context *ctx, uint8_t *bytes)
{
    kin_enter(ctx);
    kin_release(ctx, bytes);
    kin_leave(ctx);
}
