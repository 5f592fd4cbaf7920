/* SPDX-License-Identifier: Apache-2.0
 *
 * Operators of a TensorFlow Lite file as nodes of the graph, by the table in operators.c. Values that make no sense
 * (a stride of 0, an axis far away) are handed on: the op's inference refuses them.
 */
#include <string.h>

#include "base/text.h"
#include "format/tflite/operators.h"
#include "format/tflite/read.h"
#include "format/tflite/schema.h"

/* --- options -> attributes --- */

typedef struct {
    kin_tflite         *reader;
    const kin_fb_table *options; /* file NULL: absent, every field has its fallback */
    const kin_op       *op;
    void               *attrs;
    int8_t              fused; /* an activation that becomes a node of its own; 0: none */
} target;

/* The place of the row's attribute, checked to be of this kind. */
static kin_status place_of(const target *to, const kin_operator_row *row, kin_attr_kind kind, void *out)
{
    const kin_attr *attr = kin_attr_find(to->op, row->attribute);
    if (!attr || attr->kind != kind)
        return kin_fail(to->reader->ctx, KIN_E_UNSUPPORTED, "op %s has no attribute \"%s\" for %s", to->op->name,
                        row->attribute, row->name);
    void *place = (char *)to->attrs + attr->offset;
    memcpy(out, &place, sizeof place);
    return KIN_OK;
}

static kin_status row_int(target *to, const kin_operator_row *row)
{
    int64_t *place;
    int32_t  value = row->fallback;
    KIN_TRY(place_of(to, row, KIN_ATTR_INT, &place));
    KIN_TRY(kin_fb_i32(to->options, row->field, row->name, row->fallback, &value));
    *place = value;
    return KIN_OK;
}

static kin_status row_at(target *to, const kin_operator_row *row)
{
    kin_ints *place;
    int32_t   value;
    KIN_TRY(place_of(to, row, KIN_ATTR_INTS, &place));
    KIN_TRY(kin_fb_i32(to->options, row->field, row->name, row->fallback, &value));
    place->value[row->at] = value;
    if (place->count <= row->at) place->count = row->at + 1;
    return KIN_OK;
}

static kin_status row_ints(target *to, const kin_operator_row *row)
{
    kin_ints     *place;
    kin_fb_vector items;
    KIN_TRY(place_of(to, row, KIN_ATTR_INTS, &place));
    KIN_TRY(kin_fb_items(to->options, row->field, row->name, 4, &items));
    if (items.count > KIN_INTS_MAX)
        return kin_fb_fail(to->options, KIN_E_FORMAT, row->name, "%zu entries, expected at most %d", items.count,
                           KIN_INTS_MAX);
    place->count = (int)items.count;
    for (size_t i = 0; i < items.count; i++) place->value[i] = kin_fb_item_i32(&items, i);
    return KIN_OK;
}

static kin_status row_float(target *to, const kin_operator_row *row)
{
    double *place;
    float   value;
    KIN_TRY(place_of(to, row, KIN_ATTR_FLOAT, &place));
    KIN_TRY(kin_fb_f32(to->options, row->field, row->name, (float)row->fallback, &value));
    *place = (double)value;
    return KIN_OK;
}

static kin_status row_bool(target *to, const kin_operator_row *row)
{
    bool *place;
    KIN_TRY(place_of(to, row, KIN_ATTR_BOOL, &place));
    return kin_fb_bool(to->options, row->field, row->name, row->fallback != 0, place);
}

/* The number of `word` among the attribute's words. */
static bool set_word(const target *to, const char *attribute, const char *word)
{
    const kin_attr *attr = kin_attr_find(to->op, attribute);
    if (!attr || attr->kind != KIN_ATTR_ENUM) return false;
    for (int i = 0; attr->words[i]; i++)
        if (strcmp(attr->words[i], word) == 0) {
            memcpy((char *)to->attrs + attr->offset, &i, sizeof i);
            return true;
        }
    return false;
}

static kin_status row_word(target *to, const kin_operator_row *row)
{
    int8_t value;
    KIN_TRY(kin_fb_i8(to->options, row->field, row->name, (int8_t)row->fallback, &value));
    int count = 0;
    while (row->words[count]) count++;
    if (value < 0 || value >= count)
        return kin_fb_fail(to->options, KIN_E_FORMAT, row->name, "%d, expected 0 to %d", value, count - 1);
    if (!set_word(to, row->attribute, row->words[value]))
        return kin_fb_fail(to->options, KIN_E_UNSUPPORTED, row->name, "%s of op %s cannot be \"%s\"", row->attribute,
                           to->op->name, row->words[value]);
    return KIN_OK;
}

static kin_status row_type(target *to, const kin_operator_row *row)
{
    int     *place;
    int8_t   value;
    kin_type type;
    KIN_TRY(place_of(to, row, KIN_ATTR_TYPE, &place));
    KIN_TRY(kin_fb_i8(to->options, row->field, row->name, (int8_t)row->fallback, &value));
    if (!kin_tflite_type(value, &type))
        return kin_fb_fail(to->options, KIN_E_UNSUPPORTED, row->name, "TensorFlow Lite's type %d is not supported",
                           value);
    *place = type;
    return KIN_OK;
}

static kin_status row_fused(target *to, const kin_operator_row *row)
{
    int8_t value;
    KIN_TRY(kin_fb_i8(to->options, row->field, row->name, TFL_ACT_NONE, &value));
    if (value == TFL_ACT_NONE) return KIN_OK;
    const kin_fused_activation *fused = kin_fused_find(value);
    if (!fused) return kin_fb_fail(to->options, KIN_E_FORMAT, row->name, "%d is no activation function", value);
    if (fused->word && set_word(to, "activation", fused->word)) return KIN_OK;
    if (!fused->op)
        return kin_fb_fail(to->options, KIN_E_UNSUPPORTED, row->name, "activation function %d is not supported", value);
    to->fused = value;
    return KIN_OK;
}

static kin_status row_refuse(target *to, const kin_operator_row *row)
{
    int8_t value;
    KIN_TRY(kin_fb_i8(to->options, row->field, row->name, 0, &value));
    if (value)
        return kin_fb_fail(to->options, KIN_E_UNSUPPORTED, row->name, "%d is not supported, expected 0", value);
    return KIN_OK;
}

/* What the tensors say too. */
static kin_status row_told(target *to, const kin_operator_row *row)
{
    (void)to, (void)row;
    return KIN_OK;
}

static kin_status (*const reader_of[])(target *, const kin_operator_row *) = {
    [KIN_ROW_INT] = row_int,     [KIN_ROW_AT] = row_at,     [KIN_ROW_INTS] = row_ints,
    [KIN_ROW_FLOAT] = row_float, [KIN_ROW_BOOL] = row_bool, [KIN_ROW_WORD] = row_word,
    [KIN_ROW_TYPE] = row_type,   [KIN_ROW_FUSED] = row_fused, [KIN_ROW_REFUSE] = row_refuse,
    [KIN_ROW_INPUTS] = row_told, [KIN_ROW_OUTPUTS] = row_told, [KIN_ROW_MULTIPLIER] = row_told,
    [KIN_ROW_IN_TYPE] = row_told,
};

static kin_status read_options(target *to, const kin_fb_table *table, const kin_operator *known)
{
    static const char where[] = "builtin_options";
    uint8_t           type;
    kin_fb_table      options;
    if (!known->row) return KIN_OK;
    KIN_TRY(kin_fb_u8(table, TFL_OPERATOR_OPTIONS_TYPE, "builtin_options_type", TFL_OPT_NONE, &type));
    if (type != TFL_OPT_NONE && type != known->options)
        return kin_fb_fail(table, KIN_E_FORMAT, "builtin_options_type", "%d, expected %d for %s", type, known->options,
                           kin_operator_name(known->code));
    if (type != TFL_OPT_NONE) KIN_TRY(kin_fb_child(table, TFL_OPERATOR_OPTIONS, where, &options));
    if (type == TFL_OPT_NONE || !options.file) /* a table without fields: all of them have their fallback */
        options = (kin_fb_table){.file = table->file, .place = {&table->place, where, KIN_FB_SINGLE}};
    to->options = &options;
    kin_status status = KIN_OK;
    for (const kin_operator_row *row = known->row; status == KIN_OK && row->kind != KIN_ROW_END; row++)
        status = reader_of[row->kind](to, row);
    to->options = NULL;
    return status;
}

/* --- which op --- */

static kin_status refuse_custom(const kin_fb_table *code, const kin_fb_table *operator)
{
    kin_fb_text name;
    char        text[64];
    KIN_TRY(kin_fb_string(code, TFL_CODE_CUSTOM, "custom_code", &name));
    return kin_fb_fail(operator, KIN_E_UNSUPPORTED, NULL, "custom operator \"%s\" is not known",
                       kin_printable(name.bytes, name.length, text, sizeof text));
}

/* The table's line of an operator, by its number in the model's list of operator codes. */
static kin_status find_operator(kin_tflite *reader, const kin_fb_table *table, const kin_operator **out)
{
    uint32_t     index;
    int8_t       old;
    int32_t      code;
    kin_fb_table row;
    KIN_TRY(kin_fb_u32(table, TFL_OPERATOR_CODE, "opcode_index", 0, &index));
    if (index >= reader->codes.count)
        return kin_fb_fail(table, KIN_E_FORMAT, "opcode_index", "index %u of %zu operator codes", index,
                           reader->codes.count);
    KIN_TRY(kin_fb_item_table(&reader->codes, index, "operator code", &row));
    KIN_TRY(kin_fb_i8(&row, TFL_CODE_DEPRECATED, "deprecated_builtin_code", 0, &old));
    KIN_TRY(kin_fb_i32(&row, TFL_CODE_BUILTIN, "builtin_code", 0, &code));
    if (old > code) code = old; /* files from before the 32-bit field leave it out */
    if (code == TFL_CODE_IS_CUSTOM) return refuse_custom(&row, table);
    *out = kin_operator_find(code);
    if (*out) return KIN_OK;
    const char *name = kin_operator_name(code);
    return name ? kin_fb_fail(table, KIN_E_UNSUPPORTED, NULL, "operator %s is not supported", name)
                : kin_fb_fail(table, KIN_E_FORMAT, NULL, "operator code %d is unknown", code);
}

/* --- tensors of a node --- */

/* items -> out, both of items->count. */
static kin_status read_numbers(const kin_tflite *reader, const kin_fb_vector *items, int least, int *out)
{
    for (size_t i = 0; i < items->count; i++) {
        int32_t index = kin_fb_item_i32(items, i);
        if (index < least || (index >= 0 && (size_t)index >= reader->tensors))
            return kin_fb_fail(items->table, KIN_E_FORMAT, items->name, "index %d of %zu tensors", index,
                               reader->tensors);
        out[i] = index;
    }
    return KIN_OK;
}

/* Optional inputs that are left out are -1. */
static kin_status check_left_out(const kin_fb_vector *items, const kin_op *op, const int *in)
{
    int required = op->in_max == KIN_MANY ? (int)items->count : op->in_min;
    for (int i = 0; i < required; i++)
        if (in[i] < 0)
            return kin_fb_fail(items->table, KIN_E_FORMAT, items->name, "entry %d is left out, but %s needs it", i,
                               op->name);
    return KIN_OK;
}

static kin_status check_counts(const kin_fb_table *table, const kin_op *op, const char *name, size_t count, int least,
                               int most)
{
    if (count >= (size_t)least && count <= (size_t)most) return KIN_OK;
    return kin_fb_fail(table, KIN_E_FORMAT, name, "%zu tensors, but %s takes %d to %d", count, op->name, least, most);
}

/* Puts the activation's node behind `node`, whose first output becomes a new tensor between the two. */
static kin_status add_fused(kin_tflite *reader, size_t node_index, int8_t value)
{
    kin_graph                  *graph = reader->graph;
    const kin_fused_activation *fused = kin_fused_find(value);
    const kin_op               *op = kin_op_find(fused->op);
    kin_tensor                  between = graph->tensor[graph->node[node_index].out[0]];
    const char                 *name = graph->node[node_index].name;
    kin_node                   *behind;
    int                         id;
    if (!op) return kin_fail(reader->ctx, KIN_E_UNSUPPORTED, "%s: op %s is not built in", name, fused->op);
    KIN_TRY(kin_graph_tensor(graph, between.name, strlen(between.name), &between, &id));
    KIN_TRY(kin_graph_node(graph, op, name, strlen(name), 1, 1, &behind));
    behind->in[0] = id;
    behind->out[0] = graph->node[node_index].out[0];
    graph->node[node_index].out[0] = id;
    return KIN_OK;
}

/* --- one operator --- */

/* A node is called after its first output, as TensorFlow's tools show it. */
static const char *name_of(const kin_tflite *reader, const kin_fb_vector *outputs)
{
    int32_t first = outputs->count ? kin_fb_item_i32(outputs, 0) : -1;
    return first >= 0 && (size_t)first < reader->tensors ? reader->graph->tensor[first].name : "";
}

/* A convolution's groups stand in no option: channels of the picture over channels of the weights, as far as the file
 * tells them (TensorFlow Lite, lite/kernels/conv.cc). What does not divide is left to inference. */
static void set_groups(const kin_tflite *reader, const kin_node *node)
{
    const kin_attr *attr = kin_attr_find(node->op, "groups");
    if (!attr || node->in_count < 2) return;
    const kin_shape *x = &reader->graph->tensor[node->in[0]].shape, *w = &reader->graph->tensor[node->in[1]].shape;
    if (x->rank != 4 || w->rank != 4 || x->dim[3] < 1 || w->dim[3] < 1 || x->dim[3] % w->dim[3]) return;
    *(int64_t *)((char *)node->attrs + attr->offset) = x->dim[3] / w->dim[3];
}

static kin_status read_operator(kin_tflite *reader, const kin_fb_table *table)
{
    const kin_operator *known = NULL;
    kin_fb_vector       inputs, outputs;
    kin_node           *node;
    KIN_TRY(find_operator(reader, table, &known));
    const kin_op *op = kin_op_find(known->op);
    if (!op)
        return kin_fb_fail(table, KIN_E_UNSUPPORTED, NULL, "operator %s is not built in",
                           kin_operator_name(known->code));
    KIN_TRY(kin_fb_items(table, TFL_OPERATOR_INPUTS, "inputs", 4, &inputs));
    KIN_TRY(kin_fb_items(table, TFL_OPERATOR_OUTPUTS, "outputs", 4, &outputs));
    KIN_TRY(check_counts(table, op, "inputs", inputs.count, op->in_min, op->in_max));
    KIN_TRY(check_counts(table, op, "outputs", outputs.count, op->out_min, op->out_max));
    const char *name = name_of(reader, &outputs);
    KIN_TRY(kin_graph_node(reader->graph, op, name, strlen(name), inputs.count, outputs.count, &node));
    KIN_TRY(read_numbers(reader, &inputs, -1, node->in));
    KIN_TRY(read_numbers(reader, &outputs, 0, node->out));
    KIN_TRY(check_left_out(&inputs, op, node->in));
    target to = {reader, NULL, op, node->attrs, TFL_ACT_NONE};
    KIN_TRY(read_options(&to, table, known));
    set_groups(reader, node);
    return to.fused ? add_fused(reader, reader->graph->node_count - 1, to.fused) : KIN_OK;
}

kin_status kin_tflite_nodes(kin_tflite *reader, const kin_fb_table *subgraph)
{
    kin_fb_vector operators;
    KIN_TRY(kin_fb_items(subgraph, TFL_SUBGRAPH_OPERATORS, "operators", KIN_FB_OFFSETS, &operators));
    for (size_t i = 0; i < operators.count; i++) {
        kin_fb_table table;
        KIN_TRY(kin_fb_item_table(&operators, i, "operator", &table));
        KIN_TRY(read_operator(reader, &table));
    }
    return KIN_OK;
}
