/* SPDX-License-Identifier: Apache-2.0
 *
 * Values for weights: random ones as Keras begins with, or those of a Keras model, turned into the engine's layout. The
 * public kin_graph_zoo.
 */
#include <math.h>
#include <string.h>

#include "base/random.h"
#include "base/text.h"
#include "zoo/zoo.h"

/* The weight's memory, made when it has none. */
static kin_status values_of(kin_graph *graph, int id, float **out)
{
    kin_tensor *t = &graph->tensor[id];
    if (!t->data) KIN_TRY(kin_arena_alloc(&graph->arena, kin_count(&t->shape), sizeof(float), &t->data));
    *out = t->data;
    return KIN_OK;
}

/* Uniform in +-sqrt(6 / (fan_in + fan_out)), fans counting the window's cells (Glorot and Bengio 2010; Keras'
 * glorot_uniform). Kernels are [out, (kh, kw,) in] here. */
static void glorot(const kin_shape *shape, kin_random random, float *values)
{
    double cells = shape->rank == 4 ? (double)(shape->dim[1] * shape->dim[2]) : 1;
    double fans = cells * (double)(shape->dim[0] + shape->dim[shape->rank - 1]), limit = sqrt(6 / fans);
    for (size_t i = 0, n = kin_count(shape); i < n; i++) values[i] = (float)(limit * (2 * kin_random_unit(&random) - 1));
}

kin_status kin_zoo_fill(kin_zoo_net *net, uint64_t seed)
{
    uint64_t number = 0; /* of the weight, in Keras' order: its stream of random numbers */
    for (size_t i = 0; i < net->count; i++)
        for (size_t k = 0; k < net->layer[i].weight_count; k++, number++) {
            const kin_zoo_weight *w = &net->layer[i].weight[k];
            const kin_shape       shape = net->graph->tensor[w->tensor].shape;
            float                *values;
            if (net->graph->tensor[w->tensor].data) continue;
            KIN_TRY(values_of(net->graph, w->tensor, &values));
            if (strcmp(w->name, "kernel") == 0)
                glorot(&shape, kin_random_make(seed, number), values);
            else if (strcmp(w->name, "gamma") == 0 || strcmp(w->name, "moving_variance") == 0)
                for (size_t c = 0; c < kin_count(&shape); c++) values[c] = 1;
        }
    return KIN_OK;
}

static bool same_name(const char *a, const char *b)
{
    for (; *a && *b; a++, b++)
        if (*a != *b && !(strchr("/_", *a) && strchr("/_", *b))) return false;
    return *a == *b;
}

int kin_zoo_layer_find(const kin_zoo_net *net, const char *name)
{
    for (size_t i = 0; i < net->count; i++)
        if (same_name(net->layer[i].name, name)) return (int)i;
    return -1;
}

/* Keras' [cells, in, out] -> [out, cells, in], 16 outs at a time: a cache line of `values`. Vectors stay. */
static void turn(const kin_shape *shape, const float *values, float *out)
{
    enum { BLOCK = 16 };
    size_t outs = (size_t)shape->dim[0], rest = kin_count(shape) / outs;
    if (shape->rank == 1) {
        memcpy(out, values, outs * sizeof *out);
        return;
    }
    for (size_t first = 0; first < outs; first += BLOCK)
        for (size_t i = 0; i < rest; i++)
            for (size_t o = first; o < outs && o < first + BLOCK; o++) out[o * rest + i] = values[i * outs + o];
}

kin_status kin_zoo_set(kin_zoo_net *net, const char *layer, size_t weight, const float *values, size_t count)
{
    kin_context *ctx = net->graph->ctx;
    char         shown[80];
    int          at = kin_zoo_layer_find(net, layer);
    float       *out;
    kin_printable(layer, strlen(layer), shown, sizeof shown);
    if (at < 0) return kin_fail(ctx, KIN_E_NOT_FOUND, "%s has no layer '%s'", net->network->name, shown);
    if (weight >= net->layer[at].weight_count)
        return kin_fail(ctx, KIN_E_FORMAT, "layer '%s': weight %zu of %zu", shown, weight, net->layer[at].weight_count);
    const kin_zoo_weight *w = &net->layer[at].weight[weight];
    const kin_shape       shape = net->graph->tensor[w->tensor].shape;
    if (count != kin_count(&shape))
        return kin_fail(ctx, KIN_E_FORMAT, "layer '%s': %s has %zu numbers, expected %zu", shown, w->name, count,
                        kin_count(&shape));
    KIN_TRY(values_of(net->graph, w->tensor, &out));
    turn(&shape, values, out);
    return KIN_OK;
}

/* --- the public call --- */

const char *kin_zoo_name(size_t i)
{
    return i < kin_zoo_network_count ? kin_zoo_networks[i]->name : NULL;
}

kin_status kin_graph_zoo(kin_context *ctx, const char *name, const kin_zoo_options *options, kin_graph **out)
{
    kin_zoo_net net;
    *out = NULL;
    kin_enter(ctx);
    kin_status status = kin_zoo_build(ctx, name, options, &net);
    if (status == KIN_OK) {
        status = kin_zoo_fill(&net, options ? options->seed : 0);
        if (status == KIN_OK) status = kin_graph_sort(net.graph);
        if (status == KIN_OK)
            *out = net.graph;
        else
            kin_graph_free(net.graph);
    }
    kin_leave(ctx);
    return status;
}
