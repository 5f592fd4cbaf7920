/* SPDX-License-Identifier: Apache-2.0
 */
#include "learn/training.h"

#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "base/random.h"
#include "learn/losses.h"
#include "nn/grad/grad.h"
#include "nn/plan/evaluate.h"
#include "nn/plan/rewrite.h"

enum { LANES = 16 }; /* weights begin at multiples of so many floats: KIN_ALIGN bytes */

/* --- lists that grow with the graph's arena --- */

static kin_status add_weight(kin_training *t, kin_weight weight)
{
    size_t capacity = t->graph->tensor_capacity; /* no more weights than tensors */
    if (t->weight_count == 0) KIN_TRY(kin_arena_alloc(&t->graph->arena, capacity + 64, sizeof weight, &t->weight));
    weight.offset = t->floats;
    t->floats += kin_align_up(weight.count, LANES);
    t->weight[t->weight_count++] = weight;
    return KIN_OK;
}

kin_status kin_training_add_weight(kin_training *t, const char *name, kin_shape shape, double deviation, int *tensor)
{
    kin_random random = kin_random_make(t->draw, t->weight_count);
    size_t     count = kin_count(&shape);
    float     *first;
    KIN_TRY(kin_arena_alloc(&t->graph->arena, count, sizeof *first, &first));
    for (size_t i = 0; i < count; i++) first[i] = (float)(deviation * kin_random_normal(&random));
    KIN_TRY(kin_graph_add_tensor(t->graph, name, KIN_FLOAT32, shape, NULL, tensor));
    return add_weight(t, (kin_weight){*tensor, -1, t->graph->tensor[*tensor].name, first, count, 0, 1, true});
}

/* --- which weights train --- */

static bool known_weight(const kin_training *t, int tensor)
{
    for (size_t i = 0; i < t->weight_count; i++)
        if (t->weight[i].tensor == tensor) return true;
    return false;
}

/* A constant that some ops unpack first (float16 -> float32) becomes one here and now; those ops go. */
static kin_status unpack(kin_training *t, int tensor, const kin_call_room *room)
{
    kin_graph *graph = t->graph;
    for (size_t n = 0; n < graph->node_count && !graph->tensor[tensor].data; n++) {
        kin_node *node = &graph->node[n];
        if (node->out_count != 1 || node->out[0] != tensor || !kin_node_known(graph, node)) continue;
        kin_call call = kin_call_of(graph, node, room);
        KIN_TRY(node->op->infer(&call));
        KIN_TRY(kin_evaluate(graph, node, &call));
        memmove(node, node + 1, (graph->node_count - n - 1) * sizeof *node);
        graph->node_count--;
        return KIN_OK;
    }
    return KIN_OK;
}

static kin_status take_weights_of(kin_training *t, size_t place, double rate)
{
    const kin_node *node = &t->graph->node[place];
    for (size_t i = 0; i < node->in_count && i < 64; i++) {
        int tensor = node->in[i];
        if (tensor < 0 || !(node->op->weights >> i & 1) || known_weight(t, tensor)) continue;
        const kin_tensor *w = &t->graph->tensor[tensor];
        if (!w->data || w->type != KIN_FLOAT32) continue;
        bool kernel = i == 1 && strcmp(node->op->name, "prelu") && strcmp(node->op->name, "batch_norm");
        KIN_TRY(add_weight(t, (kin_weight){tensor, -1, w->name, w->data, kin_count(&w->shape), 0, rate, kernel}));
    }
    return KIN_OK;
}

static double rate_of(const kin_trainer_options *o, const kin_node *node, size_t place)
{
    return o->layer_rate ? o->layer_rate(o->user, node->name, place) : 1;
}

static kin_status take_weights(kin_training *t, const double *rates)
{
    kin_call_room room;
    KIN_TRY(kin_call_room_make(t->graph, &room));
    kin_status status = KIN_OK;
    for (size_t n = 0; n < t->graph->node_count && status == KIN_OK; n++) {
        const kin_node node = t->graph->node[n];
        if (node.op->weights == 0 || rates[node.out[0]] <= 0) continue;
        for (size_t i = 0; i < node.in_count && status == KIN_OK; i++) {
            size_t before = t->graph->node_count;
            if (node.in[i] >= 0 && (node.op->weights >> i & 1)) status = unpack(t, node.in[i], &room);
            n -= before - t->graph->node_count;
        }
        if (status == KIN_OK) status = take_weights_of(t, n, rates[node.out[0]]);
    }
    kin_call_room_free(t->graph, &room);
    return status;
}

/* --- ops that do something else while training --- */

static kin_status add_statistic(kin_training *t, int moving, int batch)
{
    const kin_tensor *m = &t->graph->tensor[moving];
    size_t            count = kin_count(&m->shape);
    if (t->statistic_count == 0)
        KIN_TRY(kin_arena_alloc(&t->graph->arena, 2 * t->graph->node_count, sizeof *t->statistic, &t->statistic));
    if (!m->data || m->type != KIN_FLOAT32)
        return kin_fail(t->graph->ctx, KIN_E_UNSUPPORTED, "batch norm '%s': its statistics are no constants", m->name);
    t->statistic[t->statistic_count++] = (kin_statistic){moving, batch, m->data, count, t->statistic_floats};
    t->statistic_floats += kin_align_up(count, LANES);
    return KIN_OK;
}

/* batch_norm -> batch_norm_train, its output the same tensor. */
static kin_status train_norm(kin_training *t, size_t n)
{
    kin_node from = t->graph->node[n];
    int      out[3];
    char     epsilon[40], number[KIN_NUMBER_TEXT];
    snprintf(epsilon, sizeof epsilon, "epsilon=%s", kin_number_text(kin_node_number(&from, "epsilon", 1e-3), number));
    KIN_TRY(kin_graph_add_op(t->graph, "batch_norm_train", from.name, epsilon, from.in, 3, out, 3));
    kin_node *added = &t->graph->node[--t->graph->node_count];
    added->out[0] = from.out[0];
    t->graph->node[n] = *added;
    KIN_TRY(add_statistic(t, from.in[3], out[1]));
    return add_statistic(t, from.in[4], out[2]);
}

static kin_status train_dropout(kin_training *t, size_t n)
{
    kin_node from = t->graph->node[n];
    int      in[2] = {from.in[0], -1}, out;
    char     words[80], number[KIN_NUMBER_TEXT];
    snprintf(words, sizeof words, "rate=%s stream=%zu", kin_number_text(kin_node_number(&from, "rate", 0), number), n);
    if (t->seed < 0) KIN_TRY(kin_graph_add_tensor(t->graph, "seed", KIN_INT64, (kin_shape){1, {1}}, NULL, &t->seed));
    in[1] = t->seed;
    KIN_TRY(kin_graph_add_op(t->graph, "dropout_train", from.name, words, in, 2, &out, 1));
    kin_node *added = &t->graph->node[--t->graph->node_count];
    added->out[0] = from.out[0];
    t->graph->node[n] = *added;
    return KIN_OK;
}

static kin_status change_ops(kin_training *t, const double *rates)
{
    size_t count = t->graph->node_count;
    for (size_t n = 0; n < count; n++) {
        const kin_node *node = &t->graph->node[n];
        if (rates[node->out[0]] <= 0) continue;
        if (!strcmp(node->op->name, "batch_norm")) KIN_TRY(train_norm(t, n));
        else if (!strcmp(node->op->name, "dropout") && kin_node_number(node, "rate", 0) > 0)
            KIN_TRY(train_dropout(t, n));
    }
    return KIN_OK;
}

/* --- the whole --- */

static kin_status add_target(kin_training *t, const kin_loss *loss)
{
    kin_shape labels = {1, {-1}};
    t->target_kind = loss->target;
    if (loss->target == KIN_TARGET_LABELS)
        return kin_graph_add_tensor(t->graph, "labels", KIN_INT32, labels, NULL, &t->target);
    return kin_graph_add_tensor(t->graph, "teacher", KIN_FLOAT32, t->graph->tensor[t->output].shape, NULL, &t->target);
}

static kin_status set_inputs(kin_training *t)
{
    kin_graph *graph = t->graph;
    int       *list;
    size_t     count = graph->input_count;
    KIN_TRY(kin_arena_alloc(&graph->arena, count + 2 + t->weight_count, sizeof *list, &list));
    memcpy(list, graph->input, count * sizeof *list);
    list[count++] = t->target;
    if (t->seed >= 0) list[count++] = t->seed;
    for (size_t i = 0; i < t->weight_count; i++) {
        graph->tensor[t->weight[i].tensor].data = NULL;
        list[count++] = t->weight[i].tensor;
    }
    return kin_graph_set_inputs(graph, list, count);
}

/* Outputs: loss, output, batch statistics, gradients. */
static kin_status set_outputs(kin_training *t)
{
    int   *list;
    size_t count = 0;
    KIN_TRY(kin_arena_alloc(&t->graph->arena, 2 + t->statistic_count + t->weight_count, sizeof *list, &list));
    list[count++] = t->loss;
    list[count++] = t->output;
    for (size_t i = 0; i < t->statistic_count; i++) list[count++] = t->statistic[i].batch;
    for (size_t i = 0; i < t->weight_count; i++) list[count++] = t->weight[i].gradient;
    return kin_graph_set_outputs(t->graph, list, count);
}

/* Weights that the loss does not depend on stay as they are. */
static void drop_idle(kin_training *t)
{
    size_t kept = 0;
    t->floats = 0;
    for (size_t i = 0; i < t->weight_count; i++) {
        kin_weight w = t->weight[i];
        if (w.gradient < 0) {
            t->graph->tensor[w.tensor].data = (void *)w.first;
            continue;
        }
        w.offset = t->floats;
        t->floats += kin_align_up(w.count, LANES);
        t->weight[kept++] = w;
    }
    t->weight_count = kept;
}

static kin_status differentiate(kin_training *t)
{
    int *list, *gradient;
    KIN_TRY(kin_arena_alloc(&t->graph->arena, t->weight_count + 1, sizeof *list, &list));
    KIN_TRY(kin_arena_alloc(&t->graph->arena, t->weight_count + 1, sizeof *gradient, &gradient));
    for (size_t i = 0; i < t->weight_count; i++) list[i] = t->weight[i].tensor;
    KIN_TRY(kin_graph_sort(t->graph));
    t->forward = t->graph->node_count;
    KIN_TRY(kin_grad_add(t->graph, t->loss, list, t->weight_count, gradient));
    for (size_t i = 0; i < t->weight_count; i++) t->weight[i].gradient = gradient[i];
    return KIN_OK;
}

/* rates[t]: factor of the node that makes tensor t; by the places of the source's nodes, sorted. */
static kin_status rates_of(kin_training *t, const kin_trainer_options *o, double **rates)
{
    KIN_TRY(kin_arena_alloc(&t->graph->arena, t->graph->tensor_count, sizeof **rates, rates));
    for (size_t n = 0; n < t->graph->node_count; n++)
        for (size_t j = 0; j < t->graph->node[n].out_count; j++)
            (*rates)[t->graph->node[n].out[j]] = rate_of(o, &t->graph->node[n], n);
    return KIN_OK;
}

/* Unfusing makes new tensors: a bare layer's is made by a node of the name that the fused one had, and has its rate. */
static kin_status spread_rates(kin_training *t, double **rates, size_t tensors)
{
    double *wide;
    KIN_TRY(kin_arena_alloc(&t->graph->arena, t->graph->tensor_count, sizeof *wide, &wide));
    memcpy(wide, *rates, tensors * sizeof *wide);
    for (size_t n = t->graph->node_count; n-- > 0;) {
        const kin_node *node = &t->graph->node[n];
        for (size_t i = 0; i < node->in_count; i++)
            if (node->in[i] >= 0 && (size_t)node->in[i] >= tensors) wide[node->in[i]] = wide[node->out[0]];
    }
    *rates = wide;
    return KIN_OK;
}

static kin_status build(kin_training *t, const kin_trainer_options *o)
{
    kin_graph      *graph = t->graph;
    const kin_loss *loss;
    const char     *attributes;
    double         *rates;
    size_t          tensors = graph->tensor_count;
    KIN_TRY(kin_loss_find(graph->ctx, o->loss ? o->loss : "cross_entropy", &loss, &attributes));
    if (o->output >= graph->output_count)
        return kin_fail(graph->ctx, KIN_E_USAGE, "the network has no output %zu", o->output);
    KIN_TRY(kin_graph_sort(graph));
    t->output = graph->output[o->output];
    KIN_TRY(rates_of(t, o, &rates));
    KIN_TRY(kin_grad_unfuse(graph));
    KIN_TRY(spread_rates(t, &rates, tensors));
    KIN_TRY(take_weights(t, rates));
    KIN_TRY(change_ops(t, rates));
    KIN_TRY(add_target(t, loss));
    KIN_TRY(loss->build(t, attributes, t->output, o, &t->loss));
    KIN_TRY(set_inputs(t));
    KIN_TRY(kin_graph_set_outputs(graph, &t->loss, 1));
    KIN_TRY(differentiate(t));
    drop_idle(t);
    if (t->weight_count == 0) return kin_fail(graph->ctx, KIN_E_UNSUPPORTED, "no weight of the network trains");
    graph->input_count = t->source->input_count; /* again, without those that were dropped */
    KIN_TRY(set_inputs(t));
    return set_outputs(t);
}

kin_status kin_training_make(kin_context *ctx, const kin_graph *source, const kin_trainer_options *options,
                             kin_training **out)
{
    kin_training *t;
    *out = NULL;
    KIN_TRY(kin_alloc_zero(ctx, 1, sizeof *t, &t));
    t->ctx = ctx;
    t->source = source;
    t->seed = -1;
    t->source_tensors = source->tensor_count;
    t->draw = options->seed;
    kin_status status = kin_graph_copy(ctx, source, &t->graph);
    if (status == KIN_OK) status = build(t, options);
    if (status != KIN_OK) {
        kin_training_free(t);
        return status;
    }
    *out = t;
    return KIN_OK;
}

void kin_training_free(kin_training *t)
{
    if (!t) return;
    kin_graph_free(t->graph);
    kin_release(t->ctx, t);
}

/* --- the trained network --- */

static kin_status replace(kin_graph *graph, int tensor, const float *values, size_t count)
{
    void *copy;
    KIN_TRY(kin_arena_alloc(&graph->arena, count, sizeof *values, &copy));
    memcpy(copy, values, count * sizeof *values);
    size_t kept = 0; /* what unpacked it before goes */
    for (size_t n = 0; n < graph->node_count; n++)
        if (graph->node[n].out_count != 1 || graph->node[n].out[0] != tensor) graph->node[kept++] = graph->node[n];
    graph->node_count = kept;
    graph->tensor[tensor].data = copy;
    graph->tensor[tensor].type = KIN_FLOAT32;
    return KIN_OK;
}

kin_status kin_training_result(const kin_training *t, const float *floats, const float *statistics, kin_graph **out)
{
    kin_graph *graph;
    kin_status status = kin_graph_copy(t->graph->ctx, t->source, &graph);
    *out = NULL;
    if (status != KIN_OK) return status;
    for (size_t i = 0; i < t->weight_count && status == KIN_OK; i++) {
        const kin_weight *w = &t->weight[i];
        if ((size_t)w->tensor < t->source_tensors) status = replace(graph, w->tensor, floats + w->offset, w->count);
    }
    for (size_t i = 0; i < t->statistic_count && status == KIN_OK; i++) {
        const kin_statistic *s = &t->statistic[i];
        status = replace(graph, s->moving, statistics + s->offset, s->count);
    }
    if (status == KIN_OK) status = kin_graph_sort(graph);
    if (status == KIN_OK)
        *out = graph;
    else
        kin_graph_free(graph);
    return status;
}
