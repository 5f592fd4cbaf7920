/* SPDX-License-Identifier: Apache-2.0
 *
 * From a network's tables to layers and a graph: a row at a time, each output's shape inferred at once by the ops' own
 * rules, so that shapes, parameters and multiply-adds are known before any weight has a value.
 */
#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "base/text.h"
#include "zoo/zoo.h"

enum { NAME = 64, SIDE_MAX = 4096, CLASSES_MAX = 10000000 };

typedef struct {
    kin_context           *ctx;
    kin_graph             *graph;
    const kin_zoo_network *network;
    kin_zoo_options        options;
    const kin_zoo_part    *part; /* of the present row; NULL: the top */
    int                    block;
    kin_zoo_layer         *layer;
    size_t                 count;
    int                    place[KIN_ZOO_PLACES]; /* layers */
    int                    numbered[KIN_ZOO_KINDS];
} maker;

/* --- ops and weights --- */

/* Infers the node that was added last. */
static kin_status infer_last(maker *m, kin_zoo_layer *layer)
{
    kin_graph        *graph = m->graph;
    const kin_node   *node = &graph->node[graph->node_count - 1];
    const kin_tensor *in[8];
    kin_tensor       *out = &graph->tensor[node->out[0]];
    for (size_t i = 0; i < node->in_count; i++) in[i] = node->in[i] < 0 ? NULL : &graph->tensor[node->in[i]];
    kin_call call = {m->ctx, node->name, node->attrs, node->in_count, 1, in, &out};
    KIN_TRY(node->op->infer(&call));
    layer->shape = out->shape;
    layer->tensor = node->out[0];
    if (node->op->macs) layer->macs += (uint64_t)node->op->macs(&call);
    return KIN_OK;
}

static kin_status add_op(maker *m, kin_zoo_layer *layer, const char *op, const char *attributes, const int *in, size_t count)
{
    int out;
    KIN_TRY(kin_graph_add_op(m->graph, op, layer->name, attributes, in, count, &out, 1));
    return infer_last(m, layer);
}

static kin_status add_weight(maker *m, kin_zoo_layer *layer, const char *name, kin_shape shape, bool trained, int *tensor)
{
    char text[2 * NAME];
    snprintf(text, sizeof text, "%s/%s", layer->name, name);
    KIN_TRY(kin_graph_add_tensor(m->graph, text, KIN_FLOAT32, shape, NULL, tensor));
    layer->weight[layer->weight_count++] = (kin_zoo_weight){name, *tensor, trained};
    layer->parameters += kin_count(&shape);
    if (trained) layer->trained += kin_count(&shape);
    return KIN_OK;
}

static kin_shape input_shape(const maker *m, const kin_zoo_layer *layer, size_t i)
{
    return m->layer[layer->in[i]].shape;
}

static int input_tensor(const maker *m, const kin_zoo_layer *layer, size_t i)
{
    return m->layer[layer->in[i]].tensor;
}

static int at_least_one(int x)
{
    return x ? x : 1;
}

/* "stride=2,2 padding=same" */
static void window_text(const maker *m, const kin_zoo_row *row, char *out, size_t size)
{
    int stride = row->stride == KIN_ZOO_STEP ? at_least_one(m->part->step) : at_least_one(row->stride);
    snprintf(out, size, "stride=%d,%d padding=%s", stride, stride, row->same ? "same" : "valid");
}

/* --- a function a kind of layer --- */

static kin_status add_input(maker *m, const kin_zoo_row *row, kin_zoo_layer *layer)
{
    (void)row;
    layer->shape = (kin_shape){4, {1, m->options.side, m->options.side, 3}};
    KIN_TRY(kin_graph_add_tensor(m->graph, layer->name, KIN_FLOAT32, layer->shape, NULL, &layer->tensor));
    return kin_graph_set_inputs(m->graph, &layer->tensor, 1);
}

/* The layer's own activation: one that convolutions and dense layers carry, or an op behind. */
static kin_status add_weighted(maker *m, const kin_zoo_row *row, kin_zoo_layer *layer, const char *op, const char *attributes,
                               kin_shape kernel)
{
    bool inside = row->activation && strcmp(row->activation, "relu") == 0;
    char text[200];
    int  in[3] = {input_tensor(m, layer, 0), -1, -1};
    snprintf(text, sizeof text, "%s%s", attributes, inside ? " activation=relu" : "");
    KIN_TRY(add_weight(m, layer, "kernel", kernel, true, &in[1]));
    if (row->bias) KIN_TRY(add_weight(m, layer, "bias", (kin_shape){1, {kernel.dim[0]}}, true, &in[2]));
    KIN_TRY(add_op(m, layer, op, text, in, row->bias ? 3 : 2));
    return row->activation && !inside ? add_op(m, layer, row->activation, "", &layer->tensor, 1) : KIN_OK;
}

static kin_status add_conv(maker *m, const kin_zoo_row *row, kin_zoo_layer *layer)
{
    char      text[100];
    kin_shape x = input_shape(m, layer, 0);
    window_text(m, row, text, sizeof text);
    int64_t out = (int64_t)row->channels * at_least_one(m->part->scale);
    return add_weighted(m, row, layer, "conv2d", text, (kin_shape){4, {out, row->side, row->side, x.dim[3]}});
}

static kin_status add_dense(maker *m, const kin_zoo_row *row, kin_zoo_layer *layer)
{
    kin_shape x = input_shape(m, layer, 0);
    int       out = row->channels == KIN_ZOO_CLASSES ? m->options.classes : row->channels;
    return add_weighted(m, row, layer, "dense", "", (kin_shape){2, {out, x.dim[1]}});
}

static kin_status add_batch_norm(maker *m, const kin_zoo_row *row, kin_zoo_layer *layer)
{
    static const char *const name[] = {"gamma", "beta", "moving_mean", "moving_variance"};
    kin_shape x = input_shape(m, layer, 0);
    int       in[5] = {input_tensor(m, layer, 0)};
    char      text[60], number[KIN_NUMBER_TEXT];
    (void)row;
    for (int i = 0; i < 4; i++) KIN_TRY(add_weight(m, layer, name[i], (kin_shape){1, {x.dim[x.rank - 1]}}, i < 2, &in[1 + i]));
    snprintf(text, sizeof text, "epsilon=%s", kin_number_text(m->network->epsilon, number));
    return add_op(m, layer, "batch_norm", text, in, 5);
}

static kin_status add_activation(maker *m, const kin_zoo_row *row, kin_zoo_layer *layer)
{
    int in = input_tensor(m, layer, 0);
    return add_op(m, layer, row->activation, "", &in, 1);
}

static kin_status add_pool(maker *m, const kin_zoo_row *row, kin_zoo_layer *layer)
{
    char window[100], text[160];
    int  in = input_tensor(m, layer, 0);
    window_text(m, row, window, sizeof window);
    snprintf(text, sizeof text, "size=%d,%d %s", row->side, row->side, window);
    return add_op(m, layer, row->kind == KIN_ZOO_MAX_POOL ? "max_pool" : "avg_pool", text, &in, 1);
}

static kin_status add_global_pool(maker *m, const kin_zoo_row *row, kin_zoo_layer *layer)
{
    int in = input_tensor(m, layer, 0);
    KIN_TRY(add_op(m, layer, row->kind == KIN_ZOO_GLOBAL_MAX ? "max_pool" : "avg_pool", "", &in, 1));
    return add_op(m, layer, "flatten", "", &layer->tensor, 1);
}

static kin_status add_reshape(maker *m, const kin_zoo_row *row, kin_zoo_layer *layer)
{
    char text[60];
    int  in = input_tensor(m, layer, 0);
    (void)row;
    snprintf(text, sizeof text, "shape=-1,1,1,%lld", (long long)input_shape(m, layer, 0).dim[1]);
    return add_op(m, layer, "reshape", text, &in, 1);
}

static kin_status add_flatten(maker *m, const kin_zoo_row *row, kin_zoo_layer *layer)
{
    int in = input_tensor(m, layer, 0);
    (void)row;
    return add_op(m, layer, "flatten", "", &in, 1);
}

static kin_status add_binary(maker *m, const kin_zoo_row *row, kin_zoo_layer *layer)
{
    const int in[2] = {input_tensor(m, layer, 0), input_tensor(m, layer, 1)};
    return add_op(m, layer, row->kind == KIN_ZOO_ADD ? "add" : "mul", "", in, 2);
}

static const struct {
    const char *type;   /* Keras' class */
    const char *by_itself; /* how Keras 3 names one without a name; the second one gets _1 */
    size_t      inputs;
    kin_status (*add)(maker *, const kin_zoo_row *, kin_zoo_layer *);
} kinds[KIN_ZOO_KINDS] = {
    [KIN_ZOO_INPUT] = {"InputLayer", "input_layer", 0, add_input},
    [KIN_ZOO_CONV] = {"Conv2D", "conv2d", 1, add_conv},
    [KIN_ZOO_DENSE] = {"Dense", "dense", 1, add_dense},
    [KIN_ZOO_BATCH_NORM] = {"BatchNormalization", "batch_normalization", 1, add_batch_norm},
    [KIN_ZOO_ACTIVATION] = {"Activation", "activation", 1, add_activation},
    [KIN_ZOO_MAX_POOL] = {"MaxPooling2D", "max_pooling2d", 1, add_pool},
    [KIN_ZOO_AVG_POOL] = {"AveragePooling2D", "average_pooling2d", 1, add_pool},
    [KIN_ZOO_GLOBAL_AVG] = {"GlobalAveragePooling2D", "global_average_pooling2d", 1, add_global_pool},
    [KIN_ZOO_GLOBAL_MAX] = {"GlobalMaxPooling2D", "global_max_pooling2d", 1, add_global_pool},
    [KIN_ZOO_RESHAPE] = {"Reshape", "reshape", 1, add_reshape},
    [KIN_ZOO_FLATTEN] = {"Flatten", "flatten", 1, add_flatten},
    [KIN_ZOO_ADD] = {"Add", "add", 2, add_binary},
    [KIN_ZOO_MULTIPLY] = {"Multiply", "multiply", 2, add_binary},
};

/* --- rows, parts --- */

static kin_status name_layer(maker *m, const kin_zoo_row *row, kin_zoo_layer *layer)
{
    char text[NAME];
    if (row->name && m->part && m->part->stage)
        snprintf(text, sizeof text, "conv%d_%d_%s", m->part->stage, m->block, row->name);
    else if (row->name)
        snprintf(text, sizeof text, "%s", row->name);
    else {
        int number = m->numbered[row->kind]++;
        if (number)
            snprintf(text, sizeof text, "%s_%d", kinds[row->kind].by_itself, number);
        else
            snprintf(text, sizeof text, "%s", kinds[row->kind].by_itself);
    }
    return kin_arena_string(&m->graph->arena, text, strlen(text), &layer->name);
}

static kin_status add_row(maker *m, const kin_zoo_row *row)
{
    kin_zoo_layer *layer = &m->layer[m->count];
    *layer = (kin_zoo_layer){.kind = row->kind,
                             .type = kinds[row->kind].type,
                             .in = {m->place[row->from], m->place[row->with]},
                             .in_count = kinds[row->kind].inputs};
    KIN_TRY(name_layer(m, row, layer));
    KIN_TRY(kinds[row->kind].add(m, row, layer));
    m->place[KIN_ZOO_LAST] = m->place[row->keep] = (int)m->count++;
    return KIN_OK;
}

static kin_status add_rows(maker *m, const kin_zoo_row *row, size_t count)
{
    for (size_t i = 0; i < count; i++) KIN_TRY(add_row(m, &row[i]));
    return KIN_OK;
}

static kin_status add_parts(maker *m)
{
    for (size_t p = 0; p < m->network->parts; p++) {
        m->part = &m->network->part[p];
        for (m->block = m->part->first; m->block <= m->part->last; m->block++) {
            m->place[KIN_ZOO_ENTRY] = m->place[KIN_ZOO_LAST];
            KIN_TRY(add_rows(m, m->part->row, m->part->rows));
        }
    }
    m->part = NULL;
    return KIN_OK;
}

static size_t layer_count(const kin_zoo_network *network)
{
    size_t count = 2 + network->tops; /* input, a pooling without top */
    for (size_t p = 0; p < network->parts; p++)
        count += network->part[p].rows * (size_t)(network->part[p].last - network->part[p].first + 1);
    return count;
}

static kin_status add_all(maker *m)
{
    static const kin_zoo_row input = {.kind = KIN_ZOO_INPUT};
    static const kin_zoo_row pooling[] = {[KIN_ZOO_POOL_AVG] = {.kind = KIN_ZOO_GLOBAL_AVG},
                                          [KIN_ZOO_POOL_MAX] = {.kind = KIN_ZOO_GLOBAL_MAX}};
    KIN_TRY(kin_arena_alloc(&m->graph->arena, layer_count(m->network), sizeof *m->layer, &m->layer));
    KIN_TRY(add_row(m, &input));
    KIN_TRY(add_parts(m));
    if (!m->options.no_top)
        KIN_TRY(add_rows(m, m->network->top, m->network->tops));
    else if (m->options.pooling != KIN_ZOO_POOL_NONE)
        KIN_TRY(add_row(m, &pooling[m->options.pooling]));
    KIN_TRY(kin_graph_set_outputs(m->graph, &m->layer[m->count - 1].tensor, 1));
    return kin_zoo_order(m->ctx, m->layer, m->count);
}

/* --- the whole --- */

static kin_status check(kin_context *ctx, const kin_zoo_network *network, kin_zoo_options *o)
{
    if (o->no_top && o->classes)
        return kin_fail(ctx, KIN_E_USAGE, "%s: classes belong to the top, which is left out", network->name);
    if (!o->side) o->side = network->side;
    if (!o->classes) o->classes = network->classes;
    if (o->side < network->least_side || o->side > SIDE_MAX)
        return kin_fail(ctx, KIN_E_USAGE, "%s: pictures of side %d, expected %d to %d", network->name, o->side,
                        network->least_side, SIDE_MAX);
    if (o->classes < 1 || o->classes > CLASSES_MAX)
        return kin_fail(ctx, KIN_E_USAGE, "%s: %d classes, expected 1 to %d", network->name, o->classes, CLASSES_MAX);
    if ((unsigned)o->pooling > KIN_ZOO_POOL_MAX)
        return kin_fail(ctx, KIN_E_USAGE, "%s: pooling %d does not exist", network->name, (int)o->pooling);
    if (o->pooling != KIN_ZOO_POOL_NONE && !o->no_top)
        return kin_fail(ctx, KIN_E_USAGE, "%s: a pooling stands where the top is left out", network->name);
    return KIN_OK;
}

static kin_status no_such_network(kin_context *ctx, const char *name)
{
    char   shown[80], list[200];
    size_t n = 0;
    for (size_t i = 0; i < kin_zoo_network_count; i++)
        n += (size_t)snprintf(list + n, sizeof list - n, "%s%s", i ? ", " : "", kin_zoo_networks[i]->name);
    return kin_fail(ctx, KIN_E_NOT_FOUND, "no network '%s' in the zoo (%s)",
                    kin_printable(name, strlen(name), shown, sizeof shown), list);
}

kin_status kin_zoo_build(kin_context *ctx, const char *name, const kin_zoo_options *options, kin_zoo_net *out)
{
    maker m = {.ctx = ctx, .network = kin_zoo_find(name), .options = options ? *options : (kin_zoo_options){0}};
    *out = (kin_zoo_net){0};
    if (!m.network) return no_such_network(ctx, name);
    KIN_TRY(check(ctx, m.network, &m.options));
    KIN_TRY(kin_graph_new(ctx, &m.graph));
    kin_status status = add_all(&m);
    if (status != KIN_OK) {
        kin_graph_free(m.graph);
        return status;
    }
    *out = (kin_zoo_net){.network = m.network, .graph = m.graph, .layer = m.layer, .count = m.count};
    for (size_t i = 0; i < m.count; i++) {
        out->parameters += m.layer[i].parameters;
        out->trained += m.layer[i].trained;
        out->macs += m.layer[i].macs;
    }
    return KIN_OK;
}
