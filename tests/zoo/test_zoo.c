/* SPDX-License-Identifier: Apache-2.0
 *
 * The networks of the zoo: parameters exactly as published, names and order as in keras-vggface, random weights, values
 * put in from elsewhere; the three run without top on their smallest pictures.
 */
#include <math.h>
#include <string.h>

#include "zoo/zoo.h"
#include "support/context.h"
#include "support/oom.h"

static const kin_zoo_options no_top = {.no_top = true};

/* --- parameters --- */

static const struct {
    const char *name;
    bool        no_top;
    uint64_t    parameters, trained;
    int64_t     outputs;
} counts[] = {
    {"vggface-vgg16", false, 145002878, 145002878, 2622},
    {"vggface-vgg16", true, 14714688, 14714688, 7 * 7 * 512},
    {"vggface2-resnet50", false, 41246071, 41246071 - 53120, 8631},
    {"vggface2-resnet50", true, 23561152, 23508032, 2048},
    {"vggface2-senet50", false, 43777063, 43777063 - 53120, 8631},
    {"vggface2-senet50", true, 43777063 - 8631 * 2049, 43777063 - 8631 * 2049 - 53120, 2048},
};

static void test_parameters_are_those_published_and_take_no_memory(void **state)
{
    (void)state;
    ctx.max_memory = 1 << 20; /* VGG-16's weights are 580 MB */
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        kin_zoo_options options = {.no_top = counts[i].no_top};
        kin_zoo_net     net;
        assert_int_equal(kin_zoo_build(&ctx, counts[i].name, &options, &net), KIN_OK);
        assert_int_equal(net.parameters, counts[i].parameters);
        assert_int_equal(net.trained, counts[i].trained);
        assert_int_equal(kin_count(&net.layer[net.count - 1].shape), counts[i].outputs);
        assert_int_equal(net.layer[net.count - 1].shape.dim[0], 1);
        kin_graph_free(net.graph);
    }
}

static void test_multiply_adds_are_those_of_the_papers(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        double      billions; /* VGG-16 15.5, ResNet-50 with the stride in its 1x1 convolutions 3.8 (He et al., table 1) */
    } known[] = {{"vggface-vgg16", 15.5}, {"vggface2-resnet50", 3.8}, {"vggface2-senet50", 3.8}};
    for (size_t i = 0; i < 3; i++) {
        kin_zoo_net net;
        assert_int_equal(kin_zoo_build(&ctx, known[i].name, NULL, &net), KIN_OK);
        if (fabs((double)net.macs / 1e9 - known[i].billions) > 0.1) fail_msg("%s: %.3f", known[i].name, (double)net.macs / 1e9);
        kin_graph_free(net.graph);
    }
}

/* --- names, order, connections --- */

static void check_layer(const kin_zoo_net *net, size_t at, const char *name, const char *type, const char *in0, const char *in1)
{
    const kin_zoo_layer *l = &net->layer[at];
    assert_string_equal(l->name, name);
    assert_string_equal(l->type, type);
    assert_int_equal(l->in_count, (in0 != NULL) + (in1 != NULL));
    if (in0) assert_string_equal(net->layer[l->in[0]].name, in0);
    if (in1) assert_string_equal(net->layer[l->in[1]].name, in1);
}

static void test_layers_stand_in_the_order_of_keras(void **state)
{
    (void)state;
    kin_zoo_net net;
    assert_int_equal(kin_zoo_build(&ctx, "vggface2-senet50", NULL, &net), KIN_OK);
    assert_int_equal(net.count, 288);
    check_layer(&net, 0, "input_layer", "InputLayer", NULL, NULL);
    check_layer(&net, 1, "conv1/7x7_s2", "Conv2D", "input_layer", NULL);
    check_layer(&net, 4, "max_pooling2d", "MaxPooling2D", "activation", NULL);
    /* the shortcut is made behind the squeeze, but stands beside the main way by its depth */
    check_layer(&net, 12, "conv2_1_1x1_increase/bn", "BatchNormalization", "conv2_1_1x1_increase", NULL);
    check_layer(&net, 16, "activation_3", "Activation", "conv2_1_1x1_down", NULL);
    check_layer(&net, 18, "activation_4", "Activation", "conv2_1_1x1_up", NULL);
    check_layer(&net, 19, "conv2_1_1x1_proj", "Conv2D", "max_pooling2d", NULL);
    check_layer(&net, 20, "multiply", "Multiply", "conv2_1_1x1_increase/bn", "activation_4");
    check_layer(&net, 21, "conv2_1_1x1_proj/bn", "BatchNormalization", "conv2_1_1x1_proj", NULL);
    check_layer(&net, 22, "add", "Add", "multiply", "conv2_1_1x1_proj/bn");
    check_layer(&net, 39, "add_1", "Add", "multiply_1", "activation_5");
    check_layer(&net, net.count - 1, "classifier", "Dense", "flatten", NULL);
    assert_int_equal(kin_zoo_layer_find(&net, "conv5_3_1x1_reduce_bn"), kin_zoo_layer_find(&net, "conv5_3_1x1_reduce/bn"));
    assert_true(kin_zoo_layer_find(&net, "conv5_3_1x1_reduce/bn") > 0);
    assert_int_equal(kin_zoo_layer_find(&net, "conv5_3_1x1_reduce/b"), -1);
    assert_int_equal(kin_zoo_layer_find(&net, "conv5_4_1x1_reduce"), -1);
    kin_graph_free(net.graph);
}

/* --- what is refused --- */

static void test_options_that_cannot_be_are_named(void **state)
{
    (void)state;
    static const struct {
        const char     *name;
        kin_zoo_options options;
        kin_status      status;
        const char     *says;
    } wrong[] = {
        {"vggface2-resnet50", {.side = 196}, KIN_E_USAGE, "side 196, expected 197 to 4096"},
        {"vggface-vgg16", {.side = 47}, KIN_E_USAGE, "expected 48"},
        {"vggface-vgg16", {.side = -1}, KIN_E_USAGE, "side -1"},
        {"vggface-vgg16", {.classes = -3}, KIN_E_USAGE, "-3 classes"},
        {"vggface-vgg16", {.classes = 3, .no_top = true}, KIN_E_USAGE, "classes belong to the top"},
        {"vggface-vgg16", {.pooling = KIN_ZOO_POOL_AVG}, KIN_E_USAGE, "top is left out"},
        {"vggface-vgg16", {.no_top = true, .pooling = (kin_zoo_pooling)7}, KIN_E_USAGE, "pooling 7"},
        {"vggface-vgg19", {0}, KIN_E_NOT_FOUND, "no network 'vggface-vgg19' in the zoo (vggface-vgg16, vggface2-resnet50, vggface2-senet50)"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        kin_graph *graph;
        assert_int_equal(kin_graph_zoo(&ctx, wrong[i].name, &wrong[i].options, &graph), wrong[i].status);
        assert_null(graph);
        if (!strstr(kin_error(&ctx), wrong[i].says)) fail_msg("%s", kin_error(&ctx));
    }
    for (size_t i = 0; i < 3; i++) assert_non_null(kin_zoo_find(kin_zoo_name(i)));
    assert_null(kin_zoo_name(3));
}

/* --- running --- */

static void run_smallest(const char *name, int side, kin_zoo_pooling pooling, kin_shape expected)
{
    kin_zoo_options options = {.side = side, .no_top = true, .pooling = pooling, .seed = 5};
    kin_graph      *graph;
    kin_plan       *plan;
    assert_int_equal(kin_graph_zoo(&ctx, name, &options, &graph), KIN_OK);
    assert_int_equal(kin_plan_new(graph, NULL, &plan), KIN_OK);
    kin_shape in = kin_plan_input_shape(plan, 0), out = kin_plan_output_shape(plan, 0);
    assert_int_equal(in.dim[1], side);
    if (!kin_shape_equal(&out, &expected)) {
        char text[KIN_SHAPE_TEXT];
        fail_msg("%s: output %s", name, kin_shape_text(&out, text, sizeof text));
    }
    float *x = kin_plan_input(plan, 0);
    for (size_t i = 0; i < kin_count(&in); i++) x[i] = (float)(i * 7919 % 255) - 127;
    assert_int_equal(kin_plan_run(plan), KIN_OK);
    const float *y = kin_plan_output(plan, 0);
    double       largest = 0;
    for (size_t i = 0; i < kin_count(&out); i++) {
        assert_true(isfinite(y[i]) && y[i] >= 0); /* behind a relu and a pooling */
        largest = fmax(largest, y[i]);
    }
    assert_true(largest > 0);
    kin_plan_free(plan);
    kin_graph_free(graph);
}

static void test_vgg16_runs(void **state)
{
    (void)state;
    run_smallest("vggface-vgg16", 48, KIN_ZOO_POOL_NONE, (kin_shape){4, {1, 1, 1, 512}});
}

static void test_resnet50_runs(void **state)
{
    (void)state;
    run_smallest("vggface2-resnet50", 197, KIN_ZOO_POOL_NONE, (kin_shape){4, {1, 1, 1, 2048}});
}

static void test_senet50_runs(void **state)
{
    (void)state;
    run_smallest("vggface2-senet50", 197, KIN_ZOO_POOL_MAX, (kin_shape){2, {1, 2048}});
}

/* --- weights --- */

static kin_graph *filled(uint64_t seed)
{
    kin_zoo_options options = {.side = 48, .no_top = true, .seed = seed};
    kin_graph      *graph;
    assert_int_equal(kin_graph_zoo(&ctx, "vggface-vgg16", &options, &graph), KIN_OK);
    return graph;
}

static void test_random_weights_are_those_of_the_seed(void **state)
{
    (void)state;
    kin_graph *a = filled(1), *b = filled(1), *c = filled(2);
    size_t     same = 0, kernels = 0;
    for (size_t i = 0; i < a->tensor_count; i++) {
        const kin_tensor *t = &a->tensor[i];
        if (!t->data) continue;
        size_t n = kin_count(&t->shape);
        assert_memory_equal(t->data, b->tensor[i].data, n * sizeof(float));
        const float *x = t->data, *other = c->tensor[i].data;
        if (t->shape.rank == 1) {
            for (size_t k = 0; k < n; k++) assert_true(x[k] == 0);
            continue;
        }
        double limit = sqrt(6.0 / (double)(9 * (t->shape.dim[0] + t->shape.dim[3]))), least = 0, most = 0;
        for (size_t k = 0; k < n; k++) least = fmin(least, x[k]), most = fmax(most, x[k]), same += x[k] == other[k];
        assert_true(most <= limit && most > 0.98 * limit && least >= -limit && least < -0.98 * limit);
        kernels++;
    }
    assert_int_equal(kernels, 13);
    assert_true(same < 100); /* of 14.7 million */
    kin_graph_free(a), kin_graph_free(b), kin_graph_free(c);
}

static void test_values_of_keras_are_turned(void **state)
{
    (void)state;
    kin_zoo_net  net;
    static float kernel[7 * 7 * 3 * 64];
    float        gamma[64];
    for (size_t i = 0; i < sizeof kernel / sizeof *kernel; i++) kernel[i] = (float)i;
    for (size_t i = 0; i < 64; i++) gamma[i] = (float)i;
    assert_int_equal(kin_zoo_build(&ctx, "vggface2-resnet50", &no_top, &net), KIN_OK);
    assert_int_equal(kin_zoo_set(&net, "conv1_7x7_s2", 0, kernel, 7 * 7 * 3 * 64), KIN_OK);
    assert_int_equal(kin_zoo_set(&net, "conv1/7x7_s2/bn", 0, gamma, 64), KIN_OK);
    const kin_zoo_layer *conv = &net.layer[kin_zoo_layer_find(&net, "conv1/7x7_s2")];
    const float         *w = net.graph->tensor[conv->weight[0].tensor].data;
    for (size_t cell = 0; cell < 49 * 3; cell++)
        for (size_t o = 0; o < 64; o++) assert_true(w[o * 147 + cell] == kernel[cell * 64 + o]);

    assert_int_equal(kin_zoo_set(&net, "conv1/7x7_s2", 1, gamma, 64), KIN_E_FORMAT);
    assert_string_equal(kin_error(&ctx), "layer 'conv1/7x7_s2': weight 1 of 1");
    assert_int_equal(kin_zoo_set(&net, "conv1/7x7_s2", 0, gamma, 64), KIN_E_FORMAT);
    assert_string_equal(kin_error(&ctx), "layer 'conv1/7x7_s2': kernel has 64 numbers, expected 9408");
    assert_int_equal(kin_zoo_set(&net, "conv9", 0, gamma, 64), KIN_E_NOT_FOUND);

    /* what was set stays when the rest is filled; a graph with holes is none */
    assert_int_equal(kin_graph_sort(net.graph), KIN_E_FORMAT);
    assert_int_equal(kin_zoo_fill(&net, 3), KIN_OK);
    assert_int_equal(kin_graph_sort(net.graph), KIN_OK);
    assert_true(w == net.graph->tensor[conv->weight[0].tensor].data && w[1] == 64);
    kin_graph_free(net.graph);
}

static kin_status build_way(kin_context *walked)
{
    kin_zoo_net net;
    kin_status  status = kin_zoo_build(walked, "vggface2-senet50", NULL, &net);
    if (status == KIN_OK) kin_graph_free(net.graph);
    return status;
}

static void test_building_survives_any_failing_allocation(void **state)
{
    (void)state;
    oom_walk(&ctx, build_way, 8, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_parameters_are_those_published_and_take_no_memory),
        TEST(test_multiply_adds_are_those_of_the_papers),
        TEST(test_layers_stand_in_the_order_of_keras),
        TEST(test_options_that_cannot_be_are_named),
        TEST(test_vgg16_runs),
        TEST(test_resnet50_runs),
        TEST(test_senet50_runs),
        TEST(test_random_weights_are_those_of_the_seed),
        TEST(test_values_of_keras_are_turned),
        TEST(test_building_survives_any_failing_allocation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
