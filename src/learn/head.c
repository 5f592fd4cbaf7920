/* SPDX-License-Identifier: Apache-2.0
 */
#include "learn/head.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/random.h"
#include "base/text.h"
#include "nn/plan/epilogue.h"
#include "nn/plan/rewrite.h"

static const char kernel_name[] = "head/kernel", bias_name[] = "head/bias";

/* --- cutting --- */

/* The node whose name, or whose output's, is `at`. */
static const kin_node *find_node(const kin_graph *graph, const char *at)
{
    for (size_t n = 0; n < graph->node_count; n++)
        if (!strcmp(graph->node[n].name, at) || !strcmp(graph->tensor[graph->node[n].out[0]].name, at)) return &graph->node[n];
    return NULL;
}

static kin_status no_node(const kin_graph *graph, const char *at)
{
    char   list[300] = "", one[60], shown[80];
    size_t used = 0;
    for (size_t n = graph->node_count; n-- > 0 && used < 200;) {
        const char *name = graph->tensor[graph->node[n].out[0]].name;
        used += (size_t)snprintf(list + used, sizeof list - used, "%s%s", used ? ", " : "",
                                 kin_printable(name, strlen(name), one, sizeof one));
    }
    return kin_fail(graph->ctx, KIN_E_NOT_FOUND, "no layer '%s' in the base; its last are %s",
                    kin_printable(at, strlen(at), shown, sizeof shown), list);
}

static kin_status keep_all(kin_rewrite *rewrite)
{
    (void)rewrite;
    return KIN_OK;
}

static kin_status cut(kin_graph *graph, const char *at)
{
    int output = -1;
    KIN_TRY(kin_graph_sort(graph));
    if (at) {
        const kin_node *node = find_node(graph, at);
        if (!node) return no_node(graph, at);
        output = node->out[0];
    }
    for (size_t n = graph->node_count; output < 0 && n-- > 0;)
        if (kin_is_layer(&graph->node[n])) output = graph->node[n].in[KIN_IN_X];
    for (size_t i = 0; i < graph->input_count; i++)
        if (graph->input[i] == output) output = -1;
    if (output < 0) return kin_fail(graph->ctx, KIN_E_UNSUPPORTED, "the base has nothing before its last layer with weights");
    KIN_TRY(kin_graph_set_outputs(graph, &output, 1));
    return kin_rewrite_run(graph, keep_all); /* drops what nobody reads any more */
}

kin_status kin_head_cut(kin_context *ctx, const kin_graph *base, const char *at, kin_graph **out)
{
    KIN_TRY(kin_graph_copy(ctx, base, out));
    kin_status status = cut(*out, at);
    if (status == KIN_OK) return KIN_OK;
    kin_graph_free(*out);
    *out = NULL;
    return status;
}

kin_status kin_head_width(kin_context *ctx, kin_graph *graph, int height, int width, size_t *features)
{
    kin_plan *plan;
    kin_shape in = graph->tensor[graph->input[0]].shape, one;
    if (in.rank != 4) return kin_fail(ctx, KIN_E_UNSUPPORTED, "the base takes no pictures [n, height, width, channels]");
    in.dim[0] = 1;
    if (height) in.dim[1] = height;
    if (width) in.dim[2] = width;
    KIN_TRY(kin_plan_new_on(ctx, graph, &in, &plan));
    one = kin_plan_output_shape(plan, 0);
    *features = kin_count(&one);
    kin_plan_free(plan);
    return KIN_OK;
}

/* --- a new top --- */

static kin_status add_weights(kin_graph *graph, size_t features, size_t classes, uint64_t seed, int *kernel, int *bias)
{
    kin_shape  wide = {2, {(int64_t)classes, (int64_t)features}}, list = {1, {(int64_t)classes}};
    kin_random random = kin_random_make(seed, 0);
    size_t     count;
    float     *values;
    if (classes < 2) return kin_fail(graph->ctx, KIN_E_USAGE, "a classifier of %zu classes, expected at least 2", classes);
    if (!kin_mul_size(features, classes, &count)) return kin_fail(graph->ctx, KIN_E_LIMIT, "a head of %zu x %zu", features, classes);
    KIN_TRY(kin_alloc_zero(graph->ctx, count, sizeof *values, &values));
    double     most = sqrt(6.0 / (double)(features + classes)); /* Glorot & Bengio, 2010 */
    kin_status status = kin_graph_add_tensor(graph, bias_name, KIN_FLOAT32, list, values, bias);
    for (size_t i = 0; i < count; i++) values[i] = (float)(most * (2 * kin_random_unit(&random) - 1));
    if (status == KIN_OK) status = kin_graph_add_tensor(graph, kernel_name, KIN_FLOAT32, wide, values, kernel);
    kin_release(graph->ctx, values);
    return status;
}

kin_status kin_head_add(kin_graph *graph, size_t features, size_t classes, uint64_t seed)
{
    int x = graph->output[0], in[3], logits, out;
    KIN_TRY(kin_graph_add_op(graph, "flatten", "flatten", "", &x, 1, &in[0], 1));
    KIN_TRY(add_weights(graph, features, classes, seed, &in[1], &in[2]));
    KIN_TRY(kin_graph_add_op(graph, "dense", "head", "", in, 3, &logits, 1));
    KIN_TRY(kin_graph_add_op(graph, "softmax", "probabilities", "", &logits, 1, &out, 1));
    graph->tensor[out].shape = (kin_shape){2, {1, (int64_t)classes}};
    return kin_graph_set_outputs(graph, &out, 1);
}

kin_status kin_head_alone(kin_context *ctx, size_t features, size_t classes, uint64_t seed, kin_graph **out)
{
    int       x;
    kin_shape shape = {2, {1, (int64_t)features}};
    KIN_TRY(kin_graph_new(ctx, out));
    kin_status status = kin_graph_add_tensor(*out, "features", KIN_FLOAT32, shape, NULL, &x);
    if (status == KIN_OK) status = kin_graph_set_inputs(*out, &x, 1);
    if (status == KIN_OK) status = kin_graph_set_outputs(*out, &x, 1);
    if (status == KIN_OK) status = kin_head_add(*out, features, classes, seed);
    if (status == KIN_OK) return KIN_OK;
    kin_graph_free(*out);
    *out = NULL;
    return status;
}

static kin_tensor *find_weight(const kin_graph *graph, const char *name)
{
    for (size_t i = graph->tensor_count; i-- > 0;)
        if (!strcmp(graph->tensor[i].name, name) && graph->tensor[i].data) return &graph->tensor[i];
    return NULL;
}

void kin_head_copy(const kin_graph *from, kin_graph *to)
{
    const char *const names[] = {kernel_name, bias_name};
    for (size_t i = 0; i < 2; i++) {
        kin_tensor *a = find_weight(from, names[i]), *b = find_weight(to, names[i]);
        if (a && b && kin_shape_equal(&a->shape, &b->shape)) memcpy(b->data, a->data, kin_count(&a->shape) * sizeof(float));
    }
}
