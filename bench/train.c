/* SPDX-License-Identifier: Apache-2.0
 *
 * train MODEL THREADS BATCH SIDE [STEPS [table]]: images a second of training steps (forward, backward, w -= rate * gradient)
 * of a .tflite or a network of the zoo with random weights; the loss is the mean of the outputs' squares. Prints the median
 * time of a step, with `table` a line for each node of the graph too (best of STEPS).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "bench/timing.h"
#include "kin/model.h"
#include "nn/grad/grad.h"
#include "nn/grad/gradient.h"
#include "nn/ops/conv.h"
#include "nn/plan/describe.h"
#include "nn/plan/passes.h"

enum { MOST = 4096 };

typedef struct {
    kin_context *ctx;
    kin_graph   *graph;
    kin_plan    *plan;
    kin_variable variable[MOST];
    int          wanted[MOST], gradient[MOST];
    size_t       variables, given; /* inputs of the model itself */
} trainer;

/* Half floats and quantised weights: their values take the place of the node that makes them. */
static kin_status unpack(trainer *t, kin_node *node)
{
    kin_tensor       *in = &t->graph->tensor[node->in[0]], *out = &t->graph->tensor[node->out[0]];
    const kin_tensor *from[1] = {in};
    kin_tensor       *to[1] = {out};
    kin_call          call = {t->ctx, node->name, node->attrs, 1, 1, from, to};
    size_t            bytes;
    KIN_TRY(node->op->infer(&call));
    if (!kin_tensor_bytes(out, &bytes)) return kin_fail(t->ctx, KIN_E_LIMIT, "a tensor does not fit");
    KIN_TRY(kin_arena_alloc(&t->graph->arena, 1, bytes, &out->data));
    node->op->forward(&call);
    return KIN_OK;
}

static kin_status unpack_all(trainer *t)
{
    size_t kept = 0;
    for (size_t n = 0; n < t->graph->node_count; n++) {
        kin_node *node = &t->graph->node[n];
        if (node->in_count == 1 && node->in[0] >= 0 && t->graph->tensor[node->in[0]].data && node->out_count == 1)
            KIN_TRY(unpack(t, node));
        else
            t->graph->node[kept++] = *node;
    }
    t->graph->node_count = kept;
    return KIN_OK;
}

/* A float constant of more than a number becomes an input in memory of its own. */
static kin_status make_variable(trainer *t, int id)
{
    kin_tensor *tensor = &t->graph->tensor[id];
    size_t      bytes;
    if (!tensor->data || tensor->type != KIN_FLOAT32 || tensor->shape.rank == 0 || t->variables == MOST) return KIN_OK;
    if (!kin_tensor_bytes(tensor, &bytes)) return kin_fail(t->ctx, KIN_E_LIMIT, "a tensor does not fit");
    void *data = aligned_alloc(KIN_ALIGN, kin_align_up(bytes, KIN_ALIGN));
    if (!data) return kin_fail(t->ctx, KIN_E_MEMORY, "no memory for the weights");
    memcpy(data, tensor->data, bytes);
    tensor->data = NULL;
    t->variable[t->variables] = (kin_variable){id, data};
    t->wanted[t->variables++] = id;
    return KIN_OK;
}

static kin_status make_variables(trainer *t)
{
    for (size_t n = 0; n < t->graph->node_count; n++) {
        const kin_node *node = &t->graph->node[n];
        size_t          most = !strncmp(node->op->name, "batch_norm", 10) ? 3 : node->in_count; /* gamma, beta */
        for (size_t i = 1; i < node->in_count && i < most; i++)
            if (node->in[i] >= 0 && (node->op->backward_to >> i & 1)) KIN_TRY(make_variable(t, node->in[i]));
    }
    return KIN_OK;
}

/* Batch norms normalise by the batch itself. */
static kin_status train_norms(trainer *t)
{
    for (size_t n = 0; n < t->graph->node_count; n++) {
        kin_node  *node = &t->graph->node[n];
        kin_tensor none = {.type = KIN_FLOAT32};
        int       *out, first = node->out[0];
        if (strcmp(node->op->name, "batch_norm") != 0) continue;
        KIN_TRY(kin_arena_alloc(&t->graph->arena, 3, sizeof *out, &out));
        out[0] = first;
        KIN_TRY(kin_graph_tensor(t->graph, "mean", 4, &none, &out[1]));
        KIN_TRY(kin_graph_tensor(t->graph, "variance", 8, &none, &out[2]));
        node->op = kin_op_find("batch_norm_train");
        node->in_count = node->out_count = 3;
        node->out = out;
    }
    return KIN_OK;
}

static kin_status add_loss(trainer *t, int rank, int *loss)
{
    int32_t axes[KIN_RANK_MAX] = {0, 1, 2, 3, 4, 5, 6, 7};
    int     in[2] = {t->graph->output[0], -1}, square;
    KIN_TRY(kin_graph_add_op(t->graph, "square", NULL, "", in, 1, &square, 1));
    KIN_TRY(kin_graph_add_tensor(t->graph, "axes", KIN_INT32, (kin_shape){1, {rank}}, axes, &in[1]));
    in[0] = square;
    return kin_graph_add_op(t->graph, "mean", "loss", "", in, 2, loss, 1);
}

static kin_status build(trainer *t, int64_t batch, int64_t side)
{
    int       list[MOST + 4], results[MOST + 1], rank;
    kin_shape shapes[MOST + 4] = {{4, {batch, side, side, 3}}};
    kin_plan *plan;
    KIN_TRY(kin_plan_make(t->ctx, t->graph, NULL, &(kin_plan_options){.plain = true}, &plan)); /* keeps nothing */
    rank = kin_plan_output_shape(plan, 0).rank;
    kin_plan_free(plan);
    KIN_TRY(kin_graph_sort(t->graph));
    KIN_TRY(unpack_all(t));
    KIN_TRY(kin_rewrite_run(t->graph, kin_pass_prelu)); /* while the slopes are constants */
    KIN_TRY(kin_rewrite_run(t->graph, kin_pass_pad));
    KIN_TRY(kin_grad_unfuse(t->graph));
    KIN_TRY(train_norms(t));
    KIN_TRY(make_variables(t));
    KIN_TRY(add_loss(t, rank, &results[0]));
    list[0] = t->graph->input[0];
    for (size_t i = 0; i < t->variables; i++) {
        list[i + 1] = t->variable[i].tensor;
        shapes[i + 1] = t->graph->tensor[t->variable[i].tensor].shape;
    }
    KIN_TRY(kin_graph_set_inputs(t->graph, list, t->variables + 1));
    KIN_TRY(kin_graph_set_outputs(t->graph, results, 1));
    KIN_TRY(kin_grad_add(t->graph, results[0], t->wanted, t->variables, t->gradient));
    for (size_t i = 0; i < t->variables; i++)
        if ((results[i + 1] = t->gradient[i]) < 0) return kin_fail(t->ctx, KIN_E_FORMAT, "no gradient by %zu", i);
    KIN_TRY(kin_graph_set_outputs(t->graph, results, t->variables + 1));
    kin_plan_options options = {.variable = t->variable, .variable_count = t->variables};
    return kin_plan_make(t->ctx, t->graph, shapes, &options, &t->plan);
}

static void update(trainer *t)
{
    for (size_t i = 0; i < t->variables; i++) {
        kin_shape    shape = kin_plan_input_shape(t->plan, i + 1);
        const float *g = kin_plan_output(t->plan, i + 1);
        float       *w = t->variable[i].data;
        for (size_t k = 0; k < kin_count(&shape); k++) w[k] -= 1e-6f * g[k];
    }
}

static void print_table(trainer *t, int steps)
{
    double *best = malloc(t->plan->step_count * sizeof *best), sum = 0;
    for (size_t s = 0; s < t->plan->step_count; s++) best[s] = 1e9;
    for (int r = 0; r < steps; r++)
        for (size_t s = 0; s < t->plan->step_count; s++) {
            double start = now_ms();
            kin_step_run(&t->plan->step[s], t->ctx->splitter);
            double took = now_ms() - start;
            if (took < best[s]) best[s] = took;
        }
    for (size_t s = 0; s < kin_plan_rows(t->plan); s++) {
        const kin_step *step = &t->plan->step[s];
        kin_row         row = kin_plan_row(t->plan, s);
        char            shape[KIN_SHAPE_TEXT], of[40] = "";
        bool            back = step->node && step->node->op == &kin_op_gradient;
        if (back) {
            const kin_gradient_attrs *a = step->node->attrs;
            snprintf(of, sizeof of, "of %s by %llx", a->op->name, (unsigned long long)a->wanted);
        }
        sum += best[s];
        printf("%4zu %-10s %-28s %-22s %9.3f ms %9.1f MMACs %7.1f GFLOP/s  %s\n", s, row.op, of,
               kin_shape_text(&row.shape, shape, sizeof shape), best[s], (double)row.macs / 1e6,
               best[s] > 0 ? 2e-6 * (double)row.macs / best[s] : 0, row.kernel);
    }
    printf("sum of the best of each node: %.1f ms; memory %.1f MB\n", sum, (double)t->plan->memory_bytes / 1e6);
    free(best);
}

static void fill(trainer *t)
{
    float    *x = kin_plan_input(t->plan, 0);
    kin_shape shape = kin_plan_input_shape(t->plan, 0);
    for (size_t i = 0; i < kin_count(&shape); i++) x[i] = (float)((uint32_t)i * 2654435761u >> 24 & 255) / 128 - 1;
}

int main(int argc, char **argv)
{
    static trainer t;
    if (argc < 5) {
        fprintf(stderr, "usage: train MODEL THREADS BATCH SIDE [STEPS [table]]\n");
        return 2;
    }
    kin_options options = {.threads = strtoul(argv[2], NULL, 10), .cpu = getenv("KIN_CPU")};
    int64_t     batch = strtoll(argv[3], NULL, 10), side = strtoll(argv[4], NULL, 10);
    int         steps = argc > 5 ? atoi(argv[5]) : 5;
    double      took[1000];
    kin_zoo_options zoo = {0};
    t.ctx = kin_context_new(&options);
    bool file = strstr(argv[1], ".tflite") != NULL;
    if (!t.ctx || (file ? kin_graph_read(t.ctx, argv[1], &t.graph) : kin_graph_zoo(t.ctx, argv[1], &zoo, &t.graph)) ||
        build(&t, batch, side)) {
        fprintf(stderr, "train: %s\n", kin_error(t.ctx));
        return 1;
    }
    fill(&t);
    if (argc > 6) print_table(&t, steps);
    for (int r = -1; r < steps && r < 1000; r++) {
        double start = now_ms();
        if (kin_plan_run(t.plan)) return 1;
        update(&t);
        if (r >= 0) took[r] = now_ms() - start;
    }
    sort_ms(took, (size_t)steps);
    printf("%s batch %lld: median %.1f ms a step, %.1f images/s (best %.1f ms), loss %g\n", argv[1], (long long)batch, took[steps / 2],
           1e3 * (double)batch / took[steps / 2], took[0], (double)*(const float *)kin_plan_output(t.plan, 0));
    kin_plan_free(t.plan);
    for (size_t i = 0; i < t.variables; i++) free(t.variable[i].data);
    kin_graph_free(t.graph);
    kin_context_free(t.ctx);
    return 0;
}
