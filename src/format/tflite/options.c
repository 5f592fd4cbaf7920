/* SPDX-License-Identifier: Apache-2.0
 *
 * Each kind of row says its value, or that it cannot. What no row says must have its fallback, or it would be lost.
 */
#include "format/tflite/options.h"

#include <string.h>

#include "base/text.h"
#include "format/tflite/read.h"

typedef struct {
    const kin_graph *graph;
    const kin_node  *node;
} speaker;

static const void *attr_at(const speaker *s, const char *name)
{
    return (const char *)s->node->attrs + kin_attr_find(s->node->op, name)->offset;
}

static bool small(int64_t number, uint64_t *value)
{
    *value = (uint32_t)(int32_t)number;
    return number == (int32_t)number;
}

static bool say_int(const speaker *s, const kin_operator_row *row, uint64_t *value)
{
    return small(*(const int64_t *)attr_at(s, row->attribute), value);
}

static bool say_at(const speaker *s, const kin_operator_row *row, uint64_t *value)
{
    const kin_ints *list = attr_at(s, row->attribute);
    return row->at < list->count && small(list->value[row->at], value);
}

/* The offset of a vector that comes behind the table. */
static bool say_ints(const speaker *s, const kin_operator_row *row, uint64_t *value)
{
    const kin_ints *list = attr_at(s, row->attribute);
    bool            fit = true;
    for (int i = 0; i < list->count; i++) fit = fit && small(list->value[i], value);
    *value = 0;
    return fit;
}

static bool say_float(const speaker *s, const kin_operator_row *row, uint64_t *value)
{
    float    number = (float)*(const double *)attr_at(s, row->attribute);
    uint32_t bits;
    memcpy(&bits, &number, sizeof bits);
    *value = bits;
    return true;
}

static bool say_bool(const speaker *s, const kin_operator_row *row, uint64_t *value)
{
    *value = *(const bool *)attr_at(s, row->attribute);
    return true;
}

static const char *word_of(const speaker *s, const char *attribute)
{
    return kin_attr_find(s->node->op, attribute)->words[*(const int *)attr_at(s, attribute)];
}

static bool say_word(const speaker *s, const kin_operator_row *row, uint64_t *value)
{
    const char *word = word_of(s, row->attribute);
    for (*value = 0; row->words[*value]; ++*value)
        if (!strcmp(row->words[*value], word)) return true;
    return false;
}

static bool say_type(const speaker *s, const kin_operator_row *row, uint64_t *value)
{
    *value = (uint64_t)kin_tflite_code((kin_type) * (const int *)attr_at(s, row->attribute));
    return true;
}

static bool say_fused(const speaker *s, const kin_operator_row *row, uint64_t *value)
{
    (void)row;
    *value = 0;
    if (!kin_attr_find(s->node->op, "activation")) return true;
    const char *word = word_of(s, "activation");
    int         fused = strcmp(word, "none") ? kin_fused_value(word) : 0;
    *value = (uint64_t)(fused > 0 ? fused : 0);
    return fused >= 0;
}

static bool say_nothing(const speaker *s, const kin_operator_row *row, uint64_t *value)
{
    (void)s, (void)row;
    *value = 0;
    return true;
}

static bool say_inputs(const speaker *s, const kin_operator_row *row, uint64_t *value)
{
    (void)row;
    return small((int64_t)s->node->in_count, value);
}

static bool say_outputs(const speaker *s, const kin_operator_row *row, uint64_t *value)
{
    (void)row;
    return small((int64_t)s->node->out_count, value);
}

static bool say_multiplier(const speaker *s, const kin_operator_row *row, uint64_t *value)
{
    const kin_shape *x = &s->graph->tensor[s->node->in[0]].shape, *y = &s->graph->tensor[s->node->out[0]].shape;
    (void)row;
    return x->rank == 4 && y->rank == 4 && x->dim[3] > 0 && small(y->dim[3] / x->dim[3], value);
}

static bool say_in_type(const speaker *s, const kin_operator_row *row, uint64_t *value)
{
    (void)row;
    *value = (uint64_t)kin_tflite_code(s->graph->tensor[s->node->in[0]].type);
    return true;
}

static const struct {
    size_t size; /* of the field; 0: is not written */
    bool (*say)(const speaker *, const kin_operator_row *, uint64_t *);
} kinds[] = {
    [KIN_ROW_INT] = {4, say_int},           [KIN_ROW_AT] = {4, say_at},
    [KIN_ROW_INTS] = {4, say_ints},         [KIN_ROW_FLOAT] = {4, say_float},
    [KIN_ROW_BOOL] = {1, say_bool},         [KIN_ROW_WORD] = {1, say_word},
    [KIN_ROW_TYPE] = {1, say_type},         [KIN_ROW_FUSED] = {1, say_fused},
    [KIN_ROW_REFUSE] = {0, say_nothing},    [KIN_ROW_INPUTS] = {4, say_inputs},
    [KIN_ROW_OUTPUTS] = {4, say_outputs},   [KIN_ROW_MULTIPLIER] = {4, say_multiplier},
    [KIN_ROW_IN_TYPE] = {1, say_in_type},
};

/* --- checking --- */

static bool is_said(const kin_operator *known, const char *attribute)
{
    if (!strcmp(attribute, "groups")) return true; /* the shapes say it */
    for (const kin_operator_row *row = known->row; row && row->kind != KIN_ROW_END; row++)
        if (row->attribute ? !strcmp(row->attribute, attribute)
                           : row->kind == KIN_ROW_FUSED && !strcmp(attribute, "activation"))
            return true;
    return false;
}

kin_status kin_tflite_check_options(const kin_graph *graph, const kin_node *node, const kin_operator *known)
{
    speaker     s = {graph, node};
    const char *lost = NULL;
    uint64_t    value;
    char        name[120];
    for (const kin_operator_row *row = known->row; !lost && row && row->kind != KIN_ROW_END; row++)
        if (!kinds[row->kind].say(&s, row, &value)) lost = row->attribute ? row->attribute : row->name;
    for (size_t i = 0; !lost && i < node->op->attr_count; i++)
        if (!is_said(known, node->op->attr[i].name) && !kin_attr_is_fallback(&node->op->attr[i], node->attrs))
            lost = node->op->attr[i].name;
    if (!lost) return KIN_OK;
    return kin_fail(graph->ctx, KIN_E_UNSUPPORTED, "node '%s' (%s): TensorFlow Lite's %s cannot say its %s",
                    kin_printable(node->name, strlen(node->name), name, sizeof name), node->op->name,
                    kin_operator_name(known->code), lost);
}

/* --- putting --- */

static uint64_t put_ints(kin_fb_builder *builder, const kin_ints *list)
{
    int32_t narrow[KIN_INTS_MAX];
    for (int i = 0; i < list->count; i++) narrow[i] = (int32_t)list->value[i];
    return kin_fb_put_vector(builder, narrow, (size_t)list->count, 4, 4);
}

uint64_t kin_tflite_put_options(kin_fb_builder *builder, const kin_graph *graph, const kin_node *node,
                                const kin_operator *known)
{
    speaker     s = {graph, node};
    kin_fb_form form = {0};
    for (const kin_operator_row *row = known->row; row->kind != KIN_ROW_END; row++) {
        uint64_t value;
        kinds[row->kind].say(&s, row, &value);
        if (row->kind == KIN_ROW_INTS || value != (uint32_t)row->fallback)
            kin_fb_form_set(&form, row->field, kinds[row->kind].size, value);
    }
    uint64_t at = kin_fb_put_table(builder, &form);
    for (const kin_operator_row *row = known->row; row->kind != KIN_ROW_END; row++)
        if (row->kind == KIN_ROW_INTS)
            kin_fb_lead_field(builder, at, row->field, put_ints(builder, attr_at(&s, row->attribute)));
    return at;
}
