/* SPDX-License-Identifier: Apache-2.0
 *
 * Reads tests/golden/steps/NAME.step (see the README there): a training step as a graph, what goes in, what must come out.
 */
#ifndef KIN_TESTS_GOLDEN_STEPS_H
#define KIN_TESTS_GOLDEN_STEPS_H

#include "golden/sampled.h"
#include "nn/grad/grad.h"
#include "nn/plan/plan.h"

enum { STEP_MOST = 1200 /* tensors with a name */, STEP_NAME = 40, STEP_ENDS = 8 /* of a node */ };

typedef struct {
    int          tensor;
    const float *value;
    size_t       count;
} step_value;

typedef struct {
    kin_graph *graph;
    void      *file;
    char       name[STEP_MOST][STEP_NAME];
    int        tensor[STEP_MOST];
    size_t     names;
    step_value variable[STEP_MOST], gradient[STEP_MOST], after[STEP_MOST], loss; /* gradient[i] is by variable[i] */
    size_t     variables, gradients, afters;
} step_golden;

/* What is compared within which part of the largest number. Through the fifty batch norms of a whole network errors grow:
 * Keras itself, in float32, is off by 1.2e-5 there. */
static const struct {
    const char *name;
    double      near;
} steps[] = {
    {"transfer_head", 1e-5}, {"resnet_block", 1e-5},        {"frozen_block", 1e-5},
    {"se_block", 1e-5},      {"inception_resnet_block", 1e-5}, {"mobilefacenet_block", 1e-5},
    {"pnet", 1e-5},          {"mobilefacenet", 3e-5},       {"recogniser", 3e-5},
};
enum { STEPS = sizeof steps / sizeof *steps };

static inline int *step_find(step_golden *s, const char *name)
{
    for (size_t i = 0; i < s->names; i++)
        if (!strcmp(s->name[i], name)) return &s->tensor[i];
    fail_msg("no tensor '%s'", name);
    return NULL;
}

static inline int *step_new(step_golden *s, const char *name)
{
    assert_true(s->names < STEP_MOST && strlen(name) < STEP_NAME);
    strcpy(s->name[s->names], name);
    return &s->tensor[s->names++];
}

/* "NAME TYPE DIM,DIM": a tensor with data in the file; *data moves behind it. */
static inline step_value step_tensor(step_golden *s, const char *kind, const char *line, const char **data)
{
    char       name[STEP_NAME], type[20], dims[80], *at = dims;
    kin_tensor t = {.type = KIN_FLOAT32};
    size_t     bytes;
    assert_int_equal(sscanf(line, "%*s %39s %19s %79s", name, type, dims), 3);
    if (!strcmp(type, "int32"))
        t.type = KIN_INT32;
    else
        assert_string_equal(type, "float32");
    if (strcmp(dims, "-"))
        for (; *at; at += *at == ',') t.shape.dim[t.shape.rank++] = strtoll(at, &at, 10);
    assert_true(kin_tensor_bytes(&t, &bytes));
    step_value v = {-1, (const float *)*data, kin_count(&t.shape)};
    bool       constant = !strcmp(kind, "constant");
    if (constant || !strcmp(kind, "variable"))
        assert_int_equal(kin_graph_add_tensor(s->graph, name, t.type, t.shape, constant ? *data : NULL, step_new(s, name)), KIN_OK);
    v.tensor = *step_find(s, name);
    *data += bytes;
    return v;
}

/* 'OP "ATTRIBUTES" IN IN -> OUT OUT' */
static inline void step_node(step_golden *s, char *line)
{
    char  op[40], *attributes = strchr(line, '"') + 1, *ends = strchr(attributes, '"');
    int   in[STEP_ENDS], out[STEP_ENDS];
    char  *out_name[STEP_ENDS] = {NULL};
    size_t ins = 0, outs = 0;
    bool   behind = false;
    assert_int_equal(sscanf(line, "%*s %39s", op), 1);
    *ends++ = '\0';
    for (char *word = strtok(ends, " "); word; word = strtok(NULL, " ")) {
        assert_true(ins < STEP_ENDS && outs < STEP_ENDS);
        if (!strcmp(word, "->"))
            behind = true;
        else if (behind)
            out_name[outs++] = word;
        else
            in[ins++] = *step_find(s, word);
    }
    if (kin_graph_add_op(s->graph, op, out_name[0], attributes, in, ins, out, outs) != KIN_OK)
        fail_msg("%s: %s", op, kin_error(s->graph->ctx));
    for (size_t i = 0; i < outs; i++) *step_new(s, out_name[i]) = out[i];
}

/* The graph has the variables as inputs and the loss as its output; end it with step_close. */
static inline void step_open(step_golden *s, kin_context *ctx, const char *name)
{
    char   file[100];
    size_t size = 0;
    int    list[STEP_MOST];
    memset(s, 0, sizeof *s);
    snprintf(file, sizeof file, "%s.step", name);
    s->file = read_whole("tests/golden/steps", file, &size);
    assert_non_null(s->file);
    assert_int_equal(kin_graph_new(ctx, &s->graph), KIN_OK);
    char       *text = s->file, *end = strstr(text, "\ndata\n");
    const char *data = end + strlen("\ndata\n");
    assert_non_null(end);
    *end = '\0';
    for (char *line = text, *next; line; line = next) {
        next = strchr(line, '\n');
        if (next) *next++ = '\0';
        char kind[20];
        assert_int_equal(sscanf(line, "%19s", kind), 1);
        if (!strcmp(kind, "node")) {
            step_node(s, line);
            continue;
        }
        step_value v = step_tensor(s, kind, line, &data);
        assert_true(s->variables < STEP_MOST && s->gradients < STEP_MOST && s->afters < STEP_MOST);
        if (!strcmp(kind, "variable")) s->variable[s->variables++] = v;
        if (!strcmp(kind, "gradient")) s->gradient[s->gradients++] = v;
        if (!strcmp(kind, "after")) s->after[s->afters++] = v;
        if (!strcmp(kind, "loss")) s->loss = v;
    }
    assert_ptr_equal(data, (char *)s->file + size);
    assert_int_equal(s->gradients, s->variables);
    for (size_t i = 0; i < s->variables; i++) {
        list[i] = s->variable[i].tensor;
        assert_int_equal(s->gradient[i].tensor, list[i]);
    }
    assert_int_equal(kin_graph_set_inputs(s->graph, list, s->variables), KIN_OK);
    assert_int_equal(kin_graph_set_outputs(s->graph, &s->loss.tensor, 1), KIN_OK);
}

static inline void step_close(step_golden *s)
{
    kin_graph_free(s->graph);
    free(s->file);
}

/* Adds the gradients; the outputs become the loss, the gradients, the statistics after the step. */
static inline void step_reverse(step_golden *s)
{
    int    wanted[STEP_MOST], out[2 * STEP_MOST + 1] = {s->loss.tensor};
    for (size_t i = 0; i < s->variables; i++) wanted[i] = s->variable[i].tensor;
    if (kin_grad_add(s->graph, s->loss.tensor, wanted, s->variables, out + 1) != KIN_OK)
        fail_msg("%s", kin_error(s->graph->ctx));
    for (size_t i = 0; i < s->afters; i++) out[1 + s->variables + i] = s->after[i].tensor;
    assert_int_equal(kin_graph_set_outputs(s->graph, out, 1 + s->variables + s->afters), KIN_OK);
}

/* A plan of it, run once. */
static inline kin_plan *step_run(step_golden *s)
{
    kin_plan *plan;
    if (kin_plan_make(s->graph->ctx, s->graph, NULL, NULL, &plan) != KIN_OK) fail_msg("%s", kin_error(s->graph->ctx));
    for (size_t i = 0; i < s->variables; i++)
        memcpy(kin_plan_input(plan, i), s->variable[i].value, s->variable[i].count * sizeof(float));
    assert_int_equal(kin_plan_run(plan), KIN_OK);
    return plan;
}

#endif
