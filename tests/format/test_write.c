/* SPDX-License-Identifier: Apache-2.0
 *
 * Graphs written and read back: models are the same graph, every op's random instances are the same function; what is
 * written out, folded, refused; every allocation fails in turn.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kin/kin.h"
#include "nn/plan/plan.h"
#include "support/context.h"
#include "support/drawn.h"
#include "support/oom.h"

enum { SEEDS = 40 };

typedef struct {
    uint8_t   *bytes;
    size_t     size;
    kin_graph *graph; /* of these bytes */
} written;

static kin_status write_and_read(const kin_graph *graph, written *out)
{
    *out = (written){0};
    KIN_TRY(kin_graph_write_memory(graph, &out->bytes, &out->size));
    return kin_graph_read_memory(&ctx, out->bytes, out->size, &out->graph);
}

static void written_free(written *w)
{
    kin_graph_free(w->graph);
    kin_graph_bytes_free(&ctx, w->bytes);
}

/* --- two graphs --- */

static void same_tensor(const kin_tensor *a, const kin_tensor *b)
{
    size_t bytes;
    assert_string_equal(a->name, b->name);
    assert_int_equal(a->type, b->type);
    assert_true(kin_shape_equal(&a->shape, &b->shape));
    assert_int_equal(a->quant.count, b->quant.count);
    for (size_t i = 0; i < a->quant.count; i++) {
        assert_true(a->quant.scale[i] == b->quant.scale[i] && a->quant.zero_point[i] == b->quant.zero_point[i]);
        assert_int_equal(a->quant.axis, b->quant.axis);
    }
    assert_int_equal(a->data != NULL, b->data != NULL);
    if (a->data && kin_tensor_bytes(a, &bytes) && bytes) assert_memory_equal(a->data, b->data, bytes);
}

static void same_numbers(const int *a, size_t a_count, const int *b, size_t b_count)
{
    assert_int_equal(a_count, b_count);
    if (a_count) assert_memory_equal(a, b, a_count * sizeof *a);
}

static void same_node(const kin_node *a, const kin_node *b)
{
    char one[600], two[600];
    assert_ptr_equal(a->op, b->op);
    assert_string_equal(a->name, b->name);
    same_numbers(a->in, a->in_count, b->in, b->in_count);
    same_numbers(a->out, a->out_count, b->out, b->out_count);
    assert_string_equal(kin_attrs_text(a->op, a->attrs, one, sizeof one), kin_attrs_text(b->op, b->attrs, two, sizeof two));
}

static void same_graph(const kin_graph *a, const kin_graph *b)
{
    assert_int_equal(a->tensor_count, b->tensor_count);
    for (size_t i = 0; i < a->tensor_count; i++) same_tensor(&a->tensor[i], &b->tensor[i]);
    assert_int_equal(a->node_count, b->node_count);
    for (size_t n = 0; n < a->node_count; n++) same_node(&a->node[n], &b->node[n]);
    same_numbers(a->input, a->input_count, b->input, b->input_count);
    same_numbers(a->output, a->output_count, b->output, b->output_count);
    assert_string_equal(a->description, b->description);
    assert_int_equal(a->metadata_count, b->metadata_count);
    for (size_t i = 0; i < a->metadata_count; i++) {
        assert_string_equal(a->metadata[i].name, b->metadata[i].name);
        assert_int_equal(a->metadata[i].size, b->metadata[i].size);
        if (a->metadata[i].size) assert_memory_equal(a->metadata[i].bytes, b->metadata[i].bytes, a->metadata[i].size);
    }
}

/* --- what they compute --- */

static kin_plan *plan_of(kin_graph *graph, int64_t side)
{
    kin_shape shape[16];
    kin_plan *plan;
    for (size_t i = 0; i < kin_graph_inputs(graph); i++) {
        shape[i] = kin_graph_input_shape(graph, i);
        for (int d = 0; d < shape[i].rank; d++)
            if (shape[i].dim[d] < 0) shape[i].dim[d] = d == 0 ? 1 : side;
    }
    if (kin_plan_new(graph, shape, &plan) != KIN_OK) fail_msg("%s", kin_error(&ctx));
    return plan;
}

static size_t input_bytes(const kin_plan *plan, size_t i)
{
    kin_shape shape = kin_plan_input_shape(plan, i);
    return kin_count(&shape) * kin_type_size(kin_plan_input_type(plan, i));
}

static void same_output(const kin_plan *a, const kin_plan *b, size_t i, bool to_the_bit, const char *what)
{
    kin_shape shape = kin_plan_output_shape(a, i), other = kin_plan_output_shape(b, i);
    kin_type  type = kin_plan_output_type(a, i);
    size_t    count = kin_count(&shape);
    if (!kin_shape_equal(&shape, &other) || type != kin_plan_output_type(b, i)) fail_msg("%s: another shape or type", what);
    if (count == 0) return;
    if (to_the_bit || type != KIN_FLOAT32) {
        if (memcmp(kin_plan_output(a, i), kin_plan_output(b, i), count * kin_type_size(type)))
            fail_msg("%s: other values", what);
        return;
    }
    for (size_t k = 0; k < count; k++) {
        double x = ((const float *)kin_plan_output(a, i))[k], y = ((const float *)kin_plan_output(b, i))[k];
        if (x != y && !(isnan(x) && isnan(y)) && !(fabs(x - y) <= 2e-6 * fmax(1, fabs(x)))) fail_msg("%s: %g, not %g", what, y, x);
    }
}

/* Both run with what is in the inputs of `a`. */
static void same_outputs(kin_plan *a, kin_plan *b, bool to_the_bit, const char *what)
{
    for (size_t i = 0; input_bytes(a, i) && i < kin_graph_inputs(a->source); i++)
        memcpy(kin_plan_input(b, i), kin_plan_input(a, i), input_bytes(a, i));
    assert_int_equal(kin_plan_run(a), KIN_OK);
    assert_int_equal(kin_plan_run(b), KIN_OK);
    for (size_t i = 0; i < kin_graph_outputs(a->source); i++) same_output(a, b, i, to_the_bit, what);
}

/* --- models --- */

static uint8_t *model_bytes(const char *name, size_t *size)
{
    static _Alignas(64) uint8_t bytes[8 << 20];
    char path[4096];
    snprintf(path, sizeof path, "%s/models/%s.tflite", getenv("KIN_SOURCE"), name);
    FILE *file = fopen(path, "rb");
    if (!file) fail_msg("%s", path);
    *size = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    assert_true(*size < sizeof bytes);
    return bytes;
}

static void check_model(const char *name)
{
    size_t     size;
    uint8_t   *bytes = model_bytes(name, &size);
    kin_graph *graph;
    written    first, second;
    kin_random dice = kin_random_make(3, 3);
    assert_int_equal(kin_graph_read_memory(&ctx, bytes, size, &graph), KIN_OK);
    if (write_and_read(graph, &first) != KIN_OK) fail_msg("%s", kin_error(&ctx));
    same_graph(graph, first.graph);
    assert_int_equal(write_and_read(first.graph, &second), KIN_OK);
    assert_int_equal(first.size, second.size);
    assert_memory_equal(first.bytes, second.bytes, first.size);
    for (size_t i = 0; i < first.graph->tensor_count; i++) /* as TensorFlow Lite's kernels like it */
        if (first.graph->tensor[i].data)
            assert_int_equal(((uint8_t *)first.graph->tensor[i].data - first.bytes) % 16, 0);
    kin_plan *a = plan_of(graph, 64), *b = plan_of(first.graph, 64);
    for (size_t i = 0; i < input_bytes(a, 0) / sizeof(float); i++)
        ((float *)kin_plan_input(a, 0))[i] = (float)kin_random_unit(&dice);
    same_outputs(a, b, true, name);
    kin_plan_free(a), kin_plan_free(b);
    written_free(&second), written_free(&first);
    kin_graph_free(graph);
}

static void test_models(void **state)
{
    (void)state;
    check_model("detector");
    check_model("recogniser");
}

/* --- every op --- */

static void check_drawn(const kin_op *op, uint64_t seed)
{
    char    what[80];
    drawn   d;
    written first, second;
    snprintf(what, sizeof what, "%s, seed %d", op->name, (int)seed);
    if (drawn_make(&ctx, op, seed, &d) != KIN_OK || write_and_read(d.graph, &first) != KIN_OK)
        fail_msg("%s: %s", what, kin_error(&ctx));
    assert_int_equal(write_and_read(first.graph, &second), KIN_OK);
    same_graph(first.graph, second.graph);
    assert_int_equal(first.size, second.size);
    assert_memory_equal(first.bytes, second.bytes, first.size);
    kin_plan *a = plan_of(d.graph, 1), *b = plan_of(first.graph, 1), *c = plan_of(second.graph, 1);
    for (size_t i = 0; i < d.inputs; i++)
        if (input_bytes(a, i)) memcpy(kin_plan_input(a, i), d.draw.in[d.input[i]].data, input_bytes(a, i));
    if (!d.inputs) memset(kin_plan_input(a, 0), 0, input_bytes(a, 0));
    same_outputs(a, b, false, what);
    same_outputs(a, c, false, what);
    same_outputs(b, c, true, what);
    kin_plan_free(a), kin_plan_free(b), kin_plan_free(c);
    written_free(&second), written_free(&first);
    drawn_free(&d);
}

/* Losses and training forms are for training only: TensorFlow Lite has no operator for them, nor a way around. */
static bool only_for_training(const kin_op *op)
{
    static const char *const losses[] = {"sparse_cross_entropy", "binary_cross_entropy", "mean_squared_error", "cosine_distance",
                                         "contrastive", "triplet", "angular_margin", "batch_norm_train", "dropout_train"};
    for (size_t i = 0; i < sizeof losses / sizeof *losses; i++)
        if (!strcmp(op->name, losses[i])) return true;
    return false;
}

static void check_refused(const kin_op *op)
{
    drawn    d;
    uint8_t *bytes;
    size_t   size;
    assert_int_equal(drawn_make(&ctx, op, 1, &d), KIN_OK);
    assert_int_equal(kin_graph_write_memory(d.graph, &bytes, &size), KIN_E_UNSUPPORTED);
    assert_non_null(strstr(kin_error(&ctx), op->name));
    drawn_free(&d);
}

static void test_ops(void **state)
{
    (void)state;
    for (size_t i = 0; i < kin_op_count; i++)
        for (uint64_t seed = 0; seed < SEEDS && !only_for_training(kin_ops[i]); seed++) check_drawn(kin_ops[i], seed);
}

static void test_training_ops(void **state)
{
    (void)state;
    for (size_t i = 0; i < kin_op_count; i++)
        if (only_for_training(kin_ops[i])) check_refused(kin_ops[i]);
}

/* --- what is written out --- */

static kin_graph *built;

static int tensor(kin_type type, kin_shape shape, const void *data)
{
    int id;
    assert_int_equal(kin_graph_add_tensor(built, data ? "constant" : "x", type, shape, data, &id), KIN_OK);
    return id;
}

static int op(const char *name, const char *attrs, const int *in, size_t count)
{
    int out;
    if (kin_graph_add_op(built, name, name, attrs, in, count, &out, 1) != KIN_OK) fail_msg("%s", kin_error(&ctx));
    return out;
}
#define OP(name, attrs, ...) op(name, attrs, (int[]){__VA_ARGS__}, sizeof((int[]){__VA_ARGS__}) / sizeof(int))

/* x [n, 8, 8, 3] in, and a 1x1 convolution to two channels behind it. */
static int begin(int64_t n, int *x)
{
    static const float weights[6] = {1, 2, 3, -1, 0.5f, 4};
    assert_int_equal(kin_graph_new(&ctx, &built), KIN_OK);
    *x = tensor(KIN_FLOAT32, (kin_shape){4, {n, 8, 8, 3}}, NULL);
    assert_int_equal(kin_graph_set_inputs(built, x, 1), KIN_OK);
    return OP("conv2d", "", *x, tensor(KIN_FLOAT32, (kin_shape){4, {2, 1, 1, 3}}, weights));
}

static int norm(int x)
{
    static const float number[4][2] = {{1, 2}, {0.5f, -0.5f}, {0.1f, 0.2f}, {1, 4}};
    int in[5] = {x};
    for (int i = 0; i < 4; i++) in[1 + i] = tensor(KIN_FLOAT32, (kin_shape){1, {2}}, number[i]);
    return op("batch_norm", "", in, 5);
}

/* The graph that ends in `out`: its operators are `ops`, and it computes the same. */
static void check_ops(int out, const char *ops)
{
    written    w;
    char       found[400] = "";
    kin_random dice = kin_random_make(1, 2);
    assert_int_equal(kin_graph_set_outputs(built, &out, 1), KIN_OK);
    if (write_and_read(built, &w) != KIN_OK) fail_msg("%s", kin_error(&ctx));
    for (size_t n = 0; n < w.graph->node_count; n++)
        snprintf(found + strlen(found), sizeof found - strlen(found), "%s%s", n ? " " : "", w.graph->node[n].op->name);
    assert_string_equal(found, ops);
    kin_plan *a = plan_of(built, 8), *b = plan_of(w.graph, 8);
    for (size_t i = 0; i < input_bytes(a, 0) / sizeof(float); i++)
        ((float *)kin_plan_input(a, 0))[i] = (float)(2 * kin_random_unit(&dice) - 1);
    same_outputs(a, b, false, ops);
    kin_plan_free(a), kin_plan_free(b);
    written_free(&w);
    kin_graph_free(built);
}

static void test_batch_norm(void **state)
{
    (void)state;
    int x, conv = begin(1, &x);
    check_ops(norm(conv), "conv2d");
    conv = begin(1, &x);
    check_ops(norm(OP("relu", "", conv)), "conv2d relu mul add");
}

static void test_dropout_and_what_nobody_needs(void **state)
{
    (void)state;
    int x, conv = begin(1, &x);
    OP("exp", "", conv);
    check_ops(OP("dropout", "", OP("relu", "", conv)), "conv2d relu");
}

static void test_epilogues(void **state)
{
    (void)state;
    static const struct {
        const char *attrs, *ops;
        bool        residual;
    } with[] = {
        {"activation=relu6", "conv2d", false},
        {"activation=leaky_relu alpha=0.3", "conv2d leaky_relu", false},
        {"activation=clamp low=-0.5 high=0.25", "conv2d maximum minimum", false},
        {"activation=prelu", "conv2d prelu", false},
        {"activation=relu", "conv2d add", true},
        {"activation=relu residual_first=true", "conv2d add", true},
        {"activation=clamp low=-1 high=1", "conv2d maximum minimum add", true},
        {"activation=prelu residual_first=true", "conv2d add prelu", true},
        {"padding=explicit pads=1,0,2,1", "pad conv2d", false},
        {"padding=explicit pads=0,0,0,0", "conv2d", false},
        {"padding=same stride= dilation=2,1", "conv2d", false},
    };
    static const float weights[12] = {1, 2, 3, -1, 0.5f, 4, 0.25f, 2, -3, 1, 1, 0}, bias[2] = {0.5f, -1}, slope[2] = {0.1f, 2};
    for (size_t i = 0; i < sizeof with / sizeof *with; i++) {
        int x, conv = begin(1, &x);
        int in[5] = {x, tensor(KIN_FLOAT32, (kin_shape){4, {2, 1, 2, 3}}, weights), tensor(KIN_FLOAT32, (kin_shape){1, {2}}, bias),
                     tensor(KIN_FLOAT32, (kin_shape){1, {2}}, slope), -1};
        if (with[i].residual) in[1] = tensor(KIN_FLOAT32, (kin_shape){4, {2, 1, 1, 3}}, weights), in[4] = conv;
        char ops[80];
        snprintf(ops, sizeof ops, "%s%s", with[i].residual ? "conv2d " : "", with[i].ops);
        check_ops(op("conv2d", with[i].attrs, in, 5), ops);
    }
}

static void test_poolings(void **state)
{
    (void)state;
    int x, conv = begin(2, &x);
    check_ops(OP("avg_pool", "", conv), "conv2d mean");
    conv = begin(2, &x);
    check_ops(OP("max_pool", "activation=relu", conv), "conv2d reduce_max relu");
    conv = begin(1, &x);
    check_ops(OP("max_pool", "size=3,3 stride=2,2 padding=explicit pads=1,0,1,2", conv), "conv2d pad max_pool");
    conv = begin(1, &x);
    check_ops(OP("avg_pool", "size=3,3 stride=2,2 padding=explicit pads=1,0,1,2 activation=relu", conv), "conv2d pad avg_pool mul");
}

static void test_norms(void **state)
{
    (void)state;
    int x, conv = begin(1, &x);
    check_ops(OP("l2_normalize", "", conv), "conv2d l2_normalize");
    conv = begin(1, &x);
    check_ops(OP("l2_normalize", "epsilon=0.5", conv), "conv2d square sum sqrt maximum div");
}

/* --- sizes that are not known --- */

static void test_open_batch(void **state)
{
    (void)state;
    written w;
    int     x, out = OP("flatten", "", begin(-1, &x));
    assert_int_equal(kin_graph_set_outputs(built, &out, 1), KIN_OK);
    if (write_and_read(built, &w) != KIN_OK) fail_msg("%s", kin_error(&ctx));
    kin_shape in = kin_graph_input_shape(w.graph, 0), y = w.graph->tensor[w.graph->output[0]].shape;
    assert_true(in.rank == 4 && in.dim[0] == -1 && in.dim[1] == 8);
    assert_true(y.rank == 2 && y.dim[0] == -1 && y.dim[1] == 128);
    in.dim[0] = 5;
    kin_plan *plan;
    assert_int_equal(kin_plan_new(w.graph, &in, &plan), KIN_OK);
    assert_int_equal(kin_plan_output_shape(plan, 0).dim[0], 5);
    kin_plan_free(plan);
    written_free(&w);
    kin_graph_free(built);
}

static void refuse(int out, kin_status status, const char *part)
{
    uint8_t *bytes;
    size_t   size;
    assert_int_equal(kin_graph_set_outputs(built, &out, 1), KIN_OK);
    assert_int_equal(kin_graph_write_memory(built, &bytes, &size), status);
    assert_null(bytes);
    assert_int_equal(size, 0);
    if (!strstr(kin_error(&ctx), part)) fail_msg("%s", kin_error(&ctx));
    kin_graph_free(built);
}

static void test_refused(void **state)
{
    (void)state;
    static const float scale[3] = {1, 2, 3};
    kin_shape          channels = {1, {3}};
    int                x, open, fixed;
    begin(1, &x);
    open = OP("relu", "", tensor(KIN_FLOAT32, channels, scale));
    fixed = tensor(KIN_FLOAT32, channels, scale);
    refuse(OP("batch_norm", "", x, open, fixed, fixed, fixed), KIN_E_UNSUPPORTED,
           "node 'batch_norm' (batch_norm): its weights must be constants");
    assert_int_equal(kin_graph_new(&ctx, &built), KIN_OK);
    x = tensor(KIN_FLOAT32, (kin_shape){4, {-1, -1, 8, 3}}, NULL);
    assert_int_equal(kin_graph_set_inputs(built, &x, 1), KIN_OK);
    refuse(OP("flatten", "", x), KIN_E_UNSUPPORTED, "node 'flatten' (flatten): neither");
    begin(1, &x); /* what inference finds */
    refuse(OP("add", "", x, tensor(KIN_FLOAT32, (kin_shape){1, {2}}, scale)), KIN_E_FORMAT, "do not broadcast");
}

/* Constants of 3 GB that nobody looks at: only their size counts. */
static void test_two_gigabytes(void **state)
{
    (void)state;
    kin_tensor large = {.name = "large", .type = KIN_FLOAT32, .shape = {1, {(int64_t)3 << 28}}, .data = &large};
    int        x, id;
    assert_int_equal(kin_graph_new(&ctx, &built), KIN_OK);
    x = tensor(KIN_FLOAT32, (kin_shape){1, {1}}, NULL);
    assert_int_equal(kin_graph_set_inputs(built, &x, 1), KIN_OK);
    assert_int_equal(kin_graph_tensor(built, "large", 5, &large, &id), KIN_OK);
    refuse(OP("add", "", x, id), KIN_E_LIMIT, "expected at most 2,147,483,647");
}

/* --- memory --- */

static kin_status way(kin_context *same)
{
    size_t     size;
    uint8_t   *bytes = model_bytes("detector", &size), *out = NULL;
    kin_graph *graph = NULL;
    drawn      d = {0};
    kin_status status = kin_graph_read_memory(same, bytes, size, &graph);
    if (status == KIN_OK) status = kin_graph_write_memory(graph, &out, &size);
    kin_graph_bytes_free(same, out);
    kin_graph_free(graph);
    if (status != KIN_OK) return status;
    status = drawn_make(same, kin_op_find("conv2d"), 5, &d);
    if (status == KIN_OK) status = kin_graph_write_memory(d.graph, &out, &size);
    if (status == KIN_OK) kin_graph_bytes_free(same, out);
    drawn_free(&d);
    return status;
}

static void test_out_of_memory(void **state)
{
    (void)state;
    oom_walk(&ctx, way, 40, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_models),   TEST(test_ops),   TEST(test_training_ops), TEST(test_batch_norm), TEST(test_dropout_and_what_nobody_needs),
        TEST(test_epilogues), TEST(test_poolings), TEST(test_norms), TEST(test_open_batch),
        TEST(test_refused),  TEST(test_two_gigabytes), TEST(test_out_of_memory)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
